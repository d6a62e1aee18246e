"""Classes of change (Sequence Ontology, words) and of clinical significance."""

from __future__ import annotations

import re
from functools import lru_cache

from smartpgx.fhir.read.elements import all_words, codings
from smartpgx.fhir.read.observations.view import View

_BY_CODE = {
    "SO:0001565": "fusion", "SO:0001886": "fusion", "SO:0001880": "amplification", "SO:0001911": "amplification",
    "SO:0001743": "loss", "SO:0001742": "gain", "SO:0001572": "exon_skipping", "SO:0001589": "frameshift",
    "SO:0001587": "stop_gained",
    "SO:0002012": "start_lost", "SO:0001879": "feature_ablation", "SO:0001893": "feature_ablation",
}  # fmt: skip
"""Sequence Ontology terms that say what a change is without a sequence (contract, and the examples of the shared set)."""

_BY_WORD = (
    (re.compile(r"fusion|rearrange|translocat|::"), "fusion"), (re.compile(r"amplif"), "amplification"),
    (re.compile(r"exon[ -]?\d* ?skip"), "exon_skipping"),
    (re.compile(r"feature_ablation|whole[ -]gene deletion|homozygous deletion"), "feature_ablation"),
    (re.compile(r"frame[ -]?shift"), "frameshift"),
    (re.compile(r"stop[_ -]?gained|nonsense"), "stop_gained"), (re.compile(r"start[_ -]?lost"), "start_lost"),
    (re.compile(r"copy[_ -]number[_ -]loss|\bloss\b(?! of heterozygosity)(?!-of-function)"), "loss"),
    (re.compile(r"copy[_ -]number[_ -]gain"), "gain"),
    (re.compile(r"loss[- ]of[- ]function"), "loss_of_function"), (re.compile(r"\bdeletion\b"), "deletion"),
    (re.compile(r"karyotype|t\(\d+;\d+\)"), "translocation"),
)  # fmt: skip
_SIGNIFICANCE = {
    "LA6668-3": "pathogenic", "LA26332-9": "likely_pathogenic", "LA26333-7": "uncertain_significance",
    "LA26334-5": "likely_benign",
    "LA6675-8": "benign", "LA6682-4": "uncertain_significance", "LA6674-1": "likely_benign", "LA6669-1": "",
}  # fmt: skip
_SIGNIFICANCE_WORDS = {
    "pathogenic": "pathogenic", "likely pathogenic": "likely_pathogenic", "uncertain significance": "uncertain_significance",
    "unknown significance": "uncertain_significance", "vus": "uncertain_significance",
    "variant of uncertain significance": "uncertain_significance",
    "likely benign": "likely_benign", "benign": "benign", "oncogenic": "oncogenic", "likely oncogenic": "likely_oncogenic",
}  # fmt: skip
_SEQUENCE_TERMS = {"SO:0001483", "SO:1000002", "SO:0000159", "SO:0000667", "SO:1000032", "SO:1000035", "SO:0001019", "SO:1000036"}


def of(view: View) -> str | None:
    """What kind of change, for findings without a sequence change: fusion, amplification, loss, frameshift, ..."""
    return of_codes(
        tuple(each.code for each in view.component_codings("48019-4")),
        (*view.component_words("48019-4"), *view.value_words, *view.component_words("81252-9")),
    )


@lru_cache(maxsize=4096)
def of_codes(codes: tuple[str, ...], said: tuple[str, ...]) -> str | None:
    """Kind of change by Sequence Ontology code, else by words; a plain substitution or deletion term says nothing more."""
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    if any(code in _SEQUENCE_TERMS for code in codes):
        return None
    for pattern, kind in _BY_WORD:
        if any(pattern.search(each.casefold()) for each in said):
            return kind
    return None


def significance(view: View) -> str | None:
    """Clinical significance stated in component 53037-8; a text (``Oncogenic``) leads over the code beside it."""
    for component in view.components.get("53037-8", ()):
        concept = component.get("valueCodeableConcept")
        for said in all_words(concept)[:1]:
            if found := _SIGNIFICANCE_WORDS.get(" ".join(said.replace("_", " ").split()).casefold()):
                return found
        for coding in codings(concept):
            found = _SIGNIFICANCE.get(coding.code) or _SIGNIFICANCE_WORDS.get(coding.display.casefold())
            if found:
                return found
    return None
