"""The order in which advice is read."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.chart import Chart, Reference
from smartpgx.domain.codes import STATUSES

STRENGTHS = ("strong", "moderate", "optional", "no recommendation", "n/a")
"""How sources grade advice, strongest first. A grade that is not listed is the weakest."""

Rank = tuple[bool, int, int, bool, int, str, str, str, str]


def strength_rank(strength: str | None) -> int:
    """0 for the strongest grade."""
    name = (strength or "").casefold()
    return STRENGTHS.index(name) if name in STRENGTHS else len(STRENGTHS)


def rank(recommendations: Iterable[Recommendation], chart: Chart | None = None) -> tuple[Recommendation, ...]:
    """Strongest status first; then what is ordered, proposed, otherwise taken, only asked about; then certain before conditional,
    then the source's own grade. Advice for a population the patient does not belong to comes last.

    ``chart`` tells orders from proposals and home medicines; without it all medicines of the record are alike.
    """
    places = _places(chart)
    return tuple(sorted(recommendations, key=lambda one: _rank(one, places)))


def _rank(one: Recommendation, places: dict[Reference, int]) -> Rank:
    place = min((places.get(order, 2) for order in one.orders), default=3)
    return (
        one.applies == "no",
        STATUSES.index(one.status),
        place,
        one.depends_on is not None,
        strength_rank(one.strength),
        one.drug.name.casefold(),
        one.sources[0].name if one.sources else "",
        one.population,
        one.id,
    )


def _places(chart: Chart | None) -> dict[Reference, int]:
    """0 ordered and active, 1 proposed, 2 otherwise in the record."""
    if chart is None:
        return {}
    return {
        reference: 1 if medication.proposed else 0 if medication.ordered and medication.active else 2
        for medication in chart.medications
        for reference in medication.source
    }
