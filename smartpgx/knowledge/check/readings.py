"""The readings: known codes and units, and no reading that says two things at once without saying when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from msgspec import DecodeError, ValidationError, json

from smartpgx.domain.codes import ActionCode
from smartpgx.knowledge.check.drug_gene import COLUMNS, INPUT_ERROR
from smartpgx.knowledge.check.faults import Fault, lines, unknown
from smartpgx.knowledge.schema import Reading
from smartpgx.knowledge.shelf import Shelf

PATH = "drug_gene/readings.jsonl"
CODES: tuple[str, ...] = get_args(ActionCode)
UNITS = ("mg", "mg/day", "mg/kg", "mg/kg/day", "mg/week", "mg/kg/week", "mg/m2", "mg/m2/day", "days/week", "ng/mL")
BASES = ("start", "maintenance", "maximum", "loading", "daily", "interval", "single")
RANKS = ("primary", "fallback", "option")
AMOUNTS = ("factor", "factor_low", "factor_high", "amount", "amount_low", "amount_high", "unit", "cap", "cap_unit", "interval")
WORDS = (
    "of",
    "basis",
    "drugs",
    "not",
    "class",
    "rank",
    "unless",
    "setting",
    "when",
    "how",
    "target",
    "what",
    "which",
    "about",
    "reason",
)
PARAMETERS = (*AMOUNTS, *WORDS)
_CONDITIONAL = ("unless", "when", "if", "setting")
_AGAINST = ("AVOID", "CONTRAINDICATED")
_SILENT = ("no_statement", "input_error")

Actions = Sequence[Mapping[str, Any]]


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Faults of the readings, and of guidance rows whose reading cannot stand for them."""
    readings: dict[tuple[str, str | None], Reading] = {}
    for row, text in enumerate(shelf.content(PATH).splitlines(), start=1):
        try:
            reading = json.decode(text, type=Reading)
        except (DecodeError, ValidationError) as error:
            yield Fault(file=PATH, row=row, message=f"cannot be read: {error}")
            continue
        if (reading.text_id, reading.only_for) in readings:
            yield Fault(file=PATH, row=row, column="text_id", message=f"{reading.text_id} is read twice")
        readings[reading.text_id, reading.only_for] = reading
        yield from (Fault(file=PATH, row=row, column=column, message=message) for column, message in _reading(reading))
    yield from _rows(shelf, readings)


def _reading(reading: Reading) -> Iterator[tuple[str, str]]:
    if not reading.actions:
        yield "actions", "no action; NO_REC where the guideline says nothing"
    for action in reading.actions:
        yield from _action(action)
    codes = {action.get("code") for action in reading.actions}
    if reading.kind in _SILENT:
        if reading.status != "no_result":
            yield "status", f"kind {reading.kind} with status {reading.status}: no advice can come from it"
        if codes - {"NO_REC"}:
            yield (
                "actions",
                f"kind {reading.kind} with {', '.join(sorted(map(str, codes - {'NO_REC'})))}: no advice can come from it",
            )
    elif reading.status == "no_result":
        yield "status", f"kind {reading.kind} needs a status other than no_result"
    yield from (("actions", message) for message in contradictions(reading.actions))


def _action(action: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if (code := str(action.get("code"))) not in CODES:
        yield "actions", unknown("code", code, CODES)
    for key, known, what in (
        ("unit", UNITS, "unit"),
        ("cap_unit", UNITS, "unit"),
        ("basis", BASES, "basis"),
        ("rank", RANKS, "rank"),
    ):
        if key in action and action[key] not in known:
            yield "actions", unknown(what, str(action[key]), known)
    for key in action:
        if key != "code" and key not in PARAMETERS:
            yield "actions", unknown("parameter", key, PARAMETERS)
    for key in ("factor", "factor_low", "factor_high"):
        value = action.get(key)
        if value is not None and not (isinstance(value, int | float) and 0 <= value <= 10):
            yield "actions", f"{key} {value!r} is not a fraction of the standard dose"
    for amount, unit in (("amount", "unit"), ("amount_low", "unit"), ("amount_high", "unit"), ("cap", "cap_unit")):
        if amount in action and unit not in action:
            yield "actions", f"{amount} without {unit}"


def contradictions(actions: Actions) -> Iterator[str]:
    """STANDARD beside AVOID or CONTRAINDICATED, and increase beside decrease on one basis, of one drug, both unconditional."""
    for one, other in ((a, b) for a in actions for b in actions if a.get("of") == b.get("of")):
        if _conditional(one) or _conditional(other):
            continue
        if one.get("code") == "STANDARD" and other.get("code") in _AGAINST:
            yield f"STANDARD beside {other['code']} without a condition (unless, when, if)"
        same_basis = one.get("basis") == other.get("basis")
        if one.get("code") == "DOSE_INCREASE" and other.get("code") == "DOSE_DECREASE" and same_basis:
            yield f"DOSE_INCREASE beside DOSE_DECREASE on basis {one.get('basis') or 'not stated'} without a condition"


def _conditional(action: Mapping[str, Any]) -> bool:
    return any(action.get(key) for key in _CONDITIONAL)


def _rows(shelf: Shelf, readings: Mapping[tuple[str, str | None], Reading]) -> Iterator[Fault]:
    texts = {text for text, only in readings if only is None}
    table, _wrong = lines(shelf, "drug_gene/guidance.csv", COLUMNS["guidance"])
    for line in table:
        yield from line.known("text_id", texts, "text")
        reading = readings.get((line["text_id"], line["drug"])) or readings.get((line["text_id"], None))
        if reading and (INPUT_ERROR in line["conditions"]) != (reading.kind == "input_error"):
            yield line.fault("text_id", f"{INPUT_ERROR!r} rows and only these are input errors, the reading is {reading.kind}")
