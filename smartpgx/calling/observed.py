"""The call of one gene from its variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from smartpgx.calling.allele_names import core_name, diplotype, function_of
from smartpgx.calling.definitions import Matchable
from smartpgx.calling.evidence import GeneEvidence, Genotype
from smartpgx.calling.gene_methods import MATCHED, UNDOCUMENTED_AS_REFERENCE, key_alleles, why_not
from smartpgx.calling.phase import contradictory
from smartpgx.calling.phenotype import Reading, interpret
from smartpgx.calling.reported import summed_up
from smartpgx.calling.star_alleles import Explained, Matched, match
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall
from smartpgx.domain.chart import Gap, Variant
from smartpgx.knowledge.schema import AlleleRow, Definition, PhenotypeRule, Site

MOST_PAIRS = 24


class GeneTables(Struct, frozen=True, kw_only=True, eq=False):
    """The tables of one gene, with its definitions ready for matching (None where there are none)."""

    gene: str
    rows: Mapping[str, AlleleRow]
    rule: PhenotypeRule | None
    definition: Definition | None
    matchable: Matchable | None
    without_key: Matchable | None


def tables_of(gene: str, rows: Mapping[str, AlleleRow], rule: PhenotypeRule | None, definition: Definition | None) -> GeneTables:
    """``without_key``: for genes without a published list of key alleles, the definitions with none."""
    matchable = without = None
    if definition is not None and gene in MATCHED:
        key, published = key_alleles(definition, rows)
        matchable = Matchable(definition, key)
        without = None if published else Matchable(definition, frozenset())
    return GeneTables(gene=gene, rows=rows, rule=rule, definition=definition, matchable=matchable, without_key=without)


def call_observed(tables: GeneTables, evidence: GeneEvidence) -> tuple[GeneCall, tuple[Gap, ...]]:
    """The call from variants, reference calls and absent variants, and the gaps that it leaves."""
    gene = tables.gene
    odd, gaps = _oddities(tables, evidence)
    blank = GeneCall(gene=gene, status="not_called", basis="variants", source=evidence.source)
    refused = _refusal(tables, evidence)
    if refused:
        reason = Gap(source=evidence.source, wanted=f"{gene} genotype", because="not_supported", message=refused)
        return msgspec.structs.replace(blank, warnings=(*odd, refused)), (*gaps, reason)
    assert tables.matchable is not None
    found = _matched(tables, _documented(gene, evidence, tables.matchable))
    missing = _missing(tables.matchable, evidence, found)
    if not found.pairs:
        text = f"The {gene} variants fit no pair of known alleles; they are shown as reported."
        gap = Gap(source=evidence.source, wanted=f"{gene} diplotype", because="contradiction", message=text)
        return msgspec.structs.replace(blank, warnings=(*odd, text), missing=missing), (*gaps, gap)
    candidates = tuple(_candidate(one, tables) for one in found.pairs)
    if found.unread and len(candidates) == 1:
        return _not_looked_at(blank, found, tables, odd, missing, gaps)
    if len(candidates) > MOST_PAIRS:
        return _too_many(blank, found, candidates, tables, odd, missing, gaps)
    best = candidates[: found.best]
    call = summed_up(
        msgspec.structs.replace(
            blank, candidates=candidates, missing=missing, functions=_functions(found.pairs, found.best, tables),
            warnings=(*odd, *_notes(tables, found, evidence)),
        ),
        best,
    )  # fmt: skip
    return call, (*gaps, *_unassigned(tables, found, evidence))


def _refusal(tables: GeneTables, evidence: GeneEvidence) -> str | None:
    gene = tables.gene
    if tables.matchable is None:
        return why_not(gene)
    if evidence.structural:
        return f"A structural change reaches into {gene}; what it does to the alleles is not known, so no diplotype follows."
    vague = next((variant for variant in evidence.unplaced if not variant.spdi), None)
    if vague is not None:
        return f"{gene}: {_described(vague)} could not be placed on the genome; no diplotype is safe without it."
    if evidence.mixed:
        return f"{gene} is reported with one copy at one position and with two at another; no pair of alleles follows from that."
    if not evidence.genotypes and not evidence.excluded:
        return f"The {gene} variants stand at no position that defines an allele; no diplotype follows from them."
    bases = ", ".join(f"{base} at {_name(tables, index)}" for index, base in evidence.undocumented.items())
    if bases and gene not in UNDOCUMENTED_AS_REFERENCE:
        return f"{gene}: {bases} is known to no definition of an allele; no diplotype follows."
    return None


def _oddities(tables: GeneTables, evidence: GeneEvidence) -> tuple[list[str], list[Gap]]:
    gene, odd = tables.gene, []
    told: list[Gap] = []

    def tell(wanted: str, because: str, text: str) -> None:
        odd.append(text)
        told.append(Gap(source=evidence.source, wanted=wanted, because=because, message=text))

    for index, base in evidence.undocumented.items():
        if gene in UNDOCUMENTED_AS_REFERENCE & MATCHED:
            text = f"{gene}: {base} at {_name(tables, index)} is known to no definition; it is read as reference, its effect is unknown."
            tell(f"{gene} {_name(tables, index)}", "undocumented_base", text)
    for index in evidence.contradicted:
        tell(
            f"{gene} {_name(tables, index)}",
            "contradiction",
            f"{gene}: reports of {_name(tables, index)} disagree; each stays possible.",
        )
    if contradictory(evidence.relations):
        tell(f"{gene} phase", "contradiction", f"{gene}: the reported phase relations contradict each other and are not used.")
    for variant in evidence.unplaced:
        if not variant.spdi:
            continue
        text = (
            f"{gene}: {_described(variant)} stands at no position that defines an allele; the call does not take it into account."
        )
        odd.append(text)
        told.append(Gap(source=variant.source, wanted=f"{gene} variant", because="no_defining_position", message=text))
    return odd, told


def _described(variant: Variant) -> str:
    return next(iter(variant.hgvs), None) or variant.spdi or variant.protein or variant.change or "a variant"


def _documented(gene: str, evidence: GeneEvidence, matchable: Matchable) -> GeneEvidence:
    """With bases that no definition knows read as the reference."""
    if not evidence.undocumented:
        return evidence
    changed = dict(evidence.genotypes)
    for index, base in evidence.undocumented.items():
        if index in changed and index in matchable.sites:
            reference = matchable.sites[index].ref
            changed[index] = tuple(
                sorted({tuple(sorted(reference if one == base else one for one in option)) for option in changed[index]})
            )
    return msgspec.structs.replace(evidence, genotypes=changed)


def _matched(tables: GeneTables, evidence: GeneEvidence) -> Matched:
    """All pairs. Where no list says which alleles are key and too many remain, a finding stands without them."""
    assert tables.matchable is not None
    found = match(tables.matchable, evidence)
    if len(found.pairs) > MOST_PAIRS and tables.without_key is not None and _finds(tables.matchable, evidence.genotypes):
        return match(tables.without_key, evidence)
    return found


def _finds(matchable: Matchable, genotypes: Mapping[int, tuple[Genotype, ...]]) -> bool:
    return any(
        any(base != matchable.sites[i].ref for base in option)
        for i, options in genotypes.items()
        if i in matchable.sites
        for option in options
    )


def _candidate(pair: Explained, tables: GeneTables) -> Candidate:
    reading = _reading(tables, pair.alleles)
    return Candidate(diplotype=diplotype(pair.alleles), phenotype=reading.phenotype, activity_score=reading.activity_score)


@lru_cache(maxsize=8192)
def _reading(tables: GeneTables, alleles: tuple[str, ...]) -> Reading:
    return interpret(tables.rule, [function_of(allele, tables.rows) for allele in alleles])


def _functions(pairs: Sequence[Explained], ties: int, tables: GeneTables) -> tuple[AlleleFunction, ...]:
    """Of the best pair; of the alleles that every pair shares where several are equally good."""
    if ties == 1:
        return tuple(function_of(allele, tables.rows) for allele in pairs[0].alleles)
    shared = Counter(pairs[0].alleles)
    for pair in pairs[1:]:
        shared &= Counter(pair.alleles)
    return tuple(function_of(allele, tables.rows) for allele in shared.elements())


def _too_many(
    blank: GeneCall, found: Matched, candidates: Sequence[Candidate], tables: GeneTables, odd: list[str], missing: tuple[str, ...],
    gaps: list[Gap],
) -> tuple[GeneCall, tuple[Gap, ...]]:  # fmt: skip
    gene = tables.gene
    text = f"{len(candidates)} pairs of {gene} alleles explain what was read; too few positions were read to say which."
    phenotypes, scores = {one.phenotype for one in candidates}, {one.activity_score for one in candidates}
    call = msgspec.structs.replace(
        blank, functions=_functions(found.pairs, 2, tables), missing=missing, warnings=(*odd, text),
        phenotype=phenotypes.pop() if len(phenotypes) == 1 else None,
        activity_score=scores.pop() if len(scores) == 1 else None,
    )  # fmt: skip
    return call, (*gaps, Gap(source=blank.source, wanted=f"{gene} diplotype", because="not_enough_read", message=text))


def _not_looked_at(
    blank: GeneCall, found: Matched, tables: GeneTables, odd: list[str], missing: tuple[str, ...], gaps: list[Gap]
) -> tuple[GeneCall, tuple[Gap, ...]]:
    """One pair fits, but no position was read that tells the key alleles of the gene: not normal, not looked at."""
    gene = tables.gene
    text = f"{gene}: no position was read that tells {', '.join(found.unread)}; no diplotype follows."
    call = msgspec.structs.replace(blank, missing=missing, warnings=(*odd, text))
    return call, (*gaps, Gap(source=blank.source, wanted=f"{gene} diplotype", because="not_enough_read", message=text))


def _missing(matchable: Matchable, evidence: GeneEvidence, found: Matched) -> tuple[str, ...]:
    """Positions not read, then alleles that cannot be told from the reference without them."""
    unread = [_site_name(site) for index, site in matchable.sites.items() if index not in evidence.genotypes]
    return (*unread, *found.dropped)


def _notes(tables: GeneTables, found: Matched, evidence: GeneEvidence) -> list[str]:
    gene, notes = tables.gene, []
    if len(found.pairs) > 1:
        others = ", ".join(diplotype(pair.alleles) for pair in found.pairs[1:4])
        more = f" and {len(found.pairs) - 4} more" if len(found.pairs) > 4 else ""
        notes.append(f"{gene}: {diplotype(found.pairs[0].alleles)} is not the only possibility; also {others}{more}.")
    matchable = tables.matchable
    if matchable is not None and len(matchable.wild) > 1:
        reference = matchable.cores[matchable.reference]
        if any(reference in pair.alleles for pair in found.pairs):
            notes.append(f"{gene} {reference} is the sequence of the reference genome; it works like *1.")
    if evidence.single:
        notes.append(f"{gene} is reported with a single copy.")
    return notes


def _unassigned(tables: GeneTables, found: Matched, evidence: GeneEvidence) -> list[Gap]:
    gene, rule = tables.gene, tables.rule
    if rule is None or rule.method == "none":
        return []
    shown = dict.fromkeys(name for pair in found.pairs for name in pair.alleles)
    return [
        Gap(source=evidence.source, wanted=f"{gene} {name} function", because="allele_without_function",
            message=f"{gene} {name} has no assigned function yet; unknown is not normal.")
        for name in shown
        if function_of(name, tables.rows).function is None
    ]  # fmt: skip


def _name(tables: GeneTables, index: int) -> str:
    sites = tables.definition.sites if tables.definition else ()
    return next((_site_name(site) for site in sites if site.index == index), f"position {index}")


def _site_name(site: Site) -> str:
    return site.rsid or site.hgvs_g


def fits(tables: GeneTables, evidence: GeneEvidence, alleles: Sequence[str]) -> bool:
    """Whether reported alleles can explain what was observed (True where the definitions do not know them)."""
    if tables.definition is None or tables.matchable is None or len(alleles) != 2:
        return True
    names = {core_name(allele.name) for allele in tables.definition.alleles}
    if not set(alleles) <= names:
        return True
    everything = Matchable(tables.definition, frozenset(names))
    pairs = match(everything, _documented(tables.gene, evidence, everything)).pairs
    wanted = tuple(sorted(alleles))
    return any(tuple(sorted(pair.alleles)) == wanted for pair in pairs)
