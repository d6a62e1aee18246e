"""Answers in the words and codes laboratories use: found, not found, undecided; zygosity; where a change comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from smartpgx.domain.codes import Origin, Zygosity
from smartpgx.notation.drugs import Coding

Found = Literal["present", "absent", "undecided"]

_PRESENCE: dict[str, Found] = {
    "LA9633-4": "present", "LA9634-2": "absent", "LA6576-8": "present", "LA6577-6": "absent", "LA18198-4": "undecided",
    "LA11883-8": "undecided",
    "10828004": "present", "260385009": "absent", "260373001": "present", "260415000": "absent", "82334004": "undecided",
    "52101004": "present", "2667000": "absent",
    "POS": "present", "NEG": "absent", "DET": "present", "ND": "absent", "IND": "undecided",
}  # fmt: skip
_PRESENCE_WORDS: dict[str, Found] = {
    "present": "present", "detected": "present", "positive": "present", "found": "present", "yes": "present",
    "true": "present", "pos": "present",
    "carrier": "present", "mutation detected": "present", "variant detected": "present", "identified": "present",
    "absent": "absent", "not detected": "absent", "negative": "absent", "not found": "absent", "no": "absent",
    "false": "absent", "neg": "absent",
    "none detected": "absent", "not identified": "absent", "not present": "absent", "undetected": "absent", "wild type": "absent",
    "wild-type": "absent", "no mutation detected": "absent", "not carrier": "absent", "non-carrier": "absent",
    "indeterminate": "undecided", "no call": "undecided", "no-call": "undecided", "inconclusive": "undecided",
    "equivocal": "undecided",
    "undetermined": "undecided", "not tested": "undecided", "failed": "undecided", "invalid": "undecided", "error": "undecided",
}  # fmt: skip
_ZYGOSITY: dict[str, Zygosity] = {
    "LA6705-3": "homozygous", "LA6706-1": "heterozygous", "LA6707-9": "hemizygous", "LA6703-8": "heteroplasmic",
    "LA6704-6": "homoplasmic",
    "GENO:0000135": "heterozygous", "GENO:0000136": "homozygous", "GENO:0000134": "hemizygous",
    "GENO:0000602": "homoplasmic", "GENO:0000603": "heteroplasmic",
}  # fmt: skip
_ZYGOSITY_WORDS: dict[str, Zygosity] = {
    "homozygous": "homozygous", "heterozygous": "heterozygous", "hemizygous": "hemizygous", "heteroplasmic": "heteroplasmic",
    "homoplasmic": "homoplasmic", "hom": "homozygous", "het": "heterozygous", "hemi": "hemizygous",
    "compound heterozygous": "heterozygous", "1/1": "homozygous", "0/1": "heterozygous", "0|1": "heterozygous",
    "1|0": "heterozygous", "1|1": "homozygous",
}  # fmt: skip
_ORIGIN: dict[str, Origin | Literal["fetal"]] = {"LA6683-2": "germline", "LA6684-0": "somatic", "LA10429-1": "fetal"}
_ORIGIN_WORDS: dict[str, Origin | Literal["fetal"]] = {
    "germline": "germline", "somatic": "somatic", "fetal": "fetal", "tumor": "somatic", "tumour": "somatic",
    "de novo": "germline",
}  # fmt: skip


def presence(codings: Iterable[Coding], words: Iterable[str], interpretations: Iterable[str] = ()) -> Found | None:
    """Whether a target was found; None when the answer says neither. Codes and words that disagree are undecided."""
    given = list(words)
    found = {_PRESENCE[each.code] for each in codings if each.code in _PRESENCE}
    found |= {_PRESENCE_WORDS[folded] for each in given if (folded := fold(each)) in _PRESENCE_WORDS}
    if not found:
        found = {_PRESENCE[each] for each in interpretations if each in _PRESENCE}
        found |= {_PRESENCE_WORDS[folded] for each in interpretations if (folded := fold(each)) in _PRESENCE_WORDS}
    if len(found) > 1:
        return "undecided"
    return next(iter(found), None)


def fold(text: str) -> str:
    """One blank between words, lower case, no full stop."""
    return " ".join(text.split()).casefold().rstrip(".")


def zygosity(codings: Iterable[Coding], words: Iterable[str]) -> tuple[Zygosity | None, bool]:
    """Allelic state, and whether code and words contradict each other."""
    found = {_ZYGOSITY[each.code] for each in codings if each.code in _ZYGOSITY}
    found |= {_ZYGOSITY_WORDS[folded] for each in words if (folded := fold(each)) in _ZYGOSITY_WORDS}
    return (next(iter(found)), False) if len(found) == 1 else (None, len(found) > 1)


def origin(codings: Iterable[Coding], words: Iterable[str]) -> Origin | Literal["fetal"] | None:
    """Germline, somatic or fetal, as stated; None when it is not stated or contradicts itself."""
    found = {_ORIGIN[each.code] for each in codings if each.code in _ORIGIN}
    found |= {_ORIGIN_WORDS[folded] for each in words if (folded := fold(each)) in _ORIGIN_WORDS}
    return next(iter(found)) if len(found) == 1 else None
