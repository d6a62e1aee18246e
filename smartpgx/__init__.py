"""smartpgx: personalized medicine inside the electronic health record, over SMART on FHIR."""

__version__ = "0.1.0"
