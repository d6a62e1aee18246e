"""Plain FHIR JSON to facts. One module per kind of resource; content never raises."""
