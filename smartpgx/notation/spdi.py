"""SPDI: ``accession:position:deleted:inserted``, 0-based, and when two edits are the same edit."""

from __future__ import annotations

import re
from typing import NamedTuple

_BASES = re.compile(r"[ACGT]*")
_TEXT = re.compile(r"\s*([A-Z]{1,4}_?\d+(?:\.\d+)?):(\d+):([A-Za-z-]*|\d+):([A-Za-z-]*)\s*")


class Spdi(NamedTuple):
    """One edit: at 0-based ``position`` of ``accession``, ``deleted`` gives way to ``inserted`` (either may be empty)."""

    accession: str
    position: int
    deleted: str
    inserted: str

    def __str__(self) -> str:
        return f"{self.accession}:{self.position}:{self.deleted}:{self.inserted}"

    @property
    def is_reference(self) -> bool:
        """Whether this says that the reference was found."""
        return self.deleted == self.inserted


def parse(text: str) -> Spdi | None:
    """The edit a text spells, or None. A deletion written as a length is not accepted: it names no bases."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    deleted, inserted = bases(match[3]), bases(match[4])
    if deleted is None or inserted is None or not (deleted or inserted):
        return None
    return Spdi(match[1], int(match[2]), deleted, inserted)


def bases(text: str) -> str | None:
    """Upper-case A, C, G,
    T; ``-`` and blank are the empty allele; None for anything else (N, ambiguity letters, ``<DEL>``, lists).
    """
    letters = text.strip().upper()
    if letters == "-":
        return ""
    return letters if _BASES.fullmatch(letters) else None


def trim(edit: Spdi) -> Spdi:
    """The smallest spelling: shared end dropped, then shared beginning. A reference call stays as it is."""
    position, old, new = edit.position, edit.deleted, edit.inserted
    if old == new:
        return edit
    end = 0
    shortest = min(len(old), len(new))
    while end < shortest and old[-1 - end] == new[-1 - end]:
        end += 1
    if end:
        old, new = old[:-end], new[:-end]
    start = 0
    shortest = min(len(old), len(new))
    while start < shortest and old[start] == new[start]:
        start += 1
    return Spdi(edit.accession, position + start, old[start:], new[start:])


def justify(edit: Spdi, reference: str) -> Spdi | None:
    """The fully justified form over ``reference`` (the whole sequence): the same for every spelling of one edit.

    None when the deleted bases are not what the reference has there. Deleting CA from GCACACAT is ``1:CACACA:CACA``.
    """
    accession, position, old, new = trim(edit)
    if reference[position : position + len(old)] != old:
        return None
    if old and new or old == new:
        return Spdi(accession, position, old, new)
    moved = old or new
    left = position
    unit = moved
    while left and reference[left - 1] == unit[-1]:
        left -= 1
        unit = unit[-1] + unit[:-1]
    right = position + len(old)
    unit = moved
    while right < len(reference) and reference[right] == unit[0]:
        right += 1
        unit = unit[1:] + unit[0]
    before, after = reference[left:position], reference[position + len(old) : right]
    return Spdi(accession, left, before + old + after, before + new + after)
