"""Does a resource match one search parameter?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from smartpgx.sandbox.definitions import SearchParameter
from smartpgx.sandbox.record.outcome import FhirError, Json
from smartpgx.sandbox.record.walk import local_target, values_at
from smartpgx.sandbox.search import moments

MODIFIERS = {
    "token": {"", "not", "missing"},
    "reference": {"", "missing", "identifier"},
    "date": {"", "missing"},
    "string": {"", "missing", "exact", "contains"},
    "uri": {"", "missing"},
}


class Criterion(NamedTuple):
    """One ``name:modifier=value,value`` of a query; values still carry their escapes."""

    name: str
    modifier: str
    parameter: SearchParameter
    values: tuple[str, ...]
    base: str


def split(text: str, separator: str) -> list[str]:
    """Split at an unescaped separator; escapes stay."""
    return re.split(rf"(?<!\\){re.escape(separator)}", text)


def unescape(text: str) -> str:
    r"""Undo ``\,`` ``\|`` ``\$`` and ``\\``."""
    return re.sub(r"\\([,|$\\])", r"\1", text)


def check(criterion: Criterion) -> None:
    """Raises FhirError 400 for a modifier or value the parameter does not take."""
    kind = criterion.parameter.kind
    allowed = MODIFIERS[kind] | (set(criterion.parameter.targets) if kind == "reference" else set())
    if criterion.modifier not in allowed:
        raise FhirError(400, "not-supported", f"Modifier :{criterion.modifier} is not supported for {criterion.name}.")
    if not any(criterion.values):
        raise FhirError(400, "value", f"Search parameter {criterion.name} has no value.")
    if criterion.modifier == "missing" and criterion.values not in (("true",), ("false",)):
        raise FhirError(400, "value", f"{criterion.name}:missing takes true or false.")
    if kind == "date" and criterion.modifier != "missing":
        for value in criterion.values:
            try:
                moments.span(moments.split_prefix(value)[1])
            except (ValueError, OverflowError) as error:
                raise FhirError(400, "value", f"Search parameter {criterion.name} needs a FHIR date.") from error


def matches(resource: Json, criterion: Criterion) -> bool:
    """Whether any value of the resource matches any of the alternatives."""
    found = [value for path in criterion.parameter.paths for value in values_at(resource, path)]
    if criterion.modifier == "missing":
        return (not found) == (criterion.values == ("true",))
    test = TESTS[criterion.parameter.kind]
    hit = any(test(value, wanted, criterion) for wanted in criterion.values for value in found)
    return not hit if criterion.modifier == "not" else hit


def _token(value: Any, wanted: str, criterion: Criterion) -> bool:
    parts = [unescape(part) for part in split(wanted, "|")]
    return any(_same_token(system, code, parts) for system, code in _codes(value))


def _codes(value: Any) -> Iterator[tuple[str | None, str]]:
    """(system, code) pairs; the system of a plain code is implied and therefore ``"*"``."""
    if isinstance(value, bool):
        yield "*", str(value).lower()
    elif isinstance(value, str):
        yield "*", value
    elif isinstance(value, dict):
        if "coding" in value:
            for coding in value["coding"] if isinstance(value["coding"], list) else []:
                yield from _codes(coding)
        else:
            code = value.get("code", value.get("value"))
            if isinstance(code, str) or "system" in value:
                yield value.get("system"), code if isinstance(code, str) else ""


def _same_token(system: str | None, code: str, parts: Sequence[str]) -> bool:
    if len(parts) == 1:
        return code == parts[0]
    wanted_system, wanted_code = parts[0], parts[1]
    right_system = system == "*" or (system or "") == wanted_system
    return right_system and (wanted_code in ("", code))


def _reference(value: Any, wanted: str, criterion: Criterion) -> bool:
    if not isinstance(value, dict):
        return isinstance(value, str) and value == unescape(wanted)
    if criterion.modifier == "identifier":
        return _token(value.get("identifier"), wanted, criterion)
    found = local_target(value.get("reference"), criterion.base)
    if found is None:
        return value.get("reference") == wanted
    if found.resource_type not in criterion.parameter.targets:
        return False
    asked = local_target(wanted, criterion.base)
    if asked is not None:
        return found == asked
    return found.resource_id == wanted and criterion.modifier in ("", found.resource_type)


def _date(value: Any, wanted: str, criterion: Criterion) -> bool:
    prefix, text = moments.split_prefix(wanted)
    return any(moments.compare(prefix, moments.span(text), found) for found in moments.spans(value))


def _string(value: Any, wanted: str, criterion: Criterion) -> bool:
    texts, text = list(_texts(value)), unescape(wanted)
    if criterion.modifier == "exact":
        return text in texts
    folded = [_fold(one) for one in texts]
    if criterion.modifier == "contains":
        return any(_fold(text) in one for one in folded)
    return any(one.startswith(_fold(text)) for one in folded)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("use", "period", "system"):
                yield from _texts(inner)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _uri(value: Any, wanted: str, criterion: Criterion) -> bool:
    return bool(value == unescape(wanted))


TESTS: dict[str, Callable[[Any, str, Criterion], bool]] = {
    "token": _token,
    "reference": _reference,
    "date": _date,
    "string": _string,
    "uri": _uri,
}
