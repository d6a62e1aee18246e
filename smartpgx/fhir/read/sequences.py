"""MolecularSequence (R4), STU3 ``Sequence`` and R5 ``relative``: edits against a reference, never more than they state."""

from __future__ import annotations

import re

from smartpgx.domain.chart import LocalVariant, Mutation, Structural
from smartpgx.fhir.read.cultures import Result
from smartpgx.fhir.read.elements import Json, codings, number, object_, objects, text, value_words, whole, words
from smartpgx.fhir.read.findings import Findings, Sighting
from smartpgx.fhir.read.gate import Reading
from smartpgx.fhir.read.observations.position import edits_at
from smartpgx.fhir.read.placing import add_change
from smartpgx.fhir.read.references import Entry
from smartpgx.notation import builds, spdi
from smartpgx.notation.spdi import Spdi, justify

_PATHOGENS = {
    "NC_000962": "Mycobacterium tuberculosis",
    "AL123456": "Mycobacterium tuberculosis",
    "K03455": "HIV-1",
    "AF033819": "HIV-1",
    "NC_001802": "HIV-1",
}
_VERSIONED = re.compile(r"[A-Z]{1,2}_?\d+\.\d+")
_ACCESSION = re.compile(r"[A-Z]{1,4}_?\d{5,}(?:\.\d+)?")


def read(entry: Entry, reading: Reading, findings: Findings) -> None:
    """One sequence: its variants, the window that was read, structural variants; what cannot be placed is told."""
    resource = entry.resource
    if objects(resource.get("relative")):
        _read_relative(entry, reading, findings)
        return
    if text(resource.get("type")) == "aa":
        _gap(entry, reading, "unsupported", "An amino acid sequence is not read.")
        return
    reference = object_(resource.get("referenceSeq"))
    before = _amount(findings)
    if pathogen := _pathogen(reference, entry, findings, reading):
        _read_pathogen(entry, pathogen, reading, findings)
        return
    counting = whole(resource.get("coordinateSystem"))
    variants = objects(resource.get("variant"))
    if counting not in (0, 1) and (variants or resource.get("structureVariant")):
        _gap(entry, reading, "coordinate_system_missing", "The sequence does not say whether positions count from 0 or from 1.")
        return
    _read_structures(entry, reference, counting, findings, reading)
    if variants or text(resource.get("observedSeq")):
        _read_variants(entry, reference, counting or 0, variants, reading, findings)
    if _amount(findings) == before and reading.ledger.outcome(entry.top) != "gap":
        _empty(entry, reading, findings)


def _amount(findings: Findings) -> int:
    return sum(len(each) for each in (findings.sightings, findings.reference_calls, findings.local_variants, findings.structural))


def _empty(entry: Entry, reading: Reading, findings: Findings) -> None:
    """A sequence without content supports the haplotype derived from it, or is nothing that can be read."""
    if _is_haplotype(entry, reading):
        reading.ledger.use(entry.reference)
        return
    because = "elsewhere" if entry.resource.get("repository") or entry.resource.get("pointer") else "no_content"
    _gap(
        entry, reading, because, "The sequence holds no variant and no bases that can be read; what it points to was not fetched."
    )


def _is_haplotype(entry: Entry, reading: Reading) -> bool:
    """Whether a haplotype Observation was derived from the sequence."""
    for other in reading.record.of("Observation"):
        if any(coding.code == "84414-2" for coding in codings(other.resource.get("code"))):
            derived = [name for _, name in reading.record.named(other.resource.get("derivedFrom"), other)]
            if entry.reference in derived:
                return True
    return False


def _gap(entry: Entry, reading: Reading, because: str, message: str) -> None:
    reading.ledger.gap(entry, "a sequence", because, message)


# --- the reference ---------------------------------------------------------------------------------------------------


def _stated(reference: Json) -> str:
    """Accession of the reference sequence as stated, a hyphen read as an underscore."""
    for said in [*(coding.code for coding in codings(reference.get("referenceSeqId"))), words(reference.get("referenceSeqId"))]:
        if _ACCESSION.fullmatch(said.replace("-", "_", 1)):
            return said.replace("-", "_", 1)
    return ""


def _accession(reference: Json) -> tuple[str, str | None]:
    """Versioned chromosome accession, or an empty one and why not."""
    stated = _stated(reference)
    word = text(reference.get("genomeBuild"))
    build = builds.build_word(word) if word else None
    named = [
        found
        for each in value_words({"valueCodeableConcept": reference.get("chromosome")})
        if (found := builds.chromosome_word(each))
    ]
    if word and build is None:
        return "", "its genome build is unknown"
    if not stated:
        if named and build:
            return builds.accession(named[0], build) or "", None
        if codings(reference.get("referenceSeqId")) or words(reference.get("referenceSeqId")):
            return "", "its reference sequence is not known"
        return "", "its reference sequence is missing"
    if not _VERSIONED.fullmatch(stated):
        return "", "its reference sequence has no version"
    if builds.chromosome(stated) is None:
        return "", f"{stated} is no chromosome of GRCh37 or GRCh38, and no table places its positions"
    if (build and builds.build(stated) != build and stated != builds.MITOCHONDRIAL) or (
        named and builds.chromosome(stated) not in named
    ):
        return "", "its reference sequence, chromosome and build contradict each other"
    return stated, None


# --- variants --------------------------------------------------------------------------------------------------------


def _read_variants(
    entry: Entry, reference: Json, counting: int, variants: list[Json], reading: Reading, findings: Findings
) -> None:
    literal = text(reference.get("referenceSeqString")).upper()
    if literal or object_(reference.get("referenceSeqPointer")):
        _read_local(entry, literal, reference, counting, variants, reading, findings)
        return
    accession, problem = _accession(reference)
    if problem or not accession:
        _gap(
            entry, reading, "reference_unusable", f"The sequence was not used: {problem or 'its reference sequence is missing'}."
        )
        return
    window = _window(reference, counting)
    edits: list[tuple[Json, Spdi, tuple[str, ...], bool]] = []
    for variant in variants:
        placed = _edit(variant, accession, counting, window)
        if isinstance(placed, str):
            _gap(entry, reading, "contradiction", f"A variant of the sequence was not used: {placed}.")
            continue
        edits += [(variant, edit, placed[1], len(placed[0]) > 1 or bool(placed[1])) for edit in placed[0]]
    observed = text(entry.resource.get("observedSeq")).upper()
    if observed and not _window_agrees(entry, observed, window, accession, [each[1] for each in edits], reading):
        return
    for variant, edit, warnings, mixed in edits:
        _add(entry, variant, edit, warnings, mixed, reading, findings)
    if observed and window:
        _add_window(entry, observed, window, accession, [each[1] for each in edits], reading, findings)


def _window(reference: Json, counting: int) -> tuple[int, int] | None:
    """The part of the reference that was looked at, 0-based half-open."""
    start, end = whole(reference.get("windowStart")), whole(reference.get("windowEnd"))
    if start is None or end is None:
        return None
    return start - counting, end


def _edit(
    variant: Json, accession: str, counting: int, window: tuple[int, int] | None
) -> tuple[tuple[Spdi, ...], tuple[str, ...]] | str:
    start, end = whole(variant.get("start")), whole(variant.get("end"))
    if start is None or "referenceAllele" not in variant or "observedAllele" not in variant:
        return "its position or one of its alleles is missing"
    observed, expected = text(variant.get("observedAllele")), text(variant.get("referenceAllele"))
    if not observed and not expected:
        return "both of its alleles are empty"
    if end is None and counting == 1:
        return "its end is missing"
    found = edits_at(accession, counting, start, end, expected or "-", observed or "-")
    if found.problem:
        return found.problem
    if window and not all(window[0] <= edit.position and edit.position + len(edit.deleted) <= window[1] for edit in found.edits):
        return "it lies outside the window that was read"
    if text(variant.get("cigar")) and not _cigar_fits(text(variant.get("cigar")), found.edits[0]):
        return "its alleles and its CIGAR contradict each other"
    return found.edits, found.warnings


def _cigar_fits(cigar: str, edit: Spdi) -> bool:
    """Whether a CIGAR consumes as many reference and observed bases as the alleles have."""
    parts = re.findall(r"(\d+)([MIDNSHP=X])", cigar)
    if not parts or "".join(f"{count}{operation}" for count, operation in parts) != cigar:
        return True
    reference = sum(int(count) for count, operation in parts if operation in "MDN=X")
    observed = sum(int(count) for count, operation in parts if operation in "MIS=X")
    return reference == len(edit.deleted) and observed == len(edit.inserted)


def _window_agrees(
    entry: Entry, observed: str, window: tuple[int, int] | None, accession: str, edits: list[Spdi], reading: Reading
) -> bool:
    """Whether the observed bases have the length that the window and the variants imply, and the alleles where they say."""
    if window is None:
        return True
    change = sum(len(edit.inserted) - len(edit.deleted) for edit in edits)
    shift = 0
    fits = len(observed) == window[1] - window[0] + change
    for edit in sorted(edits, key=lambda each: each.position):
        at = edit.position - window[0] + shift
        fits = fits and observed[at : at + len(edit.inserted)] == edit.inserted
        shift += len(edit.inserted) - len(edit.deleted)
    if not fits:
        _gap(
            entry,
            reading,
            "contradiction",
            "The observed bases and the variants of the sequence contradict each other; neither was used.",
        )
    return fits


def _add(
    entry: Entry, variant: Json, edit: Spdi, warnings: tuple[str, ...], mixed: bool, reading: Reading, findings: Findings
) -> None:
    sighting = Sighting(source=(entry.reference,), zygosity="heterozygous" if mixed else None, warnings=warnings)
    pointed = reading.record.find(variant.get("variantPointer"), entry)
    if pointed is not None and not reading.ledger.is_excluded(pointed.reference):
        sighting.source = (entry.reference, pointed.reference)
    add_change(sighting, edit, findings, reading.ledger, reading.tables.sites)


def _add_window(
    entry: Entry, observed: str, window: tuple[int, int], accession: str, edits: list[Spdi], reading: Reading, findings: Findings
) -> None:
    """Known sites inside a window that was read: reference where the bases are, a variant where they are not."""
    stated = {edit.position for edit in edits}
    lengths_equal = len(observed) == window[1] - window[0]
    for place in reading.tables.sites.within(accession, *window):
        if any(place.position <= position < place.position + max(1, len(place.ref)) for position in stated) or not lengths_equal:
            continue
        at = place.position - window[0]
        there = observed[at : at + len(place.ref)]
        if there == place.ref and not set(there) - set("ACGT"):
            edit = Spdi(accession, place.position, place.ref, place.ref)
            add_change(Sighting(source=(entry.reference,), gene=place.gene), edit, findings, reading.ledger, reading.tables.sites)
        elif len(place.ref) == 1:
            _add_difference(entry, Spdi(accession, place.position, place.ref, there), reading, findings)


def _add_difference(entry: Entry, edit: Spdi, reading: Reading, findings: Findings) -> None:
    """A base in the observed sequence that no variant entry states."""
    found = edits_at(edit.accession, 0, edit.position, edit.position + 1, edit.deleted, edit.inserted)
    for each in found.edits:
        sighting = Sighting(source=(entry.reference,), zygosity=found.zygosity, warnings=found.warnings)
        add_change(sighting, each, findings, reading.ledger, reading.tables.sites)


# --- literal references ----------------------------------------------------------------------------------------------


def _read_local(
    entry: Entry, literal: str, reference: Json, counting: int, variants: list[Json], reading: Reading, findings: Findings
) -> None:
    """Edits on a sequence that is written out: comparable among themselves, never used by rules."""
    window = _window(reference, counting)
    offset = window[0] if window else 0
    found: list[Spdi] = []
    for variant in variants:
        placed = _edit(variant, "literal", counting, window)
        if isinstance(placed, str):
            _gap(entry, reading, "contradiction", f"A variant of the sequence was not used: {placed}.")
            continue
        found += placed[0]
    observed = text(entry.resource.get("observedSeq")).upper()
    if observed and literal and not _local_agrees(observed, literal, offset, found):
        _gap(entry, reading, "contradiction", "The observed bases and the variants of the sequence contradict each other.")
    for edit in found:
        moved = edit._replace(position=edit.position - offset)
        justified = justify(moved, literal) if literal else spdi.trim(moved)
        if justified is None:
            _gap(
                entry,
                reading,
                "contradiction",
                "A variant of the sequence replaces bases that its reference does not have there.",
            )
            continue
        findings.local_variants.append(
            LocalVariant(
                pos0=justified.position + offset, ref=justified.deleted, alt=justified.inserted, source=(entry.reference,)
            )
        )
    if not literal:
        _gap(
            entry,
            reading,
            "reference_unusable",
            "The reference of this sequence is another resource; its variants were kept as they are.",
        )


def _local_agrees(observed: str, literal: str, offset: int, edits: list[Spdi]) -> bool:
    letters, shift = literal, 0
    for edit in sorted(edits, key=lambda each: each.position):
        at = edit.position - offset + shift
        letters = letters[:at] + edit.inserted + letters[at + len(edit.deleted) :]
        shift += len(edit.inserted) - len(edit.deleted)
    return letters == observed


# --- structural variants ---------------------------------------------------------------------------------------------


def _read_structures(entry: Entry, reference: Json, counting: int | None, findings: Findings, reading: Reading) -> None:
    for each in objects(entry.resource.get("structureVariant")):
        inner, outer = _range(each.get("inner")), _range(each.get("outer"))
        findings.structural.append(
            Structural(
                refseq=_stated(reference) or None,
                type=words(each.get("variantType")) or None,
                inner=inner,
                outer=outer,
                coordinate_system=counting,
                source=(entry.reference,),
                warnings=("the effect on genes was not worked out",),
            )
        )
        _gap(
            entry,
            reading,
            "effect_open",
            "A structural change is reported; which gene copies it removes or adds was not worked out.",
        )


def _range(value: object) -> tuple[float | None, float | None] | None:
    stated = object_(value)
    start, end = number(stated.get("start")), number(stated.get("end"))
    return (start, end) if start is not None or end is not None else None


# --- pathogens -------------------------------------------------------------------------------------------------------


def is_pathogen(entry: Entry, findings: Findings, reading: Reading) -> bool:
    """Whether a sequence is a pathogen's, so that it says nothing about the patient's own genes."""
    return _pathogen(object_(entry.resource.get("referenceSeq")), entry, findings, reading) is not None


def _pathogen(reference: Json, entry: Entry, findings: Findings, reading: Reading) -> str | None:
    """Name of the pathogen whose sequence this is: by its reference, or by a specimen from which an organism was identified."""
    stated = _stated(reference)
    if name := _PATHOGENS.get(stated.partition(".")[0]):
        return name
    if builds.chromosome(stated) or reference.get("chromosome"):
        return None
    cultured = findings.cultures.specimens
    return (
        "an organism"
        if any(name in cultured for _, name in reading.record.named(entry.resource.get("specimen"), entry))
        else None
    )


def _read_pathogen(entry: Entry, name: str, reading: Reading, findings: Findings) -> None:
    """Genomic changes of a pathogen, as stated; working out what they mean for a gene is not done here."""
    reference = _stated(object_(entry.resource.get("referenceSeq")))
    counting = whole(entry.resource.get("coordinateSystem"))
    mutations = []
    for variant in objects(entry.resource.get("variant")):
        placed = _edit(variant, reference, counting, None) if counting in (0, 1) else "positions are not counted from 0 or 1"
        if not isinstance(placed, str):
            mutations += [Mutation(gene="genome", change=str(edit), source=(entry.reference,)) for edit in placed[0]]
    specimen = next((found for _, found in reading.record.named(entry.resource.get("specimen"), entry)), None)
    findings.cultures.results.append(Result(reference=entry.reference, specimen=specimen, mutations=tuple(mutations)))
    reading.ledger.gap(
        entry,
        f"mutations of {name} by sequence",
        "not_translated",
        "A sequence of a pathogen was received; it was not translated into mutations of its genes.",
    )


# --- R5 --------------------------------------------------------------------------------------------------------------

_R5_COUNTING = {"LA30100-4": 0, "LA30102-0": 1}


def _read_relative(entry: Entry, reading: Reading, findings: Findings) -> None:
    """R5 edits, brought to the R4 shape and read by the same rules."""
    for relative in objects(entry.resource.get("relative")):
        counting = next(
            (_R5_COUNTING[each.code] for each in codings(relative.get("coordinateSystem")) if each.code in _R5_COUNTING), None
        )
        starting = object_(relative.get("startingSequence"))
        if counting is None:
            _gap(
                entry, reading, "coordinate_system_missing", "The sequence does not say whether positions count from 0 or from 1."
            )
            continue
        reference = {
            "referenceSeqId": starting.get("sequenceCodeableConcept"),
            "referenceSeqString": starting.get("sequenceString"),
            "referenceSeqPointer": starting.get("sequenceReference"),
            "chromosome": starting.get("chromosome"),
            "genomeBuild": words(starting.get("genomeAssembly")),
            "windowStart": starting.get("windowStart"),
            "windowEnd": starting.get("windowEnd"),
        }
        edits = [_as_variant(each) for each in objects(relative.get("edit"))]
        resource = {**entry.resource, "relative": [], "coordinateSystem": counting, "referenceSeq": reference, "variant": edits}
        read(entry._replace(resource=resource), reading, findings)


def _as_variant(edit: Json) -> Json:
    """R5 ``replacementSequence`` puts in; ``replacedSequence`` was there."""
    put_in = edit.get("replacementSequence", edit.get("observedAllele"))
    found = {"start": edit.get("start"), "end": edit.get("end")}
    if put_in is not None:
        found["observedAllele"] = put_in
    if (replaced := edit.get("replacedSequence", edit.get("referenceAllele"))) is not None:
        found["referenceAllele"] = replaced
    return found
