"""Identifiers of what we write: the same for the same patient and problem under every release."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

ISSUE_SYSTEM = "urn:smartpgx:issue"
IMPLICATION_SYSTEM = "urn:smartpgx:implication"
PROVENANCE_SYSTEM = "urn:smartpgx:provenance"
DEVICE_SYSTEM = "urn:smartpgx:device"


def digest(patient: str, *parts: str) -> str:
    """40 hex digits over the patient's reference and the parts; free of characters a search would have to escape."""
    return hashlib.sha256("\n".join((patient, *parts)).encode()).hexdigest()[:40]


def value_under(resource: Mapping[str, Any], system: str) -> str | None:
    """The value of a resource's identifier under one of our systems; None where it has none."""
    found = resource.get("identifier")
    values = (
        [i.get("value") for i in found if isinstance(i, dict) and i.get("system") == system] if isinstance(found, list) else []
    )
    return next((v for v in values if isinstance(v, str)), None)
