"""The status words, and the short phrases that pages share. Sentences about advice come from wording."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from smartpgx.domain.advice import Issue, Recommendation
from smartpgx.domain.codes import STATUSES, Letter, Status
from smartpgx.wording import advice, glossary
from smartpgx.wording.grammar import all_of, sentence
from smartpgx.wording.results import results

STATUS_WORDS: Mapping[Status, str] = {
    "avoid": "Avoid",
    "change": "Change",
    "monitor": "Monitor",
    "standard": "Standard",
    "no_result": "No result",
}
LETTERS: Mapping[Letter, str] = {
    "S": "Susceptible",
    "I": "Partly resistant",
    "R": "Resistant",
    "U": "Unknown",
    "SDD": "Susceptible, dose-dependent",
    "NS": "Not susceptible",
}
STRENGTHS = {"strong": "Strong recommendation", "moderate": "Moderate recommendation", "optional": "Optional recommendation"}


def rank(status: Status) -> int:
    """0 for the strongest."""
    return STATUSES.index(status)


def upper_first(text: str) -> str:
    """A capital first letter; the rest as it stands."""
    return text[:1].upper() + text[1:]


def lead(rec: Recommendation) -> str:
    """What to do, as one sentence without population and result."""
    return sentence(_clause(rec))


def _clause(rec: Recommendation) -> str:
    """The summary up to the finding, without the population in brackets: ``choose prasugrel instead of clopidogrel``."""
    said = advice.summary(rec)
    if rec.area == "resistance" and "(" not in said:
        return said.rstrip(".").partition(":")[0] if said.startswith("Change the regimen") else said
    where = glossary.population(rec.population)
    for part in (f" ({where})", f" {where}") if where else ():
        said = said.replace(part, "", 1)
    said = said.partition(f", if {rec.depends_on}")[0] if rec.depends_on else said
    found = results(rec) if rec.area == "drug_gene" else ""
    return said.rstrip(".").removesuffix(found).rstrip(": ") if found else said.rstrip(".").partition(": ")[0]


def title(issue: Issue, rec: Recommendation) -> str:
    """``Clopidogrel: choose prasugrel or ticagrelor instead``: the drug is named once, a general caveat stays below."""
    drug = issue.drug.name
    said = re.sub(rf"\binstead of {re.escape(drug)}\b", "instead", _clause(rec), count=1)
    said = re.sub(rf" (?:of|with|for) {re.escape(drug)}\b", "", said, count=1)
    said = re.sub(rf"\b(avoid|start|give|stop) {re.escape(drug)}\b", r"\1", said, count=1, flags=re.IGNORECASE)
    said = re.sub(r", if [^:;]*\bno contraindication to it", "", said.rstrip("."))
    return f"{upper_first(drug)}: {said[:1].lower() + said[1:]}"


def finding(rec: Recommendation) -> str:
    """The result behind an advice, for one line."""
    if rec.area == "drug_gene":
        return upper_first(results(rec))
    return "; ".join(f"{a.name}: {a.result}" if a.result else f"{a.name}: no relevant mutation" for a in rec.about)


def population(rec: Recommendation) -> str:
    """Whom the advice is for, as a noun: ``acute coronary syndrome or ...``; empty for everyone."""
    return glossary.population(rec.population).removeprefix("in ")


def strength(rec: Recommendation) -> str:
    """How sure the source is, in words."""
    return STRENGTHS.get((rec.strength or "").casefold(), "")


def phenotype(term: str | None) -> str:
    """``Poor Metabolizer`` as ``Poor metabolizer``."""
    return upper_first(glossary.phenotype(term))


def many(count: int, one: str, more: str = "") -> str:
    """``1 medicine``, ``3 medicines``."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def some_of(names: Sequence[str], most: int = 6) -> str:
    """``a, b and c``; beyond ``most`` the rest is counted."""
    if len(names) <= most:
        return all_of(list(names))
    return f"{', '.join(names[:most])} and {len(names) - most} more"
