"""Phenotype words -> the standard term of each gene. Exact after tidying: "Not a poor metabolizer" is no term."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smartpgx.knowledge.schema import PhenotypeRule

ANSWERS = {
    "LA9657-3": "poor metabolizer", "LA10317-8": "intermediate metabolizer", "LA25391-6": "normal metabolizer",
    "LA25390-8": "rapid metabolizer", "LA10315-2": "ultrarapid metabolizer", "LA25392-4": "increased function",
    "LA25393-2": "normal function", "LA25395-7": "decreased function", "LA25394-0": "poor function",
}  # fmt: skip
"""LOINC answers of the value set genetic-therapeutic-implications (genomics-reporting 3.0.0)."""

_ABBREVIATIONS = {
    "pm": "poor metabolizer", "im": "intermediate metabolizer", "nm": "normal metabolizer", "em": "normal metabolizer",
    "rm": "rapid metabolizer", "um": "ultrarapid metabolizer",
}  # fmt: skip
_METABOLIZERS = (
    "Poor",
    "Intermediate",
    "Normal",
    "Rapid",
    "Ultrarapid",
    "Likely Intermediate",
    "Likely Poor",
    "Possible Intermediate",
)
_GENERAL = {f"{word.lower()} metabolizer": f"{word} Metabolizer" for word in _METABOLIZERS} | {"indeterminate": "Indeterminate"}
_OLDER = {
    "extensive metabolizer": "normal metabolizer", "ultra rapid metabolizer": "ultrarapid metabolizer",
    "ultra-rapid metabolizer": "ultrarapid metabolizer",
    "ultrarapid": "ultrarapid metabolizer", "intermediate function": "decreased function", "low function": "poor function",
    "possibly intermediate metabolizer": "possible intermediate metabolizer",
    "possible decreased function": "possible decreased function",
}  # fmt: skip
_TAIL = re.compile(r"\s*\((?:pm|im|nm|em|rm|um|[ei]m/nm|nm/em|em/nm)\)$")
_FRONT = re.compile(r"^(?:predicted |phenotype[: ]+|metabolizer (?:status|phenotype)[: ]+)+")
_BACK = re.compile(r"(?: (?:phenotype|status|activity))+$")


class PhenotypeTerms:
    """Standard terms by gene, from the phenotype rules."""

    def __init__(self, rules: Mapping[str, PhenotypeRule]) -> None:
        self._terms: dict[str, dict[str, str]] = {}
        for gene, rule in rules.items():
            found = {*rule.pairs.values(), *rule.singles.values(), *(phenotype for _, _, phenotype in rule.bins)}
            terms = {term.casefold(): term for term in found if term}
            if terms:
                terms.setdefault(rule.undetermined.casefold(), rule.undetermined)
            self._terms[gene] = terms

    def knows_gene(self, gene: str) -> bool:
        return bool(self._terms.get(gene))

    def term(self, gene: str | None, text: str) -> str | None:
        """Standard term of the gene for the words, or None. Without rules for the gene: the general metabolizer words."""
        words = tidy(text, gene)
        terms = self._terms.get(gene or "") or _GENERAL
        return terms.get(words) or terms.get(_OLDER.get(words, "")) or terms.get(_ABBREVIATIONS.get(words, ""))

    def is_phenotype(self, text: str) -> bool:
        """Whether the words are a metabolizer or function term at all."""
        words = tidy(text, None)
        known = words in _GENERAL or words in _OLDER or words in _ABBREVIATIONS
        return known or any(words in terms for terms in self._terms.values())


def tidy(text: str, gene: str | None) -> str:
    """Lower case, one spelling of metabolizer, without the gene's name, an abbreviation in brackets or filling words."""
    words = " ".join(text.replace("*", " ").split()).casefold().strip(" .;,:\"'")
    if gene:
        words = re.sub(rf"^{re.escape(gene.casefold())}\b[: ]*", "", words)
    words = words.replace("metaboliser", "metabolizer").replace("metabolisers", "metabolizer")
    words = _TAIL.sub("", words)
    words = _FRONT.sub("", words)
    words = _BACK.sub("", words)
    return words.strip(" .;,:")
