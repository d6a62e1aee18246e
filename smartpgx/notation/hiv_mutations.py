"""HIV mutations as laboratories write them -> gene, position and the letters found there.

M184V  184V  RT:M184V  p.Met184Val      one amino acid
M184MV  M184M/V  T215T/Y                a mixture, wild type included where it was found
T69_SS  T69S_SS  T69SSS  T69ins  T69i  T69#  T69_  T69Insertion      an insertion behind the position
T69del  T69-  T69d  T69~  T69Deletion   a deletion
W88*  W88Stop                           a stop codon
K103X                                   read, but not decided
"""

from __future__ import annotations

import re

from msgspec import Struct

_THREE = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H", "Ile": "I",
    "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W", "Tyr": "Y",
    "Val": "V", "Ter": "*",
}  # fmt: skip
_GENES = {
    "RT": ("rt", "reverse transcriptase", "reverse transcriptase gene", "p66", "p51"),
    "PR": ("pr", "pro", "prot", "protease"),
    "IN": ("in", "int", "integrase"),
    "CA": ("ca", "capsid", "p24", "gag ca"),
}
_NAMED = {name: gene for gene, names in _GENES.items() for name in names}
_SHAPE = re.compile(r"(?:p\.)?(?P<wild>[A-Za-z]{3}(?=\d)|[A-Za-z](?=\d))?(?P<position>\d{1,3})(?P<found>.+)")
_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9 ]*?)\s*([:_ ])\s*(.+)")
_INSERTED = re.compile(r"(?P<before>[A-Z]*)(?:_|#|[Ii]ns(?:ertion)?|INSERTION|i)(?P<letters>[A-Z]*)")
_DELETED = re.compile(r"-|~|d|[Dd]el(?:etion)?|DELETION")
_WORDS = ("ins", "insertion", "del", "deletion", "stop", "ter")
_STOP = re.compile(r"\*|stop|ter", re.IGNORECASE)


class HivMutation(Struct, frozen=True, kw_only=True):
    """``letters``: amino acids found, in the order written, with ``i``, ``d``, ``*`` (stop) and ``X`` (undecided).

    ``wild_type`` as written, None when it was left out.
    """

    gene: str | None = None
    position: int
    wild_type: str | None = None
    letters: str


def gene(name: str) -> str | None:
    """``reverse transcriptase`` -> ``RT``; None for a name that is no gene of the algorithms' four."""
    return _NAMED.get(" ".join(name.lower().replace("hiv-1", " ").replace("_", " ").split()))


def parse(text: str) -> HivMutation | None:
    """One mutation; None when the text cannot be read with certainty."""
    named = None
    if prefix := _PREFIX.fullmatch(text.strip()):
        named = gene(prefix[1])
        if named is None and prefix[2] == ":":
            return None
        text = prefix[3] if named else text
    text = "".join(text.split())
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    wild = _letter(shape["wild"]) if shape["wild"] else None
    found = _found(shape["found"], shape["wild"], wild)
    if found is None or (shape["wild"] and wild is None) or int(shape["position"]) == 0:
        return None
    return HivMutation(gene=named, position=int(shape["position"]), wild_type=wild, letters=found)


def _letter(text: str) -> str | None:
    if len(text) == 3:
        return _THREE.get(text.capitalize())
    return text.upper() if text.upper() in "ACDEFGHIKLMNPQRSTVWY" else None


def _found(text: str, written_wild: str | None, wild: str | None) -> str | None:
    """The letters behind the position. Not read: ``t69d`` all in lower case, and ``DEL`` or ``INS``, which could be mixtures."""
    if written_wild and len(written_wild) == 1 and written_wild.islower() and text.islower() and text not in _WORDS:
        if text in ("i", "d"):
            return None
        text = text.upper()
    if text in ("DEL", "INS"):
        return None
    if _DELETED.fullmatch(text):
        return "d"
    if _STOP.fullmatch(text):
        return "*"
    if inserted := _INSERTED.fullmatch(text):
        return (inserted["before"] + "i").removeprefix(wild or "-")
    if re.fullmatch(r"[A-Z][a-z]{2}", text):
        return _THREE.get(text)
    return _several(re.sub(r"[/|]", "", text))


def _several(letters: str) -> str | None:
    """A mixture; a letter that comes twice (``T69SSS``) is an insertion written out."""
    if not re.fullmatch(r"[ACDEFGHIKLMNPQRSTVWYXid*]+", letters):
        return None
    if len(set(letters)) < len(letters):
        return letters[0] + "i" if letters.isupper() else None
    return letters
