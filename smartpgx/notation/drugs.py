"""A medicine as an order names it (codes and text) -> its active ingredients, or why that is not certain.

Every coding counts, by its system; text is matched by whole words, longest name first, and only in front of dose and
instructions. Codes that mean different ingredients are a conflict, never a choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from smartpgx.knowledge.schema import IngredientRow, ProductRow

Ingredients = tuple[IngredientRow, ...]

RXNORM = "rxnorm"
NDC = "ndc"
ATC = "atc"
SNOMED = "snomed"
_SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": RXNORM, "https://www.nlm.nih.gov/research/umls/rxnorm": RXNORM,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM, "2.16.840.1.113883.6.88": RXNORM,
    "http://hl7.org/fhir/sid/ndc": NDC, "https://hl7.org/fhir/sid/ndc": NDC, "urn:oid:2.16.840.1.113883.6.69": NDC,
    "2.16.840.1.113883.6.69": NDC,
    "http://www.whocc.no/atc": ATC, "https://www.whocc.no/atc": ATC, "urn:oid:2.16.840.1.113883.6.73": ATC,
    "2.16.840.1.113883.6.73": ATC,
    "http://snomed.info/sct": SNOMED, "urn:oid:2.16.840.1.113883.6.96": SNOMED,
}  # fmt: skip

_INSTRUCTION = re.compile(
    r"\b(?:take|takes|taken|taking|give|apply|inject|use|inhale|swallow|chew|by mouth|orally|p\.?o\.?|every|once|"
    r"twice|daily|nightly|weekly|bid|tid|qid|qd|qhs|prn|"
    r"as needed|as directed|separate|separately|with|without|after|before|until|instead|in place|rather|for|from|if|"
    r"when|while|do)\b|[;,]",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|never|stop|stopped|discontinue|discontinued|d/c|dc'?d|hold|held|avoid|allerg\w*|intoleran\w*|declined|refused|contraindicated)\b",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"(?<![A-Za-z0-9.-])\d[\d.,]*\s*(?:-\s*\d[\d.,]*\s*)?(?:%|[a-zµμ]+(?:/[a-z0-9.]+)?)?(?=$|[\s)/+])", re.IGNORECASE
)
_STRENGTHS = re.compile(r"(?<![A-Za-z0-9.])\d[\d.]*(?:\s*/\s*\d[\d.]*)+")
_WITH = re.compile(r"([A-Za-z' -]+?)\s+with\s+([A-Za-z][A-Za-z-]*)", re.IGNORECASE)
"""``Tylenol with codeine``: a combination, unless a dose stands in front of "with"."""
_MARK = "\x00"
_FORMS = frozenset(
    [
        "tablet",
        "tablets",
        "tab",
        "tabs",
        "capsule",
        "capsules",
        "cap",
        "caps",
        "oral",
        "solution",
        "suspension",
        "injection",
        "injectable",
        "infusion",
        "cream",
        "ointment",
        "gel",
        "patch",
        "spray",
        "drops",
        "syrup",
        "powder",
        "film",
        "coated",
        "extended",
        "delayed",
        "release",
        "er",
        "xr",
        "sr",
        "dr",
        "ec",
        "xl",
        "la",
        "cr",
        "ir",
        "iv",
        "im",
        "sc",
        "subcutaneous",
        "intravenous",
        "topical",
        "product",
        "drug",
        "vial",
        "ml",
        "mg",
        "mcg",
        "g",
        "unit",
        "units",
    ]
)
_LOCAL = re.compile(
    r"\b(?:topical|topically|cutaneous|cream|ointment|eye drops?|ear drops?|ophthalmic|otic|intravitreal|conjunctival)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\s*(?:/|\+|\band\b|&)\s*", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9'.-]*|#\d+")
_LONGEST = 6


class MedicineTable(Protocol):
    """Product-to-ingredient knowledge: each lookup is empty where nothing is known."""

    def by_rxcui(self, code: str) -> Ingredients: ...
    def by_ndc(self, code: str) -> Ingredients: ...
    def by_atc(self, code: str) -> Ingredients: ...
    def by_name(self, text: str) -> Ingredients: ...
    def product(self, code: str) -> ProductRow | None: ...


class Coding(NamedTuple):
    system: str
    code: str
    display: str


class Resolved(NamedTuple):
    """``problem``: ``conflict``, ``unknown``, ``denied`` (no ingredients), or ``partly`` (what was found)."""

    ingredients: Ingredients
    problem: str | None = None
    note: str | None = None


def says_local(text: str) -> bool:
    """Whether a name or route speaks of skin, eye or ear (``fluorouracil 5 % cream``, ``topical route``)."""
    return bool(_LOCAL.search(text))


def resolve(codings: Sequence[Coding], text: str, medicines: MedicineTable) -> Resolved:
    """Ingredients on which all codes and the text agree."""
    found = [(coding, rows) for coding in codings if (rows := of_coding(coding, medicines))]
    sets = {_key(rows) for _, rows in found}
    if len(sets) > 1:
        return Resolved((), "conflict", "its codes mean different ingredients")
    said = [
        (words, of_text(words, medicines))
        for words in dict.fromkeys((text, *(coding.display for coding in codings)))
        if words.strip()
    ]
    if found:
        return _against_text(found[0][1], [read for _, read in said])
    for _, read in said:
        if read.ingredients and any(other.ingredients and _key(other.ingredients) != _key(read.ingredients) for _, other in said):
            return Resolved((), "conflict", "its names mean different ingredients")
    for _, read in said:
        if read.ingredients or read.problem in ("denied", "conflict"):
            return read
    return Resolved((), "unknown")


def _against_text(rows: Ingredients, said: Iterable[Resolved]) -> Resolved:
    note = None
    for read in said:
        if read.problem == "denied":
            return Resolved((), "denied", read.note)
        if read.ingredients and not _key(read.ingredients) & _key(rows):
            return Resolved((), "conflict", "its code and its name mean different ingredients")
        if read.ingredients and _key(read.ingredients) - _key(rows):
            note = "its name speaks of more ingredients than its code"
    return Resolved(rows, None, note)


def of_coding(coding: Coding, medicines: MedicineTable) -> Ingredients:
    """Ingredients of one code; empty for a system or code that is not known."""
    system = _SYSTEMS.get(coding.system.strip().rstrip("/").casefold())
    code = coding.code.strip()
    if not code:
        return ()
    if system == RXNORM:
        return medicines.by_rxcui(code)
    if system == ATC:
        return medicines.by_atc(code.upper())
    if system == NDC:
        number = ndc11(code)
        return medicines.by_ndc(number) if number else ()
    if system == SNOMED:
        lookup = getattr(medicines, "by_snomed", None)
        return tuple(lookup(code)) if lookup else ()
    return ()


def ndc11(code: str) -> str | None:
    """Eleven digits of an NDC: the short segment of 4-4-2, 5-3-2, 5-4-1 is padded. Ten bare digits are ambiguous: None."""
    parts = code.strip().split("-")
    if not all(part.isdigit() for part in parts):
        return None
    if len(parts) == 3:
        labeller, product, package = parts
        whole = labeller.zfill(5) + product.zfill(4) + package.zfill(2)
        return whole if len(whole) == 11 and len("".join(parts)) >= 10 else None
    return code.strip() if len(parts) == 1 and len(code.strip()) == 11 else None


def of_text(text: str, medicines: MedicineTable) -> Resolved:
    """Ingredients that a text names in front of dose and instructions."""
    if _DENIED.search(text):
        return Resolved((), "denied", "its text says that it is not given")
    joined = _WITH.match(text)
    if joined and medicines.by_name(joined[2].casefold()):
        text = f"{joined[1]} / {text[joined.start(2) :]}"
    head = text[: match.start()] if (match := _INSTRUCTION.search(text)) else text
    whole = _exact(head, medicines)
    if whole:
        return Resolved(whole)
    aside = re.findall(r"\(([^()]*)\)", head)
    plain = _DOSE.sub(f" {_MARK} ", _STRENGTHS.sub(" 1 ", re.sub(r"\([^()]*\)", " ", head)))
    parts = [words for part in _PART.split(plain) if (words := _before_dose(part))]
    read = [_names(words, medicines) for words in parts]
    rows = _union(read)
    others = _union(_names(each.split(), medicines) for each in aside)
    if rows and others and not _key(others) <= _key(rows) and not _key(rows) <= _key(others):
        return Resolved((), "conflict", "its text names different medicines")
    if not (rows or others):
        return Resolved((), "unknown")
    if len(parts) > 1 and not all(read):
        return Resolved(rows, "partly", "a part of its name was not recognised")
    return Resolved(others if _key(rows) < _key(others) else rows)


def _before_dose(part: str) -> list[str]:
    """Words of one part of a combination up to its dose, or behind it where the dose comes first; forms are no names."""
    before, marked, behind = part.partition(_MARK)
    words = [each for each in _TOKEN.findall(before) if each.casefold() not in _FORMS]
    if not words and marked:
        words = [each for each in _TOKEN.findall(behind.replace(_MARK, " ")) if each.casefold() not in _FORMS]
    return words


def _exact(head: str, medicines: MedicineTable) -> Ingredients:
    return medicines.by_name(" ".join(head.split()).casefold())


def _names(words: Sequence[str], medicines: MedicineTable) -> Ingredients:
    """All names in a run of words, longest first."""
    found: list[Ingredients] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + _LONGEST), start, -1):
            rows = medicines.by_name(" ".join(words[start:end]).casefold())
            if not rows and end == start + 1 and "-" in words[start]:
                rows = _union(medicines.by_name(piece.casefold()) for piece in words[start].split("-"))
            if rows:
                found.append(rows)
                start = end - 1
                break
        start += 1
    return _union(found)


def _union(several: Iterable[Ingredients]) -> Ingredients:
    return tuple({(row.rxcui or row.name): row for rows in several for row in rows}.values())


def _key(rows: Ingredients) -> frozenset[str]:
    return frozenset(row.rxcui or row.name for row in rows)
