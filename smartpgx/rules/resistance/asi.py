"""Running an ASI algorithm over the mutations of one gene: scores, levels, letters, and which comments fire.

Pure, and nothing but the conditions that a finding can make true is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from smartpgx.domain.codes import Letter
from smartpgx.knowledge.asi import AsiAlgorithm, GeneRules, compile_algorithm
from smartpgx.knowledge.asi.algorithm import Partial, ScoreItem
from smartpgx.knowledge.asi.letters import mask

__all__ = ["DrugScore", "FiredComment", "Partial", "comments", "compile_algorithm", "score"]


class DrugScore(Struct, frozen=True):
    """One drug: ``score`` None where the algorithm judges by levels alone, ``letter`` U where it holds no rule."""

    drug: str
    full_name: str
    drug_class: str
    score: float | None
    level: int | None
    level_text: str | None
    letter: Letter
    partials: tuple[Partial, ...] = ()


class FiredComment(Struct, frozen=True):
    """A comment that fired. ``positions``: those its condition speaks of; empty for a drug-level comment."""

    id: str
    positions: tuple[int, ...]


def score(algorithm: AsiAlgorithm, gene: str, mutations: Mapping[int, str]) -> tuple[DrugScore, ...]:
    """Score every drug of a sequenced gene; empty when the algorithm does not speak of the gene.

    ``mutations``: position -> letters found there, the consensus letter left out (``{184: "V"}``; ``i`` insertion, ``d``
    deletion). The partial scores of a drug add up to its score; of a MAX only the counted one is among them.
    """
    rules = algorithm.rules_of(gene)
    if rules is None:
        return ()
    found = {position: mask(letters) for position, letters in mutations.items()}
    by_score = _scored(rules, found)
    by_level = _levelled(rules, found)
    out = []
    for number, drug in enumerate(rules.drugs):
        points, level, partials = by_score.get(number) or (None, *by_level.get(number, (algorithm.default_level, ())))
        if not drug.ruled or level is None:
            out.append(DrugScore(drug.name, drug.full_name, drug.drug_class, None, None, None, "U"))
            continue
        at = algorithm.levels[level]
        out.append(DrugScore(drug.name, drug.full_name, drug.drug_class, points, level, at.text, at.letter, partials))
    return tuple(out)


_Scored = tuple[float, int | None, tuple[Partial, ...]]
_Levelled = tuple[int, tuple[Partial, ...]]


def _scored(rules: GeneRules, found: Mapping[int, int]) -> dict[int, _Scored]:
    """Per drug the rule that gives the highest level: total, level and what adds up to it."""
    items = rules.score_items
    counted: dict[int, ScoreItem] = {}
    for number in rules.score_index.hits(found):
        item = items[number]
        other = counted.get(item.group)
        if other is None or item.value > other.value:
            counted[item.group] = item
    by_rule: dict[int, list[Partial]] = {}
    totals: dict[int, float] = {}
    for _, item in sorted(counted.items()):
        by_rule.setdefault(item.rule, []).append(item.partial)
        totals[item.rule] = totals.get(item.rule, 0.0) + item.value
    best: dict[int, _Scored] = {}
    for number, rule in enumerate(rules.score_rules):
        total = round(totals.get(number, 0.0), 6)
        level = rule.ranges.level(total)
        best_so_far = best.get(rule.drug)
        if best_so_far is None or (level or 0) > (best_so_far[1] or 0):
            best[rule.drug] = total, level, tuple(by_rule.get(number, ()))
    return best


def _levelled(rules: GeneRules, found: Mapping[int, int]) -> dict[int, _Levelled]:
    """Per drug the highest level among its Boolean rules that hold, and those of that level."""
    best: dict[int, _Levelled] = {}
    for number in sorted(set(rules.level_index.hits(found))) if rules.level_rules else ():
        rule = rules.level_rules[number]
        level, partials = best.get(rule.drug, (-1, ()))
        if rule.level > level:
            best[rule.drug] = rule.level, (rule.partial,)
        elif rule.level == level:
            best[rule.drug] = level, (*partials, rule.partial)
    return best


def comments(
    algorithm: AsiAlgorithm, gene: str, mutations: Mapping[int, str], scores: tuple[DrugScore, ...]
) -> tuple[FiredComment, ...]:
    """Mutation comments of a gene in the order of the file, then those on the level of one of its drugs."""
    rules = algorithm.rules_of(gene)
    if rules is None:
        return ()
    found = {position: mask(letters) for position, letters in mutations.items()}
    fired = [rules.comments[number] for number in sorted(set(rules.comment_index.hits(found)))]
    levels = {one.drug: one.level for one in scores if one.level is not None}
    by_level = [
        FiredComment(comment.id, ())
        for comment in algorithm.level_comments
        if comment.conditions and all(drug in levels and _compared(levels[drug], how, to) for drug, how, to in comment.conditions)
    ]
    return (*(FiredComment(rule.id, rule.positions) for rule in fired), *by_level)


def _compared(level: int | None, how: str, to: int) -> bool:
    if level is None:
        return False
    return {"EQ": level == to, "NEQ": level != to, "LT": level < to, "LTE": level <= to, "GT": level > to, "GTE": level >= to}[
        how
    ]
