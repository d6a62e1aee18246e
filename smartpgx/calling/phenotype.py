"""Allele functions or activity values -> phenotype and score, by the rule of the gene."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.calling.allele_names import as_score
from smartpgx.domain.called import AlleleFunction, Score
from smartpgx.knowledge.schema import PhenotypeRule

INDETERMINATE = "Indeterminate"
SCORED, SINGLE = "activity_score", "single_allele"
PAIRED = ("function_pair", "genotype")
_BOUND = re.compile(r"(>=|<=|>|<)(.+)")


class Reading(Struct, frozen=True, kw_only=True):
    """What a genotype means. Both None: the guideline has neither a phenotype nor a score for this gene."""

    phenotype: str | None = None
    activity_score: Score | None = None


def interpret(rule: PhenotypeRule | None, functions: Sequence[AlleleFunction]) -> Reading:
    """The phenotype of one genotype (two alleles, or one for a single copy). Unknown function is indeterminate.

    Source: ``phenotype_rules`` of the release, which reproduce CPIC's diplotype tables row by row.
    """
    if rule is None or rule.method in ("none", "presence"):
        return Reading()
    if rule.method == SCORED:
        score = total([f.activity_value for f in functions]) if len(functions) == 2 else None
        return Reading(phenotype=by_score(rule, score), activity_score=score)
    words = [f.function for f in functions]
    if len(words) == 1:
        return Reading(phenotype=rule.singles.get(words[0] or "", rule.undetermined))
    return Reading(phenotype=_by_pair(rule, words) if len(words) == 2 else rule.undetermined)


def _by_pair(rule: PhenotypeRule, words: Sequence[str | None]) -> str:
    if None in words:
        return rule.undetermined
    first, second = sorted(word or "" for word in words)
    keys = [(first, second), *(tuple(sorted((one, "any"))) for one in (first, second))]
    return next((rule.pairs[key] for key in keys if key in rule.pairs), rule.undetermined)  # type: ignore[index]


def total(values: Sequence[Score | None]) -> Score | None:
    """The sum; ``>=`` the sum where a value is only bounded; None where one is not assigned, which is not zero."""
    amounts, bounded = [], False
    for value in map(as_score, values):
        if value is None:
            return None
        bound = _BOUND.fullmatch(value) if isinstance(value, str) else None
        bounded = bounded or bound is not None
        amounts.append(float(bound[2]) if bound else float(value))
    amount = sum(amounts)
    return f">={amount}" if bounded else amount


def by_score(rule: PhenotypeRule, score: Score | None) -> str | None:
    """The bin of a score. Indeterminate where there is none, or where a bound leaves several bins; None between two bins."""
    if score is None:
        return rule.undetermined
    low, high = limits(score)
    fitting = [name for least, most, name in rule.bins if (most is None or low <= most) and least <= high]
    if low == high:
        return fitting[0] if fitting else None
    return fitting[0] if len(set(fitting)) == 1 else rule.undetermined


def limits(score: Score) -> tuple[float, float]:
    """Smallest and largest value that a score may stand for."""
    bound = _BOUND.fullmatch(score) if isinstance(score, str) else None
    if bound is None:
        return float(score), float(score)
    limit = float(bound[2])
    return (limit, float("inf")) if bound[1].startswith(">") else (0.0, limit)


def priority(rule: PhenotypeRule | None, phenotype: str | None) -> str | None:
    """The guideline's priority word for a phenotype (``ehr_priority``)."""
    word: Mapping[str, str] = rule.ehr_priority if rule else {}
    found = word.get(phenotype or "")
    return None if found in (None, "", "none") else found
