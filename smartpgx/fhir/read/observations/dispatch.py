"""Which reader an Observation goes to: by code where the code is known, else by the words of a local code."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from smartpgx.fhir.read.elements import Json, codings, object_, objects, text, words
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.gate import Reading
from smartpgx.fhir.read.observations import (
    biomarker,
    genotype,
    hiv,
    hla_typing,
    implication,
    isolates,
    measurement,
    phase,
    phenotype,
    susceptibility,
    variant,
)
from smartpgx.fhir.read.observations.gene import gene_of, genes_in
from smartpgx.fhir.read.observations.view import View, is_standard
from smartpgx.fhir.read.references import Entry
from smartpgx.notation import hla
from smartpgx.notation.drugs import Coding
from smartpgx.notation.star_alleles import parse

Reader = Callable[[View, Findings], None]


def _gene_result(view: View, findings: Findings) -> None:
    """A local code that only names a gene: the value says what kind of result it is."""
    tables = view.reading.tables
    symbol = gene_of(view).symbol
    said = view.value_words
    if symbol and any(tables.terms.term(symbol, each) for each in said):
        phenotype.read(view, findings)
    elif symbol and any(parse(each, symbol, tables.names, tables.terms.is_phenotype).problem != "unreadable" for each in said):
        genotype.read(view, findings)
    else:
        _unknown_genetic(view, findings)


def _unknown_genetic(view: View, findings: Findings) -> None:
    """Looks genetic and fits no reader: told, never passed over. A panel's header is its members."""
    if view.members and not view.value_words:
        _header(view, findings)
        return
    view.gap(view.code_name or "a genetic result", "unsupported", "This genetic result has a shape that is not read.")


def _header(view: View, findings: Findings) -> None:
    """The header of a panel: its members are read by themselves; a member that was not received is a gap."""
    missing = [name for found, name in view.members if found is None]
    if missing:
        view.gap(
            view.code_name or "results of a panel", "not_received", f"{len(missing)} results of this panel were not received."
        )
    else:
        view.reading.ledger.use(*view.source)


def _region(view: View, findings: Findings) -> None:
    view.gap(
        view.code_name or "the region that was examined",
        "unsupported",
        "What was examined is described here, but was not used to call any site reference.",
    )


READERS: dict[str, Reader] = {
    "genotype": genotype.read,
    "copies": genotype.read_copies,
    "haplotype": genotype.read_haplotype,
    "variant": variant.read,
    "phase": phase.read,
    "phenotype": phenotype.read,
    "activity_score": phenotype.read_score,
    "hla_presence": hla_typing.read_presence,
    "hla_typing": genotype.read,
    "biomarker": biomarker.read,
    "therapeutic": implication.read_therapeutic,
    "effect": implication.read_effect,
    "diagnostic": implication.read_diagnostic,
    "consequence": implication.read_consequence,
    "gene_result": _gene_result,
    "genetic": _unknown_genetic,
    "region": _region,
    "hiv": hiv.read,
    "organism": isolates.read_organism,
    "determinant": isolates.read_determinant,
    "target": isolates.read_target,
    "line_probe": isolates.read_line_probe,
    "susceptibility": susceptibility.read,
    "panel": _header,
    "measurement": measurement.read,
}

GENETIC = frozenset(
    {
        "genotype",
        "copies",
        "haplotype",
        "variant",
        "phase",
        "phenotype",
        "activity_score",
        "hla_presence",
        "hla_typing",
        "biomarker",
        "therapeutic",
        "effect",
        "diagnostic",
        "consequence",
        "gene_result",
        "genetic",
        "region",
    }
)
"""Kinds that a refusal of genetic data withholds."""

_KINDS = {
    "84413-4": "genotype", "84414-2": "haplotype", "69548-6": "variant", "82120-7": "phase", "53040-2": "effect",
    "51961-1": "effect", "83009-1": "effect",
    "79716-7": "phenotype", "79713-4": "phenotype", "79714-2": "phenotype", "79715-9": "phenotype", "79719-1": "phenotype",
    "79722-5": "phenotype",
    "40425-1": "genotype", "50398-7": "phenotype", "57979-7": "hla_presence", "57290-9": "hla_typing",
    "13298-5": "hla_typing", "13303-3": "hla_typing",
    "therapeutic-implication": "therapeutic", "diagnostic-implication": "diagnostic",
    "molecular-consequence": "consequence", "molecular-consequences": "consequence",
    "55233-1": "genetic", "53041-0": "region", "51968-6": "genetic", "81247-9": "genetic", "51969-4": "genetic",
    "53798-5": "hiv", "73695-9": "hiv", "48559-9": "hiv", "30554-0": "hiv", "33630-5": "hiv", "600-7": "organism",
    "6463-4": "organism", "11475-1": "organism",
    "634-6": "organism", "630-4": "organism", "18769-0": "susceptibility", "29579-0": "susceptibility", "18725-2": "panel",
    "94053-6": "panel",
    **dict.fromkeys(biomarker.CODES, "biomarker"), **dict.fromkeys(measurement.CODES, "measurement"),
}  # fmt: skip

_NOT_HUMAN = re.compile(r"\b(?:hcv|hpv|hbv|hepatitis|papilloma\w*|virus|influenza|norovirus|chlamydia|sars)\b", re.IGNORECASE)
_TARGET = re.compile(
    r"\b(?:CTX-M|KPC|NDM|VIM|IMP|OXA-\d+|mec[AC]|MREJ|SCCmec|van[ABC]|mcr|rpoB|katG|inhA|bla[A-Z]+|resistance)\b|"
    r"\b(?:DNA|RNA|rRNA)\b.*(?:presence|by NAA)",
    re.IGNORECASE,
)
_PRESENCE = re.compile(r"\[presence\]|\bby naa\b|nucleic acid|\bpcr\b", re.IGNORECASE)
_ORGANISM = re.compile(
    r"\b(?:organism|bacteria|microorganism|microbe|pathogen|fungus|mycobacteri\w+) (?:identified|isolated|found|"
    r"detected)|\bculture\b|^isolate\b",
    re.IGNORECASE,
)
_DETERMINANT = re.compile(
    r"resistance (?:gene|determinant|mutation)s?(?: detected| found)?|resistance genotype|resistome", re.IGNORECASE
)
_PHENOTYPE = re.compile(
    r"\bphenotype|metaboli[sz]er status|metaboli[sz]er|metabolic activity|functional interpretation|gene product", re.IGNORECASE
)
_GENETIC = re.compile(
    r"pharmacogen|genetic|genomic|\bgenes?\b|\bvariants?\b|\bmutations?\b|\balleles?\b|sequencing|\bexome\b|karyotype|\bsnp\b|\bpgx\b|chromosom",
    re.IGNORECASE,
)
_HLA_TEST = re.compile(r"\bHLA\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def kind_of_words(name: str) -> str | None:
    """Kind of a result whose code is only words; None when nothing says that it matters here."""
    folded = name.casefold()
    if (
        "hiv" in folded
        and re.search(r"mutation|genotyp|resistance", folded)
        and not re.search(r"tropism|subtype|viral load", folded)
    ):
        return "hiv"
    if hla.mentioned(name):
        return "hla_presence"
    if "line probe" in folded or "genotype mtbdr" in folded:
        return "line_probe"
    if "susceptibility" in folded or re.search(r"\bmic\b|minimum inhibitory", folded):
        return "susceptibility"
    return _kind_of_pathogen(name) or _kind_of_gene(name, folded)


def _kind_of_pathogen(name: str) -> str | None:
    if _PRESENCE.search(name) and _TARGET.search(name):
        return "target"
    if _DETERMINANT.search(name):
        return "determinant"
    return "organism" if _ORGANISM.search(name) else None


def _kind_of_gene(name: str, folded: str) -> str | None:
    human = not _NOT_HUMAN.search(name)
    if biomarker.name_of(name):
        return "biomarker"
    if "copy number" in folded and genes_in(name):
        return "copies"
    if "activity score" in folded:
        return "activity_score"
    named = genes_in(name)
    if named and _PHENOTYPE.search(name):
        return "phenotype"
    if human and "haplotype" in folded:
        return "haplotype"
    if human and re.search(r"\bgenotype|\bdiplotype", folded):
        return "genotype"
    if re.search(r"\bgene(?:tic)? variant\b|\bvariant assessment\b", folded):
        return "variant"
    if _HLA_TEST.search(name) and named:
        return "hla_typing"
    if measurement.name_of(name):
        return "measurement"
    if named and any(
        gene.startswith(
            (
                "CYP",
                "UGT",
                "SLCO",
                "TPMT",
                "NUDT",
                "DPYD",
                "VKOR",
                "NAT2",
                "G6PD",
                "IFNL",
                "RYR1",
                "CACNA1S",
                "MT-RNR1",
                "CFTR",
                "ABCG2",
            )
        )
        for gene in named
    ):
        return "gene_result" if not re.search(r"activity|enzyme|quantitative|level", folded) else None
    return "genetic" if human and _GENETIC.search(name) else None


def kind_of(resource: Json) -> str | None:
    """Kind of an Observation: by code, by what its local code says, or because it is filed under genetics."""
    code = object_(resource.get("code"))
    name = text(code.get("text"))
    kind, certain = _kind_of_code(name, tuple(codings(code)))
    if certain:
        return kind
    return _kind_of_parts(resource) or kind or _kind_of_frame(resource, name)


@lru_cache(maxsize=8192)
def _kind_of_code(name: str, coded: tuple[Coding, ...]) -> tuple[str | None, bool]:
    """What a code says by itself, and whether that settles it. A chart repeats few codes many times."""
    for coding in coded:
        if coding.code in _KINDS and is_standard(coding):
            return _KINDS[coding.code], True
    names = (name, *(said for coding in coded for said in (coding.display, coding.code)))
    kind = next((found for said in names if said and (found := kind_of_words(said))), None)
    return kind, kind not in (None, "genetic", "gene_result")


_VARIANT_PARTS = frozenset({"69551-0", "81290-9", "48004-6", "48005-3", "81254-5", "53034-5", "81302-2", "81301-4"})


def _kind_of_parts(resource: Json) -> str | None:
    """What the components of an Observation with a local code say that it is."""
    components = resource.get("component")
    if not components:
        return None
    parts = {coding.code for each in objects(components) for coding in codings(each.get("code")) if is_standard(coding)}
    if parts & _VARIANT_PARTS:
        return "variant"
    return "gene_result" if "48018-6" in parts else None


def _kind_of_frame(resource: Json, name: str) -> str | None:
    """Filed under genetics, or carrying an R4-core genetics extension."""
    if any(_is_genetics(each) for each in objects(resource.get("category"))):
        return "genetic"
    if any("genetics" in text(each.get("url")) for each in objects(resource.get("extension"))):
        return "haplotype" if name.casefold().startswith("haplotype") else "gene_result"
    return None


def _is_genetics(category: Json) -> bool:
    return any(text(each.get("code")) == "GE" and "0074" in text(each.get("system")) for each in objects(category.get("coding")))


def read(entry: Entry, kind: str, reading: Reading, findings: Findings) -> None:
    """Reads one admitted Observation, and results that stand in its components."""
    view = View(entry, reading)
    inner = _component_results(view) if kind in ("genetic", "panel", "gene_result", "genotype", "phenotype") else []
    if _is_header(view):
        _header(view, findings)
    elif not inner or view.value_words:
        READERS[kind](view, findings)
    for part, part_kind in inner:
        READERS[part_kind](View(part, reading), findings)


_IN_COMPONENTS = frozenset({"genotype", "phenotype", "activity_score", "hla_presence", "gene_result", "hla_typing"})


def _is_header(view: View) -> bool:
    """Whether an Observation only holds others together."""
    own = (
        view.value_kind
        or view.interpretations
        or any(key.startswith("value") for _, each in view.named_components for key in each)
    )
    return bool(view.members) and not own


def _component_results(view: View) -> list[tuple[Entry, str]]:
    """Components that are results of their own (``CYP2C19 genotype`` inside a panel), as Observations of the same source."""
    found = []
    for component in objects(view.resource.get("component")):
        kind = kind_of(component)
        if kind in _IN_COMPONENTS and any(key.startswith("value") for key in component):
            found.append((view.entry._replace(resource=_as_observation(view, component)), kind or ""))
    return found


def _as_observation(view: View, component: Json) -> Json:
    whole = {
        key: value
        for key, value in view.resource.items()
        if not key.startswith("value") and key not in ("component", "code", "interpretation", "extension")
    }
    whole |= {key: value for key, value in component.items() if key.startswith("value") or key in ("code", "interpretation")}
    if not genes_in(words(component.get("code"))):
        symbol = gene_of(view).symbol
        if symbol:
            whole["component"] = [{"code": {"coding": [{"code": "48018-6"}]}, "valueCodeableConcept": {"text": symbol}}]
    return whole
