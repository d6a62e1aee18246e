"""HLA: presence tests of one allele, typings of a locus, GL strings."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Genotype, Hla
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations import answers
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation import hla
from smartpgx.notation.star_alleles import normalise

PRESENCE_CODES = {"57979-7": "HLA-B*15:02"}
"""LOINC codes of a test for one allele (genomics-reporting 3.0.0)."""

_FILLING = re.compile(r"\b(?:for|is|allele|the|was|result)\b|[:;,()]", re.IGNORECASE)
_MENTION = re.compile(r"(?:HLA[- ]?)?[A-Z]{1,4}\d?\s*\*?\s*\d{2,3}:?\d{2,3}(?::\d{2,3})*", re.IGNORECASE)


def is_hla(symbol: str | None, texts: list[str]) -> bool:
    """Whether a genotype is one of an HLA gene."""
    return bool(symbol and symbol.startswith("HLA-")) or any("HLA-" in each.upper() or each.startswith("hla#") for each in texts)


def read_presence(view: View, findings: Findings) -> None:
    """A test for one allele; its answer in the value, in words around the allele, or in the interpretation."""
    by_code = next((PRESENCE_CODES[each.code] for each in view.code if each.code in PRESENCE_CODES), None)
    allele = hla.mentioned(view.code_name) or hla.mentioned(view.code_words) or (hla.allele(by_code) if by_code else None)
    if allele is None:
        allele = next((found for each in view.value_words if (found := hla.mentioned(each))), None)
    if allele is None:
        view.gap(
            view.code_name or "an HLA allele",
            "unreadable",
            "This HLA result does not say for which allele, to two fields, it was done.",
        )
        return
    answer = answers.presence(view.value_codings, [_answer(each) for each in view.value_words], view.interpretations)
    if answer not in ("present", "absent"):
        view.gap(f"{allele}", "undecided" if answer else "no_answer", f"{allele} was looked for without a clear answer.")
        return
    findings.hla.append(
        Hla(allele=str(allele), present=answer == "present", source=view.source, date=view.date, warnings=view.warnings)
    )


def _answer(said: str) -> str:
    """The answer in words around an allele: ``Positive for HLA-B*57:01`` -> ``Positive``."""
    return " ".join(_FILLING.sub(" ", _MENTION.sub(" ", said)).split()) if any(letter.isdigit() for letter in said) else said


def read(view: View, symbol: str | None, texts: list[str], findings: Findings) -> None:
    """A typing of one locus: two alleles, or one that was reported."""
    gene = symbol if symbol and symbol.startswith("HLA-") else None
    lists = [_typed(text, gene) for text in texts]
    typed = {tuple(sorted(str(each) for each in found.alleles)): found for found in lists if found.alleles}
    raw = next((re.sub(r"^hla#[\d.]+#", "", each) for each in texts if "*" in each or ":" in each), texts[0])
    if len(typed) != 1:
        problem = next((each.problem for each in lists if each.problem == "several"), None) or "unreadable"
        if gene := gene or _locus(raw):
            findings.genotypes.append(
                Genotype(gene=gene, raw=raw, source=view.source, date=view.date, warnings=(*view.warnings, problem))
            )
        view.gap(f"{gene or 'HLA'} typing", problem, "This HLA typing leaves open which allele (to two fields) the patient has.")
        return
    alleles = next(iter(typed.values())).alleles
    complete = len(alleles) == 2
    for allele in dict.fromkeys(alleles):
        findings.hla.append(
            Hla(allele=str(allele), present=True, complete=complete, source=view.source, date=view.date, warnings=view.warnings)
        )
    if complete:
        names = tuple(each.name for each in alleles)
        findings.genotypes.append(
            Genotype(gene=alleles[0].gene, alleles=names, raw=raw, source=view.source, date=view.date, warnings=view.warnings)
        )


def _typed(text: str, gene: str | None) -> hla.GenotypeList:
    words = normalise(text)
    single = hla.allele(words, gene)
    if single:
        return hla.GenotypeList(alleles=(single,))
    if hla.is_gl_string(words) or "+" in words:
        return hla.genotype_list(words, gene)
    parts = [hla.allele(part.strip(), gene) for part in re.split(r"[/,]", words)]
    if len(parts) == 2 and all(parts):
        return hla.GenotypeList(alleles=tuple(each for each in parts if each))
    return hla.GenotypeList(problem="unreadable")


def _locus(raw: str) -> str | None:
    match = re.match(r"(HLA-[A-Z]+\d?)\*", raw.upper())
    return match[1] if match else None
