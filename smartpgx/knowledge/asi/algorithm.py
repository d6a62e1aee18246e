"""An ASI algorithm ready to run: per gene, its drugs and an index from position to the conditions that may fire there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.domain.called import Algorithm
from smartpgx.domain.codes import Letter
from smartpgx.errors import RowInvalid
from smartpgx.knowledge.asi.expressions import Boolean, Both, Findings, Residue, holds, triggers


class Level(Struct, frozen=True, kw_only=True):
    """``order`` ascending in resistance; ``text`` as the algorithm calls it."""

    order: int
    text: str
    letter: Letter


class Ranges(Struct, frozen=True, kw_only=True):
    """Levels of scores. ``lows`` ascending; a score has the level of the last range that begins at or below it.

    The published ranges end one step before the next begins (9 and 10; 1.99 and 2): a score between belongs below.
    """

    lows: tuple[float, ...]
    levels: tuple[int, ...]

    def level(self, score: float) -> int | None:
        """The level of a score; None below the lowest range."""
        at = bisect_right(self.lows, score) - 1
        return self.levels[at] if at >= 0 else None


Entry = tuple[int, tuple[tuple[int, int], ...], Boolean | None, int]
"""Bits wanted at the indexed position, further residues that must hold, else the whole condition, and its number."""


class Index(Struct, frozen=True, kw_only=True):
    """Conditions by the positions that can make them true; ``always``: those that can hold without any finding."""

    by_position: Mapping[int, tuple[Entry, ...]]
    always: tuple[tuple[Boolean, int], ...]

    def hits(self, found: Findings) -> list[int]:
        """Numbers of the conditions that hold, in no order; one may come twice."""
        numbers = [number for condition, number in self.always if holds(condition, found)]
        for position, bits in found.items():
            for wanted, others, condition, number in self.by_position.get(position, ()):
                if not bits & wanted:
                    continue
                if condition is None:
                    for place, letters in others:
                        if not found.get(place, 0) & letters:
                            break
                    else:
                        numbers.append(number)
                elif holds(condition, found):
                    numbers.append(number)
        return numbers


def index(conditions: Sequence[Boolean]) -> Index:
    """Index conditions; the number of each is its place in the sequence."""
    by_position: dict[int, list[Entry]] = {}
    always: list[tuple[Boolean, int]] = []
    for number, condition in enumerate(conditions):
        plain = _conjunction(condition)
        places = triggers(condition)
        if plain:
            (place, bits), *others = plain
            by_position.setdefault(place, []).append((bits, tuple(others), None, number))
        elif places is None:
            always.append((condition, number))
        else:
            for place in sorted(places):
                by_position.setdefault(place, []).append((-1, (), condition, number))
    return Index(by_position={place: tuple(entries) for place, entries in by_position.items()}, always=tuple(always))


def _conjunction(condition: Boolean) -> list[tuple[int, int]]:
    """The residues of ``41L AND 215FY``; empty when the condition is anything else."""
    match condition:
        case Residue(position, bits):
            return [(position, bits)]
        case Both(left, right):
            first, second = _conjunction(left), _conjunction(right)
            return [*first, *second] if first and second else []
        case _:
            return []


class Partial(Struct, frozen=True):
    """What one condition adds, and what it wants at each position: ((184, bits), ...).

    ``value`` is None for a Boolean rule, which gives a level and no number.
    """

    wanted: tuple[tuple[int, int], ...]
    value: float | None


class ScoreItem(Struct, frozen=True, kw_only=True):
    """One number of a SCORE FROM. Items of one ``group`` (a MAX) count once, with the highest; ``rule`` sums them."""

    value: float
    group: int
    rule: int
    partial: Partial

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(position for position, _ in self.partial.wanted)


class ScoreRule(Struct, frozen=True, kw_only=True):
    drug: int
    ranges: Ranges


class LevelRule(Struct, frozen=True, kw_only=True):
    """A Boolean rule that gives its drug this level when it holds."""

    drug: int
    level: int
    partial: Partial


class DrugRules(Struct, frozen=True, kw_only=True):
    """A drug of one gene. ``scored``: its level comes from scores alone; ``ruled``: the file holds rules that can tell
    resistance (no rule at all, or nothing but zeros, says nothing about the drug).
    """

    name: str
    full_name: str
    drug_class: str
    scored: bool
    ruled: bool


class CommentRule(Struct, frozen=True, kw_only=True):
    """A mutation comment and the positions its condition speaks of."""

    id: str
    positions: tuple[int, ...]


class GeneRules(Struct, frozen=True, kw_only=True):
    gene: str
    drugs: tuple[DrugRules, ...]
    score_rules: tuple[ScoreRule, ...]
    score_items: tuple[ScoreItem, ...]
    score_index: Index
    level_rules: tuple[LevelRule, ...]
    level_index: Index
    comments: tuple[CommentRule, ...]
    comment_index: Index


class CommentText(Struct, frozen=True, kw_only=True):
    """A comment as the file has it: its own text (empty in the shipped algorithm), and what fills the placeholders.

    ``listed``: position and letters (to leave out) of every ``$listMutsIn{position(NOT letters)}``.
    """

    text: str = ""
    listed: tuple[tuple[int, str], ...] = ()


class LevelComment(Struct, frozen=True, kw_only=True):
    """A drug-level comment: every (drug, comparison, level) must hold. Comparisons: EQ NEQ LT LTE GT GTE."""

    id: str
    conditions: tuple[tuple[str, str, int], ...]


class AsiAlgorithm(Struct, frozen=True, kw_only=True):
    """A compiled ASI file. ``virus``: ``HIV-1``, ``HIV-2`` or ``HBV``: rules of one never judge another."""

    name: str
    version: str
    date: str | None
    virus: str
    digest: str
    levels: Mapping[int, Level]
    default_level: int
    genes: Mapping[str, GeneRules]
    comments: Mapping[str, CommentText]
    level_comments: tuple[LevelComment, ...]

    @property
    def label(self) -> Algorithm:
        return Algorithm(name=self.name, version=self.version)

    def rules_of(self, gene: str) -> GeneRules | None:
        """The rules of a gene, in any case of letters; None when the algorithm does not speak of it."""
        return self.genes.get(gene) or self.genes.get(gene.upper())

    def level(self, order: int, where: str) -> Level:
        """A level by its order; RowInvalid when the file defines none."""
        if order not in self.levels:
            raise RowInvalid(f"{where}: level {order} is not defined")
        return self.levels[order]
