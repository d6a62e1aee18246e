"""Variant Observations (69548-6): where, which bases, how many copies, whose, and what kind of change."""

from __future__ import annotations

import re
from typing import Literal

from smartpgx.domain.chart import Biomarker
from smartpgx.domain.codes import Origin
from smartpgx.fhir.read.elements import all_words, codings, number, object_, text, value_words
from smartpgx.fhir.read.findings import Findings, Sighting
from smartpgx.fhir.read.observations import answers, change_types, isolates, structural
from smartpgx.fhir.read.observations.gene import Gene, gene_of
from smartpgx.fhir.read.observations.position import Positions, positions
from smartpgx.fhir.read.observations.view import View
from smartpgx.fhir.read.placing import add_absent, add_change
from smartpgx.notation import genes, hgvs
from smartpgx.notation.units import fraction

_EXAMINED = re.compile(r"wild[ -]?type|examined|sequenced|covered|codons?|exons?", re.IGNORECASE)


def read(view: View, findings: Findings) -> None:
    """One variant Observation: exactly one of a finding, a reference call, an absence, or a gap."""
    found = _found(view)
    if found is None or found == "undecided":
        message = (
            "This variant result gives no answer (present or absent)."
            if found is None
            else "This variant was looked for without a clear answer."
        )
        view.gap(f"{view.code_name or 'variant'} result", "no_answer" if found is None else "undecided", message)
        return
    origin = _origin(view)
    if origin == "fetal":
        view.reading.ledger.exclude(view.entry, "other_subject")
        return
    gene = gene_of(view)
    if gene.problem:
        view.gap("the gene of a variant", "contradiction", f"The variant was not used: {gene.problem}.")
        return
    if isolates.is_pathogen_result(view, gene.symbol, findings):
        isolates.read_variant(view, gene.symbol or "", findings, present=found == "present")
        return
    if structural.has_ranges(view):
        structural.read(view, gene, findings, present=found == "present")
        return
    sighting = _sighting(view, gene, origin)
    if sighting is not None:
        _file(view, sighting, positions(view, gene.symbol), findings, present=found == "present")


def _found(view: View) -> answers.Found | None:
    found = answers.presence(view.value_codings, view.value_words, view.interpretations)
    if found is None and (answers.zygosity(view.value_codings, view.value_words)[0] or _names_change(view)):
        return "present"
    return found


def _names_change(view: View) -> bool:
    """A local result whose value is the change itself (``p.Val600Glu``) or a class of pathogenicity."""
    return any(hgvs.protein(each) or hgvs.parse(each) for each in view.value_words)


def _origin(view: View) -> Origin | Literal["fetal"] | None:
    stated = answers.origin(view.component_codings("48002-0"), view.component_words("48002-0"))
    if stated is None and (extension := view.extension_concept("observation-geneticsGenomicSourceClass")):
        stated = answers.origin(codings(extension), all_words(extension))
    return stated


def _sighting(view: View, gene: Gene, origin: Origin | None) -> Sighting | None:
    zygosity, contradictory = answers.zygosity(view.component_codings("53034-5"), view.component_words("53034-5"))
    if contradictory:
        view.gap(
            "zygosity", "contradiction", "Code and words of the allelic state contradict each other; the variant was not used."
        )
        return None
    if zygosity is None:
        zygosity = answers.zygosity(view.value_codings, view.value_words)[0]
    share, note = _fraction(view)
    names = _names(view) or _short_name(view, gene.symbol)
    warnings = [*view.warnings, *gene.warnings, *([note] if note else []), *_odd_transcripts(view, gene.symbol, names)]
    specimen = next((reference for _, reference in view.specimens), None)
    return Sighting(
        source=view.source,
        gene=gene.symbol,
        genes=(gene.symbol, *gene.others) if gene.symbol and gene.others else (),
        protein=_protein(names),
        change=change_types.of(view),
        zygosity=zygosity,
        origin=origin,
        fraction=share,
        hgvs=tuple(names),
        significance=change_types.significance(view),
        specimen=specimen,
        date=view.date,
        warnings=tuple(warnings),
    )


def _fraction(view: View) -> tuple[float | None, str | None]:
    component = view.component("81258-6")
    stated = object_(component.get("valueQuantity"))
    value = number(stated.get("value"))
    unit = text(stated.get("code")) or text(stated.get("unit"))
    if value is None:
        said = next(iter(view.component_words("81258-6")), "")
        value, unit = number(said.rstrip("% ")), "%" if said.endswith("%") else ""
    return fraction(value, unit) if value is not None else (None, None)


def _names(view: View) -> list[str]:
    """HGVS as reported, of every component that holds one."""
    found: dict[str, None] = {}
    for code in ("81290-9", "48004-6", "48005-3", "81252-9"):
        for component in view.components.get(code, ()):
            for said in value_words(component):
                if hgvs.parse(said) or (code == "48005-3" and hgvs.protein(said)):
                    found[said] = None
                    break
    return list(found)


_GENE_AND_CHANGE = re.compile(r"(?P<gene>[A-Z][A-Z0-9-]+)[ :](?P<change>(?:p\.)?[A-Za-z*]{1,3}\d+\S+)")


def _short_name(view: View, symbol: str | None) -> list[str]:
    """A change written behind its gene (``EGFR L858R``) where no component holds HGVS."""
    for said in (*view.component_words("81252-9"), *view.value_words):
        match = _GENE_AND_CHANGE.fullmatch(said)
        if match and match["gene"] == symbol and hgvs.protein(match["change"]):
            return [match["change"]]
    return []


def _protein(names: list[str]) -> str | None:
    read = [hgvs.protein(name) for name in names]
    changes = {each for each in read if each and not hgvs.is_no_change(each)}
    return changes.pop() if len(changes) == 1 else None


def _odd_transcripts(view: View, symbol: str | None, names: list[str]) -> list[str]:
    """Transcripts of another gene, or two that differ: the lines of two reports may have been mixed."""
    stated = {said.partition(".")[0] for said in view.component_words("51958-7") if said.startswith(("NM_", "NR_", "ENST"))}
    used = {
        read.accession.partition(".")[0]
        for name in names
        if (read := hgvs.parse(name)) and read.accession and read.accession.startswith(("NM_", "NR_", "ENST"))
    }
    found = []
    for accession in sorted(stated | used):
        other = genes.gene_of_transcript(accession)
        if other and symbol and other != symbol:
            found.append(f"{accession} is a transcript of {other}, the result names {symbol}")
    if stated and used and not stated & used and not found:
        found.append(f"two transcripts are named ({', '.join(sorted(stated | used))})")
    return found


def _file(view: View, sighting: Sighting, where: Positions, findings: Findings, *, present: bool) -> None:
    ledger, sites = view.reading.ledger, view.reading.tables.sites
    sighting.warnings = (*sighting.warnings, *where.warnings)
    if where.problem:
        view.gap("the position of a variant", where.because, f"The variant was not used: {where.problem}.")
        return
    if not where.edits:
        _file_without_bases(view, sighting, where, findings, present=present)
        return
    if where.zygosity and sighting.zygosity is None:
        sighting.zygosity = where.zygosity
    for edit in where.edits:
        one = sighting if len(where.edits) == 1 else _copy(sighting)
        if present:
            add_change(one, edit, findings, ledger, sites)
        else:
            add_absent(one, edit, findings, ledger, sites)


def _copy(sighting: Sighting) -> Sighting:
    return Sighting(**{name: getattr(sighting, name) for name in sighting.__struct_fields__})


def _file_without_bases(view: View, sighting: Sighting, where: Positions, findings: Findings, *, present: bool) -> None:
    gene = sighting.gene
    if not present:
        _file_gene_absent(view, sighting, findings)
        return
    if sighting.hgvs or sighting.change:
        findings.sightings.append(sighting)
        if gene in view.reading.tables.guideline_genes and sighting.origin != "somatic" and sighting.hgvs:
            view.gap(
                f"the genomic position of {gene} {sighting.hgvs[0]}",
                "not_convertible",
                "This description could not be turned into a genomic position, so no allele of the gene was called from it.",
            )
    elif where.rsid:
        view.gap(
            f"the alleles at {where.rsid}",
            "alleles_missing",
            f"{where.rsid} names a site; which bases were found there is not stated.",
        )
    else:
        findings.gene_only[view.entry.reference] = sighting


def _file_gene_absent(view: View, sighting: Sighting, findings: Findings) -> None:
    """No variant found" in a gene is worth something only where the report says what was examined."""
    said = next((each for each in view.value_words if _EXAMINED.search(each)), None)
    if sighting.gene and said and not sighting.hgvs:
        examined = said.removeprefix(sighting.gene).strip(" :-")
        findings.biomarkers.append(
            Biomarker(name=sighting.gene, value=examined, source=view.source, date=view.date, warnings=sighting.warnings)
        )
        return
    wanted = f"what was examined in {sighting.gene or 'the gene'}"
    view.gap(
        wanted,
        "coverage_unknown",
        "A variant was reported absent without a position that could be read, and without saying what was examined.",
    )
