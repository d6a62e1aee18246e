"""Known sites of both builds: what base is there, which spellings are one edit, and where the site lies on GRCh38.

Built from the allele definitions only. Nothing here computes a position from another one across builds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from smartpgx.knowledge.schema import Definition, Site
from smartpgx.notation import builds, hgvs
from smartpgx.notation.spdi import Spdi, trim

_HGVS_POSITIONS = re.compile(r"g\.(\d+)(?:_(\d+))?(del|dup|ins|[ACGT]+\[(\d+)\])")


class Place(NamedTuple):
    """A defining site on one build. ``position``: 0-based start of ``ref``; ``ref``: the bases this build has there."""

    gene: str
    site: Site
    build: builds.Build
    accession: str
    position: int
    ref: str


class Known(NamedTuple):
    """What the tables say of an edit.

    ``same_as``: the edit on GRCh38, None when unknown. ``restores``: the change only puts the GRCh38 base where GRCh37 has
    another one. ``contradicted``: the deleted bases are not what the build has there.
    """

    place: Place | None = None
    same_as: Spdi | None = None
    restores: bool = False
    contradicted: bool = False


class Sites:
    """Index over the definitions of all genes, for both builds."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._edits: dict[Spdi, tuple[Place, Spdi]] = {}
        self._bases: dict[tuple[str, int], tuple[str, Place, int]] = {}
        self._rsids: dict[str, Place] = {}
        self._names: dict[tuple[str, str], Spdi] = {}
        self._starts: dict[str, list[tuple[int, Place]]] = {}
        for definition in definitions.values():
            for site in definition.sites:
                for place in _places(definition, site):
                    self._add(definition, place)
            self._name(definition)
        for starts in self._starts.values():
            starts.sort(key=lambda each: each[0])

    def _add(self, definition: Definition, place: Place) -> None:
        site = place.site
        for offset, base in enumerate(place.ref):
            self._bases.setdefault((place.accession, place.position + offset), (base, place, offset))
        self._starts.setdefault(place.accession, []).append((place.position, place))
        if place.build == 38 and site.rsid:
            self._rsids.setdefault(site.rsid, place)
        for alt in site.alts:
            if not re.fullmatch("[ACGT]+", alt) or alt == place.ref:
                continue
            target = trim(Spdi(definition.refseq, site.pos - 1, site.ref, alt))
            for spelling in _spellings(place, alt):
                self._edits.setdefault(spelling, (place, target))

    def _name(self, definition: Definition) -> None:
        for allele in definition.alleles:
            if len(allele.at) != 1 or not allele.name.startswith(("c.", "m.")):
                continue
            ((index, letters),) = allele.at.items()
            site = next((each for each in definition.sites if each.index == index), None)
            if site is not None and re.fullmatch("[ACGT]+", letters):
                change = allele.name.split(" ")[0].removeprefix("c.")
                self._names[definition.gene, change] = trim(Spdi(definition.refseq, site.pos - 1, site.ref, letters))

    def known(self, edit: Spdi) -> Known:
        """What is known of an edit as reported (its padding bases are checked too)."""
        if self._contradicts(edit):
            return Known(contradicted=True)
        minimal = trim(edit)
        if found := self._edits.get(minimal):
            return Known(place=found[0], same_as=found[1])
        here = self._bases.get((minimal.accession, minimal.position))
        if here is not None and len(minimal.deleted) == len(minimal.inserted) == 1 and len(here[1].ref) == 1:
            return _at_site(minimal, here[1])
        if builds.build(minimal.accession) == 38:
            return Known(same_as=minimal, place=here[1] if here and minimal.is_reference else None)
        return Known()

    def _contradicts(self, edit: Spdi) -> bool:
        for offset, base in enumerate(edit.deleted):
            here = self._bases.get((edit.accession, edit.position + offset))
            if here is not None and here[0] not in ("?", base):
                return True
        return False

    def is_site_of_other_build(self, edit: Spdi, gene: str) -> bool:
        """Whether the position would be a site of the gene on the other build: accession and number were mixed."""
        build = builds.build(edit.accession)
        other = builds.accession(builds.chromosome(edit.accession) or "", 37 if build == 38 else 38)
        if build is None or other is None or (edit.accession, edit.position) in self._bases:
            return False
        found = self._bases.get((other, trim(edit).position))
        return found is not None and found[1].gene == gene

    def by_rsid(self, rsid: str) -> Place | None:
        """The site an rsID names, on GRCh38."""
        return self._rsids.get(rsid)

    def by_coding_name(self, gene: str, change: str) -> Spdi | None:
        """GRCh38 edit of a coding change that is itself the name of an allele (``DPYD``, ``1905+1G>A``)."""
        return self._names.get((gene, change))

    def within(self, accession: str, start: int, end: int) -> Iterator[Place]:
        """Sites that lie wholly in the 0-based half-open interval."""
        starts = self._starts.get(accession, [])
        for position, place in starts[bisect_left(starts, start, key=lambda each: each[0]) :]:
            if position >= end:
                return
            if position + len(place.ref) <= end:
                yield place

    def spell_out(self, accession: str, change: str) -> Spdi | None:
        """SPDI of a genomic HGVS change; bases that the description leaves out (``del``, ``dup``) come from the known sites."""
        whole = hgvs.to_spdi(accession, change)
        if whole is not None:
            return whole
        edit = hgvs.genomic(change)
        if edit is None:
            return None
        if edit.deleted is None:
            deleted = self._read(accession, edit.start, edit.end)
            return Spdi(accession, edit.start, deleted, edit.inserted or "") if deleted else None
        copied = re.match(r"(\d+)", change)
        start = int(copied[1]) - 1 if copied else edit.start
        return self._copy(accession, start, edit.end)

    def _read(self, accession: str, start: int, end: int) -> str | None:
        letters = [self._bases.get((accession, position)) for position in range(start, end)]
        text = "".join(each[0] for each in letters if each)
        return text if len(text) == end - start and "?" not in text else self._deleted(accession, start, end)

    def _deleted(self, accession: str, start: int, end: int) -> str | None:
        for _, place in self._starts.get(accession, []):
            if place.position - 40 <= start <= place.position + 80:
                for spelling in (each for alt in place.site.alts for each in _spellings(place, alt)):
                    if spelling.position == start and len(spelling.deleted) == end - start and not spelling.inserted:
                        return spelling.deleted
        return None

    def _copy(self, accession: str, start: int, end: int) -> Spdi | None:
        for _, place in self._starts.get(accession, []):
            if place.position - 40 <= end <= place.position + 80:
                for spelling in (each for alt in place.site.alts for each in _spellings(place, alt)):
                    if spelling.position == end and not spelling.deleted and len(spelling.inserted) == end - start:
                        return spelling
        return None


def _places(definition: Definition, site: Site) -> Iterator[Place]:
    yield Place(definition.gene, site, 38, definition.refseq, site.pos - 1, site.ref)
    if site.pos37 is not None and definition.refseq37 != definition.refseq:
        ref = site.ref
        if site.ref_differs_on_grch37:
            ref = site.alts[0] if len(site.alts) == 1 else "?"
        yield Place(definition.gene, site, 37, definition.refseq37, site.pos37 - 1, ref)


def _at_site(edit: Spdi, place: Place) -> Known:
    """A single-base finding at a single-base site: the same finding against the GRCh38 base."""
    site = place.site
    accession = builds.accession(builds.chromosome(place.accession) or "", 38) or place.accession
    if edit.inserted == site.ref:
        return Known(place=place, same_as=Spdi(accession, site.pos - 1, site.ref, site.ref), restores=not edit.is_reference)
    return Known(place=place, same_as=Spdi(accession, site.pos - 1, site.ref, edit.inserted))


def _spellings(place: Place, alt: str) -> Iterator[Spdi]:
    """Every placement of one alternate: rolled from the leftmost (VCF) to the rightmost (HGVS) one where it is an indel."""
    left = trim(Spdi(place.accession, place.position, place.ref, alt))
    yield left
    unit = left.deleted or left.inserted
    if left.deleted and left.inserted or not unit:
        return
    for _ in range(max(0, _rightmost(place, left) - left.position)):
        unit = unit[1:] + unit[0]
        left = Spdi(left.accession, left.position + 1, unit if left.deleted else "", unit if left.inserted else "")
        yield left


def _rightmost(place: Place, left: Spdi) -> int:
    """0-based start of the 3'-most spelling, read from the site's genomic HGVS names (which are GRCh38's)."""
    shift = place.position - (place.site.pos - 1)
    length = len(left.deleted or left.inserted)
    for match in _HGVS_POSITIONS.finditer(place.site.hgvs_g):
        start, end, kind = int(match[1]), int(match[2] or match[1]), match[3]
        if kind == "del" and left.deleted and end - start + 1 == length:
            return start - 1 + shift
        if kind == "dup" and left.inserted and end - start + 1 == length:
            return end + shift
        if kind == "ins" and left.inserted:
            return start + shift
        if match[4] and (unit := kind.partition("[")[0]) and length % len(unit) == 0:
            units = _reference_units(place.site, unit)
            run_end = start - 1 + units * len(unit)
            return run_end + shift - (len(left.deleted) if left.deleted else 0)
    return left.position


def _reference_units(site: Site, unit: str) -> int:
    """How often the reference repeats the unit: the listed counts name the reference and every alternate."""
    counts = sorted(int(number) for number in re.findall(r"\[(\d+)\]", site.hgvs_g))
    fewest = min(len(alt) for alt in site.alts)
    return counts[0] + (len(site.ref) - fewest) // len(unit) if counts else 1
