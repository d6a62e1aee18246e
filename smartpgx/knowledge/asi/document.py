"""ASI 2 XML as plain values: structure only, no condition is parsed here.

The published files name an outer DTD in their DOCTYPE. It is never fetched, and a file that declares entities of its own
is refused: expansion is how a small XML file becomes a large one, or reads another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from smartpgx.errors import RowInvalid

LARGEST = 20_000_000
"""Bytes; the published files have at most 0.2 MB."""


def root(xml: bytes) -> ElementTree.Element:
    """The ALGORITHM element of a file; RowInvalid for what is not well-formed, not ASI, too large, or has entities."""
    if len(xml) > LARGEST:
        raise RowInvalid(f"ASI file of {len(xml):,} bytes: more than {LARGEST:,} is refused")
    guard = expat.ParserCreate()
    guard.EntityDeclHandler = _refuse_entity
    try:
        guard.Parse(xml, True)
        element = ElementTree.fromstring(xml)
    except (expat.ExpatError, ElementTree.ParseError) as problem:
        raise RowInvalid(f"ASI file is not well-formed XML: {problem}") from None
    if element.tag != "ALGORITHM":
        raise RowInvalid(f"ASI file begins with <{element.tag}>, not <ALGORITHM>")
    return element


def _refuse_entity(name: str, *_: Any) -> None:
    raise RowInvalid(f"ASI file declares the entity {name!r}: entities are refused")


def text(element: ElementTree.Element, path: str) -> str | None:
    """Text below ``path``, with spaces collapsed; None when the element is missing or empty."""
    found = element.findtext(path)
    return " ".join(found.split()) or None if found else None


def needed(element: ElementTree.Element, path: str, where: str) -> str:
    """Text below ``path`` that a file must have."""
    found = text(element, path)
    if found is None:
        raise RowInvalid(f"{where}: <{path}> is missing or empty")
    return found


def whole(element: ElementTree.Element, path: str, where: str) -> int:
    """A whole number below ``path``."""
    found = needed(element, path, where)
    if not re.fullmatch(r"\d+", found):
        raise RowInvalid(f"{where}: <{path}> is {found!r}, not a whole number")
    return int(found)


def names(listed: str | None) -> tuple[str, ...]:
    """``NNRTI, NRTI`` -> the names, in order."""
    return tuple(name.strip() for name in (listed or "").split(",") if name.strip())


_RANGE = re.compile(r"(-INF|-?\d+(?:\.\d+)?)\s+TO\s+(INF|-?\d+(?:\.\d+)?)\s*=>\s*(\d+)")


def ranges(listed: str, where: str) -> Iterator[tuple[float, float, int]]:
    """``(-INF TO 9 => 1, 10 TO INF => 2)`` -> (low, high, level), both ends inclusive."""
    inside = " ".join(listed.split()).removeprefix("(").removesuffix(")")
    for part in inside.split(","):
        split = _RANGE.fullmatch(part.strip())
        if split is None:
            raise RowInvalid(f"{where}: {part.strip()!r} is not a score range")
        low, high = float(split[1].replace("INF", "inf")), float(split[2].replace("INF", "inf"))
        if low > high:
            raise RowInvalid(f"{where}: score range {part.strip()!r} ends before it begins")
        yield low, high, int(split[3])
