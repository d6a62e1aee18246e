"""Reported genotypes and haplotypes: text in a value, a display or a code; the gene beside or in front of it."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Genotype, Phenotype
from smartpgx.domain.codes import Zygosity
from smartpgx.fhir.read.elements import Json, value_words, whole
from smartpgx.fhir.read.findings import Findings, Haplotype, Sighting
from smartpgx.fhir.read.observations import answers, hla_typing
from smartpgx.fhir.read.observations.gene import Gene, gene_of
from smartpgx.fhir.read.observations.view import View
from smartpgx.fhir.read.placing import add_change
from smartpgx.notation import star_alleles
from smartpgx.notation.spdi import Spdi
from smartpgx.notation.star_alleles import Reported, normalise, split_gene

_MESSAGES = {
    "no_call": "The laboratory could not call this genotype.",
    "several": "Several genotypes are possible by this report; none of them was chosen.",
    "single_allele": "Only one allele is reported of a gene that has two copies.",
    "which_allele_is_multiplied": "The report gives several gene copies without saying which allele is multiplied.",
    "two_genes": "The two alleles are those of different genes.",
    "empty": "The genotype result holds no alleles.",
    "unreadable": "This genotype could not be read with certainty.",
    "contradiction": "Text and codes of this genotype contradict each other.",
}


def read(view: View, findings: Findings) -> None:
    """A diplotype of one gene; what is not certain is kept as ``raw`` text and is a gap."""
    texts = _texts(view)
    if not texts:
        view.gap(f"{view.code_name or 'genotype'}", "no_answer", _MESSAGES["empty"])
        return
    if not _germline(view):
        return
    prefix = next((found for each in texts if (found := split_gene(normalise(each))[0])), None)
    gene = gene_of(view, prefix)
    if hla_typing.is_hla(gene.symbol, texts):
        hla_typing.read(view, gene.symbol, texts, findings)
        return
    if gene.problem or gene.symbol is None:
        because = "contradiction" if gene.problem else "gene_unknown"
        view.gap(
            "the gene of a genotype",
            because,
            f"The genotype was not used: {gene.problem or 'it does not say which gene it is about'}.",
        )
        return
    _file(view, gene, texts, findings)


def _germline(view: View) -> bool:
    origin = answers.origin(view.component_codings("48002-0"), view.component_words("48002-0"))
    if origin == "fetal":
        view.reading.ledger.exclude(view.entry, "other_subject")
        return False
    if origin == "somatic":
        view.gap(
            "a germline genotype",
            "somatic",
            "This genotype is that of a tumour and says nothing about the patient's own alleles.",
        )
        return False
    return True


def _texts(view: View) -> list[str]:
    """Candidate texts, the laboratory's own words first; bare identifiers of databases are left out."""
    found = [each for each in view.value_words if not each.isdigit() and not each.upper().startswith(("PA1", "LA"))]
    return found or view.value_words


def _file(view: View, gene: Gene, texts: list[str], findings: Findings) -> None:
    symbol = gene.symbol or ""
    tables = view.reading.tables
    read = [star_alleles.parse(each, symbol, tables.names, tables.terms.is_phenotype) for each in texts]
    if any(each.gene not in (None, symbol) for each in read):
        view.gap(f"{symbol} genotype", "contradiction", _MESSAGES["two_genes"])
        return
    good = {tuple(sorted(each.alleles)): each for each in reversed(read) if each.alleles and each.problem is None}
    warnings = (*view.warnings, *gene.warnings)
    if len(good) == 1:
        reported = next(iter(good.values()))
        raw = next(text for text, each in zip(texts, read, strict=True) if each is reported)
        findings.genotypes.append(
            Genotype(
                gene=symbol,
                alleles=reported.alleles,
                raw=raw,
                copy_number=_copies(view),
                source=view.source,
                date=view.date,
                warnings=(*warnings, *reported.warnings),
            )
        )
        _add_tail(view, symbol, reported, findings)
        return
    if not good and (site := next((each.site for each in read if each.site), None)):
        _add_site(view, symbol, site, findings)
        return
    problem = (
        "contradiction"
        if good
        else next((each.problem for each in read if each.problem != "unreadable"), "unreadable") or "unreadable"
    )
    copies = next((each.copy_number for each in read if each.copy_number is not None), None)
    findings.genotypes.append(
        Genotype(gene=symbol, raw=texts[0], copy_number=copies, source=view.source, date=view.date, warnings=(*warnings, problem))
    )
    view.gap(f"{symbol} genotype", problem, _MESSAGES.get(problem, _MESSAGES["unreadable"]))


def _copies(view: View) -> int | None:
    """Total gene copies stated beside the diplotype."""
    beside = [view.component("82155-3"), *(each for name, each in view.named_components if "copy number" in name)]
    return next((found for each in beside if (found := copies_of(each)) is not None), None)


def copies_of(holder: Json) -> int | None:
    """A whole number of copies in a value; bounded numbers (``>=3``) are none."""
    said = next(iter(value_words(holder)), "")
    found = whole(re.sub(r"\s*cop(?:y|ies)$", "", said, flags=re.IGNORECASE))
    return found if found is not None and 0 <= found < 20 else None


def read_copies(view: View, findings: Findings) -> None:
    """A number of gene copies by itself; it is joined with the diplotype of its gene."""
    gene = gene_of(view)
    number = copies_of(view.resource)
    if gene.symbol is None or number is None:
        view.gap(view.code_name or "a copy number", "unreadable", "This number of gene copies could not be read.")
        return
    raw = f"{number} copies"
    findings.genotypes.append(
        Genotype(gene=gene.symbol, raw=raw, copy_number=number, source=view.source, date=view.date, warnings=view.warnings)
    )


def _add_tail(view: View, gene: str, reported: Reported, findings: Findings) -> None:
    """A phenotype written behind the diplotype."""
    term = view.reading.tables.terms.term(gene, reported.tail) if reported.tail else None
    if term:
        findings.phenotypes.append(
            Phenotype(gene=gene, phenotype=term, source=view.source, date=view.date, warnings=view.warnings)
        )


def _add_site(view: View, gene: str, site: tuple[str, str, str], findings: Findings) -> None:
    """A genotype at one site (``rs4244285 G/A``): a variant, or the reference read."""
    rsid, first, second = site
    place = view.reading.tables.sites.by_rsid(rsid)
    bases = {first, second}
    if place is None or not bases <= {place.ref, *place.site.alts}:
        view.gap(
            f"the genotype at {rsid}", "unreadable", f"The bases reported at {rsid} are not those the site is known to have."
        )
        return
    found = [base for base in dict.fromkeys((first, second)) if base != place.ref] or [place.ref]
    for base in found:
        zygosity: Zygosity = "homozygous" if first == second else "heterozygous"
        sighting = Sighting(
            source=view.source, gene=gene, zygosity=zygosity, origin="germline", date=view.date, warnings=view.warnings
        )
        add_change(
            sighting,
            Spdi(place.accession, place.position, place.ref, base),
            findings,
            view.reading.ledger,
            view.reading.tables.sites,
        )


def read_haplotype(view: View, findings: Findings) -> None:
    """One haplotype of a gene: evidence beside the genotype that is derived from it, never a diplotype by itself."""
    texts = _texts(view)
    prefix = next((found for each in texts if (found := split_gene(normalise(each))[0])), None)
    gene = gene_of(view, prefix)
    if hla_typing.is_hla(gene.symbol, texts):
        hla_typing.read(view, gene.symbol, texts, findings)
        return
    if gene.problem or gene.symbol is None or not texts:
        view.gap(
            "a haplotype",
            "contradiction" if gene.problem else "incomplete",
            f"The haplotype was not used: {gene.problem or 'its gene or name is missing'}.",
        )
        return
    tables = view.reading.tables
    read = [star_alleles.parse(each, gene.symbol, tables.names, tables.terms.is_phenotype) for each in texts]
    names = [each.alleles[0] for each in read if each.problem == "single_allele" and each.alleles]
    if not names:
        named = [tables.names.name(gene.symbol, each) for each in texts]
        names = [each.name for each in named if each.known]
    if len(set(names)) != 1:
        view.gap(f"{gene.symbol} haplotype", "unreadable", "This haplotype could not be read with certainty.")
        return
    sequences = tuple(name for _, name in view.derived_from if name.startswith("MolecularSequence/"))
    findings.haplotypes.append(Haplotype(gene=gene.symbol, allele=names[0], source=view.source, sequences=sequences))
