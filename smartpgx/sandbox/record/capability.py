"""The CapabilityStatement: says what the interface does, no more."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.sandbox.config import SandboxConfig
from smartpgx.sandbox.definitions import resource_types, search_parameters
from smartpgx.sandbox.record.outcome import Json
from smartpgx.sandbox.scenarios import MISSING_TYPES

INTERACTIONS = ("read", "vread", "update", "delete", "create", "search-type")
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def missing_types(faults: Iterable[str]) -> set[str]:
    """Resource types these scenarios take away."""
    return {MISSING_TYPES[fault] for fault in faults if fault in MISSING_TYPES}


def statement(config: SandboxConfig, faults: Iterable[str], started: str) -> Json:
    """The CapabilityStatement under the given scenarios."""
    kinds = sorted(resource_types() - missing_types(faults))
    uris = [
        {"url": "authorize", "valueUri": config.issuer + "/authorize"},
        {"url": "token", "valueUri": config.issuer + "/token"},
    ]
    service = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": started,
        "kind": "instance",
        "software": {"name": "smartpgx sandbox"},
        "implementation": {"description": "Simulated EHR with synthetic patients", "url": config.fhir_base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "service": [{"coding": [service], "text": "OAuth2 using SMART-on-FHIR profile"}],
                    "extension": [{"url": OAUTH_URIS, "extension": uris}],
                },
                "resource": [_resource(kind) for kind in kinds],
            }
        ],
    }


def _resource(kind: str) -> Json:
    parameters = search_parameters(kind)
    return {
        "type": kind,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical", "enforced"],
        "searchInclude": [f"{kind}:{name}" for name, row in parameters.items() if row.kind == "reference"],
        "searchParam": [{"name": name, "type": row.kind} for name, row in parameters.items()],
    }
