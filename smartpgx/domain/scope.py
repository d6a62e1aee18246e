"""What an assessment is asked for: which areas, and whose drugs."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from smartpgx.domain.codes import AREAS, Area


class Scope(Struct, frozen=True, kw_only=True):
    """``drugs``: every medicine of the record, all drugs with guidance (pre-emptive), or named ones ("what if")."""

    areas: tuple[Area, ...] = AREAS
    drugs: Literal["record", "all"] | tuple[str, ...] = "record"
