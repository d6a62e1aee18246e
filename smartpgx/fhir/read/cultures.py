"""Isolates: results of one organism from one specimen. Results of different organisms or specimens are never merged."""

from __future__ import annotations

from msgspec import Struct, field, structs

from smartpgx.domain.chart import Determinant, Isolate, Mutation, NotDetected, Organism, Reference, Susceptibility
from smartpgx.fhir.read.gate import Reading
from smartpgx.fhir.read.specimens import collected, family


class Seen(Struct, frozen=True, kw_only=True):
    """An organism that one Observation found."""

    organism: Organism
    reference: Reference
    specimen: Reference | None
    members: tuple[Reference, ...] = ()
    date: str | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What one Observation says of a pathogen. ``implied``: organism its own name speaks of (``HIV-1 protease ...``)."""

    reference: Reference
    specimen: Reference | None
    links: tuple[Reference, ...] = ()
    implied: Organism | None = None
    mutations: tuple[Mutation, ...] = ()
    sequenced: tuple[str, ...] = ()
    genes: tuple[Determinant, ...] = ()
    not_detected: tuple[NotDetected, ...] = ()
    susceptibility: tuple[Susceptibility, ...] = ()
    date: str | None = None
    warnings: tuple[str, ...] = ()


class Cultures(Struct, kw_only=True):
    """Organisms and results, until it is known which belong together."""

    seen: list[Seen] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    specimens: set[Reference] = field(default_factory=set)


def join(cultures: Cultures, reading: Reading) -> tuple[tuple[Isolate, ...], tuple[Susceptibility, ...]]:
    """One isolate per specimen and organism, and all susceptibilities with the organism they belong to."""
    groups: dict[tuple[Reference | None, str], list[Result]] = {}
    organisms: dict[tuple[Reference | None, str], Seen | None] = {}
    for seen in cultures.seen:
        key = seen.specimen, _name(seen.organism)
        organisms.setdefault(key, seen)
        groups.setdefault(key, [])
    for result in cultures.results:
        owner = _owner(result, cultures, reading)
        organism = owner.organism if owner else result.implied
        key = (owner.specimen if owner else result.specimen), _name(organism)
        if key not in organisms:
            organisms[key] = Seen(organism=organism, reference=result.reference, specimen=result.specimen) if organism else None
        groups.setdefault(key, []).append(result)
    isolates = tuple(_isolate(key[0], organisms[key], results, cultures, reading) for key, results in groups.items())
    return isolates, tuple(each for isolate in isolates for each in isolate.susceptibility)


def _name(organism: Organism | None) -> str:
    return (organism.snomed or organism.text.casefold()) if organism else ""


def _owner(result: Result, cultures: Cultures, reading: Reading) -> Seen | None:
    """The organism a result belongs to: by link, else the only one of its specimen (or of what that was taken from)."""
    linked = [seen for seen in cultures.seen if seen.reference in result.links or result.reference in seen.members]
    if linked:
        return linked[0]
    if result.specimen is None:
        return None
    related = family(result.specimen, reading.record)
    there = [seen for seen in cultures.seen if seen.specimen in related]
    if result.implied:
        there = [seen for seen in there if _agree(seen.organism, result.implied)]
    distinct = {_name(seen.organism): seen for seen in there}
    if len(distinct) > 1:
        reading.ledger.gap(
            (result.reference,),
            "the organism of a result",
            "several_organisms",
            "Several organisms grew from this specimen and the result does not say to which it belongs.",
        )
        return None
    return next(iter(distinct.values()), None)


def _agree(one: Organism, implied: Organism) -> bool:
    if one.snomed and implied.snomed and one.snomed == implied.snomed:
        return True
    return implied.text.casefold().split()[0] in one.text.casefold() or (
        "immunodeficiency" in implied.text and "hiv" in one.text.casefold()
    )


def _isolate(
    specimen: Reference | None, seen: Seen | None, results: list[Result], cultures: Cultures, reading: Reading
) -> Isolate:
    organism = seen.organism if seen else None
    own = [each for each in cultures.seen if each.specimen == specimen and organism and _name(each.organism) == _name(organism)]
    sources = [*(each.reference for each in own), *(result.reference for result in results)]
    dates = [day for day in (*(each.date for each in own), *(each.date for each in results)) if day]
    measured = [_with_organism(each, organism, specimen) for result in results for each in result.susceptibility]
    if organism is None and any(result.mutations or result.genes or result.susceptibility for result in results):
        reading.ledger.gap(
            tuple(dict.fromkeys(result.reference for result in results)),
            "the organism of an isolate",
            "organism_unknown",
            "These results of a pathogen do not say, and nothing else says, which organism they are about.",
        )
    return Isolate(
        organism=organism,
        specimen=specimen,
        collected=(collected(specimen, reading.record) if specimen else None) or min(dates, default=None),
        mutations=tuple(each for result in results for each in result.mutations),
        sequenced=tuple(dict.fromkeys(each for result in results for each in result.sequenced)),
        genes=tuple(each for result in results for each in result.genes),
        not_detected=tuple(each for result in results for each in result.not_detected),
        susceptibility=tuple(measured),
        source=tuple(dict.fromkeys(sources)),
        date=min(dates, default=None),
        warnings=tuple(dict.fromkeys(each for result in results for each in result.warnings)),
    )


def _with_organism(measured: Susceptibility, organism: Organism | None, specimen: Reference | None) -> Susceptibility:
    return structs.replace(measured, organism_text=organism.text if organism else None, specimen=measured.specimen or specimen)
