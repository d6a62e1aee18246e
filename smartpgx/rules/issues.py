"""What a clinician decides on: one issue per ingredient and cause, leading back to its recommendations."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.domain.advice import About, Issue, Recommendation
from smartpgx.domain.chart import Chart, Reference
from smartpgx.domain.codes import Area, IssueCode
from smartpgx.rules.identity import digest, drug_key
from smartpgx.rules.ranking import rank

CODES: dict[Area, IssueCode] = {
    "drug_gene": "GEN",
    "susceptibility": "GEN",
    "tumour": "GEN",
    "prevention": "GEN",
    "resistance": "LAB",
}
"""``GEN``: the host. ``LAB``: resistance of a pathogen, one issue per organism."""
NEEDS_DECISION = ("avoid", "change", "monitor")


def group(recommendations: Iterable[Recommendation], chart: Chart) -> tuple[Issue, ...]:
    """Issues in the order of their leading recommendations. Standard advice alone and ``no_result`` make none.

    Advice for a population the patient is known not to belong to takes no part.
    """
    grouped: dict[str, list[Recommendation]] = {}
    for one in rank(recommendations, chart):
        if one.status != "no_result" and one.applies != "no":
            grouped.setdefault(issue_id(one), []).append(one)
    return tuple(_issue(key, members) for key, members in grouped.items() if members[0].status in NEEDS_DECISION)


def issue_id(one: Recommendation) -> str:
    """Built from code, ingredient and, for resistance, the organism: new results and releases keep it."""
    code = CODES[one.area]
    return digest("issue", code, drug_key(one.drug), _organism(one) if code == "LAB" else "")


def _organism(one: Recommendation) -> str:
    return " ".join(sorted({about.name.casefold() for about in one.about if about.kind == "isolate"}))


def _issue(key: str, members: list[Recommendation]) -> Issue:
    leading = members[0]
    orders: tuple[Reference, ...] = tuple(dict.fromkeys(order for one in members for order in one.orders))
    about: tuple[About, ...] = tuple({(a.kind, a.name, a.result): a for one in members for a in one.about}.values())
    return Issue(
        id=key,
        code=CODES[leading.area],
        drug=leading.drug,
        orders=orders,
        about=about,
        status=leading.status,
        leading=leading.id,
        recommendations=tuple(one.id for one in members),
    )
