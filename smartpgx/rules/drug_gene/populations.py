"""What the record settles about the population a row is for: age and weight. Everything else stays open and is shown."""

from __future__ import annotations

from datetime import date
from typing import Literal

from smartpgx.domain.chart import Chart

ADULT_AGE = 18
"""Years. The guidelines that split rows call patients under 18 children."""
CHILD_DOSE_WEIGHT_KG = 40.0


def age_on(chart: Chart, today: date | None) -> int | None:
    """Completed years on ``today``; None when the birth date is missing or given only as a year that leaves it open."""
    parts = [int(part) for part in (chart.patient.birth_date or "").split("-") if part.isdigit()]
    if today is None or len(parts) < 3:
        return today.year - parts[0] - 1 if today is not None and parts and today.year - parts[0] > ADULT_AGE else None
    year, month, day = parts[:3]
    return today.year - year - ((today.month, today.day) < (month, day))


def weight_of(chart: Chart) -> float | None:
    """The last weight of the record in kg."""
    weights = [m.value for m in chart.measurements if m.name == "weight" and isinstance(m.value, float | int)]
    return float(weights[-1]) if weights else None


def applies(population: str, chart: Chart, today: date | None) -> Literal["yes", "no"] | None:
    """Whether the patient belongs to the population; None where the record does not settle it, or there is nothing to settle."""
    age, weight = age_on(chart, today), weight_of(chart)
    if population in ("adults", "pediatrics") and age is not None:
        return "yes" if (age >= ADULT_AGE) == (population == "adults") else "no"
    if population == "child >40kg_adult":
        if (age is not None and age >= ADULT_AGE) or (weight is not None and weight > CHILD_DOSE_WEIGHT_KG):
            return "yes"
        return "no" if age is not None and weight is not None else None
    return None
