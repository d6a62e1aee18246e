"""The drug-gene tables: genes, alleles, sites, functions, phenotypes and conditions must all be known ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from msgspec import DecodeError, ValidationError, json

from smartpgx.knowledge.check.faults import Fault, Line, lines, repeated, unknown
from smartpgx.knowledge.shelf import Shelf

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "genes": ("gene", "hgnc", "chrom", "refseq", "refseq37", "strand", "definition_version", "required_positions", "key_alleles",
              "key_positions", "ignored_positions", "ignored_alleles", "unphased_priorities"),
    "alleles": ("gene", "allele", "function", "activity_value", "is_reference", "structural", "source"),
    "allele_aliases": ("gene", "alias", "allele"),
    "sites": ("gene", "index", "pos", "pos37", "pos37_how", "rsid", "ref", "alts", "hgvs_g", "base_on_grch37"),
    "defined_alleles": ("gene", "allele", "reference", "bases"),
    "phenotype_rules": ("gene", "method", "function1", "function2", "low", "high", "phenotype"),
    "ehr_priorities": ("gene", "phenotype", "priority"),
    "guidelines": ("id", "source", "drugs", "genes", "pmids", "years", "url", "version"),
    "guidance": ("id", "source", "drug", "conditions", "population", "strength", "text_id", "implication_id", "guideline_id",
                 "version"),
    "drugs": ("drug", "rxcui", "atc"),
    "relations": ("gene", "drug", "cpic_level", "clinpgx_level", "used_for_recommendation", "list"),
    "interactions": ("drug", "rxcui", "enzyme", "role", "strength", "footnotes"),
}  # fmt: skip

METHODS = ("function_pair", "activity_score", "single_allele", "presence", "genotype", "none")
ROLES = ("inhibitor", "inducer", "substrate", "sensitive substrate")
STRENGTHS = ("", "strong", "moderate", "weak", "sensitive", "moderately sensitive")
SOURCES = ("CPIC", "DPWG", "FDA label", "FDA association")
GRADES = ("", "Strong", "Moderate", "Optional", "No recommendation")
_BASES = re.compile(r"[ACGT]+")
_EITHER = re.compile(r"[ACGT]+|[RYSWKM]")
_ACCESSION = re.compile(r"NC_\d{6}\.\d+")
_VALUE = re.compile(r"≥?\d+(\.\d+)?")
_SCORE = re.compile(r"≥?\d+\.\d+|n/a")
INPUT_ERROR = "xN combinations"

Tables = Mapping[str, list[Line]]


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Faults of all drug_gene tables but the readings."""
    tables: dict[str, list[Line]] = {}
    for name, columns in COLUMNS.items():
        tables[name], wrong = lines(shelf, f"drug_gene/{name}.csv", columns)
        yield from wrong
    yield from _genes(tables)
    yield from _alleles(tables)
    yield from _definitions(tables)
    yield from _phenotypes(tables)
    yield from _guidance(tables)
    yield from _drugs(tables)


def _names(table: list[Line], column: str) -> set[str]:
    return {line[column] for line in table}


def _by_gene(table: list[Line], column: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in table:
        found[line["gene"]].add(line[column])
    return found


def _genes(tables: Tables) -> Iterator[Fault]:
    yield from repeated(tables["genes"], ("gene",))
    alleles, sites = _by_gene(tables["alleles"], "allele"), _by_gene(tables["sites"], "pos")
    for line in tables["genes"]:
        for column in ("refseq", "refseq37"):
            if (line[column] or line["definition_version"]) and not _ACCESSION.fullmatch(line[column]):
                yield line.fault(column, f"{line[column]!r} is not an NC_ accession with its version")
        yield from _listed(line, "key_alleles", alleles[line["gene"]], "allele")
        yield from _listed(line, "ignored_alleles", alleles[line["gene"]], "allele")
        yield from _listed(line, "required_positions", sites[line["gene"]], "position")


def _listed(line: Line, column: str, known: Collection[str], what: str) -> Iterator[Fault]:
    for name in filter(None, line[column].split("|")):
        if name not in known:
            yield line.fault(column, unknown(what, name, known))


def _alleles(tables: Tables) -> Iterator[Fault]:
    genes = _names(tables["genes"], "gene") | {"HLA-A", "HLA-B"}
    functions = _by_gene(tables["phenotype_rules"], "function1")
    for gene, more in _by_gene(tables["phenotype_rules"], "function2").items():
        functions[gene] |= more
    everywhere = {function for line in tables["alleles"] if (function := line["function"])}
    yield from repeated(tables["alleles"], ("gene", "allele"))
    for line in tables["alleles"]:
        yield from line.known("gene", genes, "gene")
        yield from line.flag("is_reference")
        yield from line.flag("structural")
        allowed = functions[line["gene"]] - {""} or everywhere
        if line["function"] and line["function"] not in allowed:
            yield line.fault("function", unknown("function", line["function"], allowed))
        if line["activity_value"] and not _VALUE.fullmatch(line["activity_value"]):
            yield line.fault("activity_value", f"{line['activity_value']!r} is neither a number nor ≥ a number")
        if not line["source"]:
            yield line.fault("source", "no source")
    alleles = _by_gene(tables["alleles"], "allele")
    for line in tables["allele_aliases"]:
        yield from line.known("allele", alleles[line["gene"]], "allele")


def _definitions(tables: Tables) -> Iterator[Fault]:
    genes = {line["gene"] for line in tables["genes"] if line["definition_version"]}
    yield from repeated(tables["sites"], ("gene", "index"))
    for line in tables["sites"]:
        yield from line.known("gene", genes, "gene")
        for column in ("index", "pos"):
            yield from line.number(column)
        yield from line.number("pos37", empty=True)
        for column in ("ref", "alts"):
            if not all(_BASES.fullmatch(base) for base in line[column].split("|")):
                yield line.fault(column, f"{line[column]!r} is not a sequence of A, C, G, T")
    alleles, indexes = _by_gene(tables["alleles"], "allele"), _by_gene(tables["sites"], "index")
    aliases = _by_gene(tables["allele_aliases"], "alias")
    yield from repeated(tables["defined_alleles"], ("gene", "allele"))
    for line in tables["defined_alleles"]:
        yield from line.known("gene", genes, "gene")
        yield from line.known("allele", alleles[line["gene"]] | aliases[line["gene"]], "allele")
        yield from line.flag("reference")
        for item in filter(None, line["bases"].split(";")):
            index, _, base = item.partition(":")
            if index not in indexes[line["gene"]]:
                yield line.fault("bases", f"there is no site {index} of {line['gene']}")
            elif not _EITHER.fullmatch(base):
                yield line.fault("bases", f"{item!r} is not index:allele")


def _phenotypes(tables: Tables) -> Iterator[Fault]:
    genes = _names(tables["alleles"], "gene")
    for line in tables["phenotype_rules"]:
        yield from line.known("gene", genes, "gene")
        yield from line.known("method", METHODS, "method")
    known = _by_gene(tables["phenotype_rules"], "phenotype")
    for line in tables["ehr_priorities"]:
        yield from line.known("phenotype", known[line["gene"]] | {"Indeterminate"}, "phenotype")


def _guidance(tables: Tables) -> Iterator[Fault]:
    drugs, guidelines = _names(tables["drugs"], "drug"), _names(tables["guidelines"], "id")
    lookups = _lookups(tables)
    yield from repeated(tables["guidance"], ("id",))
    yield from repeated(tables["guidance"], ("source", "drug", "conditions", "population"))
    for line in tables["guidance"]:
        yield from line.known("source", SOURCES, "source")
        yield from line.known("drug", drugs, "drug")
        yield from line.known("strength", GRADES, "strength")
        yield from line.known("guideline_id", guidelines, "guideline")
        if not line["population"]:
            yield line.fault("population", "no population; general where there is none")
        yield from _conditions(line, lookups)


def _lookups(tables: Tables) -> dict[str, set[str]]:
    """Gene -> what guidance may be keyed by."""
    found = defaultdict(set, {gene: names - {""} for gene, names in _by_gene(tables["phenotype_rules"], "phenotype").items()})
    for line in tables["alleles"]:
        if line["gene"].startswith("HLA-"):
            found[line["gene"]] |= {f"{line['allele']} positive", f"{line['allele']} negative"}
    return found


def _conditions(line: Line, lookups: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    try:
        conditions = json.decode(line["conditions"], type=dict[str, list[str]])
    except (DecodeError, ValidationError) as error:
        yield line.fault("conditions", f"not gene to list of values: {error}")
        return
    if not conditions:
        yield line.fault("conditions", "no condition: the row would hold for everyone")
    for gene, values in conditions.items():
        if gene not in lookups:
            yield line.fault("conditions", unknown("gene", gene, lookups))
            continue
        for value in values:
            special = value in ("No Result", "Indeterminate", INPUT_ERROR) or _SCORE.fullmatch(value)
            if not special and value not in lookups[gene]:
                yield line.fault("conditions", unknown(f"result of {gene}", value, lookups[gene]))


def _drugs(tables: Tables) -> Iterator[Fault]:
    yield from repeated(tables["drugs"], ("drug",))
    for line in tables["drugs"]:
        yield from line.number("rxcui", empty=True)
    for line in tables["interactions"]:
        yield from line.known("role", ROLES, "role")
        yield from line.known("strength", STRENGTHS, "strength")
