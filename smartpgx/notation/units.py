"""Quantities as FHIR writes them -> one unit: mass concentration in mg/L, fractions in 0..1, doses as they are."""

from __future__ import annotations

_MG_PER_L = {
    "mg/l": 1.0,
    "ug/ml": 1.0,
    "µg/ml": 1.0,
    "μg/ml": 1.0,
    "mcg/ml": 1.0,
    "ng/ml": 1e-3,
    "ug/l": 1e-3,
    "g/l": 1e3,
    "mg/dl": 10.0,
}
_PERCENT = {"%", "percent", "per cent", "pct"}


def mg_per_l(value: float, unit: str) -> float | None:
    """A concentration in mg/L; None when the unit is not a mass concentration we know."""
    factor = _MG_PER_L.get(unit.strip().casefold())
    return None if factor is None else value * factor


def fraction(value: float, unit: str) -> tuple[float | None, str | None]:
    """A share as 0..1,
    and a warning. ``35 %`` is 0.35; a bare 35 can only be per cent; below 0 or above 100 per cent is nothing.
    """
    percent = unit.strip().casefold() in _PERCENT
    if percent or value > 1:
        share = value / 100
        note = None if percent else f"{value:g} without a unit was read as per cent"
        return (share, note) if 0 <= share <= 1 else (None, f"{value:g} is no share")
    return (value, None) if value >= 0 else (None, f"{value:g} is no share")
