"""Putting a change of bases in its place: variant, reference call, or something to be told instead."""

from __future__ import annotations

from smartpgx.domain.chart import SiteCall
from smartpgx.fhir.read.findings import Findings, Sighting
from smartpgx.fhir.read.ledger import Ledger
from smartpgx.notation import builds, genes
from smartpgx.notation.sites import Known, Sites
from smartpgx.notation.spdi import Spdi, trim

_IUPAC = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"}


def ambiguous(letters: str) -> str | None:
    """The two bases of an ambiguity letter, or None."""
    return _IUPAC.get(letters.strip().upper())


def add_change(found: Sighting, edit: Spdi, findings: Findings, ledger: Ledger, sites: Sites) -> None:
    """Files a change that was found: as a sighting, or as a reference call where the GRCh38 base is what was found."""
    known = sites.known(edit)
    problem = _contradiction(found, edit, known, sites)
    if problem:
        ledger.gap(found.source, "a usable position", "contradiction", f"The variant at {edit} was not used: {problem}.")
        return
    found.known = known
    found.gene = found.gene or (known.place.gene if known.place else None)
    if edit.is_reference:
        _add_reference(found, edit, known, findings)
    elif known.restores and known.same_as is not None:
        _add_restored(found, trim(edit), known.same_as, findings, ledger)
    else:
        found.edit = trim(edit)
        findings.sightings.append(found)


def _contradiction(found: Sighting, edit: Spdi, known: Known, sites: Sites) -> str | None:
    if known.contradicted:
        return f"the base it replaces is not what {edit.accession} has there"
    if edit.accession == builds.MITOCHONDRIAL and edit.position >= builds.MITOCHONDRIAL_LENGTH:
        return "the position lies behind the end of the mitochondrial sequence"
    if found.gene and known.place is None and sites.is_site_of_other_build(edit, found.gene):
        return "the position is one of the other genome build"
    there, expected = builds.chromosome(edit.accession), genes.chromosome(found.gene or "")
    if there and expected and there != expected:
        return f"{found.gene} lies on chromosome {expected}, the position on chromosome {there}"
    if (
        known.place
        and found.gene
        and known.place.gene != found.gene
        and known.place.gene not in (*found.genes, None)
        and genes.chromosome(found.gene) is not None
    ):
        return f"the position belongs to {known.place.gene}, the result names {found.gene}"
    return None


def _add_reference(found: Sighting, edit: Spdi, known: Known, findings: Findings) -> None:
    """The base of the stated reference was found. Where GRCh37 has another base than GRCh38, that is a change."""
    place = known.place
    if (
        place is not None
        and place.build == 37
        and place.site.ref_differs_on_grch37
        and known.same_as is not None
        and not known.same_as.is_reference
    ):
        found.edit = known.same_as
        found.known = Known(place=place, same_as=known.same_as)
        found.warnings = (*found.warnings, "the GRCh37 base found here is a variant on GRCh38")
        findings.sightings.append(found)
        return
    findings.reference_calls.append(_site_call(found, edit, known.same_as))


def _add_restored(found: Sighting, edit: Spdi, same_as: Spdi, findings: Findings, ledger: Ledger) -> None:
    """GRCh37 differs here from GRCh38, and the change found gives the GRCh38 base."""
    if found.zygosity == "heterozygous":
        found.edit = edit
        found.known = Known(
            place=found.known.place if found.known else None,
            same_as=Spdi(same_as.accession, same_as.position, same_as.deleted, edit.deleted),
        )
        found.warnings = (*found.warnings, "reported against GRCh37, whose base here is the variant on GRCh38")
        findings.sightings.append(found)
        return
    if found.zygosity is None:
        found.warnings = (*found.warnings, "zygosity unknown where the builds differ")
        ledger.gap(
            found.source,
            f"zygosity at {same_as.accession}:{same_as.position + 1}",
            "zygosity_unknown",
            "This change on GRCh37 gives the GRCh38 base; without zygosity the other copy may still carry the variant.",
        )
        findings.reference_calls.append(_site_call(found, edit, same_as))
        return
    findings.reference_calls.append(_site_call(found, same_as, same_as))


def _site_call(found: Sighting, edit: Spdi, same_as: Spdi | None) -> SiteCall:
    return SiteCall(
        spdi=str(edit),
        same_as=str(same_as) if same_as else None,
        gene=found.gene,
        source=found.source,
        date=found.date,
        warnings=found.warnings,
    )


def add_absent(found: Sighting, edit: Spdi, findings: Findings, ledger: Ledger, sites: Sites) -> None:
    """Files a change that was looked for and not found."""
    known = sites.known(edit)
    problem = _contradiction(found, edit, known, sites) or (
        "it says that the reference itself is absent" if edit.is_reference else None
    )
    if problem:
        ledger.gap(found.source, "a usable position", "contradiction", f"The absent variant at {edit} was not used: {problem}.")
        return
    place = known.place
    found.gene = found.gene or (place.gene if place else None)
    same_as = None if known.restores else known.same_as
    findings.tested_absent.append(_site_call(found, trim(edit), same_as))
    if place is not None and place.build == 37 and place.site.ref_differs_on_grch37:
        ledger.gap(
            found.source,
            f"the base at {place.site.rsid or edit}",
            "build_difference",
            "GRCh37 and GRCh38 have different bases here; what was reported absent does not say which base was found.",
        )
