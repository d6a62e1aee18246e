"""What a pharmacist expects of an order of a common drug, read from CPIC's own sentences and from nothing else.

``pharmacist/pairs.json``: drug, population and results as CPIC keys its rows, and the status expected. The expectations
were written before the engine was asked. ``disputed`` says why the engine's reading of the same sentence differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.chart import Chart, Hla, Ingredient, Medication, Patient, Phenotype
from smartpgx.domain.scope import Scope
from smartpgx.knowledge.release import load
from smartpgx.rules.assess import assess

PAIRS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "pharmacist" / "pairs.json").read_text(encoding="utf-8"))
TODAY = date(2026, 10, 2)


def _named(pair: Mapping[str, Any]) -> str:
    found = ",".join(f"{gene} {value}" for gene, value in pair["results"].items())
    return f"{pair['drug']}-{pair['population']}-{found}".replace(" ", "_")


def _marked(pair: dict[str, Any]) -> Any:
    if "disputed" not in pair:
        return pytest.param(pair, id=_named(pair))
    return pytest.param(pair, id=_named(pair), marks=pytest.mark.xfail(strict=True, reason=pair["disputed"]))


def _hla(gene: str, result: str) -> Hla:
    allele, found = result.split()
    return Hla(allele=f"{gene}{allele}", present=found == "positive", source=(f"Observation/{gene}",))


def _phenotype(gene: str, result: str) -> Phenotype:
    source = (f"Observation/{gene}",)
    try:
        return Phenotype(gene=gene, activity_score=float(result), source=source)
    except ValueError:
        return Phenotype(gene=gene, phenotype=result, source=source)


def _chart(pair: Mapping[str, Any]) -> Chart:
    results: Mapping[str, str] = pair["results"]
    order = Medication(
        ingredients=(Ingredient(name=pair["drug"], rxcui=pair["rxcui"]),),
        active=True,
        ordered=True,
        text=pair["drug"],
        source=("MedicationRequest/order",),
    )
    return Chart(
        patient=Patient(reference="Patient/pair"),
        hla=tuple(_hla(gene, result) for gene, result in results.items() if gene.startswith("HLA-")),
        phenotypes=tuple(_phenotype(gene, result) for gene, result in results.items() if not gene.startswith("HLA-")),
        medications=(order,),
    )


def _of_population(pair: Mapping[str, Any]) -> list[Recommendation]:
    advice = assess(_chart(pair), load(), Scope(), TODAY).recommendations
    cpic = [one for one in advice if any(source.name == "CPIC" for source in one.sources)]
    return [one for one in cpic if one.population.strip() == pair["population"]]


@pytest.mark.parametrize("pair", [_marked(pair) for pair in PAIRS])
def test_status_is_what_cpic_says_of_the_pair(pair: dict[str, Any]) -> None:
    found = {(one.status, bool(one.orders)) for one in _of_population(pair)}
    assert found == {(pair["status"], True)}


def test_the_pairs_are_sixty_or_more_and_every_status_is_expected_of_some() -> None:
    assert len(PAIRS) >= 60
    assert len({_named(pair) for pair in PAIRS}) == len(PAIRS)
    assert {pair["status"] for pair in PAIRS} == {"avoid", "change", "monitor", "standard", "no_result"}
