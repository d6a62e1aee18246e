"""Names of alleles: their order, how two make a diplotype, copies, and the row of the tables that a name means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from smartpgx.domain.called import AlleleFunction, Score
from smartpgx.knowledge.schema import AlleleRow

_SUB_ALLELE = re.compile(r"(\*\d+[A-Z]?)\.\d+")
_COPIES = re.compile(r"(?P<base>.*\S)\s*[x×]\s*(?P<bound>>=|≥)?\s*(?P<count>\d+|N)", re.IGNORECASE)
_LAST_BRACKET = re.compile(r"\(([^()]+)\)$")


class Copies(Struct, frozen=True):
    """``base`` in ``count`` copies; ``at_least``: the count is a lower bound (``xN`` is at least two)."""

    base: str
    count: int
    at_least: bool


@lru_cache(maxsize=4096)
def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key in which ``*2`` comes before ``*17`` and ``c.`` before ``Reference``."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def core_name(name: str) -> str:
    """``*45`` of ``*45.001``; any other name as it is."""
    found = _SUB_ALLELE.fullmatch(name)
    return found[1] if found else name


def diplotype(alleles: tuple[str, ...]) -> str:
    """The smaller allele first; one allele alone for a single copy."""
    return "/".join(sorted(alleles, key=natural))


def copies(name: str) -> Copies:
    """``*1x2`` is two of ``*1``; a tandem (``*36+*10``) and any name without a count is one."""
    found = _COPIES.fullmatch(name)
    if found is None or "+" in found["base"]:
        return Copies(name, 1, False)
    unknown = not found["count"].isdigit()
    return Copies(found["base"], 2 if unknown else int(found["count"]), unknown or bool(found["bound"]))


def resolve(name: str, rows: Mapping[str, AlleleRow]) -> str:
    """The name as the tables spell it; the given one (without sub-allele number) where they do not know it.

    Understood: other case, the bracketed part alone (``*2A``), ``Reference``, sub-alleles, HLA beyond two fields, and the
    names of mitochondrial alleles without ``m.``.
    """
    if name in rows:
        return name
    spelt = core_name(" ".join(name.replace("≥", ">=").split()))
    if spelt in rows:
        return spelt
    return _spellings(tuple(rows.values())).get(spelt.casefold().replace(">=", "≥"), spelt)


@lru_cache(maxsize=256)
def _spellings(rows: tuple[AlleleRow, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        bracketed = _LAST_BRACKET.search(row.allele)
        if bracketed and not row.allele.endswith("(reference)"):
            found.setdefault(bracketed[1].casefold(), row.allele)
        if row.allele.startswith("m."):
            found.setdefault(row.allele.removeprefix("m.").casefold(), row.allele)
        if row.is_reference:
            found.setdefault("reference", row.allele)
    return found | {row.allele.casefold(): row.allele for row in rows}


def function_of(name: str, rows: Mapping[str, AlleleRow]) -> AlleleFunction:
    """Function and activity value of an allele. Both None: the tables assign none, which is unknown, never normal.

    Copies count: ``*10x3`` has three times the value of ``*10``, ``*4x2`` none. A tandem has its own row or no value.
    """
    row = rows.get(name)
    if row is not None:
        return AlleleFunction(allele=name, function=row.function or None, activity_value=as_score(row.activity_value))
    many = copies(name)
    one = rows.get(resolve(many.base, rows))
    value = as_score(one.activity_value) if one is not None and many.base != name else None
    if one is None or not isinstance(value, float):
        return AlleleFunction(allele=name)
    total = value * many.count
    function = one.function if total == 0 else ("Increased function" if one.function == "Normal function" else None)
    return AlleleFunction(allele=name, function=function, activity_value=f">={total}" if many.at_least and total else total)


def known(name: str, rows: Mapping[str, AlleleRow]) -> bool:
    """Whether the tables hold this allele, or the one that it is copies of."""
    return name in rows or resolve(copies(name).base, rows) in rows


def as_score(value: float | str | None) -> Score | None:
    """A number, or text with ``>=`` or the like; None for "n/a" and blanks."""
    if isinstance(value, int | float):
        return float(value)
    text = (value or "").strip().replace("≥", ">=").replace("≤", "<=").replace(" ", "")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    bound = re.fullmatch(r"(>=|<=|>|<)(\d+(?:\.\d+)?)", text)
    return f"{bound[1]}{float(bound[2])}" if bound else None
