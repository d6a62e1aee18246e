"""The JSON form of each primitive type (R4, datatypes.html)."""

from __future__ import annotations

import re
from typing import Any

DATE = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1]))?)?"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
ZONE = r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
DAY = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])"
TEXTS = {
    "string": r"[ \r\n\t\S]+",
    "markdown": r"\s*(\S|\s)*",
    "xhtml": r"\s*<div[\s\S]*</div>\s*",
    "code": r"[^\s]+(\s[^\s]+)*",
    "id": r"[A-Za-z0-9\-\.]{1,64}",
    "uri": r"\S+",
    "url": r"\S+",
    "canonical": r"\S+",
    "oid": r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+",
    "uuid": r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "base64Binary": r"(\s*([0-9a-zA-Z\+/=]){4}\s*)+",
    "date": DATE,
    "dateTime": rf"{DAY}T{CLOCK}{ZONE}|{DATE}",
    "instant": rf"{DAY}T{CLOCK}{ZONE}",
    "time": CLOCK,
}
NUMBERS = {"boolean", "decimal", "integer", "positiveInt", "unsignedInt"}


def is_primitive(kind: str) -> bool:
    """Whether ``kind`` is a primitive type."""
    return kind in TEXTS or kind in NUMBERS


def fits(kind: str, value: Any) -> bool:
    """Whether a JSON value is a valid primitive of ``kind``."""
    if kind in TEXTS:
        return isinstance(value, str) and value != "" and re.fullmatch(TEXTS[kind], value) is not None
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    least = {"positiveInt": 1, "unsignedInt": 0}.get(kind)
    return kind == "decimal" or (isinstance(value, int) and (least is None or value >= least))
