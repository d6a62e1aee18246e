"""HLA names to two fields, and GL strings, where ``+`` joins the two chromosomes and ``/`` means "one of"."""

from __future__ import annotations

import re

from msgspec import Struct

_NAME = re.compile(
    r"(?:HLA-)?(?P<locus>A|B|C|Cw|DRB[1345]|DQA1|DQB1|DPA1|DPB1)\s*\*?\s*"
    r"(?:(?P<one>\d{2,3}):(?P<two>\d{2,3})|(?P<old>\d{4}))(?P<more>(?::\d{2,3})*)(?P<suffix>[NLSCAQGP]?)",
    re.IGNORECASE,
)
_WITHOUT_LOCUS = re.compile(r"\*?\s*(?:(?P<one>\d{2,3}):(?P<two>\d{2,3}))(?P<more>(?::\d{2,3})*)(?P<suffix>[NLSCAQGP]?)")
_MENTION = re.compile(
    r"(?:HLA[- ]?)(?:A|B|C|DRB1|DQA1|DQB1|DPB1)\s*\*?\s*(?:\d{2,3}:\d{2,3}|\d{4})(?::\d{2,3})*(?!\d)", re.IGNORECASE
)
_VERSION = re.compile(r"^[a-z-]+#[\d.]+#")


class Allele(Struct, frozen=True):
    """``gene``: HLA-B; ``name``: ``*57:01`` (two fields)."""

    gene: str
    name: str

    def __str__(self) -> str:
        return self.gene + self.name


class GenotypeList(Struct, frozen=True, kw_only=True):
    """A GL string read. ``alleles``: the typed ones (two, or one reported once); empty with a ``problem`` otherwise."""

    alleles: tuple[Allele, ...] = ()
    problem: str | None = None


def allele(text: str, gene: str | None = None) -> Allele | None:
    """One allele with at least two fields. Not read: one field only (``B*57``), null alleles, letter codes (``57:AB``)."""
    words = text.strip()
    match = _NAME.fullmatch(words)
    if match:
        locus = match["locus"].upper().replace("CW", "C")
        one, two = (match["one"], match["two"]) if match["one"] else (match["old"][:2], match["old"][2:])
        found = f"HLA-{locus}"
        if match["suffix"].upper() in ("N", "Q") or (gene and gene != found):
            return None
        return Allele(found, f"*{one}:{two}")
    match = _WITHOUT_LOCUS.fullmatch(words)
    if match and gene and match["suffix"].upper() not in ("N", "Q"):
        return Allele(gene, f"*{match['one']}:{match['two']}")
    return None


def mentioned(text: str) -> Allele | None:
    """The one allele a test's name speaks of (``HLA-B*57:01 [Presence]``); None when it names none, or several."""
    spelled = [re.sub(r"^HLA[- ]?", "HLA-", each, flags=re.IGNORECASE) for each in _MENTION.findall(text)]
    found = {str(read): read for each in spelled if (read := allele(each))}
    return next(iter(found.values())) if len(found) == 1 else None


def is_gl_string(text: str) -> bool:
    """Whether a text follows GL string rules: it has a version in front, or joins full names."""
    return bool(_VERSION.match(text)) or ("HLA-" in text.upper() and any(sign in text for sign in "+^|~/"))


def genotype_list(text: str, gene: str | None = None) -> GenotypeList:
    """The two alleles of one locus in a GL string; ambiguity (``/`` or ``|``) between different two-field names is a problem."""
    words = _VERSION.sub("", text.strip())
    if "^" in words or "~" in words or "|" in words:
        return GenotypeList(problem="several")
    chromosomes = []
    for part in words.split("+"):
        names = [allele(each, gene) for each in part.split("/")]
        if not all(names):
            return GenotypeList(problem="unreadable")
        distinct = {each for each in names if each is not None}
        if len(distinct) != 1:
            return GenotypeList(problem="several")
        chromosomes.append(distinct.pop())
    if len(chromosomes) > 2 or len({each.gene for each in chromosomes}) > 1:
        return GenotypeList(problem="several")
    return GenotypeList(alleles=tuple(chromosomes))
