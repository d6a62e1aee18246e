"""Stable ids: the same content gives the same id in every release and from every spelling of a record."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from smartpgx.domain.called import Drug

ID_LENGTH = 24


def digest(*parts: Any) -> str:
    """Hex digest over content. Never given resource ids, dates or a release."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:ID_LENGTH]


def drug_key(drug: Drug) -> str:
    """What a medicine is known by: its RxNorm ingredient, else its name in small letters."""
    return drug.rxcui or drug.name.casefold()
