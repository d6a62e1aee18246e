"""HLA alleles: each is present or absent on its own; what was not looked for has no status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from smartpgx.calling.allele_names import diplotype
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall
from smartpgx.domain.chart import Chart, Gap, Reference
from smartpgx.knowledge.schema import AlleleRow

_FIELDS = re.compile(r"(?:HLA-)?([A-Z0-9]+)?\*(\d+)(?::(\d+))?", re.IGNORECASE)
_STATUS = re.compile(r"(\*\d+:\d+) (positive|negative)", re.IGNORECASE)


def call_hla(gene: str, chart: Chart, rows: Mapping[str, AlleleRow]) -> tuple[GeneCall | None, tuple[Gap, ...]]:
    """The statuses of one HLA gene from presence tests and typings. A complete typing answers every allele of the guidelines.

    A typing with one field (``*57``) answers neither yes nor no for the alleles it may stand for.
    """
    positive, negative, source = _presence(gene, chart)
    typings = [_typing(genotype.alleles) for genotype in chart.genotypes if genotype.gene == gene and genotype.alleles]
    source += [reference for genotype in chart.genotypes if genotype.gene == gene for reference in genotype.source]
    typed = _complete(gene, chart) or next((typing for typing in typings if len(typing) == 2), ())
    positive += [allele for typing in typings for allele in typing if ":" in allele]
    if typed:
        negative += [allele for allele in rows if not any(_may_be(one, allele) for one in typed)]
    if not (source or positive or negative or typed):
        return None, ()
    both = sorted(set(positive) & set(negative))
    coarse = sorted({allele for typing in (*typings, typed) for allele in typing if ":" not in allele})
    statuses = [f"{allele} positive" for allele in _distinct(positive) if allele not in both]
    statuses += [f"{allele} negative" for allele in _distinct(negative) if allele not in both]
    warnings = [f"{gene}{allele} is reported as present and as absent; neither is used." for allele in both]
    warnings += [
        f"{gene}{allele} is typed to one field only; it says nothing certain about the alleles of guidelines."
        for allele in coarse
    ]
    shown = _shown(typed, typings)
    called = bool(statuses)
    call = GeneCall(
        gene=gene, status="called" if called else "not_called", diplotype=shown,
        candidates=(Candidate(diplotype=shown, lookup=tuple(statuses)),) if called else (),
        lookup=tuple(statuses), basis="presence",
        functions=tuple(AlleleFunction(allele=a, function=rows[a].function if a in rows else None) for a in _distinct(positive)),
        warnings=tuple(warnings), source=tuple(dict.fromkeys(source)),
    )  # fmt: skip
    gaps = [_gap(gene, "contradiction" if both else "low_resolution", " ".join(warnings), call.source)] if warnings else []
    return call, tuple(gaps)


def _presence(gene: str, chart: Chart) -> tuple[list[str], list[str], list[Reference]]:
    """Alleles reported as present and as absent, one by one, and the sources."""
    found: tuple[list[str], list[str]] = ([], [])
    source: list[Reference] = []
    for one in chart.hla:
        locus, allele = two_fields(one.allele)
        if locus == gene and (one.present or ":" in allele):
            if ":" in allele:
                found[0 if one.present else 1].append(allele)
            source += one.source
    for phenotype in chart.phenotypes:
        stated = _STATUS.fullmatch(phenotype.phenotype or "") if phenotype.gene == gene else None
        if stated:
            found[stated[2].casefold() == "negative"].append(stated[1])
            source += phenotype.source
    return found[0], found[1], source


def _complete(gene: str, chart: Chart) -> tuple[str, ...]:
    """The alleles of a typing of the whole locus, if one was reported allele by allele."""
    typed = [two_fields(one.allele) for one in chart.hla if one.complete and one.present]
    return tuple(_distinct(allele for locus, allele in typed if locus == gene))


def two_fields(name: str) -> tuple[str, str]:
    """Gene and allele with at most two fields: ``HLA-B*57:01:01G`` is ``HLA-B`` and ``*57:01``."""
    found = _FIELDS.match(name.strip())
    if found is None:
        return "", name
    return f"HLA-{(found[1] or '').upper()}", f"*{found[2]}" + (f":{found[3]}" if found[3] else "")


def _typing(alleles: Sequence[str]) -> tuple[str, ...]:
    return tuple(two_fields(allele)[1] for allele in alleles)


def _may_be(typed: str, allele: str) -> bool:
    return typed == allele or (":" not in typed and allele.startswith(f"{typed}:"))


def _shown(typed: tuple[str, ...], typings: Sequence[tuple[str, ...]]) -> str | None:
    alleles = typed or next(iter(typings), ())
    return diplotype(tuple(alleles)) if alleles else None


def _distinct(alleles: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(alleles))


def _gap(gene: str, because: str, message: str, source: tuple[Reference, ...]) -> Gap:
    return Gap(source=source, wanted=f"{gene} typing", because=because, message=message)
