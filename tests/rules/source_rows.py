"""Guidance rows made directly from the source tables, as the knowledge release hands them out."""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from smartpgx.domain.advice import Action, Source
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall
from smartpgx.knowledge.schema import DrugRow, GuidanceRow, Interaction, PhenotypeRule
from tests.shared import SHARED

FOLDER = SHARED / "data" / "pgx"

HLA_GENES = ("HLA-A", "HLA-B")


class Table(Struct, frozen=True, kw_only=True, eq=False):
    """The part of the drug-gene knowledge that rules use."""

    guidance: Mapping[str, tuple[GuidanceRow, ...]] = field(default_factory=dict)
    phenotype_rules: Mapping[str, PhenotypeRule] = field(default_factory=dict)
    drugs: Mapping[str, DrugRow] = field(default_factory=dict)
    drug_by_rxcui: Mapping[str, DrugRow] = field(default_factory=dict)
    inhibitors: Mapping[str, tuple[Interaction, ...]] = field(default_factory=dict)
    inducers: Mapping[str, tuple[Interaction, ...]] = field(default_factory=dict)


def lines(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@functools.cache
def readings() -> tuple[dict[str, Any], ...]:
    with (FOLDER / "recommendation_actions.jsonl").open(encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


def reading_of(text_id: str, drug: str) -> dict[str, Any]:
    mine = [one for one in readings() if one["text_id"] == text_id]
    special = [one for one in mine if (one.get("only_for") or {}).get("drug") == drug]
    return (special or [one for one in mine if "only_for" not in one])[0]


def actions_of(reading: Mapping[str, Any]) -> tuple[Action, ...]:
    return tuple(Action(code=a["code"], parameters={k: v for k, v in a.items() if k != "code"}) for a in reading["actions"])


@functools.cache
def cpic_rows() -> tuple[GuidanceRow, ...]:
    """The current CPIC rows, the ``xN combinations`` ones included, in file order."""
    rxcui = {row["drug"]: row["rxnorm"] or None for row in lines("drugs.csv")}
    made = []
    for row in lines("recommendations.csv"):
        if row["source"] != "CPIC" or row["status"] != "current":
            continue
        reading = reading_of(row["text_id"], row["drug"])
        conditions = {g: (v,) if isinstance(v, str) else tuple(v) for g, v in json.loads(row["conditions"]).items()}
        made.append(
            GuidanceRow(
                id=row["rec_id"],
                source=Source(name="CPIC", id=row["guideline_id"], version=row["data_version"]),
                drug=row["drug"],
                rxcui=rxcui.get(row["drug"]),
                conditions=conditions,
                population=row["population"],
                strength=row["classification"] or None,
                status=reading["status"],
                kind=reading["kind"],
                actions=actions_of(reading),
                text_id=row["text_id"],
                implication_id=row["implication_id"],
                conditions_in_text=tuple(reading.get("conditions_in_text", ())),
                sure=reading["sure"],
            )
        )
    return tuple(made)


def phenotype_rules() -> dict[str, PhenotypeRule]:
    genes = json.loads((FOLDER / "phenotype_rules.json").read_text(encoding="utf-8"))["genes"]
    return {
        gene: PhenotypeRule(
            gene=gene,
            method=rule["method"],
            bins=tuple((b["min"], b["max"], b["phenotype"]) for b in rule.get("bins", []) if "min" in b),
        )
        for gene, rule in genes.items()
    }


@functools.cache
def table() -> Table:
    guidance: dict[str, list[GuidanceRow]] = {}
    for row in cpic_rows():
        guidance.setdefault(row.drug, []).append(row)
    drugs = {
        row["drug"]: DrugRow(name=row["drug"], rxcui=row["rxnorm"] or None, atc=tuple(filter(None, row["atc"].split("|"))))
        for row in lines("drugs.csv")
    }
    return Table(
        guidance={drug: tuple(rows) for drug, rows in guidance.items()},
        phenotype_rules=phenotype_rules(),
        drugs=drugs,
        drug_by_rxcui={row.rxcui: row for row in drugs.values() if row.rxcui},
    )


def call_for(gene: str, values: tuple[str, ...]) -> GeneCall | None:
    """The call whose lookup is exactly what a row asks for; None where the row asks for no result."""
    if values == ("No Result",):
        return None
    if gene in HLA_GENES:
        return GeneCall(gene=gene, status="called", basis="presence", lookup=values, source=("Observation/hla",))
    (value,) = values
    if value in ("n/a", "Indeterminate"):
        return GeneCall(gene=gene, status="indeterminate", diplotype="*1/*99", phenotype="Indeterminate", basis="diplotype")
    score: float | str | None = None
    phenotype: str | None = value
    if value[0] in "≥0123456789":
        score, phenotype = (value.replace("≥", ">=") if value.startswith("≥") else float(value)), None
    return GeneCall(
        gene=gene, status="called", activity_score=score, phenotype=phenotype, basis="activity_score" if score else "phenotype"
    )


def simple_call(
    gene: str, diplotype: str | None, phenotype: str | None, score: float | str | None = None, **more: Any
) -> GeneCall:
    """A called gene with one genotype."""
    candidate = Candidate(diplotype=diplotype, phenotype=phenotype, activity_score=score)
    functions = tuple(AlleleFunction(allele=a) for a in (diplotype or "").split("/") if a)
    return GeneCall(
        gene=gene,
        status="called",
        diplotype=diplotype,
        candidates=(candidate,),
        phenotype=phenotype,
        activity_score=score,
        basis="diplotype",
        functions=functions,
        source=(f"Observation/{gene.lower()}",),
        **more,
    )
