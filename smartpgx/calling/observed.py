"""The call of one gene from its variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from smartpgx.calling.allele_names import diplotype, function_of
from smartpgx.calling.candidates import summed_up
from smartpgx.calling.copy_number import copy_alternatives
from smartpgx.calling.definitions import Matchable
from smartpgx.calling.evidence import GeneEvidence, Genotype
from smartpgx.calling.gene_methods import COPIES_VARY, why_not
from smartpgx.calling.listed_alleles import list_alleles
from smartpgx.calling.phenotype import Reading, interpret
from smartpgx.calling.remarks import listing_notes, notes, oddities, refusal, unassigned
from smartpgx.calling.star_alleles import Explained, Matched, explains, match, preferred
from smartpgx.calling.tables import GeneTables, site_name
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall
from smartpgx.domain.chart import Gap

MOST_PAIRS = 24
"""More pairs than these are too many to call."""


class Possible(Struct, frozen=True, kw_only=True):
    """What the variants of a gene leave possible. ``candidates``: the ``best`` first ones are equally good.

    ``undecided``: why they are no call. ``missing``: positions and alleles not looked at. ``lookup``: see GeneCall.
    """

    candidates: tuple[Candidate, ...] = ()
    best: int = 0
    functions: tuple[AlleleFunction, ...] = ()
    missing: tuple[str, ...] = ()
    lookup: str | None = None
    undecided: str | None = None
    notes: tuple[str, ...] = ()


def call_observed(tables: GeneTables, evidence: GeneEvidence) -> tuple[GeneCall, tuple[Gap, ...]]:
    """The call from variants, reference calls and absent variants, and the gaps that it leaves."""
    gene = tables.gene
    odd, gaps = oddities(tables, evidence)
    blank = GeneCall(gene=gene, status="not_called", basis="variants", source=evidence.source)
    refused = refusal(tables, evidence)
    if refused or tables.matchable is None:
        text = refused or why_not(gene)
        reason = Gap(source=evidence.source, wanted=f"{gene} genotype", because="not_supported", message=text)
        unread = _missing(tables.matchable, evidence, ()) if tables.matchable else ()
        return msgspec.structs.replace(blank, warnings=(*odd, text), missing=unread), (*gaps, reason)
    documented = _documented(evidence, tables.matchable)
    possible = (_listed if tables.names else _paired)(tables, documented)
    known = msgspec.structs.replace(blank, missing=possible.missing, functions=possible.functions)
    text = possible.undecided or ("" if possible.candidates else f"The {gene} variants fit no pair of known alleles.")
    if text:
        because = "not_enough_read" if possible.undecided else "contradiction"
        gap = Gap(source=evidence.source, wanted=f"{gene} diplotype", because=because, message=text)
        return _shared(msgspec.structs.replace(known, warnings=(*odd, text)), possible.candidates), (*gaps, gap)
    call = msgspec.structs.replace(known, candidates=possible.candidates, warnings=(*odd, *possible.notes))
    shown = [name for one in possible.candidates for name in (one.diplotype or "").split("/")]
    return summed_up(call, possible.candidates[: possible.best], possible.lookup), (*gaps, *unassigned(tables, shown, evidence))


def _paired(tables: GeneTables, evidence: GeneEvidence) -> Possible:
    """By the star-allele matcher."""
    assert tables.matchable is not None
    found = _matched(tables, evidence)
    if not found.pairs:
        return Possible(missing=_missing(tables.matchable, evidence, found.dropped))
    pairs, best = preferred(found, tables.definition.priorities if tables.definition else ())
    groups = [pair.alleles for pair in pairs]
    if tables.gene in COPIES_VARY:
        groups = list(dict.fromkeys([*groups, *(way for group in groups for way in copy_alternatives(group))]))
        best = len(groups)
    return Possible(
        candidates=tuple(_candidate(group, diplotype(group), tables) for group in groups),
        best=best,
        functions=_functions(pairs, best, tables),
        missing=_missing(tables.matchable, evidence, found.dropped),
        undecided=_undecided(tables, found, len(groups)),
        notes=tuple(notes(tables, pairs, evidence)),
    )


def _listed(tables: GeneTables, evidence: GeneEvidence) -> Possible:
    """By single changes that may stand together on a chromosome."""
    assert tables.matchable is not None and tables.names is not None
    found = list_alleles(tables.matchable, tables.names, evidence, with_key=True)
    if len(found.ways) > MOST_PAIRS and tables.without_key is not None and found.found != (tables.names.reference,):
        found = list_alleles(tables.matchable, tables.names, evidence, with_key=False)
    candidates = tuple(_candidate(way.lowest, way.text, tables) for way in found.ways)
    worse = any(way.assumed and way.rank < found.ways[0].rank for way in found.ways)
    certain = [name for name in found.found if name != tables.names.reference or not (worse or len(candidates) > MOST_PAIRS)]
    too_many = f"{len(candidates)} ways of {tables.gene} explain what was read; too little was read to say which."
    return Possible(
        candidates=candidates,
        best=len(candidates) if worse else 1,
        functions=tuple(function_of(name, tables.rows) for name in certain),
        missing=_missing(tables.matchable, evidence, found.dropped),
        lookup=None if worse else diplotype(found.ways[0].lowest),
        undecided=too_many if len(candidates) > MOST_PAIRS else None,
        notes=tuple(listing_notes(tables, found)),
    )


def _undecided(tables: GeneTables, found: Matched, count: int) -> str | None:
    """Why the pairs that fit are no call: too many, or one that rests on positions which tell nothing."""
    if count > MOST_PAIRS:
        return f"{count} pairs of {tables.gene} alleles explain what was read; too little was read to say which."
    if found.unread and len(found.pairs) == 1:
        alleles = ", ".join(found.unread[:5]) + (" and others" if len(found.unread) > 5 else "")
        return f"{tables.gene}: no position was read that tells {alleles}; no diplotype follows."
    return None


def _shared(call: GeneCall, candidates: Sequence[Candidate]) -> GeneCall:
    """The call that shows what too many candidates have in common."""
    phenotypes, scores = {one.phenotype for one in candidates}, {one.activity_score for one in candidates}
    if len(candidates) < 2 or len(phenotypes) > 1:
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


def _candidate(alleles: tuple[str, ...], text: str, tables: GeneTables) -> Candidate:
    """``text``: how the pair is written; ``alleles``: those that decide what it means."""
    reading = _reading(tables, alleles)
    return Candidate(diplotype=text, phenotype=reading.phenotype, activity_score=reading.activity_score)


@lru_cache(maxsize=8192)
def _reading(tables: GeneTables, alleles: tuple[str, ...]) -> Reading:
    return interpret(tables.rule, [function_of(allele, tables.rows) for allele in alleles])


def _functions(pairs: Sequence[Explained], best: int, tables: GeneTables) -> tuple[AlleleFunction, ...]:
    """Of the best pair; of the alleles that every pair shares where several are equally good, or too many are left."""
    shared = Counter(pairs[0].alleles)
    for pair in pairs[1:] if best > 1 or len(pairs) > MOST_PAIRS else ():
        shared &= Counter(pair.alleles)
    return tuple(function_of(allele, tables.rows) for allele in shared.elements())


def _missing(matchable: Matchable, evidence: GeneEvidence, dropped: tuple[str, ...]) -> tuple[str, ...]:
    """Positions not read, then alleles that cannot be told from the reference without them."""
    unread = [site_name(site) for index, site in matchable.sites.items() if index not in evidence.genotypes]
    return (*unread, *dropped)


def fits(tables: GeneTables, evidence: GeneEvidence, alleles: Sequence[str]) -> bool:
    """Whether a reported pair can explain what was observed. True where the definitions do not know its alleles."""
    matchable = tables.matchable
    if matchable is None or len(alleles) != 2 or not set(alleles) <= set(matchable.cores):
        return True
    return explains(matchable, _documented(evidence, matchable), alleles)
