"""Where a variant Observation says it is: coordinates with alleles, genomic HGVS, SPDI text, or an rsID with alleles.

Every form that is given must mean the same edit. One that lacks a part (accession version, coordinate system, a reference
allele that fits the span) is not completed by guessing.
"""

from __future__ import annotations

import re

from msgspec import Struct

from smartpgx.domain.codes import Zygosity
from smartpgx.fhir.read.elements import object_, value_words, whole
from smartpgx.fhir.read.observations.view import View
from smartpgx.fhir.read.placing import ambiguous
from smartpgx.notation import builds, hgvs, spdi
from smartpgx.notation.sites import Place, Sites
from smartpgx.notation.spdi import Spdi, trim

_RSID = re.compile(r"\b(rs\d{2,})\b")
_VERSIONED = re.compile(r"[A-Z]{2}_\d+\.\d+")
_COORDINATES = {"LA30100-4": 0, "LA30102-0": 1}
_INCOMPLETE = ("incomplete", "coordinate_system_missing")
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


class Positions(Struct, frozen=True, kw_only=True):
    """``edits``: usually one; several only for an ambiguity letter. ``problem`` in words, with its reason code ``because``."""

    edits: tuple[Spdi, ...] = ()
    zygosity: Zygosity | None = None
    rsid: str | None = None
    problem: str | None = None
    because: str = "unreadable"
    warnings: tuple[str, ...] = ()


def positions(view: View, gene: str | None) -> Positions:
    """The edit of a variant Observation, if it can be told with certainty."""
    sites = view.reading.tables.sites
    written = _written(view, sites)
    if written.problem:
        return written
    counted = _counted(view)
    rsid = _rsid(view)
    if counted.problem and not written.edits:
        named = counted.because in _INCOMPLETE and _named_otherwise(view)
        return Positions(rsid=rsid, warnings=(f"its coordinates were not used: {counted.problem}",)) if named else counted
    warnings = (
        *written.warnings,
        *counted.warnings,
        *((f"its coordinates were not used: {counted.problem}",) if counted.problem else ()),
    )
    edits = written.edits or counted.edits
    if written.edits and counted.edits and not _same(written.edits, counted.edits, sites):
        return Positions(problem="its coordinates and its HGVS or SPDI text mean different changes", because="contradiction")
    if edits:
        return Positions(edits=edits, zygosity=counted.zygosity, rsid=rsid, warnings=warnings)
    return _by_name(view, gene, rsid, sites)


def _named_otherwise(view: View) -> bool:
    """Whether a coding or protein name says what changed, so that incomplete coordinates need not be used."""
    return any(
        hgvs.parse(said)
        for code in ("48004-6", "48005-3")
        for component in view.components.get(code, ())
        for said in value_words(component)
    )


def _written(view: View, sites: Sites) -> Positions:
    """Genomic HGVS and SPDI texts, wherever they stand."""
    found: dict[Spdi, None] = {}
    warnings: list[str] = []
    for code in ("81290-9", "81252-9", "48004-6"):
        for component in view.components.get(code, ()):
            said = value_words(component)
            edit = next((read for each in said if (read := spdi.parse(each))), None)
            if edit is not None:
                if code == "48004-6":
                    warnings.append("an SPDI text stands where coding HGVS belongs")
                found[edit] = None
                continue
            for each in said:
                named = hgvs.parse(each)
                if named is None or named.kind not in ("g", "m") or code == "81252-9":
                    continue
                if named.accession and "-" in each.partition(":")[0]:
                    warnings.append(f"{each.partition(':')[0]} was read as {named.accession}")
                placed = _genomic(named, sites)
                if isinstance(placed, str):
                    return Positions(problem=placed)
                if placed is not None:
                    found[placed] = None
                break
    if any(not _VERSIONED.fullmatch(edit.accession) for edit in found):
        return Positions(problem="the accession has no version")
    if any(builds.chromosome(edit.accession) is None and edit.accession.startswith("NC_0000") for edit in found):
        return Positions(problem="the accession belongs to neither GRCh37 nor GRCh38", because="unknown_build")
    if len({trim(edit) for edit in found}) > 1 and not _same(tuple(found), tuple(found), sites):
        return Positions(problem="it is described as several different changes", because="contradiction")
    return Positions(edits=tuple(found)[:1], warnings=tuple(warnings))


def _genomic(read: hgvs.Hgvs, sites: Sites) -> Spdi | str | None:
    accession = read.accession or (builds.MITOCHONDRIAL if read.kind == "m" else None)
    if accession is None:
        return "the genomic description names no reference sequence"
    if not accession.startswith("NC_"):
        return f"{accession} is no chromosome, and no table places its positions"
    edit = sites.spell_out(accession, read.change)
    if edit is not None:
        return edit
    if re.search(r"\d[+-]\d", read.change):
        return "a genomic position cannot have an intron offset"
    return (
        f"the description {read.change} does not say which bases changed"
        if hgvs.genomic(read.change)
        else "the description is no plain change of bases"
    )


def _counted(view: View) -> Positions:
    """Reference sequence, coordinate system, start and end, reference and alternate allele."""
    components = view.components
    if not ("81254-5" in components or ("69551-0" in components and "48013-7" in components)):
        return Positions()
    accession = _accession(view)
    if isinstance(accession, Positions):
        return accession
    counting = next((_COORDINATES[each.code] for each in view.component_codings("92822-6") if each.code in _COORDINATES), None)
    if counting is None:
        counting = _counting_words(view.component_words("92822-6"))
    if counting is None:
        return Positions(problem="it does not say whether positions count from 0 or from 1", because="coordinate_system_missing")
    span = object_(view.component("81254-5").get("valueRange"))
    low, high = whole(object_(span.get("low")).get("value")), whole(object_(span.get("high")).get("value"))
    if low is None and not span:
        low = high = whole(next(iter(view.component_words("81254-5")), None))
    alleles = _alleles(view)
    if low is None or alleles is None:
        return Positions(problem="its position or one of its alleles is missing", because="incomplete")
    return edits_at(accession, counting, low, high, *alleles)


def _counting_words(said: list[str]) -> int | None:
    for each in said:
        if each.startswith(("0-based", "1-based")):
            return int(each[0])
    return None


def _accession(view: View) -> str | Positions:
    """The reference sequence, with chromosome and assembly agreeing with it where they are given."""
    stated = next((each for each in view.component_words("48013-7") if re.match(r"[A-Z]{2}[_-]\d", each)), "").replace(
        "-", "_", 1
    )
    word = next((found for each in view.component_words("62374-4") if (found := builds.build_word(each))), None)
    unread = view.component_words("62374-4") and word is None
    chromosome = next((name for each in view.component_words("48000-4") if (name := builds.chromosome_word(each))), None)
    if not stated:
        if chromosome and word:
            return builds.accession(chromosome, word) or Positions(problem="its chromosome is unknown")
        return Positions(
            problem="its reference sequence is missing" if not unread else "its genome build is unknown", because="incomplete"
        )
    if not _VERSIONED.fullmatch(stated):
        return Positions(problem="its reference sequence has no version")
    if not stated.startswith("NC_"):
        return Positions(problem=f"{stated} is no chromosome, and no table places its positions")
    build = builds.build(stated)
    if build is None and stated.startswith("NC_0000"):
        return Positions(problem="its reference sequence belongs to neither GRCh37 nor GRCh38", because="unknown_build")
    agrees = stated == builds.MITOCHONDRIAL or (
        (word is None or word == build) and (chromosome is None or chromosome == builds.chromosome(stated))
    )
    return (
        stated
        if agrees
        else Positions(problem="its reference sequence, chromosome and build contradict each other", because="contradiction")
    )


def _alleles(view: View) -> tuple[str, str] | None:
    if "69547-8" not in view.components or "69551-0" not in view.components:
        return None
    reference, alternate = (next(iter(view.component_words(code)), "") for code in ("69547-8", "69551-0"))
    return (reference, alternate) if reference or alternate else None


def edits_at(accession: str, counting: int, start: int, end: int | None, reference: str, alternate: str) -> Positions:
    """Edits at counted positions. ``end`` None: taken from the reference allele, where that is not ambiguous."""
    deleted = spdi.bases(reference)
    if deleted is None:
        return Positions(problem="its reference allele is not written in A, C, G, T")
    first = _interval(counting, start, end, len(deleted))
    if first is None:
        return Positions(problem="its positions do not span its reference allele", because="contradiction")
    inserted = spdi.bases(alternate)
    if inserted is not None:
        if not deleted and not inserted:
            return Positions(problem="both of its alleles are empty")
        return Positions(edits=(Spdi(accession, first, deleted, inserted),))
    both = ambiguous(alternate)
    if both is None or len(deleted) != 1:
        return Positions(problem="its alternate allele is not written in A, C, G, T")
    edits = tuple(Spdi(accession, first, deleted, base) for base in both if base != deleted)
    return Positions(edits=edits, zygosity="heterozygous", warnings=(f"{alternate} was read as both {both[0]} and {both[1]}",))


def _interval(counting: int, start: int, end: int | None, length: int) -> int | None:
    """0-based start of the deleted bases; None where the span does not fit them or an insertion point is ambiguous."""
    if counting == 0:
        return start if start >= 0 and (end is None or end - start == length) else None
    if start < 1:
        return None
    if length == 0:
        return start if end == start + 1 else None
    return start - 1 if end is None or end - start + 1 == length else None


def _same(one: tuple[Spdi, ...], other: tuple[Spdi, ...], sites: Sites) -> bool:
    """Whether all edits are one edit, builds aside where the site tables know both."""
    forms = set()
    for edit in (*one, *other):
        known = sites.known(edit).same_as
        forms.add(trim(known) if known else trim(edit))
    return len(forms) == 1


def _rsid(view: View) -> str | None:
    for code in ("81252-9", "81255-2"):
        for component in view.components.get(code, ()):
            for said in value_words(component):
                if match := _RSID.search(said):
                    return match[1]
    return None


def _by_name(view: View, gene: str | None, rsid: str | None, sites: Sites) -> Positions:
    """A coding change that names an allele of its gene, or an rsID together with the bases."""
    place = sites.by_rsid(rsid) if rsid else None
    for component in view.components.get("48004-6", ()):
        for said in value_words(component):
            read = hgvs.parse(said)
            if read is None or read.kind != "c":
                continue
            if gene and (edit := sites.by_coding_name(gene, read.change)):
                return Positions(edits=(edit,), rsid=rsid)
            bases = re.fullmatch(r".*?([ACGT])>([ACGT])", read.change)
            if place and bases and (edit := _at(place, bases[1], bases[2])):
                return Positions(edits=(edit,), rsid=rsid, warnings=(f"placed by {rsid}",))
    if place and (alleles := _alleles(view)):
        edit = _at(place, *alleles)
        if edit is not None:
            return Positions(edits=(edit,), rsid=rsid, warnings=(f"placed by {rsid}",))
    return Positions(rsid=rsid)


def _at(place: Place, reference: str, alternate: str) -> Spdi | None:
    """The change at a known site when its bases fit the site on one strand only."""
    fits = []
    for flip in (False, True):
        old, new = (each.upper().translate(_COMPLEMENT)[::-1] if flip else each.upper() for each in (reference, alternate))
        if old == place.ref and new in place.site.alts:
            fits.append(Spdi(place.accession, place.position, old, new))
    return fits[0] if len(fits) == 1 else None
