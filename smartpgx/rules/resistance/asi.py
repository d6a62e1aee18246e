"""Running an ASI algorithm over the mutations of one gene: scores, levels, letters, and which comments fire.

Pure, and nothing but the conditions that a finding can make true is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from smartpgx.domain.codes import Letter
from smartpgx.knowledge.asi import AsiAlgorithm, GeneRules, compile_algorithm
from smartpgx.knowledge.asi.letters import mask

__all__ = ["DrugScore", "FiredComment", "Partial", "comments", "compile_algorithm", "score"]


class Partial(Struct, frozen=True):
    """What one condition adds to a score, and what the rule wanted at each position: ((184, bits), ...).

    ``value`` is None for a Boolean rule, which gives a level and no number.
    """

    wanted: tuple[tuple[int, int], ...]
    value: float | None


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
    counted: dict[int, int] = {}
    for number in rules.score_index.hits(found):
        group = items[number].group
        if group not in counted or items[number].value > items[counted[group]].value:
            counted[group] = number
    by_rule: list[list[int]] = [[] for _ in rules.score_rules]
    for number in sorted(counted.values()):
        by_rule[items[number].rule].append(number)
    best: dict[int, _Scored] = {}
    for rule, numbers in zip(rules.score_rules, by_rule, strict=True):
        total = round(sum([items[number].value for number in numbers]), 6) if numbers else 0.0
        level = rule.ranges.level(total)
        other = best.get(rule.drug)
        if other is None or (level or 0) > (other[1] or 0):
            best[rule.drug] = total, level, tuple([Partial(items[number].bits, items[number].value) for number in numbers])
    return best


def _levelled(rules: GeneRules, found: Mapping[int, int]) -> dict[int, _Levelled]:
    """Per drug the highest level among its Boolean rules that hold, and those of that level."""
    best: dict[int, _Levelled] = {}
    for number in sorted(set(rules.level_index.hits(found))) if rules.level_rules else ():
        rule = rules.level_rules[number]
        level, partials = best.get(rule.drug, (-1, ()))
        if rule.level > level:
            best[rule.drug] = rule.level, (Partial(rule.bits, None),)
        elif rule.level == level:
            best[rule.drug] = level, (*partials, Partial(rule.bits, None))
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
