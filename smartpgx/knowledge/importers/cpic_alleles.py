"""CPIC alleles, functions, star-allele definitions and phenotype rules of the 23 guideline genes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import json

from smartpgx.knowledge import licences
from smartpgx.knowledge.importers import origins
from smartpgx.knowledge.importers.table import Made, Table, csv_table, read_csv

Rules = Mapping[str, Mapping[str, Any]]

GENOTYPE_ALLELES = {"ABCG2": ("rs2231142", "G", "T"), "IFNL3": ("rs12979860", "C", "T"), "VKORC1": ("rs9923231", "C", "T")}
"""Genes whose alleles are named by one site: rsid, reference and variant base on the plus strand."""

SINGLE_COPY = "(single copy)"


def build(pgx: Path, fhir: Path) -> Made:
    """Tables from ``alleles.csv``, ``allele_definitions/``, ``positions.csv``, ``phenotype_rules.json``, ``gene_refseq.csv``."""
    rules = json.decode((pgx / "phenotype_rules.json").read_bytes())
    genes: Rules = rules["genes"]
    definitions = {gene: _definition(pgx, gene) for gene in genes if (pgx / "allele_definitions" / f"{gene}.json").is_file()}
    tables = (
        _alleles(pgx, genes),
        _aliases(definitions),
        _genes(pgx, fhir, definitions),
        _sites(pgx, definitions),
        _defined_alleles(definitions),
        _phenotype_rules(genes),
        _priorities(rules["ehr_priority_CPIC"]),
    )
    return Made(tables=tables)


def _definition(pgx: Path, gene: str) -> dict[str, Any]:
    found: dict[str, Any] = json.decode((pgx / "allele_definitions" / f"{gene}.json").read_bytes())
    return found


def _alleles(pgx: Path, genes: Rules) -> Table:
    def rows() -> Iterator[tuple[str, ...]]:
        for row in read_csv(pgx / "alleles.csv"):
            gene, allele = row["gene"], row["allele"]
            if gene not in genes or (gene, allele) == ("G6PD", "Telti/Kobe"):
                continue
            origin = f"{row['source']}, {row['source_version']}"
            value = row["activity_value"]
            yield (gene, allele, _function(gene, row["function"]), value, row["is_reference"], row["structural"], origin)

    sources = (
        origins.pharmcat("pgx/alleles.csv"),
        origins.pharmcat_older("pgx/alleles.csv (CYP2D6, G6PD)"),
        origins.pharmcat_forks("pgx/alleles.csv (RYR1, CYP2D6 tandems)"),
    )
    columns = ("gene", "allele", "function", "activity_value", "is_reference", "structural", "source")
    note = "An empty function is unknown, never normal. G6PD Telti/Kobe is one allele (see allele_aliases.csv)."
    return csv_table("drug_gene/alleles.csv", columns, rows(), licence=licences.CC0, sources=sources, note=note)


def _function(gene: str, function: str) -> str:
    if gene in ("HLA-A", "HLA-B"):
        return "Risk allele"
    return function.replace("Normal Function", "Normal function").replace("Unknown Function", "Unknown function")


def _aliases(definitions: Rules) -> Table:
    rows = [("G6PD", "Telti/Kobe", "Telti, Kobe")]
    for gene, (rsid, reference, variant) in GENOTYPE_ALLELES.items():
        for name, base in (("reference", reference), ("variant", variant)):
            rows += [(gene, spelling, f"{rsid} {name} ({base})") for spelling in (base, f"{rsid} {base}", f"{rsid}{base}")]
    for gene, definition in definitions.items():
        subs = [name for name in definition["alleles"] if name.startswith("*") and "." in name]
        rows += [(gene, name, name.split(".")[0]) for name in subs]
    rows.sort()
    sources = (origins.pharmcat("pgx/allele_definitions/, pgx/alleles.csv"),)
    return csv_table("drug_gene/allele_aliases.csv", ("gene", "alias", "allele"), rows, licence=licences.CC0, sources=sources)


def _genes(pgx: Path, fhir: Path, definitions: Rules) -> Table:
    exemptions = json.decode((pgx / "allele_definitions" / "_exemptions.json").read_bytes())
    refseq = {row["symbol"]: row for row in read_csv(fhir / "gene_refseq.csv")}

    def rows() -> Iterator[tuple[str, ...]]:
        for gene in sorted(refseq):
            row = refseq[gene]
            if row["source"] == "moalmanac" or not (row["hgnc_id"] or gene in definitions):
                continue
            definition, rule = definitions.get(gene), exemptions.get(gene, {})
            yield (
                gene,
                row["hgnc_id"],
                definition["chrom"] if definition else "",
                definition["refseq"] if definition else row["nc_grch38"],
                row["nc_grch37"],
                row["strand"],
                definition["data_version"][:10] if definition else "",
                _numbers(rule.get("requiredPositions", ())),
                "|".join(rule.get("amp1Alleles", ())),
                _numbers(rule.get("amp1Positions", ())),
                _numbers(site["position"] for site in rule.get("ignoredPositions", ())),
                "|".join(rule.get("ignoredAlleles", ())),
                "|".join(f"{' '.join(each['list'])}>{each['pick']}" for each in rule.get("unphasedDiplotypePriorities", ())),
            )

    columns = ("gene", "hgnc", "chrom", "refseq", "refseq37", "strand", "definition_version", "required_positions", "key_alleles",
               "key_positions", "ignored_positions", "ignored_alleles", "unphased_priorities")  # fmt: skip
    sources = (
        origins.cpic_data("fhir/gene_refseq.csv"),
        origins.pypgx("fhir/gene_refseq.csv"),
        origins.pharmcat("pgx/allele_definitions/_exemptions.json"),
    )
    note = "Positions are 1-based on GRCh38. definition_version is empty where we hold no star-allele definition."
    return csv_table("drug_gene/genes.csv", columns, rows(), licence=licences.MIT, sources=sources, note=note)


def _numbers(values: Any) -> str:
    return "|".join(str(value) for value in values)


def _sites(pgx: Path, definitions: Rules) -> Table:
    known = {(row["gene"], row["pos_grch38"], row["ref"]): row for row in read_csv(pgx / "positions.csv")}

    def rows() -> Iterator[tuple[str, ...]]:
        for gene, definition in sorted(definitions.items()):
            for site in definition["variants"]:
                row = known[gene, str(site["pos"]), site["ref"]]
                alts = "|".join(site["alts"])
                hgvs = f"{definition['refseq']}:{site['hgvs_g'].removeprefix(definition['refseq'] + ':')}"
                yield (gene, str(site["i"]), str(site["pos"]), str(site["pos37"] or ""), row["grch37_how"], site["rsid"] or "",
                       site["ref"], alts, hgvs, row["ref_differs_on_grch37"])  # fmt: skip

    columns = ("gene", "index", "pos", "pos37", "pos37_how", "rsid", "ref", "alts", "hgvs_g", "base_on_grch37")
    sources = (origins.pharmcat("pgx/allele_definitions/"), origins.pypgx("pgx/positions.csv (GRCh37)"))
    note = "pos: 1-based, VCF style, GRCh38. base_on_grch37 is filled where the GRCh37 reference has another base."
    return csv_table("drug_gene/sites.csv", columns, rows(), licence=licences.MIT, sources=sources, note=note)


def _defined_alleles(definitions: Rules) -> Table:
    def rows() -> Iterator[tuple[str, ...]]:
        for gene, definition in sorted(definitions.items()):
            references = [site["ref"] for site in definition["variants"]]
            for name, allele in definition["alleles"].items():
                # Some alleles list sites with the reference base; an unlisted site means the same.
                bases = [f"{index}:{base}" for index, base, *_ in allele["v"] if base != references[index]]
                yield (gene, name, "1" if allele.get("reference") else "0", ";".join(bases))

    sources = (origins.pharmcat("pgx/allele_definitions/"),)
    columns = ("gene", "allele", "reference", "bases")
    note = "bases: site index:VCF allele. R Y S W K M are either-base letters. A site that is not listed has the reference base."
    return csv_table("drug_gene/defined_alleles.csv", columns, rows(), licence=licences.CC0, sources=sources, note=note)


def _phenotype_rules(genes: Rules) -> Table:
    rows: list[tuple[str, ...]] = []
    for gene, rule in sorted(genes.items()):
        method = rule["method"]
        if method in ("presence", "none"):
            rows.append((gene, method, "", "", "", "", ""))
        for pair in rule.get("pairs", ()):
            first, second = (_response_allele(gene, pair[key]) for key in ("f1", "f2"))
            single = SINGLE_COPY in (first, second)
            low, high = ("", second) if single else sorted((first, second))
            rows.append((gene, method, low, high, "", "", pair["phenotype"]))
        for part in rule.get("bins", ()):
            if "min" in part:
                top = "" if part["max"] is None else str(float(part["max"]))
                rows.append((gene, method, "", "", str(float(part["min"])), top, part["phenotype"]))
    sources = (origins.pharmcat("pgx/phenotype_rules.json"), origins.cpic_sheets("pgx/phenotype_rules.json (CYP2D6)"))
    columns = ("gene", "method", "function1", "function2", "low", "high", "phenotype")
    note = "Rules that reproduce every row of CPIC's diplotype tables. function1 empty: a single copy. low, high: inclusive."
    return csv_table("drug_gene/phenotype_rules.csv", columns, rows, licence=licences.CC0, sources=sources, note=note)


def _response_allele(gene: str, name: str) -> str:
    if gene != "IFNL3":
        return name
    return "Favorable response allele" if name.endswith("C") else "Unfavorable response allele"


def _priorities(priorities: Mapping[str, str]) -> Table:
    rows = []
    for key, priority in sorted(priorities.items()):
        gene, phenotype = key.split("|")
        full = phenotype if phenotype.endswith(("Metabolizer", "Indeterminate")) else f"{phenotype} Metabolizer"
        rows.append((gene, full, priority.replace("/ ", "/")))
    sources = (origins.cpic_sheets("pgx/phenotype_rules.json"),)
    columns = ("gene", "phenotype", "priority")
    return csv_table("drug_gene/ehr_priorities.csv", columns, rows, licence=licences.CC0, sources=sources)
