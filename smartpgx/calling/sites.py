"""Which defining position, and which of its alleles, a sequence change speaks of: any spelling, both builds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from smartpgx.knowledge.schema import Definition, Site

_SPDI = re.compile(r"([^:\s]+):(\d+):([A-Z]*):([A-Z]*)")
_REPEAT = re.compile(r"(\d+)([ACGT]+)\[(\d+)\]")
_PLACED = re.compile(r"(\d+)(?:_(\d+))?(del|dup|ins)")
WINDOW = 100
"""Longest stretch of sequence that a defining position takes."""


class Edit(NamedTuple):
    """``deleted`` replaced by ``inserted`` at the 0-based ``pos0``; equal letters: read and unchanged."""

    accession: str
    pos0: int
    deleted: str
    inserted: str


class Reached(NamedTuple):
    """A defining position that an edit speaks of, and the VCF allele it makes there; None: one that is not documented.

    ``own``: it was reported for this position alone.
    """

    gene: str
    place: int
    allele: str | None
    own: bool = True


def edit_of(spdi: str | None) -> Edit | None:
    """The edit of an SPDI with its letters, None for anything else."""
    found = _SPDI.fullmatch(spdi or "")
    return Edit(found[1], int(found[2]), found[3], found[4]) if found else None


def trimmed(edit: Edit) -> Edit:
    """Without the letters that both sides share: first from the end, which leaves indels where VCF writes them."""
    accession, pos0, deleted, inserted = edit
    while deleted and inserted and deleted[-1] == inserted[-1]:
        deleted, inserted = deleted[:-1], inserted[:-1]
    while deleted and inserted and deleted[0] == inserted[0]:
        pos0, deleted, inserted = pos0 + 1, deleted[1:], inserted[1:]
    return Edit(accession, pos0, deleted, inserted)


class SiteIndex:
    """All defining positions of the definitions, on GRCh38 and GRCh37."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._edits: dict[Edit, list[Reached]] = {}
        self._spans: dict[str, list[tuple[int, int, str, Site]]] = {}
        for definition in definitions.values():
            for accession, site, pos in _placed(definition):
                start, end = _span(site, pos)
                self._spans.setdefault(accession, []).append((start, end, definition.gene, site))
                for alt in site.alts:
                    for edit in _spellings(accession, pos, site, alt):
                        self._edits.setdefault(edit, []).append(Reached(definition.gene, site.index, alt))
        for spans in self._spans.values():
            spans.sort(key=lambda span: span[:2])

    def reached(self, edit: Edit) -> tuple[Reached, ...]:
        """The positions that a change reaches, with the allele that it makes there."""
        change = trimmed(edit)
        known = self._edits.get(change)
        if known:
            return tuple(known)
        length = len(change.deleted)
        substituted = length == len(change.inserted)
        found: list[Reached] = []
        around: list[Reached] = []
        for start, end, gene, site in self._near(change.accession, change.pos0, change.pos0 + length):
            if not _overlap(change.pos0, change.pos0 + length, start, end):
                continue
            if not (substituted and _one_base(site)):
                (found if _one_base(site) else around).append(Reached(gene, site.index, None))
                continue
            base, before = change.inserted[start - change.pos0], change.deleted[start - change.pos0]
            if base != before:
                found.append(Reached(gene, site.index, base if base == site.ref or base in site.alts else None))
        return tuple(found or around)

    def read(self, edit: Edit) -> tuple[Reached, ...]:
        """The positions that a stretch reported as unchanged covers, with the allele that was read there.

        ``own`` is False where a longer stretch was reported: a change found at the position itself weighs more.
        """
        found, end = [], edit.pos0 + len(edit.deleted)
        for start, stop, gene, site in self._near(edit.accession, edit.pos0, end):
            anchored, covered = edit.pos0 == start - 1, edit.pos0 <= start and stop <= end
            if _one_base(site):
                if covered:
                    found.append(Reached(gene, site.index, edit.inserted[start - edit.pos0], len(edit.deleted) == 1))
            elif anchored or (covered and (start < stop or edit.pos0 < start)):
                found.append(Reached(gene, site.index, site.ref, anchored))
        return tuple(found)

    def _near(self, accession: str, start: int, end: int) -> Iterator[tuple[int, int, str, Site]]:
        spans = self._spans.get(accession, [])
        for span in spans[bisect_left(spans, start - WINDOW, key=lambda span: span[0]) :]:
            if span[0] > end + 1:
                return
            yield span


def _one_base(site: Site) -> bool:
    return len(site.ref) == 1 and all(len(alt) == 1 for alt in site.alts)


def _overlap(start: int, end: int, site_start: int, site_end: int) -> bool:
    """Whether an edit of [start, end) changes what stands at [site_start, site_end); either may be empty (an insertion)."""
    if start == end:
        return site_start <= start <= site_end and (site_start == site_end or site_end - site_start > 1)
    if site_start == site_end:
        return start < site_start < end
    return start < site_end and site_start < end


@lru_cache(maxsize=16384)
def reached_at(index: SiteIndex, spdi: str) -> tuple[Reached, ...]:
    """``SiteIndex.reached`` of an SPDI; nothing for text that is none."""
    edit = edit_of(spdi)
    return index.reached(edit) if edit else ()


@lru_cache(maxsize=16384)
def read_at(index: SiteIndex, spdi: str) -> tuple[Reached, ...]:
    """``SiteIndex.read`` of an SPDI that was found unchanged."""
    edit = edit_of(spdi)
    return index.read(edit) if edit else ()


def _placed(definition: Definition) -> Iterator[tuple[str, Site, int]]:
    for site in definition.sites:
        yield definition.refseq, site, site.pos
        if site.pos37 is not None and definition.refseq37:
            yield definition.refseq37, site, site.pos37


def _span(site: Site, pos: int) -> tuple[int, int]:
    """0-based span of what may differ: the padding base of an indel is not part of it."""
    if _one_base(site):
        return pos - 1, pos
    padded = all(alt[:1] == site.ref[:1] for alt in site.alts)
    return pos - 1 + padded, pos - 1 + len(site.ref)


def _spellings(accession: str, pos: int, site: Site, alt: str) -> set[Edit]:
    """Every place at which the same indel may be written, from the leftmost (VCF) to the rightmost (HGVS)."""
    left = trimmed(Edit(accession, pos - 1, site.ref, alt))
    letters = left.deleted or left.inserted
    if left.deleted and left.inserted:
        return {left}
    right = max(_rightmost(site, alt) + pos - site.pos, left.pos0)
    found = set()
    for shift in range(min(right - left.pos0, WINDOW) + 1):
        turn = shift % len(letters)
        turned = letters[turn:] + letters[:turn]
        found.add(Edit(accession, left.pos0 + shift, turned if left.deleted else "", "" if left.deleted else turned))
    return found


def _rightmost(site: Site, alt: str) -> int:
    """0-based place of an indel as HGVS writes it on GRCh38; -1 where its name does not tell."""
    change = len(alt) - len(site.ref)
    repeat = _REPEAT.search(site.hgvs_g)
    if repeat:
        unit, start = len(repeat[2]), int(repeat[1]) - 1
        counts = {int(found[3]) for found in _REPEAT.finditer(site.hgvs_g)}
        steps = {(len(one) - len(site.ref)) // unit for one in site.alts}
        copies = next((n for n in range(1, 30) if {n + step for step in steps} <= counts), None)
        return -1 if copies is None else start + copies * unit + min(change, 0)
    placed = _PLACED.search(site.hgvs_g)
    if placed is None:
        return -1
    first, last = int(placed[1]), int(placed[2] or placed[1])
    return {"del": first - 1, "dup": last, "ins": first}[placed[3]]
