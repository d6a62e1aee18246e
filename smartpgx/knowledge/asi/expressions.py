"""What an ASI condition says, once parsed: plain frozen structs, so that an algorithm can be pickled and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

Findings: TypeAlias = Mapping[int, int]
"""Position -> bits of the letters found there that differ from the consensus (see ``letters``)."""


class Residue(Struct, frozen=True):
    """``215FY``: at least one of these letters was found at the position."""

    position: int
    bits: int


class Lacking(Struct, frozen=True):
    """``215 NOT FY``: none of these letters was found; also true where nothing is known of the position."""

    position: int
    bits: int


class Otherwise(Struct, frozen=True):
    """``NOT 215FY``: a letter other than these was found at the position."""

    position: int
    bits: int


class Exclude(Struct, frozen=True):
    """``EXCLUDE 184IV``: the term does not hold."""

    term: Boolean


class Both(Struct, frozen=True):
    left: Boolean
    right: Boolean


class Either(Struct, frozen=True):
    left: Boolean
    right: Boolean


class Select(Struct, frozen=True):
    """``SELECT ATLEAST 2 AND NOTMORETHAN 3 FROM (...)``: how many of these hold; ``most`` None is no upper bound."""

    least: int
    most: int | None
    terms: tuple[Boolean, ...]


class Scored(Struct, frozen=True):
    """``41L AND 215FY => 10``: a number when the condition holds, and no score (not zero) when it does not."""

    condition: Boolean
    value: float


class Highest(Struct, frozen=True):
    """``MAX (...)``: only the highest scored of these counts."""

    items: tuple[Scored, ...]


class ScoreFrom(Struct, frozen=True):
    """``SCORE FROM (...)``: the sum of what is scored."""

    items: tuple[Scored | Highest, ...]


Boolean: TypeAlias = Residue | Lacking | Otherwise | Exclude | Both | Either | Select
Statement: TypeAlias = Boolean | ScoreFrom


def holds(condition: Boolean, found: Findings) -> bool:
    """Whether a condition is true of these findings."""
    match condition:
        case Residue(position, bits):
            return bool(found.get(position, 0) & bits)
        case Both(left, right):
            return holds(left, found) and holds(right, found)
        case Either(left, right):
            return holds(left, found) or holds(right, found)
        case Exclude(term):
            return not holds(term, found)
        case Select(least, most, terms):
            count = sum(holds(term, found) for term in terms)
            return least <= count and (most is None or count <= most)
        case Lacking(position, bits):
            return not found.get(position, 0) & bits
        case Otherwise(position, bits):
            return bool(found.get(position, 0) & ~bits)


def residues(condition: Boolean) -> Iterator[Residue | Lacking | Otherwise]:
    """Every residue a condition speaks of, left to right, excluded ones too."""
    match condition:
        case Both(left, right) | Either(left, right):
            yield from residues(left)
            yield from residues(right)
        case Exclude(term):
            yield from residues(term)
        case Select(_, _, terms):
            for term in terms:
                yield from residues(term)
        case Residue() | Lacking() | Otherwise():
            yield condition


def triggers(condition: Boolean) -> frozenset[int] | None:
    """Positions of which at least one must hold a finding for the condition to be true.

    None: it can be true of a virus without any finding (``EXCLUDE 184IV``, ``SELECT ATLEAST 0 FROM (1P)``).
    """
    match condition:
        case Residue(position, _) | Otherwise(position, _):
            return frozenset((position,))
        case Both(left, right):
            sides = [side for side in (triggers(left), triggers(right)) if side is not None]
            return min(sides, key=len, default=None)
        case Either(left, right):
            return _union((left, right))
        case Select(least, _, terms) if least > 0:
            return _union(terms)
        case _:
            return None


def _union(conditions: tuple[Boolean, ...]) -> frozenset[int] | None:
    joined: frozenset[int] = frozenset()
    for condition in conditions:
        side = triggers(condition)
        if side is None:
            return None
        joined |= side
    return joined
