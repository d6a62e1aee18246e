"""The documents of one Bundle, as the command line makes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smartpgx.cli.answer import answer
from smartpgx.cli.options import Asked
from smartpgx.domain.scope import Scope

TODAY = "2026-11-24"


def document(command: str, payload: bytes, today: str = TODAY, **options: Any) -> dict[str, Any]:
    """The document of one payload, made or an error."""
    options.setdefault("scope", Scope())
    made, _ = answer(Asked(command=command, today=today, **options), payload)  # type: ignore[arg-type]
    found: dict[str, Any] = json.loads(made)
    return found


def of_file(command: str, path: Path, **options: Any) -> dict[str, Any]:
    return document(command, path.read_bytes(), **options)


def wrapped(*resources: dict[str, Any]) -> bytes:
    """A collection Bundle of resources."""
    entries = [{"resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
