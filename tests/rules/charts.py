"""Small charts and calls for the tests of the rules."""

from __future__ import annotations

from typing import Any

from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall
from smartpgx.domain.chart import Chart, Ingredient, Medication, Patient
from smartpgx.knowledge.release import load

TABLES = load().drug_gene


def medicine(*names: str, number: int = 1, **states: Any) -> Medication:
    """An active order of the ingredients, unless ``states`` say otherwise."""
    ingredients = tuple(Ingredient(name=name, rxcui=TABLES.drugs[name].rxcui if name in TABLES.drugs else None) for name in names)
    given = {
        "active": True,
        "ordered": True,
        "text": " / ".join(names),
        "source": (f"MedicationRequest/{names[0] if names else 'x'}-{number}",),
    }
    return Medication(ingredients=ingredients, **(given | states))


def chart(*medications: Medication, birth_date: str | None = None, **facts: Any) -> Chart:
    return Chart(patient=Patient(reference="Patient/p", birth_date=birth_date), medications=medications, **facts)


def called(gene: str, diplotype: str | None, phenotype: str | None, score: float | str | None = None, **more: Any) -> GeneCall:
    functions = tuple(AlleleFunction(allele=allele, function="as tabled") for allele in (diplotype or "").split("/") if allele)
    given: dict[str, Any] = {"status": "called", "basis": "diplotype", "functions": functions, "source": (f"Observation/{gene}",)}
    given["candidates"] = (Candidate(diplotype=diplotype, phenotype=phenotype, activity_score=score),)
    return GeneCall(gene=gene, diplotype=diplotype, phenotype=phenotype, activity_score=score, **(given | more))


def ambiguous(gene: str, *pairs: tuple[str, str], **more: Any) -> GeneCall:
    candidates = tuple(Candidate(diplotype=diplotype, phenotype=phenotype) for diplotype, phenotype in pairs)
    return GeneCall(
        gene=gene, status="ambiguous", basis="variants", candidates=candidates, source=(f"Observation/{gene}",), **more
    )


def typed(gene: str, *statuses: str) -> GeneCall:
    return GeneCall(gene=gene, status="called", basis="presence", lookup=statuses, source=(f"Observation/{gene}",))


CYP2C19_POOR = called("CYP2C19", "*2/*2", "Poor Metabolizer")
CYP2D6_POOR = called("CYP2D6", "*4/*4", "Poor Metabolizer", 0.0)
