"""How much: fractions, amounts, limits and what they are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smartpgx.wording.grammar import RANGE, number, percent, unit

Parameters = Mapping[str, Any]

BASES = {
    "start": "starting dose",
    "maintenance": "maintenance dose",
    "maximum": "maximum dose",
    "daily": "daily dose",
    "loading": "loading dose",
    "interval": "number of doses",
}
SMALL = 0.25
"""Fractions up to here are said as what is left (``to 10 % of the usual dose``), others as what is taken away."""


def dose_change(parameters: Parameters, drug: str, up: bool) -> str:
    """``reduce the starting dose of X by 25 %``, ``do not exceed 20 mg per day of X``, ``double the starting dose of X``."""
    basis = str(parameters.get("basis", ""))
    which = BASES.get(basis, "dose")
    share, mass = _share(parameters, up), amount(parameters)
    if basis == "interval" and mass:
        return f"give {drug} on {mass}" if mass.startswith("3 days") else f"give {mass} of {drug}"
    if share:
        said = f"start {drug} with half the usual dose" if share == "half" and basis == "start" else _said(share, which, drug, up)
        said += f", that is {mass}" if mass else ""
    elif basis == "maximum" and (mass or "cap" in parameters):
        limits = dict.fromkeys(filter(None, (mass, cap(parameters))))
        return f"do not exceed {' or '.join(limits)} of {drug}"
    elif mass:
        said = f"{'increase' if up else 'reduce'} the {which} of {drug} to {mass}"
    elif basis == "start" and "cap" in parameters:
        return f"start {drug} with no more than {cap(parameters)}"
    else:
        said = f"{'increase' if up else 'reduce'} the {which} of {drug}"
    return f"{said}, at most {cap(parameters)}" if "cap" in parameters else said


def _said(share: str, which: str, drug: str, up: bool) -> str:
    verb = "increase" if up else "reduce"
    return {"half": f"halve the {which} of {drug}", "double": f"double the {which} of {drug}"}.get(
        share
    ) or f"{verb} the {which} of {drug} {share}"


def _share(parameters: Parameters, up: bool) -> str:
    """The change as a share of the usual dose; empty when none is given."""
    if "factor" in parameters:
        factor = float(parameters["factor"])
        if factor in (0.5, 2.0):
            return "half" if factor == 0.5 else "double"
        return _single(factor)
    low, high = parameters.get("factor_low"), parameters.get("factor_high")
    if low is not None and high is not None:
        left = f"{percent(float(low))}{RANGE}{percent(float(high))}"
        first, second = sorted((abs(float(low) - 1), abs(float(high) - 1)))
        return f"by {percent(first)}{RANGE}{percent(second)} % (to {left} % of the usual dose)"
    if low is not None:
        return f"to at least {percent(float(low))} % of the usual dose"
    if high is not None:
        return f"to {'at most' if up else 'less than'} {percent(float(high))} % of the usual dose"
    return ""


def _single(factor: float) -> str:
    left = f"to {percent(factor)} % of the usual dose"
    return left if factor <= SMALL or factor > 2 else f"by {percent(abs(factor - 1))} % ({left})"


def amount(parameters: Parameters) -> str:
    """``400 mg per day``, ``0.6-2.4 mg/kg per day``, ``75 mg per day or more``; empty when none is given."""
    measure = unit(str(parameters.get("unit", "")))
    if "amount" in parameters:
        return f"{number(parameters['amount'])} {measure}"
    low, high = parameters.get("amount_low"), parameters.get("amount_high")
    if low is not None and high is not None:
        return f"{number(low)}{RANGE}{number(high)} {measure}"
    if low is not None:
        return f"{number(low)} {measure} or more"
    return f"{number(high)} {measure} at most" if high is not None else ""


def cap(parameters: Parameters) -> str:
    """The limit with its unit; empty when there is none."""
    return f"{number(parameters['cap'])} {unit(str(parameters['cap_unit']))}" if "cap" in parameters else ""


SCHEDULES = {
    "starting dose": "use the usual starting dose of {drug}",
    "start dose": "use the usual starting dose of {drug}",
    "start of therapy": "use the usual starting dose of {drug} at the start of therapy",
    "start dose, by TPMT": "use the usual starting dose of {drug} as far as TPMT is concerned",
    "start dose, by NUDT15": "use the usual starting dose of {drug} as far as NUDT15 is concerned",
    "first or loading dose": "give the usual first or loading dose of {drug}",
    "loading dose": "give the usual loading dose of {drug}",
}


def standard_dose(parameters: Parameters, drug: str, tail: Callable[[Parameters], str]) -> str:
    """``give clopidogrel at the usual dose``, with the amount or schedule where the source writes one."""
    when = str(parameters.get("when", ""))
    if when in SCHEDULES:
        return SCHEDULES[when].format(drug=drug)
    basis = str(parameters.get("basis", ""))
    mass = amount(parameters)
    said = f"use the usual {BASES[basis]} of {drug}" if basis in BASES else f"give {drug} at the usual dose"
    said += f", {mass}" if mass else ""
    if when.startswith("start "):
        return f"{said}: {when}"
    return said + tail(parameters)
