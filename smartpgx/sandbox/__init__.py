"""A simulated EHR: SMART authorization server and FHIR R4 store. Knows nothing of the app."""
