"""Which medicines of a record act on HIV, component by component, and which only boost another."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from smartpgx.domain.called import Drug
from smartpgx.domain.chart import Chart, Ingredient, Medication, Reference
from smartpgx.knowledge.schema import HivDrugRow
from smartpgx.rules.resistance.tables import ResistanceTables

BOOSTERS = ("ritonavir", "cobicistat")
"""Given to raise the level of another antiretroviral; an algorithm does not score them."""

UNSCORED = ("enfuvirtide", "fostemsavir", "ibalizumab", "maraviroc", "zalcitabine")
"""Antiretrovirals that the shipped algorithm has no rules for (names as in the resistance drug table, ATC J05A)."""

HEPATITIS_B = ("tenofovir", "lamivudine", "emtricitabine")
"""First words of antiretrovirals that also treat hepatitis B, whose end can make it flare."""


class HivMedicine(Struct, frozen=True, kw_only=True):
    """An antiretroviral ingredient of the record. ``row`` None: no rules for it. ``active``: part of today's regimen."""

    drug: Drug
    row: HivDrugRow | None
    orders: tuple[Reference, ...]
    active: bool

    @property
    def treats_hepatitis_b(self) -> bool:
        return self.drug.name.split()[0] in HEPATITIS_B


def hiv_medicines(chart: Chart, knowledge: ResistanceTables) -> tuple[HivMedicine, ...]:
    """Antiretroviral ingredients taken, proposed or on hold, one entry each; combination tablets count by component."""
    made: dict[str, HivMedicine] = {}
    for medication in chart.medications:
        if medication.prohibited or not (medication.active or medication.proposed or medication.held):
            continue
        for ingredient in medication.ingredients:
            row = row_of(ingredient, knowledge.hiv_drugs)
            if row is None and ingredient.name.lower() not in UNSCORED:
                continue
            _add(made, medication, ingredient, row)
    return tuple(made.values())


def _add(made: dict[str, HivMedicine], medication: Medication, ingredient: Ingredient, row: HivDrugRow | None) -> None:
    name = ingredient.name.lower()
    before = made.get(name)
    made[name] = HivMedicine(
        drug=Drug(name=name, rxcui=ingredient.rxcui, code=row.code if row else None),
        row=row,
        orders=tuple(dict.fromkeys((*(before.orders if before else ()), *_orders(medication)))),
        active=bool(medication.active) or bool(before and before.active),
    )


def _orders(medication: Medication) -> tuple[Reference, ...]:
    """The resources that order or report it, without the Medication they point at."""
    return tuple(ref for ref in medication.source if not ref.startswith("Medication/")) or medication.source


def row_of(ingredient: Ingredient, rows: Iterable[HivDrugRow]) -> HivDrugRow | None:
    """The row of an ingredient, by RxNorm code or name; a salt or "tenofovir" alone goes by its first word."""
    name = ingredient.name.lower()
    rows = tuple(rows)
    for row in rows:
        if (ingredient.rxcui and ingredient.rxcui == row.rxcui) or name == row.name.lower():
            return row
    return next((row for row in rows if name.split()[0] == row.name.split()[0].lower()), None) if name else None


def precise(rows: Iterable[HivDrugRow]) -> list[HivDrugRow]:
    """Without "tenofovir" where its prodrugs are named: what is ordered is one of these."""
    rows = list(rows)
    return [row for row in rows if not any(other.name.startswith(f"{row.name} ") for other in rows)]


def boosters(chart: Chart) -> tuple[str, ...]:
    """Boosters that are taken, by name."""
    taken = {i.name.lower() for m in chart.medications if m.active and not m.prohibited for i in m.ingredients}
    return tuple(name for name in BOOSTERS if name in taken)
