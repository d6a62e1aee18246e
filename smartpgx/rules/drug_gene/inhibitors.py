"""Active medicines that change how fast an enzyme works. They are named; a converted phenotype is not computed yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from smartpgx.domain.called import Current, GeneCall
from smartpgx.domain.chart import Chart, Gap, Reference
from smartpgx.rules.drug_gene.medicines import orders_of

ENZYMES = {
    "CYP1A2": "CYP1A2",
    "CYP2B6": "CYP2B6",
    "CYP2C9": "CYP2C9",
    "CYP2C19": "CYP2C19",
    "CYP2D6": "CYP2D6",
    "CYP3A4": "CYP3A",
    "CYP3A5": "CYP3A",
}
"""Gene to the enzyme name of FDA's table, where CYP3A means both."""
ROLES = ("inhibitor", "inducer")


class Interaction(Protocol):
    """One line of FDA's table: what an ingredient does to an enzyme."""

    @property
    def enzyme(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def strength(self) -> str | None: ...


class InteractionTable(Protocol):
    """The part of the drug-gene tables that names inhibitors and inducers, by ingredient in small letters."""

    @property
    def inhibitors(self) -> Mapping[str, Sequence[Interaction]]: ...


def acting_on(gene: str, chart: Chart, table: InteractionTable) -> dict[str, tuple[str, tuple[Reference, ...]]]:
    """Active ingredients that inhibit or induce the enzyme: name -> (``strong inhibitor``, the orders)."""
    enzyme = ENZYMES.get(gene)
    found: dict[str, tuple[str, tuple[Reference, ...]]] = {}
    for medication in chart.medications:
        if medication.active is not True or medication.prohibited:
            continue
        for ingredient in medication.ingredients:
            for line in _lines(ingredient.name, table):
                if line.enzyme == enzyme and line.role in ROLES and line.strength:
                    found.setdefault(ingredient.name, (f"{line.strength} {line.role}", orders_of(medication)))
    return found


def conversion_gaps(chart: Chart, genes: Iterable[GeneCall], table: InteractionTable) -> tuple[Gap, ...]:
    """One gap per gene whose enzyme an active medicine inhibits or induces: the current phenotype may differ."""
    gaps = []
    for call in genes:
        acting = acting_on(call.gene, chart, table) if _has_result(call) else {}
        if acting:
            named = " and ".join(f"{name} ({effect})" for name, (effect, _) in acting.items())
            gaps.append(
                Gap(
                    source=tuple(dict.fromkeys(ref for _, orders in acting.values() for ref in orders)),
                    wanted=f"{call.gene} current phenotype",
                    because="not_computed",
                    message=f"{named} changes {call.gene} activity while it is taken, and the advice is for the genetic result "
                    "alone; weigh this by hand.",
                )
            )
    return tuple(gaps)


def with_current(chart: Chart, genes: Iterable[GeneCall], table: InteractionTable) -> tuple[GeneCall, ...]:
    """Calls whose current phenotype equals the genetic one because nothing active is known to change it.

    Left null where a known inhibitor or inducer is active, or an active medicine could not be traced to an ingredient.
    """
    untraced = any(m.active is not False and not m.prohibited and (m.unresolved or not m.ingredients) for m in chart.medications)
    return tuple(
        call
        if untraced or call.phenotype is None or acting_on(call.gene, chart, table)
        else replace(call, current=Current(phenotype=call.phenotype, activity_score=call.activity_score))
        for call in genes
    )


def _lines(name: str, table: InteractionTable) -> Sequence[Interaction]:
    return table.inhibitors.get(name) or table.inhibitors.get(name.casefold()) or ()


def _has_result(call: GeneCall) -> bool:
    return call.status in ("called", "ambiguous", "indeterminate")
