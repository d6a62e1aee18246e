"""FHIR search: parameters as published for R4, refused where they are not."""
