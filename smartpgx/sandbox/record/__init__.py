"""The FHIR R4 store of the simulated EHR."""
