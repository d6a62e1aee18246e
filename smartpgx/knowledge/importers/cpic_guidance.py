"""CPIC guidance: every current recommendation row, what its text makes the clinician do, its guideline, and the drugs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import json

from smartpgx.knowledge import licences
from smartpgx.knowledge.importers import origins
from smartpgx.knowledge.importers.table import Made, Table, csv_table, jsonl_bytes, read_csv, read_jsonl

NOT_MEDICINES = frozenset(
    {
        "ace inhibitors, plain", "alkylating agents", "aminoglycoside antibacterials", "anthracyclines and related substances",
        "antidepressants", "antipsychotics", "bisphosphonates", "hmg coa reductase inhibitors",
        "hormonal contraceptives for systemic use", "platinum compounds", "radiotherapy",
        "selective serotonin reuptake inhibitors", "sulfonamides", "tumor necrosis factor alpha (tnf-alpha) inhibitors",
        "ascorbic acid (vitamin c), combinations, ascorbic acid (vitamin c), plain, sodium ascorbate",
    }
)  # fmt: skip
"""Entries of the drug list that no one can order as a drug."""

Row = dict[str, str]


def build(pgx: Path) -> Made:
    """Tables from the recommendations, their readings, ``guidelines.csv``, ``drugs.csv`` and the pair lists."""
    rows = current_rows(pgx)
    texts = {row["text_id"] for row in rows}
    tables = (
        _guidance(rows),
        _readings(pgx, texts),
        _guidelines(pgx, {row["guideline_id"] for row in rows}),
        _drugs(pgx),
        _relations(pgx),
    )
    return Made(tables=tables)


def current_rows(pgx: Path) -> list[Row]:
    """The CPIC rows that are not superseded, in the order of the file."""
    rows = read_csv(pgx / "recommendations.csv")
    return [row for row in rows if row["source"] == "CPIC" and row["status"] == "current"]


def conditions(row: Mapping[str, str]) -> dict[str, list[str]]:
    """Gene to lookup values, all of which must hold."""
    found = json.decode(row["conditions"], type=dict[str, str | list[str]])
    return {gene: [value] if isinstance(value, str) else value for gene, value in sorted(found.items())}


def _guidance(rows: list[Row]) -> Table:
    def lines() -> Iterator[tuple[str, ...]]:
        for row in rows:
            strength = "" if row["classification"] in ("", "N/A") else row["classification"]
            yield (row["rec_id"], row["source"], row["drug"], json.encode(conditions(row)).decode(), row["population"].strip(),
                   strength, row["text_id"], row["implication_id"], row["guideline_id"], row["data_version"])  # fmt: skip

    columns = (
        "id",
        "source",
        "drug",
        "conditions",
        "population",
        "strength",
        "text_id",
        "implication_id",
        "guideline_id",
        "version",
    )
    sources = (
        origins.pharmcat("pgx/recommendations.csv"),
        origins.pharmcat_older("pgx/recommendations.csv (29 drugs)"),
        origins.pharmcat_forks("pgx/recommendations.csv (metoprolol, hydralazine)"),
        origins.cpic_api("pgx/recommendations.csv (thiopurines)"),
    )
    note = "text_id and implication_id name CPIC's texts; the texts are not shipped. An empty strength: the source gives none."
    return csv_table("drug_gene/guidance.csv", columns, lines(), licence=licences.CC0, sources=sources, note=note)


def _readings(pgx: Path, texts: set[str]) -> Table:
    def lines() -> Iterator[dict[str, Any]]:
        for reading in read_jsonl(pgx / "recommendation_actions.jsonl"):
            if reading["text_id"] not in texts:
                continue
            only: Any = reading.get("only_for")
            yield {
                "text_id": reading["text_id"],
                "only_for": only["drug"] if only else None,
                "kind": reading["kind"],
                "status": reading["status"],
                "actions": reading["actions"],
                "conditions_in_text": reading.get("conditions_in_text", []),
                "sure": reading["sure"],
                "note": reading.get("note"),
                "read": reading["read"],
            }

    content, count = jsonl_bytes(lines())
    sources = (origins.readings("pgx/recommendation_actions.jsonl"),)
    note = "One line per source text, and one more (only_for) where it means something else for one drug. Our own words."
    return Table(path="drug_gene/readings.jsonl", licence=origins.OWN, sources=sources, content=content, count=count, note=note)


def _guidelines(pgx: Path, wanted: set[str]) -> Table:
    columns = ("id", "source", "drugs", "genes", "pmids", "years", "url", "version")
    of_pair = {(row["drug"], row["gene"]): row["pmids"] for row in read_csv(pgx / "cpic_pairs_2026-08.csv")}
    rows = []
    for row in read_csv(pgx / "guidelines.csv"):
        if row["guideline_id"] in wanted:
            pmids = row["pmids"] or of_pair.get((row["drugs"], row["genes"]), "")
            rows.append((row["guideline_id"], row["source"], row["drugs"], row["genes"], pmids, row["years"], row["url"],
                         row["data_version"]))  # fmt: skip
    sources = (origins.pharmcat("pgx/guidelines.csv"), origins.cpic_api("pgx/guidelines.csv, pgx/cpic_pairs_2026-08.csv"))
    return csv_table("drug_gene/guidelines.csv", columns, rows, licence=licences.CC0, sources=sources)


def drug_list(pgx: Path) -> dict[str, tuple[str, str]]:
    """Every drug of the source's drug list and of CPIC's pairs, to its RxNorm code (or empty) and its ATC codes."""
    rows = {row["drug"]: (_code(row["rxnorm"]), "" if row["atc"] == "NA" else row["atc"]) for row in read_csv(pgx / "drugs.csv")}
    for pair in read_csv(pgx / "cpic_pairs_2026-08.csv"):
        rows.setdefault(pair["drug"], (_code(pair["rxnorm"]), ""))
    return {drug: codes for drug, codes in sorted(rows.items()) if drug not in NOT_MEDICINES}


def other_names(pgx: Path) -> dict[str, str]:
    """Second names of the drug list (glibenclamide) to the name that the guidance uses for the same code (glyburide)."""
    guided = {row["drug"] for row in current_rows(pgx)}
    by_code = {rxcui: drug for drug, (rxcui, _atc) in drug_list(pgx).items() if rxcui and drug in guided}
    return {drug: by_code[rxcui] for drug, (rxcui, _atc) in drug_list(pgx).items() if by_code.get(rxcui, drug) != drug}


def _drugs(pgx: Path) -> Table:
    second = other_names(pgx)
    listed = [(drug, *codes) for drug, codes in drug_list(pgx).items() if drug not in second]
    sources = (
        origins.pypgx("pgx/drugs.csv"),
        origins.cpic_data("pgx/drugs.csv"),
        origins.pharmcat("pgx/drugs.csv"),
        origins.cpic_api("pgx/cpic_pairs_2026-08.csv"),
    )
    note = "rxcui: the RxNorm ingredient, or the code of the combination. Drug classes and radiotherapy are left out."
    return csv_table("drug_gene/drugs.csv", ("drug", "rxcui", "atc"), listed, licence=licences.MIT, sources=sources, note=note)


def _code(text: str) -> str:
    return text if text.isdigit() else ""


def _relations(pgx: Path) -> Table:
    pairs: dict[tuple[str, str], tuple[str, ...]] = {}
    second = other_names(pgx)
    for row in read_csv(pgx / "gene_drug_pairs.csv"):
        pairs[row["gene"], second.get(row["drug"], row["drug"])] = (
            row["cpic_level"],
            row["clinpgx_level"],
            "",
            "CPIC list of 2022-02",
        )
    for row in read_csv(pgx / "cpic_pairs_2026-08.csv"):
        used = {"Yes": "1", "No": "0"}.get(row["used_for_recommendation"], "")
        pairs[row["gene"], second.get(row["drug"], row["drug"])] = (
            row["cpic_level"],
            row["clinpgx_level"],
            used,
            "CPIC API of 2026-08-13",
        )
    rows = [(gene, drug, *rest) for (gene, drug), rest in sorted(pairs.items()) if drug not in NOT_MEDICINES]
    columns = ("gene", "drug", "cpic_level", "clinpgx_level", "used_for_recommendation", "list")
    sources = (
        origins.cpic_api("pgx/cpic_pairs_2026-08.csv"),
        origins.pypgx("pgx/gene_drug_pairs.csv"),
        origins.clinpgx_levels("pgx/cpic_pairs_2026-08.csv, pgx/gene_drug_pairs.csv"),
    )
    note = "Credit: ClinPGx / PharmGKB, CC BY-SA 4.0 (column clinpgx_level)."
    return csv_table("drug_gene/relations.csv", columns, rows, licence=licences.CC_BY_SA, sources=sources, note=note)
