"""HGVS descriptions as laboratories write them: genomic ones to SPDI, protein ones to the three-letter form."""

from __future__ import annotations

import re
from typing import NamedTuple

from smartpgx.notation.spdi import Spdi

_THREE = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His", "I": "Ile",
    "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp", "Y": "Tyr", "V": "Val",
    "X": "Ter", "*": "Ter", "U": "Sec",
}  # fmt: skip
_RESIDUE = (
    r"(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Ter|Sec|[ARNDCQEGHILKMFPSTWYVXU*])"
)
_PROTEIN = re.compile(
    rf"(?P<first>{_RESIDUE})(?P<start>\d+)(?:_(?P<last>{_RESIDUE})(?P<end>\d+))?"
    rf"(?P<change>{_RESIDUE}fs(?:(?:{_RESIDUE})\d+|\*\d+|\?)?|fs(?:(?:Ter|X|\*)\d*\??|\?)?|delins(?:{_RESIDUE})+|ins(?:{_RESIDUE})+|del|dup|ext.*|=|\?|{_RESIDUE})",
    re.IGNORECASE,
)
_EACH_RESIDUE = re.compile(_RESIDUE, re.IGNORECASE)
_PREFIXED = re.compile(
    r"(?:(?P<accession>[A-Z]{2}[-_]\d+(?:\.\d+)?|ENS[TGP]\d+(?:\.\d+)?|LRG_\d+(?:[tp]\d+)?)(?:\([^()]+\))?:)?(?P<kind>[gcnmpr])\.(?P<rest>.+)"
)
_GENOMIC = re.compile(
    r"(?P<start>\d+)(?:_(?P<end>\d+))?(?:(?P<ref>[ACGT])>(?P<alt>[ACGT])|(?P<same>[ACGT]*)=|"
    r"(?P<del>del)(?P<deleted>[ACGT]*)(?P<ins>ins(?P<inserted>[ACGT]+))?|ins(?P<only>[ACGT]+)|(?P<dup>dup)(?P<copy>[ACGT]*))"
)


class Hgvs(NamedTuple):
    """A description taken apart. ``accession`` None when the laboratory left it out; ``kind`` g, c, n, m, p or r."""

    accession: str | None
    kind: str
    change: str


class Edit(NamedTuple):
    """A genomic change, 0-based half-open. ``deleted`` None: stated by its length only; ``inserted`` None: a copy of it."""

    start: int
    end: int
    deleted: str | None
    inserted: str | None


def parse(text: str) -> Hgvs | None:
    """Accession, kind and change of one description; None when it is none. A hyphen in ``NG-007726.3`` is read as ``_``."""
    match = _PREFIXED.fullmatch(text.strip())
    if match is None:
        return None
    accession = match["accession"]
    return Hgvs(accession.replace("-", "_") if accession else None, match["kind"], match["rest"].strip())


def genomic(change: str) -> Edit | None:
    """The edit of a ``g.`` or ``m.`` change; None for what is no plain edit (intron offsets, repeats, brackets, uncertainty)."""
    match = _GENOMIC.fullmatch(change.strip())
    if match is None:
        return None
    start = int(match["start"])
    end = int(match["end"] or start)
    if start < 1 or end < start:
        return None
    if match["ref"]:
        return Edit(start - 1, start, match["ref"], match["alt"]) if end == start else None
    if match["only"]:
        return Edit(start, start, "", match["only"]) if end == start + 1 else None
    if match["same"] is not None:
        return Edit(start - 1, end, match["same"], match["same"]) if match["same"] else None
    stated = match["deleted"] if match["del"] else match["copy"]
    if stated and len(stated) != end - start + 1:
        return None
    if match["dup"]:
        return Edit(end, end, "", stated or None)
    return Edit(start - 1, end, stated or None, match["inserted"] or "")


def to_spdi(accession: str, change: str) -> Spdi | None:
    """SPDI of a genomic change whose bases are all written out; None otherwise (a ``del`` without bases names none)."""
    edit = genomic(change)
    if edit is None or edit.deleted is None or edit.inserted is None:
        return None
    return Spdi(accession, edit.start, edit.deleted, edit.inserted)


def protein(text: str) -> str | None:
    """Normalised protein change: ``V600E``, ``p.V600E``, ``NP_004324.2:p.(Val600Glu)`` -> ``p.Val600Glu``; None if not one.

    ``=`` and ``?`` are kept in the text (``p.Met1?``): whoever reads it decides that they are no change.
    """
    words = text.strip()
    whole = parse(words)
    if whole is not None:
        if whole.kind != "p":
            return None
        words = whole.change
    if words.startswith("(") and words.endswith(")"):
        words = words[1:-1]
    match = _PROTEIN.fullmatch(words)
    if match is None:
        return None
    last = f"_{_three(match['last'])}{match['end']}" if match["last"] else ""
    return f"p.{_three(match['first'])}{match['start']}{last}{_change(match['change'])}"


def _change(text: str) -> str:
    folded = text.casefold()
    if folded in ("del", "dup", "=", "?"):
        return folded
    for word in ("delins", "ins"):
        if folded.startswith(word):
            return word + "".join(_three(each) for each in _EACH_RESIDUE.findall(text[len(word) :]))
    if "fs" in folded or folded.startswith("ext"):
        return _frameshift(text)
    return _three(text)


def _frameshift(text: str) -> str:
    head, found, tail = text.partition("fs")
    if not found:
        return text
    rest = re.sub(r"^(?:Ter|X|\*)", "Ter", tail)
    return (_three(head) if head else "") + "fs" + rest


def _three(residue: str) -> str:
    return _THREE.get(residue.upper()) or residue.capitalize()


def is_no_change(normalised: str) -> bool:
    """Whether a normalised protein change says that nothing changed or that nobody knows (``p.Val600=``, ``p.?``)."""
    return normalised.endswith("=") or normalised in ("p.?", "p.0?")
