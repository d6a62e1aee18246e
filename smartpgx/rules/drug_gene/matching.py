"""Which guidance rows speak to this patient: every genotype that is possible, put to every population of every source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from msgspec import Struct

from smartpgx.domain.advice import Action
from smartpgx.domain.called import GeneCall
from smartpgx.domain.codes import ActionCode, Status
from smartpgx.knowledge.schema import GuidanceRow, PhenotypeRule
from smartpgx.rules.drug_gene.states import GeneState, Held, holding, plain, states_of

GroupKey = tuple[str, tuple[str, ...]]
"""A source and the genes its rows are keyed by: rows of one group exclude each other, rows of two stand side by side."""


class Way(Struct, frozen=True, kw_only=True):
    """One possible combination: per gene the values that hold, and the states (labels) that lead to them."""

    held: Mapping[str, Held]
    states: Mapping[str, tuple[GeneState, ...]]


class Match(Struct, frozen=True, kw_only=True):
    """What one source says for one population: the rows with this advice, and the ways it holds for.

    ``rows`` empty: the source has no row for these ways. ``certain``: it holds for every way. ``actions``: those of the rows,
    or the part of them that every way shares.
    """

    population: str
    rows: tuple[GuidanceRow, ...]
    ways: tuple[Way, ...]
    certain: bool
    actions: tuple[Action, ...] = ()


def grouped(rows: Iterable[GuidanceRow]) -> dict[GroupKey, list[GuidanceRow]]:
    """Rows of one drug by source and genes. Rows that are an error of the source never take part."""
    groups: dict[GroupKey, list[GuidanceRow]] = {}
    for row in rows:
        if row.kind != "input_error":
            groups.setdefault((row.source.name, tuple(sorted(row.conditions))), []).append(row)
    return groups


def ways_of(
    rows: Sequence[GuidanceRow], genes: Sequence[str], calls: Mapping[str, GeneCall], rules: Mapping[str, PhenotypeRule]
) -> tuple[Way, ...]:
    """Every combination of what the genes of one group may hold; states that hold the same are one way."""
    per_gene: list[list[tuple[Held, tuple[GeneState, ...]]]] = []
    for gene in genes:
        vocabulary = {value for row in rows for value in row.conditions[gene]}
        held: dict[Held, list[GeneState]] = {}
        for state in states_of(gene, calls.get(gene)):
            for values in holding(state, vocabulary, rules.get(gene)):
                held.setdefault(values, []).append(state)
        per_gene.append([(values, tuple(states)) for values, states in held.items()])
    return tuple(
        Way(
            held={g: one[0] for g, one in zip(genes, combo, strict=True)},
            states={g: one[1] for g, one in zip(genes, combo, strict=True)},
        )
        for combo in product(*per_gene)
    )


def matches(rows: Sequence[GuidanceRow], ways: Sequence[Way]) -> tuple[Match, ...]:
    """For each population: rows that give the same advice as one match, best genotype first.

    What all ways share comes first and is not said again for the ways that add nothing to it.
    """
    found: list[Match] = []
    for population in dict.fromkeys(row.population for row in rows):
        index: dict[tuple[Held, ...], list[GuidanceRow]] = {}
        for row in rows:
            if row.population == population:
                index.setdefault(_key({gene: _wanted(values) for gene, values in row.conditions.items()}), []).append(row)
        same: dict[str, tuple[list[GuidanceRow], list[Way]]] = {}
        for way in ways:
            fitting = [row for keys in _keys(way) for row in index.get(keys, ())]
            answers: list[GuidanceRow | None] = [*fitting] or [None]
            for answer in answers:
                kept, its_ways = same.setdefault(advice_key(answer.status, answer.actions) if answer else "", ([], []))
                kept += [answer] if answer is not None and answer not in kept else []
                its_ways.append(way)
        here = [
            Match(
                population=population,
                rows=tuple(kept),
                ways=tuple(its),
                certain=len(its) == len(ways),
                actions=kept[0].actions if kept else (),
            )
            for kept, its in same.values()
        ]
        shared = _shared(here, ways)
        said = shared[0].actions if shared else ()
        found += [*shared, *(match for match in here if not shared or any(action not in said for action in match.actions))]
    return tuple(found)


def _shared(apart: Sequence[Match], ways: Sequence[Way]) -> list[Match]:
    """What rows that differ still have in common: the same status, and actions that by themselves earn it."""
    statuses = {row.status for match in apart for row in match.rows}
    if len(apart) < 2 or len(statuses) != 1 or not all(match.rows for match in apart):
        return []
    common = tuple(action for action in apart[0].actions if all(action in match.actions for match in apart[1:]))
    if not any(_earns(action, next(iter(statuses))) for action in common):
        return []
    rows = tuple(row for match in apart for row in match.rows)
    return [Match(population=apart[0].population, rows=rows, ways=tuple(ways), certain=True, actions=common)]


EARNS: Mapping[Status, tuple[ActionCode, ...]] = {
    "avoid": ("AVOID", "CONTRAINDICATED", "ALTERNATIVE"),
    "change": ("ALTERNATIVE", "DOSE_DECREASE", "DOSE_INCREASE", "TITRATE", "ALGORITHM"),
    "monitor": ("MONITOR", "FURTHER_TEST", "INFORM"),
    "standard": ("STANDARD",),
}


def _earns(action: Action, status: Status) -> bool:
    """Whether the action, unconditional and about the drug itself, makes the status. ``at standard dose`` is none."""
    unconditional = str(action.parameters.get("when", "at once")).startswith("at ")
    return action.code in EARNS.get(status, ()) and unconditional and "of" not in action.parameters


def advice_key(status: Status, actions: Sequence[Action]) -> str:
    """Equal for advice that makes the clinician do the same."""
    return repr((status, [(one.code, sorted(one.parameters.items(), key=repr)) for one in actions]))


def _wanted(values: Iterable[str]) -> Held:
    return frozenset(plain(value) for value in values)


def _key(held: Mapping[str, Held]) -> tuple[Held, ...]:
    return tuple(held[gene] for gene in sorted(held))


def _keys(way: Way) -> Iterable[tuple[Held, ...]]:
    """What rows may be keyed by when several values of a gene hold at once: each alone, and all together."""
    options = []
    for gene in sorted(way.held):
        held = way.held[gene]
        options.append([held, *(frozenset({value}) for value in sorted(held))] if len(held) > 1 else [held])
    return product(*options)
