"""Identifiers of what we write: the same for the same patient and problem under every release."""

from __future__ import annotations

import hashlib

ISSUE_SYSTEM = "urn:smartpgx:issue"
IMPLICATION_SYSTEM = "urn:smartpgx:implication"
PROVENANCE_SYSTEM = "urn:smartpgx:provenance"
DEVICE_SYSTEM = "urn:smartpgx:device"


def digest(patient: str, *parts: str) -> str:
    """40 hex digits over the patient's reference and the parts; free of characters a search would have to escape."""
    return hashlib.sha256("\n".join((patient, *parts)).encode()).hexdigest()[:40]
