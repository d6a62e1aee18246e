"""The wire: talking to FHIR servers, reading resources tolerantly, writing them strictly."""
