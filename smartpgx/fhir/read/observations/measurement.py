"""Measurements that rules use: weight, height, eGFR, INR, pregnancy."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Measurement
from smartpgx.fhir.read.elements import quantity
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations.view import View

CODES = {
    "29463-7": "weight", "3141-9": "weight", "8302-2": "height", "6301-6": "INR", "34714-6": "INR", "82810-3": "pregnancy",
    "33914-3": "eGFR", "48642-3": "eGFR", "48643-1": "eGFR", "62238-1": "eGFR", "69405-9": "eGFR", "77147-7": "eGFR",
    "88293-6": "eGFR",
    "88294-4": "eGFR", "98979-8": "eGFR",
}  # fmt: skip
_WORDS = (
    (re.compile(r"\bbody weight\b|^weight\b", re.IGNORECASE), "weight"),
    (re.compile(r"\bbody height\b|^height\b", re.IGNORECASE), "height"),
    (re.compile(r"\begfr\b|glomerular filtration rate", re.IGNORECASE), "eGFR"), (re.compile(r"\bINR\b"), "INR"),
    (re.compile(r"\bpregnan(?:t|cy)\b", re.IGNORECASE), "pregnancy"),
)  # fmt: skip
_FACTORS = {
    "weight": {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237, "lb": 0.45359237, "lbs": 0.45359237}, "height": {"cm": 1.0,
    "m": 100.0, "[in_i]": 2.54, "in": 2.54},
}  # fmt: skip
_UNITS = {"weight": "kg", "height": "cm", "eGFR": "mL/min/1.73m2", "INR": None}


def name_of(code_words: str) -> str | None:
    """Measurement that a code's name speaks of."""
    return next((name for pattern, name in _WORDS if pattern.search(code_words)), None)


def read(view: View, findings: Findings) -> None:
    """One measurement in the unit the rules use; an unknown unit of weight or height is a gap."""
    name = next((CODES[each.code] for each in view.code if each.code in CODES), None) or name_of(view.code_name) or ""
    value: float | str | None = next(iter(view.value_words), None)
    unit = _UNITS.get(name)
    if view.value_kind == "Quantity":
        amount, given, comparator = quantity(view.value)
        factors = _FACTORS.get(name)
        factor = factors.get(given.casefold()) if factors else 1.0
        if amount is not None and factor is None:
            view.gap(name, "unit_unknown", f"The unit of this {name} is not known.")
            return
        scaled = round(amount * (factor or 1.0), 6) if amount is not None else None
        value = f"{comparator}{scaled:g}" if comparator and scaled is not None else scaled
    if value is None:
        return
    findings.measurements.append(
        Measurement(name=name, value=value, unit=unit, source=view.source, date=view.date, warnings=view.warnings)
    )
