"""Reported diplotypes: a strict grammar that can say "I do not understand this".

Read: ``*1/*2``, ``CYP2C19*1/*2``, ``CYP2C19 *1 / CYP2C19 *2``, ``*1/*2 (Intermediate Metabolizer)``, ``*1x2/*4``,
``*36+*10/*41``, ``c.1905+1G>A (*2A)/Reference``, ``rs9923231 C/T``, ``-1639 G/A``, ``(TA)6/(TA)7``. Not read as a diplotype:
``(*1/*4)xN`` (which allele is multiplied?), ``*1/*4 or *17/*4``, ``No call``, a single allele of a gene with two copies, and
whatever has a rest that is not understood (``*2/*2 not detected``).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from smartpgx.notation import genes
from smartpgx.notation.allele_names import AlleleNames

_NAME = r"\*(?:\d+[A-WYZa-wyz]?(?:\.\d+)?|[A-Z][A-Z0-9]{0,5}|0)"
_UNIT = rf"{_NAME}(?:\s*[xX×]\s*(?:[Nn]|≥?\d+))?"
_ALLELE = rf"{_UNIT}(?:\s*\+\s*{_UNIT})*"
_SYMBOL = r"(?:HLA-)?[A-Z][A-Z0-9]{1,9}(?:-[A-Z0-9]+)?"
_PAIR = re.compile(
    rf"(?P<open>\()?\s*(?P<first>{_ALLELE})\s*[/|]\s*(?:(?P<gene>{_SYMBOL})\s*[: ]?\s*)?(?P<second>{_ALLELE}|\?|"
    rf"[Uu]nknown)\s*(?P<close>\))?"
    r"\s*(?P<outer>[xX×]\s*(?:[Nn]|≥?\d+))?(?P<rest>.*)",
    re.DOTALL,
)
_SINGLE = re.compile(rf"(?P<first>{_ALLELE})(?P<rest>.*)", re.DOTALL)
_PREFIX = re.compile(rf"(?P<gene>{_SYMBOL})\s*:?\s*(?=\*|\(|c\.|m\.|rs\d|NM_|NC_|-\d|[A-Z]/|[Rr]ef|[Ww]ild)")
_LEAD = re.compile(r"(?:genotype|diplotype|result|call)\s*[:=]?\s+", re.IGNORECASE)
_NO_CALL = re.compile(
    r"\b(?:no[ -]?call|not called|indeterminate|inconclusive|undetermined|not determined|unable to|failed|not tested|pending|"
    r"insufficient|unknown|no result|not available|n/?a)\b",
    re.IGNORECASE,
)
_RSID = re.compile(r"(?P<rsid>rs\d+)\s*[:(]?\s*(?P<first>[ACGT]+|-)\s*[/|;]?\s*(?P<second>[ACGT]+|-)\s*\)?")
_BARE = re.compile(
    r"(?:c\.)?(?:-1639\s*(?:G>A)?\s*[:(]?\s*)?(?P<first>[ACGT])\s*[/|]?\s*(?P<second>[ACGT])\s*\)?(?:\s+genotype)?"
)
_HARMLESS = {"", "genotype", "diplotype", "detected", "present", "germline", "homozygous", "heterozygous"}
_COMPLEMENT = {"A": "T", "T": "A", "C": "G", "G": "C"}
_OTHER_STARS = {"∗": "*", "＊": "*", "⁎": "*", "∕": "/", "⁄": "/", "×": "x", "“": "", "”": "", '"': ""}
_SINGLE_COPY = {"G6PD", "MT-RNR1"}


class Reported(Struct, frozen=True, kw_only=True):
    """What a text says. ``alleles``: two, or one for a single copy; empty with a ``problem`` when it is not certain.

    ``gene``: symbol written in front of an allele. ``tail``: words behind the diplotype (a phenotype), already understood.
    ``site``: rsID and two bases of a genotype at one site, for a gene whose alleles are not named that way.
    """

    gene: str | None = None
    alleles: tuple[str, ...] = ()
    copy_number: int | None = None
    problem: str | None = None
    tail: str = ""
    site: tuple[str, str, str] | None = None
    warnings: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """One blank between words, plain stars and strokes, no stray quotes."""
    for odd, plain in _OTHER_STARS.items():
        if odd in text:
            text = text.replace(odd, plain)
    return " ".join(text.split())


def split_gene(text: str) -> tuple[str | None, str]:
    """Gene symbol in front of an allele, and the rest. Only known symbols count."""
    match = _PREFIX.match(text)
    if match and match["gene"] in genes.KNOWN:
        return match["gene"], text[match.end() :].strip()
    return None, text


def parse(text: str, gene: str | None, names: AlleleNames, understood: Callable[[str], bool] = lambda _: False) -> Reported:
    """The diplotype a text reports. ``understood`` says whether trailing words are a phenotype and may be set aside."""
    words = normalise(text)
    words = _LEAD.sub("", words, count=1) if _LEAD.match(words) else words
    prefix, rest = split_gene(words)
    rest = _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
    named = prefix or gene
    if not rest:
        return Reported(gene=prefix, problem="empty")
    for attempt in (_stars, _site_genotype, _hgvs_pair):
        found = attempt(rest, named, names, understood)
        if found is not None:
            return _with_gene(found, prefix)
    if _NO_CALL.search(rest):
        return Reported(gene=prefix, problem="no_call")
    return Reported(gene=prefix, problem="unreadable")


def _with_gene(found: Reported, prefix: str | None) -> Reported:
    if prefix is None or found.gene == prefix:
        return found
    if found.gene is not None:
        return Reported(gene=prefix, problem="two_genes")
    return Reported(gene=prefix, alleles=found.alleles, copy_number=found.copy_number, problem=found.problem, tail=found.tail,
                    site=found.site, warnings=found.warnings)  # fmt: skip


def _stars(text: str, gene: str | None, names: AlleleNames, understood: Callable[[str], bool]) -> Reported | None:
    match = _PAIR.fullmatch(text)
    if match is None:
        return _single(text, gene, names, understood)
    second_gene = match["gene"] if match["gene"] in genes.KNOWN else None
    if match["gene"] and second_gene is None:
        return Reported(problem="unreadable")
    if match["outer"] or bool(match["open"]) != bool(match["close"]):
        return _multiplied(match)
    tail = match["rest"].strip(" ,;:.-–()[]")
    if not _set_aside(tail, understood):
        ambiguous = re.match(r"or\b|\bversus\b|vs\b|,?\s*\*", tail, re.IGNORECASE)
        problem = "several" if ambiguous or "*" in tail else "no_call" if _NO_CALL.search(tail) else "unreadable"
        return Reported(gene=second_gene, problem=problem)
    if match["second"] == "?" or match["second"].casefold() == "unknown":
        return Reported(gene=second_gene, problem="no_call")
    return _pair(match["first"], match["second"], second_gene, gene, names, tail)


def _pair(first: str, second: str, second_gene: str | None, gene: str | None, names: AlleleNames, tail: str) -> Reported:
    read = [names.name(gene or second_gene or "", re.sub(r"\s+", "", each)) for each in (first, second)]
    notes = [each.note for each in read if each.note]
    if names.knows_gene(gene or second_gene or ""):
        notes += [f"{each.name} is not in the allele tables" for each in read if not each.known]
    return Reported(gene=second_gene, alleles=tuple(each.name for each in read), tail=tail, warnings=tuple(dict.fromkeys(notes)))


def _multiplied(match: re.Match[str]) -> Reported:
    number = re.sub(r"\D", "", match["outer"] or "")
    if not match["outer"]:
        return Reported(problem="unreadable")
    bounded = "≥" in match["outer"] or not number
    return Reported(problem="which_allele_is_multiplied", copy_number=None if bounded else int(number))


def _set_aside(tail: str, understood: Callable[[str], bool]) -> bool:
    return tail.casefold() in _HARMLESS or understood(tail)


def _single(text: str, gene: str | None, names: AlleleNames, understood: Callable[[str], bool]) -> Reported | None:
    match = _SINGLE.fullmatch(text)
    if match is None:
        return None
    tail = match["rest"].strip(" ,;:.-–()[]")
    if not _set_aside(tail, understood):
        return Reported(problem="several" if re.match(r"[,;/]?\s*(?:or\b|\*)", tail, re.IGNORECASE) else "unreadable")
    return Reported(
        problem="single_allele", alleles=(names.name(gene or "", re.sub(r"\s+", "", match["first"])).name,), tail=tail
    )


def _site_genotype(text: str, gene: str | None, names: AlleleNames, _: Callable[[str], bool]) -> Reported | None:
    match = _RSID.fullmatch(text)
    rsid = match["rsid"] if match else names.rsid_of(gene or "")
    match = match or (_BARE.fullmatch(text) if rsid else None)
    if match is None or rsid is None:
        return None
    first, second = match["first"], match["second"]
    own = names.rsid_of(gene or "")
    if gene is None or own is None:
        return Reported(site=(rsid, first, second), problem="site_genotype")
    if own != rsid:
        return Reported(problem="unreadable")
    for flip in (False, True):
        bases = [_COMPLEMENT.get(base, "?") if flip else base for base in (first, second)]
        alleles = [names.of_rsid(gene, rsid, base) for base in bases]
        if all(alleles):
            note = (f"{first}/{second} was read on the minus strand",) if flip else ()
            return Reported(alleles=tuple(each for each in alleles if each), warnings=note)
    return Reported(problem="unreadable")


def _hgvs_pair(text: str, gene: str | None, names: AlleleNames, _: Callable[[str], bool]) -> Reported | None:
    if gene is None:
        return None
    parts = _top_level(text)
    read = [names.name(gene, part) for part in parts]
    if len(parts) == 1 and gene in _SINGLE_COPY and read[0].known:
        return Reported(alleles=(read[0].name,))
    if len(parts) != 2 or not all(
        each.known or re.fullmatch(r"[cm]\.[\dACGT_+>*delinsup-]+(?: \(\*\w+\))?", each.name) for each in read
    ):
        return None
    notes = [f"{each.name} is not in the allele tables" for each in read if not each.known]
    return Reported(alleles=tuple(each.name for each in read), warnings=tuple(notes))


def _top_level(text: str) -> list[str]:
    """Parts between strokes that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "/" and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return [part.strip() for part in parts]
