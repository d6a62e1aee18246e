"""Active medicines that change how fast an enzyme works. They are named; a converted phenotype is not computed yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from smartpgx.domain.called import Current, GeneCall
from smartpgx.domain.chart import Chart, Gap, Reference
from smartpgx.knowledge.schema import Interaction
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


class InteractionTable(Protocol):
    """The part of the drug-gene tables that names inhibitors and inducers."""

    @property
    def inhibitors(self) -> Mapping[str, Sequence[Interaction]]: ...
    @property
    def inducers(self) -> Mapping[str, Sequence[Interaction]]: ...


class Acting(Struct, frozen=True, kw_only=True):
    """An active medicine that changes an enzyme: ``effect`` as FDA grades it (``strong inhibitor``)."""

    name: str
    effect: str
    orders: tuple[Reference, ...]


def acting_on(gene: str, chart: Chart, table: InteractionTable) -> tuple[Acting, ...]:
    """Active medicines that inhibit or induce the enzyme of ``gene``. Combinations count when all their parts are taken."""
    enzyme = ENZYMES.get(gene)
    if enzyme is None:
        return ()
    taken: dict[str, tuple[Reference, ...]] = {}
    for medication in chart.medications:
        if medication.active is True and not medication.prohibited:
            for one in medication.ingredients:
                taken |= {key: orders_of(medication) for key in (one.rxcui, one.name.casefold()) if key and key not in taken}
    lines = [line for by_drug in (table.inhibitors, table.inducers) for lines in by_drug.values() for line in lines]
    return tuple(
        Acting(name=line.drug, effect=f"{line.strength} {line.role}", orders=orders)
        for line in lines
        if line.enzyme == enzyme and line.strength and (orders := _orders(line, taken))
    )


def _orders(line: Interaction, taken: Mapping[str, tuple[Reference, ...]]) -> tuple[Reference, ...]:
    """The orders that together give what the line is about; empty when a part is not taken."""
    name = line.drug.casefold()
    parts = (name,) if name in taken else line.rxcuis or (name,)
    return tuple(dict.fromkeys(ref for part in parts for ref in taken[part])) if all(part in taken for part in parts) else ()


def conversion_gaps(chart: Chart, genes: Iterable[GeneCall], table: InteractionTable) -> tuple[Gap, ...]:
    """One gap per gene whose enzyme an active medicine inhibits or induces: the current phenotype may differ."""
    gaps = []
    for call in genes:
        acting = acting_on(call.gene, chart, table) if call.status in ("called", "ambiguous", "indeterminate") else ()
        if acting:
            named = " and ".join(f"{one.name} ({one.effect})" for one in acting)
            gaps.append(
                Gap(
                    source=tuple(dict.fromkeys(ref for one in acting for ref in one.orders)),
                    wanted=f"{call.gene} current phenotype",
                    because="not_computed",
                    message=f"{call.gene} may work differently while the patient takes {named}, and the advice is for the "
                    "genetic result alone; weigh this by hand.",
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
