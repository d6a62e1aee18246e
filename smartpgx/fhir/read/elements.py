"""Looking into plain FHIR JSON whose shape nobody guarantees: each function takes anything and never raises."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from smartpgx.notation.drugs import Coding

Json = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"


def objects(value: object) -> list[Json]:
    """The JSON objects of a list; a lone object counts as a list of one."""
    if value is None:
        return []
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict)]
    return [value] if isinstance(value, dict) else []


def object_(value: object) -> Json:
    """The object itself (or the first one of a list), or an empty one."""
    if isinstance(value, dict):
        return value
    found = objects(value)
    return found[0] if found else {}


def text(value: object) -> str:
    """A string without blanks around it (and without half characters that no file can hold), or the empty string."""
    if type(value) is not str:
        return ""
    return (value if value.isascii() else value.encode("utf-8", "replace").decode()).strip()


def number(value: object) -> float | None:
    """A finite JSON number (or a string that is one); None otherwise. Booleans are no numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, (int, float)):
        try:
            found = float(value)
        except OverflowError:
            return None
        return found if math.isfinite(found) else None
    return None


def whole(value: object) -> int | None:
    """A whole number, also when written ``2.0``; None otherwise."""
    found = number(value)
    return int(found) if found is not None and found == int(found) and abs(found) < 1e15 else None


def codings(concept: object) -> list[Coding]:
    """Codings of a CodeableConcept, in order, empty parts as empty strings."""
    if not isinstance(concept, dict):
        return []
    listed = concept.get("coding")
    if not listed:
        return []
    return [Coding(text(each.get("system")), text(each.get("code")), text(each.get("display"))) for each in objects(listed)]


def words(concept: object) -> str:
    """What a CodeableConcept is called: its text, else the first display, else the first code."""
    if not isinstance(concept, dict):
        return text(concept)
    said = text(concept.get("text"))
    if said:
        return said
    found = codings(concept)
    return next((each.display for each in found if each.display), "") or next((each.code for each in found if each.code), "")


def all_words(concept: object) -> list[str]:
    """Every text of a CodeableConcept: text, displays, codes, each once."""
    if not isinstance(concept, dict):
        return [said] if (said := text(concept)) else []
    found = [text(concept.get("text"))]
    for each in codings(concept):
        found += [each.display, each.code]
    return list(dict.fromkeys(each for each in found if each))


def value_of(holder: Json) -> tuple[str, object]:
    """The ``value[x]`` of an Observation or component: its type (``CodeableConcept``, ...) and content; else ``("", None)``."""
    for key, value in holder.items():
        if key.startswith("value") and len(key) > 5 and value is not None:
            return key[5:], value
    return "", None


def value_words(holder: Json) -> list[str]:
    """Every text of a value, whatever its type: strings, concept texts, numbers as written, booleans as words."""
    kind, value = value_of(holder)
    if kind == "CodeableConcept":
        return all_words(value)
    if kind in ("String", "DateTime", "Code"):
        return [said] if (said := text(value)) else []
    if kind == "Boolean":
        return ["true" if value else "false"]
    if kind == "Quantity":
        quantity = object_(value)
        amount = number(quantity.get("value"))
        return [f"{text(quantity.get('comparator'))}{amount:g}"] if amount is not None else []
    if kind == "Integer":
        amount = number(value)
        return [f"{amount:g}"] if amount is not None else []
    return []


def quantity(value: object) -> tuple[float | None, str, str]:
    """Value, unit (code before unit) and comparator of a Quantity."""
    if not isinstance(value, dict):
        return None, "", ""
    return number(value.get("value")), text(value.get("code")) or text(value.get("unit")), text(value.get("comparator"))


def extensions(holder: Json, url: str) -> Iterator[Json]:
    """Extensions whose address ends in ``url``."""
    for each in objects(holder.get("extension")):
        if text(each.get("url")).endswith(url):
            yield each


def day(value: object) -> str | None:
    """Date part of a date, dateTime or instant, as precise as it is stated; None when it is none."""
    said = text(value)
    head = said.partition("T")[0]
    return head if head[:4].isdigit() and len(head) in (4, 7, 10) else None


def effective(resource: Json) -> str | None:
    """The day a result is about."""
    period = object_(resource.get("effectivePeriod"))
    return (
        day(resource.get("effectiveDateTime"))
        or day(resource.get("effectiveInstant"))
        or day(period.get("start"))
        or day(resource.get("issued"))
    )
