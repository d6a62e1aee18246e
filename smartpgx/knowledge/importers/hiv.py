"""Stanford HIVDB: the algorithm as facts (its comment texts emptied), drugs, consensus and mutation types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from smartpgx.knowledge import licences
from smartpgx.knowledge.importers import origins
from smartpgx.knowledge.importers.table import Made, Table, csv_table, read_csv

ALGORITHM = "HIVDB_10.2.xml"
GENES = ("PR", "RT", "IN", "CA")
_COMMENT_TEXT = re.compile(rb"(<COMMENT_STRING\b.*?<TEXT>).*?(</TEXT>)", re.DOTALL)


def build(resistance: Path) -> Made:
    """Tables from the ``hiv`` folder; tenofovir alafenamide has no ATC code there."""
    hiv = resistance / "hiv"
    return Made(tables=(_algorithm(hiv), _drugs(resistance), _consensus(hiv), _mutation_types(hiv), _comments(hiv)))


def _algorithm(hiv: Path) -> Table:
    content, count = _COMMENT_TEXT.subn(rb"\1\2", (hiv / ALGORITHM).read_bytes())
    sources = (origins.hivfacts(f"resistance/hiv/{ALGORITHM}"),)
    note = "Rules, levels and comment conditions of the published file; the texts of its comments are left out. Rows: comments."
    return Table(
        path=f"resistance/{ALGORITHM}", licence=licences.UNLICENSE, sources=sources, content=content, count=count, note=note
    )


def _drugs(resistance: Path) -> Table:
    def rows() -> Iterator[tuple[str, ...]]:
        for row in read_csv(resistance / "hiv" / "drugs_hiv.csv"):
            code, name = row["display_abbr"], row["full_name"].removesuffix("/r")
            asi = "|".join(dict.fromkeys((row["hivdb_name"], code, code.removesuffix("/r"))))
            if name == "tenofovir":
                yield (code, asi, "tenofovir disoproxil", "300195", row["atc"], row["drug_class"], "HIVDB")
                yield (code, asi, "tenofovir alafenamide", "1721603", "", row["drug_class"], "RxNorm")
                yield (code, asi, "tenofovir", "117466", "", row["drug_class"], "RxNorm")
            else:
                yield (code, asi, name, row["rxcui"], row["atc"], row["drug_class"], "HIVDB")

    columns = ("code", "asi_names", "name", "rxcui", "atc", "drug_class", "source")
    sources = (origins.hivfacts("resistance/hiv/drugs_hiv.csv"), origins.rxnorm("fhir/drug_ingredients.csv (forms of tenofovir)"))
    note = "HIVDB has one entry for every form of tenofovir. A code with /r means boosted."
    return csv_table("resistance/hiv_drugs.csv", columns, rows(), licence=licences.UNLICENSE, sources=sources, note=note)


def _consensus(hiv: Path) -> Table:
    ranges = {row["gene"]: row["hxb2_nt_ranges"] for row in read_csv(hiv / "reference_index.csv")}
    sequences: dict[str, str] = {}
    for record in (hiv / "reference_sequences.fasta").read_text().split(">")[1:]:
        head, *lines = record.splitlines()
        sequences[head] = "".join(lines)
    rows = [(gene, ranges[gene], sequences[f"HIV1{gene}_consensusB_aa"]) for gene in GENES]
    sources = (origins.hivfacts("resistance/hiv/reference_sequences.fasta, resistance/hiv/reference_index.csv"),)
    columns = ("gene", "hxb2_nucleotides", "amino_acids")
    return csv_table("resistance/hiv_consensus.csv", columns, rows, licence=licences.UNLICENSE, sources=sources)


def _mutation_types(hiv: Path) -> Table:
    rows = [
        (
            row["gene"],
            row["drugClass"],
            row["position"],
            row["aas"],
            row["mutationType"],
            "1" if row["isUnusual"] == "TRUE" else "0",
        )
        for row in read_csv(hiv / "mutation_type_pairs_hiv1.csv")
    ]
    columns = ("gene", "drug_class", "position", "amino_acids", "type", "unusual")
    sources = (origins.hivfacts("resistance/hiv/mutation_type_pairs_hiv1.csv"),)
    return csv_table("resistance/hiv_mutation_types.csv", columns, rows, licence=licences.UNLICENSE, sources=sources)


def _comments(hiv: Path) -> Table:
    rows = [
        (row["id"], row["gene"], row["drugClass"], row["conditionType"], row["condition"], row["date"])
        for row in read_csv(hiv / "conditional_comments_hiv1.csv")
    ]
    columns = ("id", "gene", "drug_class", "condition_type", "condition", "date")
    sources = (origins.hivfacts("resistance/hiv/conditional_comments_hiv1.csv"),)
    note = "When a comment applies, without its text."
    return csv_table("resistance/hiv_comments.csv", columns, rows, licence=licences.UNLICENSE, sources=sources, note=note)
