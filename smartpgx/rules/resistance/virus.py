"""What a laboratory found in one HIV-1 isolate, put in the form the algorithms work on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.domain.chart import Isolate, Mutation, Organism, Reference
from smartpgx.notation.hiv_mutations import HivMutation, parse
from smartpgx.notation.hiv_mutations import gene as gene_named

HIV1 = "HIV-1"
_HIV1_SNOMED = "89293008"
_HIV1_TEXT = re.compile(r"\bHIV[- ]?1\b|immunodeficiency virus,? (?:type )?1\b", re.IGNORECASE)

_INSERTIONS_OF_69 = range(67, 71)
"""RT codons between which an alignment may place what is by convention the insertion at 69."""

APOBEC_RESISTANCE: Mapping[str, Mapping[int, str]] = {
    "PR": {30: "N", 46: "I", 48: "S", 73: "S"},
    "RT": {67: "N", 138: "K", 184: "I", 190: "ES", 230: "I"},
    "IN": {118: "R", 138: "K", 140: "RS", 163: "KR", 232: "N", 263: "K"},
}
"""Resistance mutations that G-to-A hypermutation also makes (hivfacts, apobec_drms.csv, all 18 rows)."""


class GeneFindings(Struct, frozen=True, kw_only=True):
    """One sequenced gene: ``letters`` without the consensus letter, for scoring; ``names`` as a reader knows them.

    ``unread``: changes that could not be read, so that the gene is known only in part.
    """

    gene: str
    letters: Mapping[int, str]
    names: Mapping[int, str]
    source: Mapping[int, tuple[Reference, ...]]
    warnings: tuple[str, ...] = ()
    unread: tuple[Mutation, ...] = ()


def is_hiv1(organism: Organism | None) -> bool:
    """Whether the organism is HIV type 1. HIV of an unstated type is not assumed to be."""
    if organism is None:
        return False
    if organism.snomed:
        return organism.snomed == _HIV1_SNOMED
    return bool(_HIV1_TEXT.search(organism.text))


def genes_of(isolate: Isolate, consensus: Mapping[str, str]) -> tuple[GeneFindings, ...]:
    """The genes a laboratory sequenced, in the order reported; one reported as "None" has no letters."""
    by_gene: dict[str, list[Mutation]] = {_gene(name): [] for name in isolate.sequenced}
    for mutation in isolate.mutations:
        by_gene.setdefault(_gene(mutation.gene), []).append(mutation)
    return tuple(_findings(gene, found, consensus.get(gene, "")) for gene, found in by_gene.items())


def _gene(name: str) -> str:
    return gene_named(name) or name


def _findings(gene: str, reported: Sequence[Mutation], consensus: str) -> GeneFindings:
    at: dict[int, list[str]] = {}
    source: dict[int, list[Reference]] = {}
    warnings: list[str] = []
    unread: list[Mutation] = []
    for mutation in reported:
        read = parse(mutation.change)
        if read is None or (read.gene or gene) != gene or (consensus and read.position > len(consensus)):
            unread.append(mutation)
            continue
        position = _placed(gene, read)
        at.setdefault(position, []).extend(letter for letter in read.letters if letter not in at.get(position, ()))
        source.setdefault(position, []).extend(mutation.source)
        warnings += _oddities(gene, mutation.change, read, consensus)
    letters = {position: _scored(found, _expected(consensus, position)) for position, found in at.items()}
    return GeneFindings(
        gene=gene,
        letters={position: found for position, found in letters.items() if found},
        names={position: _name(position, found, _expected(consensus, position)) for position, found in at.items()},
        source={position: tuple(dict.fromkeys(refs)) for position, refs in source.items()},
        warnings=(*dict.fromkeys(warnings), *_hypermutation(gene, at, letters, consensus)),
        unread=tuple(unread),
    )


def _expected(consensus: str, position: int) -> str:
    return consensus[position - 1 : position]


def _placed(gene: str, read: HivMutation) -> int:
    """An insertion next to RT 69 belongs to 69 by convention, wherever the alignment put it."""
    inserted = "i" in read.letters and set(read.letters) <= {"i", read.wild_type}
    return 69 if gene == "RT" and inserted and read.position in _INSERTIONS_OF_69 else read.position


def _scored(found: Sequence[str], expected: str) -> str:
    """What counts: a stop and an undecided codon are no letters, and the consensus letter is no finding."""
    if "X" in found:
        return ""
    return "".join(letter for letter in found if letter not in ("*", expected))


def _name(position: int, found: Sequence[str], expected: str) -> str:
    words = {"i": "ins", "d": "del"}
    mixture = sorted(found, key=lambda letter: letter != expected)
    return f"{expected}{position}{''.join(words.get(letter, letter) for letter in mixture)}"


def _oddities(gene: str, change: str, read: HivMutation, consensus: str) -> list[str]:
    said = []
    expected = _expected(consensus, read.position)
    if "X" in read.letters:
        said.append(f"{gene} {change}: the codon was not decided and counts for nothing")
    if "*" in read.letters:
        said.append(f"{gene} {change}: a stop codon, as defective or hypermutated virus has")
    if read.wild_type and expected and read.wild_type != expected:
        said.append(f"{gene} {change}: {read.wild_type} is given as wild type where the subtype B consensus has {expected}")
    return said


def _hypermutation(gene: str, at: Mapping[int, Sequence[str]], letters: Mapping[int, str], consensus: str) -> list[str]:
    suspects = [
        _name(position, at[position], _expected(consensus, position))
        for position, made in APOBEC_RESISTANCE.get(gene, {}).items()
        if set(made) & set(letters.get(position, ""))
    ]
    if not suspects:
        return []
    stops = any("*" in found for found in at.values())
    grave = "; with a stop codon or a second one of these, suspect the sequence" if stops or len(suspects) > 1 else ""
    said = f"{gene} {', '.join(suspects)}: APOBEC hypermutation can make this change too, in virus that does not replicate"
    return [said + grave]
