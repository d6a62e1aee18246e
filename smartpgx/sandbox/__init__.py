"""A simulated EHR: SMART authorization server and FHIR R4 store. Knows nothing of the app.

``app.create_sandbox(SandboxConfig(...))`` builds it; ``python -m smartpgx.sandbox`` serves it.
"""
