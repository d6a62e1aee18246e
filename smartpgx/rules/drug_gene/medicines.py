"""The medicines an assessment is about: those taken, kept or proposed, all with guidance, or named ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from smartpgx.domain.called import Drug
from smartpgx.domain.chart import Chart, Gap, Ingredient, Medication, Reference
from smartpgx.domain.scope import Scope
from smartpgx.knowledge.schema import DrugRow

ORDER_TYPES = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")


class DrugTable(Protocol):
    """The part of the drug-gene tables that names drugs."""

    @property
    def drugs(self) -> Mapping[str, DrugRow]: ...
    @property
    def drug_by_rxcui(self) -> Mapping[str, DrugRow]: ...
    def __hash__(self) -> int: ...


class Considered(Struct, frozen=True, kw_only=True):
    """A drug of the tables and the medicines of the record it concerns. ``orders`` empty: nothing is ordered."""

    row: DrugRow
    orders: tuple[Reference, ...] = ()

    @property
    def drug(self) -> Drug:
        return Drug(name=self.row.name, rxcui=self.row.rxcui)


def in_scope(medication: Medication) -> bool:
    """Taken, kept on hold, or proposed; never what was stopped or forbidden."""
    return not medication.prohibited and (medication.active is True or medication.proposed or medication.held)


def orders_of(medication: Medication) -> tuple[Reference, ...]:
    """The resources that order or report the medicine, without the Medication they point at."""
    orders = tuple(ref for ref in medication.source if ref.split("/")[0] in ORDER_TYPES)
    return orders or medication.source[:1]


def find(table: DrugTable, name: str, rxcui: str | None = None) -> DrugRow | None:
    """A drug of the tables by RxNorm ingredient, else by name in any case."""
    if rxcui and rxcui in table.drug_by_rxcui:
        return table.drug_by_rxcui[rxcui]
    return table.drugs.get(name) or _folded(table).get(name.casefold())


@lru_cache(maxsize=4)
def _folded(table: DrugTable) -> Mapping[str, DrugRow]:
    return {row.name.casefold(): row for row in table.drugs.values()}


def considered(
    chart: Chart, table: DrugTable, scope: Scope, with_guidance: Iterable[str]
) -> tuple[tuple[Considered, ...], tuple[Gap, ...]]:
    """Every drug to give advice on, once each however often it is ordered, and gaps for medicines nobody can check."""
    recorded: dict[str, tuple[DrugRow, list[Reference]]] = {}
    gaps: list[Gap] = []
    spoken_of = frozenset(with_guidance)
    for medication in filter(in_scope, chart.medications):
        if medication.unresolved or not medication.ingredients:
            gaps.append(_not_checked(medication))
        rows = rows_of(medication.ingredients, table)
        if medication.local:
            gaps += [_local(medication, row) for row in rows if row.name in spoken_of]
            continue
        for row in rows:
            orders = recorded.setdefault(row.name, (row, []))[1]
            orders += [ref for ref in orders_of(medication) if ref not in orders]
    wanted: Sequence[DrugRow] = [row for row, _ in recorded.values()]
    if scope.drugs == "all":
        wanted = [*wanted, *(table.drugs[name] for name in with_guidance if name in table.drugs and name not in recorded)]
    elif scope.drugs != "record":
        named = [(name, find(table, name)) for name in scope.drugs]
        gaps = [_unknown(name) for name, row in named if row is None]
        wanted = list({row.name: row for _, row in named if row is not None}.values())
    return tuple(
        Considered(row=row, orders=tuple(recorded[row.name][1]) if row.name in recorded else ()) for row in wanted
    ), tuple(gaps)


def rows_of(ingredients: Sequence[Ingredient], table: DrugTable) -> tuple[DrugRow, ...]:
    """The drugs of the tables in one product: each component, and combinations whose components it holds."""
    single = [row for one in ingredients if (row := find(table, one.name, one.rxcui)) is not None]
    codes = {one.rxcui for one in ingredients if one.rxcui}
    if len(codes) > 1:
        single += [row for row in table.drugs.values() if len(row.ingredients) > 1 and codes.issuperset(row.ingredients)]
    return tuple({row.name: row for row in single}.values())


def _not_checked(medication: Medication) -> Gap:
    text = medication.text or "a medicine without a name"
    return Gap(
        source=orders_of(medication),
        wanted=f"ingredient of {text}",
        because="not_checked",
        message=f"{text} could not be traced to an ingredient, so it was not checked; look it up by hand.",
    )


def _local(medication: Medication, row: DrugRow) -> Gap:
    return Gap(
        source=orders_of(medication),
        wanted=f"guidance on {row.name}",
        because="local_product",
        message=f"{medication.text or row.name} is for skin, eye or ear; guidance on {row.name} in the body was not applied.",
    )


def _unknown(name: str) -> Gap:
    return Gap(
        wanted=f"guidance on {name}",
        because="not_in_tables",
        message=f"{name} is not a drug of the tables, so nothing was checked; try its ingredient name.",
    )
