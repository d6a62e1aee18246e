"""JSON Schema of every document, exported from the structs that make them."""

from __future__ import annotations

from typing import Any

import msgspec

from smartpgx.documents.consultation import ConsultationDocument
from smartpgx.documents.facts import FactsDocument
from smartpgx.documents.failure import ErrorDocument

DOCUMENTS: dict[str, type] = {
    "smartpgx.facts/1": FactsDocument,
    "smartpgx.consultation/1": ConsultationDocument,
    "smartpgx.error/1": ErrorDocument,
}


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the named document."""
    return msgspec.json.schema(DOCUMENTS[name])
