"""What a gene may be in this patient, and which guidance values hold for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from smartpgx.domain.called import Candidate, GeneCall, Score
from smartpgx.knowledge.schema import PhenotypeRule

NO_RESULT = "no result"
INDETERMINATE = "indeterminate"
NOT_APPLICABLE = "n/a"
_COMPARED = re.compile(r"(>=|<=|>|<)?\s*(\d+(?:\.\d+)?)")

Held = frozenset[str]
"""The values of a table that hold, in small letters. Empty: there is a result, and the table does not speak of it."""


class GeneState(Struct, frozen=True, kw_only=True):
    """One way a gene may be. ``label``: the genotype, else the phenotype or score; ``words``: everything rows may name."""

    gene: str
    label: str
    phenotype: str | None = None
    activity_score: Score | None = None
    words: frozenset[str] = frozenset()
    known: bool = True


def plain(value: str) -> str:
    """A lookup value as it is compared: small letters, single spaces, ``>=`` for the one-sign spelling."""
    return " ".join(value.replace("≥", ">=").replace("≤", "<=").split()).casefold()


def states_of(gene: str, call: GeneCall | None) -> tuple[GeneState, ...]:
    """Every state the call leaves possible, best first. Not tested and not called are one state that is not known.

    Too many genotypes to name are not called, and yet known in what all of them mean.
    """
    if call is None or call.status == "not_tested" or (call.status == "not_called" and not _means_something(call)):
        return (GeneState(gene=gene, label="no result", known=False),)
    if len(call.candidates) > 1:
        return tuple(_state(gene, one.diplotype, one.phenotype, one.activity_score, one.lookup) for one in call.candidates)
    only = call.candidates[0] if call.candidates else Candidate(diplotype=None)
    named = (call.lookup,) if isinstance(call.lookup, str) else call.lookup or ()
    phenotype, score = (
        only.phenotype or call.phenotype,
        call.activity_score if only.activity_score is None else only.activity_score,
    )
    return (_state(gene, only.diplotype or call.diplotype, phenotype, score, (*only.lookup, *named)),)


def _means_something(call: GeneCall) -> bool:
    return bool(call.candidates) or call.phenotype is not None or call.activity_score is not None


def _state(gene: str, diplotype: str | None, phenotype: str | None, score: Score | None, named: Iterable[str]) -> GeneState:
    score = _number(score)
    words = {plain(word) for word in (*named, diplotype or "", phenotype or "") if word}
    shown = f"activity score {score:g}" if isinstance(score, float | int) else f"activity score {score}"
    label = diplotype or phenotype or (shown if score is not None else INDETERMINATE)
    if phenotype is None and score is None and not any(word.endswith((" positive", " negative")) for word in words):
        phenotype = "Indeterminate"
        words.add(INDETERMINATE)
    return GeneState(gene=gene, label=label, phenotype=phenotype, activity_score=score, words=frozenset(words))


def _number(score: Score | None) -> Score | None:
    """A score written as a number becomes one; ``n/a`` is no score; text with a comparator stays."""
    if not isinstance(score, str) or plain(score) == NOT_APPLICABLE:
        return None if isinstance(score, str) else score
    return float(score) if re.fullmatch(r"\d+(\.\d+)?", score.strip()) else score


def holding(state: GeneState, vocabulary: Iterable[str], rule: PhenotypeRule | None) -> tuple[Held, ...]:
    """Which values of ``vocabulary`` hold: one set, or one per possibility where a score is only bounded.

    A gene without a result holds ``no result`` and nothing else; so does a typing that never looked for the alleles asked.
    """
    values = {plain(value) for value in vocabulary}
    if not state.known:
        return (frozenset({NO_RESULT}),)
    statuses = {value for value in values if value.endswith((" positive", " negative"))}
    if statuses:
        found = frozenset(statuses & state.words)
        return (found or frozenset({NO_RESULT}),)
    scored = {value: match for value in values if (match := _COMPARED.fullmatch(value))}
    if scored or NOT_APPLICABLE in values:
        return tuple(frozenset({value}) for value in _scores(state, scored, rule)) or (frozenset(),)
    named = values & (state.words | _named_by_score(state, rule))
    return (frozenset(named - {NO_RESULT}),)


def _scores(state: GeneState, scored: Mapping[str, re.Match[str]], rule: PhenotypeRule | None) -> tuple[str, ...]:
    """Values of a table keyed by activity score that may hold, lowest first."""
    score = state.activity_score
    exact = {float(match[2]): value for value, match in scored.items() if not match[1]}
    at_least = {float(match[2]): value for value, match in scored.items() if match[1] == ">="}
    if isinstance(score, float | int):
        below = [low for low in at_least if low <= score]
        return (exact[score],) if score in exact else ((at_least[max(below)],) if below else ())
    if isinstance(score, str):
        return _bounded(_COMPARED.fullmatch(plain(score)), exact, at_least)
    if state.phenotype is None or plain(state.phenotype) == INDETERMINATE:
        return (NOT_APPLICABLE,)
    bins = [(low, high) for low, high, name in (rule.bins if rule else ()) if plain(name) == plain(state.phenotype)]
    possible = [(number, value) for number, value in (*exact.items(), *at_least.items()) if any(_within(number, b) for b in bins)]
    return tuple(value for _, value in sorted(possible))


def _bounded(bound: re.Match[str] | None, exact: Mapping[float, str], at_least: Mapping[float, str]) -> tuple[str, ...]:
    """Values that may hold for a score known as ``>=n``, ``>n``, ``<=n`` or ``<n``."""
    if bound is None:
        return ()
    sign, limit = bound[1], float(bound[2])
    if sign == ">=" and limit in at_least:
        return (at_least[limit],)
    if sign in (">=", ">"):
        kept = {(n, value) for n, value in (*exact.items(), *at_least.items()) if n > limit or (n == limit and sign == ">=")}
        below = [n for n in at_least if n <= limit]
        return tuple(value for _, value in sorted(kept | {(n, at_least[n]) for n in below if n == max(below)}))
    return tuple(exact[n] for n in sorted(exact) if n < limit or (n == limit and sign == "<="))


def _within(number: float, limits: tuple[float, float | None]) -> bool:
    low, high = limits
    return low <= number and (high is None or number <= high)


def _named_by_score(state: GeneState, rule: PhenotypeRule | None) -> frozenset[str]:
    """The phenotype that follows from a reported score, where the table is keyed by phenotype."""
    score = state.activity_score
    if rule is None or not isinstance(score, float | int) or state.phenotype is not None:
        return frozenset()
    return frozenset(plain(name) for low, high, name in rule.bins if _within(score, (low, high)))
