"""The call of one gene from its variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from smartpgx.calling.allele_names import diplotype, function_of
from smartpgx.calling.candidates import summed_up
from smartpgx.calling.definitions import Matchable
from smartpgx.calling.evidence import GeneEvidence, Genotype
from smartpgx.calling.phenotype import Reading, interpret
from smartpgx.calling.remarks import notes, oddities, refusal, unassigned
from smartpgx.calling.star_alleles import Explained, Matched, explains, match
from smartpgx.calling.tables import GeneTables, site_name
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall
from smartpgx.domain.chart import Gap

MOST_PAIRS = 24
"""More pairs than these are too many to call."""


def call_observed(tables: GeneTables, evidence: GeneEvidence) -> tuple[GeneCall, tuple[Gap, ...]]:
    """The call from variants, reference calls and absent variants, and the gaps that it leaves."""
    gene = tables.gene
    odd, gaps = oddities(tables, evidence)
    blank = GeneCall(gene=gene, status="not_called", basis="variants", source=evidence.source)
    refused = refusal(tables, evidence)
    if refused:
        reason = Gap(source=evidence.source, wanted=f"{gene} genotype", because="not_supported", message=refused)
        return msgspec.structs.replace(blank, warnings=(*odd, refused)), (*gaps, reason)
    assert tables.matchable is not None  # refusal() says so
    found = _matched(tables, _documented(evidence, tables.matchable))
    missing = _missing(tables.matchable, evidence, found)
    if not found.pairs:
        text = f"The {gene} variants fit no pair of known alleles; they are shown as reported."
        gap = Gap(source=evidence.source, wanted=f"{gene} diplotype", because="contradiction", message=text)
        return msgspec.structs.replace(blank, warnings=(*odd, text), missing=missing), (*gaps, gap)
    candidates = tuple(_candidate(one, tables) for one in found.pairs)
    known = msgspec.structs.replace(blank, missing=missing, functions=_functions(found, tables))
    undecided = _undecided(tables, found)
    if undecided:
        gap = Gap(source=evidence.source, wanted=f"{gene} diplotype", because="not_enough_read", message=undecided)
        return _shared(msgspec.structs.replace(known, warnings=(*odd, undecided)), candidates), (*gaps, gap)
    call = msgspec.structs.replace(known, candidates=candidates, warnings=(*odd, *notes(tables, found, evidence)))
    return summed_up(call, candidates[: found.best]), (*gaps, *unassigned(tables, found, evidence))


def _undecided(tables: GeneTables, found: Matched) -> str | None:
    """Why the pairs that fit are no call: too many, or one that rests on positions which tell nothing."""
    if len(found.pairs) > MOST_PAIRS:
        return f"{len(found.pairs)} pairs of {tables.gene} alleles explain what was read; too little was read to say which."
    if found.unread and len(found.pairs) == 1:
        return f"{tables.gene}: no position was read that tells {', '.join(found.unread)}; no diplotype follows."
    return None


def _shared(call: GeneCall, candidates: Sequence[Candidate]) -> GeneCall:
    """The call that shows what too many candidates have in common."""
    phenotypes, scores = {one.phenotype for one in candidates}, {one.activity_score for one in candidates}
    if len(candidates) == 1 or len(phenotypes) > 1:
        return call
    return msgspec.structs.replace(call, phenotype=phenotypes.pop(), activity_score=scores.pop() if len(scores) == 1 else None)


def _documented(evidence: GeneEvidence, matchable: Matchable) -> GeneEvidence:
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


def _functions(found: Matched, tables: GeneTables) -> tuple[AlleleFunction, ...]:
    """Of the best pair; of the alleles that every pair shares where several are equally good, or too many are left."""
    shared = Counter(found.pairs[0].alleles)
    for pair in found.pairs[1:] if found.best > 1 or len(found.pairs) > MOST_PAIRS else ():
        shared &= Counter(pair.alleles)
    return tuple(function_of(allele, tables.rows) for allele in shared.elements())


def _missing(matchable: Matchable, evidence: GeneEvidence, found: Matched) -> tuple[str, ...]:
    """Positions not read, then alleles that cannot be told from the reference without them."""
    unread = [site_name(site) for index, site in matchable.sites.items() if index not in evidence.genotypes]
    return (*unread, *found.dropped)


def fits(tables: GeneTables, evidence: GeneEvidence, alleles: Sequence[str]) -> bool:
    """Whether a reported pair can explain what was observed. True where the definitions do not know its alleles."""
    matchable = tables.matchable
    if matchable is None or len(alleles) != 2 or not set(alleles) <= set(matchable.cores):
        return True
    return explains(matchable, _documented(evidence, matchable), alleles)
