"""What laboratories state about a gene in words: diplotype, activity score, phenotype, and which of them leads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.calling.allele_names import as_score, copies, diplotype, function_of, known, natural, resolve
from smartpgx.calling.phenotype import Reading, by_score, interpret, limits
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall, Score
from smartpgx.domain.chart import Chart, Gap, Genotype, Phenotype, Reference
from smartpgx.knowledge.schema import AlleleRow, PhenotypeRule

SINGLE_COPY_GENES = ("G6PD", "MT-RNR1")
DELETION = "*5"
"""The CYP2D6 allele that is no copy of the gene."""


class Statements(Struct, frozen=True, kw_only=True):
    """Every statement about one gene, as reported."""

    genotypes: tuple[Genotype, ...] = ()
    conflict: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    phenotypes: tuple[str, ...] = ()
    source: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()


def statements(gene: str, chart: Chart) -> Statements | None:
    """What is stated of ``gene``; None when nothing is."""
    genotypes = [one for one in chart.genotypes if one.gene == gene]
    conflicts = [one for one in chart.genotypes_conflict if one.gene == gene]
    phenotypes = [one for one in chart.phenotypes if one.gene == gene]
    facts: list[Genotype | Phenotype] = [*genotypes, *phenotypes]
    if not facts and not conflicts:
        return None
    source = [reference for fact in (*facts, *conflicts) for reference in fact.source]
    scores = [score for one in phenotypes if (score := as_score(one.activity_score)) is not None]
    return Statements(
        genotypes=tuple(one for one in genotypes if one.alleles),
        conflict=tuple(value for one in conflicts for value in one.values),
        scores=tuple(dict.fromkeys(scores)),
        phenotypes=tuple(dict.fromkeys(one.phenotype for one in phenotypes if one.phenotype)),
        source=tuple(dict.fromkeys(source)),
        warnings=tuple(dict.fromkeys(warning for fact in facts for warning in fact.warnings)),
    )


class Believed(Struct, frozen=True, kw_only=True):
    """One statement made into candidates, with what was odd about it."""

    candidates: tuple[Candidate, ...]
    functions: tuple[AlleleFunction, ...] = ()
    warnings: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


def call_reported(
    gene: str, said: Statements, rows: Mapping[str, AlleleRow], rule: PhenotypeRule | None
) -> tuple[GeneCall, tuple[Gap, ...]]:
    """The call from laboratory statements. The diplotype leads, then the score, then the phenotype; contradictions are told.

    Two diplotypes (or scores, or phenotypes, where no diplotype stands above them) that differ lead nowhere.
    """
    pairs = {_named(one, rows): one for one in said.genotypes}
    if said.conflict or len({(alleles, one.copy_number) for alleles, one in pairs.items()}) > 1:
        values = said.conflict or tuple(diplotype(alleles) for alleles in pairs)
        return _undecided(gene, said, f"Two {gene} results disagree ({', '.join(values)}); neither is used.")
    if pairs:
        alleles, genotype = next(iter(pairs.items()))
        believed = _from_diplotype(gene, alleles, genotype, rows, rule, said)
        if all(known(allele, rows) for allele in alleles) or not (said.scores or said.phenotypes):
            return _with_checks(gene, "diplotype", believed, said, rule)
        stated = _from_words(said, rule)
        if stated is not None:
            note = f"{gene}: the tables hold no function for {diplotype(alleles)}; what the laboratory says of it is used."
            one = Candidate(diplotype=diplotype(alleles), phenotype=stated.phenotype, activity_score=stated.activity_score)
            taken = Believed(
                candidates=(one,), functions=believed.functions, warnings=(*believed.warnings, note), gaps=believed.gaps
            )
            return _with_checks(gene, "activity_score" if said.scores else "phenotype", taken, said, rule)
    words = _from_words(said, rule)
    if words is None:
        return _undecided(gene, said, f"The {gene} results disagree ({_all_words(said)}); none is used.")
    basis = "activity_score" if said.scores else "phenotype"
    candidate = Candidate(diplotype=None, phenotype=words.phenotype, activity_score=words.activity_score)
    return _with_checks(gene, basis, Believed(candidates=(candidate,)), said, rule)


def _named(genotype: Genotype, rows: Mapping[str, AlleleRow]) -> tuple[str, ...]:
    return tuple(sorted((resolve(allele, rows) for allele in genotype.alleles), key=natural))


def _from_words(said: Statements, rule: PhenotypeRule | None) -> Reading | None:
    """What score and phenotype say; None when there are two of the leading kind."""
    if said.scores:
        if len(said.scores) > 1:
            return None
        score = said.scores[0]
        phenotype = by_score(rule, score) if rule is not None and rule.bins else next(iter(said.phenotypes), None)
        return Reading(phenotype=phenotype, activity_score=score)
    return Reading(phenotype=said.phenotypes[0]) if len(said.phenotypes) == 1 else None


def _from_diplotype(
    gene: str,
    alleles: tuple[str, ...],
    genotype: Genotype,
    rows: Mapping[str, AlleleRow],
    rule: PhenotypeRule | None,
    said: Statements,
) -> Believed:
    warnings, gaps = [], []
    groups = _by_copies(alleles, genotype.copy_number) if gene == "CYP2D6" else (alleles,)
    if not groups:
        warnings.append(f"{genotype.copy_number} copies of {gene} do not fit {diplotype(alleles)}; the diplotype is used.")
        gaps.append(_gap(gene, "copy number", "contradiction", warnings[-1], said.source))
        groups = (alleles,)
    elif len(groups) > 1:
        warnings.append(
            f"{genotype.copy_number} copies of {gene} without saying which allele is multiplied: every possibility is kept."
        )
    if len(alleles) == 1 and gene not in SINGLE_COPY_GENES:
        warnings.append(f"Only one {gene} allele is reported ({alleles[0]}); the other is not known.")
    unknown = [allele for allele in dict.fromkeys(alleles) if not known(allele, rows)]
    unassigned = [a for a in dict.fromkeys(alleles) if a not in unknown and _without_function(function_of(a, rows), rule)]
    for allele in unknown:
        text = f"{gene} {allele} is not in the tables; its function is unknown, which is not normal."
        gaps.append(_gap(gene, f"{gene} {allele} function", "allele_without_function", text, said.source))
    for allele in unassigned:
        text = f"{gene} {allele} has no assigned function yet; unknown is not normal."
        gaps.append(_gap(gene, f"{gene} {allele} function", "allele_without_function", text, said.source))
    candidates = []
    for group in groups:
        reading = interpret(rule, [function_of(allele, rows) for allele in group])
        candidates.append(
            Candidate(diplotype=diplotype(group), phenotype=reading.phenotype, activity_score=reading.activity_score)
        )
    functions = (
        tuple(function_of(allele, rows) for allele in groups[0])
        if len(groups) == 1
        else tuple(function_of(a, rows) for a in alleles)
    )
    return Believed(candidates=tuple(candidates), functions=functions, warnings=tuple(warnings), gaps=tuple(gaps))


def _without_function(function: AlleleFunction, rule: PhenotypeRule | None) -> bool:
    return (
        function.function is None
        and function.activity_value is None
        and rule is not None
        and rule.method not in ("none", "presence")
    )


def _by_copies(alleles: tuple[str, ...], number: int | None) -> tuple[tuple[str, ...], ...]:
    """Every way in which two alleles can be ``number`` copies of the gene; none when they cannot."""
    if number is None or len(alleles) != 2:
        return (alleles,)
    counts = [_count(allele) for allele in alleles]
    spare = number - sum(count for count, _ in counts)
    open_ended = [n for n, (_, more) in enumerate(counts) if more]
    if len(open_ended) == 1 and spare >= 0:
        return (_multiplied(alleles, open_ended[0], counts[open_ended[0]][0] + spare),)
    if spare == 0:
        return (alleles,)
    if spare == -1 and alleles[0] == alleles[1] and counts[0] == (1, False):
        return ((alleles[0], DELETION),)
    able = [n for n, (count, _) in enumerate(counts) if count == 1 and "+" not in alleles[n]]
    if spare < 0 or not able:
        return ()
    ways = []
    for first in range(spare + 1):
        extra = (first, spare - first)
        if all(not more or n in able for n, more in enumerate(extra)):
            made = alleles
            for n, more in enumerate(extra):
                made = _multiplied(made, n, 1 + more) if more else made
            ways.append(tuple(sorted(made)))
    return tuple(dict.fromkeys(ways))


def _count(allele: str) -> tuple[int, bool]:
    """Gene copies on the chromosome of an allele, and whether there may be more."""
    if allele == DELETION:
        return 0, False
    parts = [copies(part) for part in re.split(r"\+", allele)]
    return sum(part.count for part in parts), any(part.at_least for part in parts)


def _multiplied(alleles: tuple[str, ...], place: int, count: int) -> tuple[str, ...]:
    base = copies(alleles[place]).base
    made = base if count == 1 else f"{base}x{count}"
    return tuple(made if n == place else allele for n, allele in enumerate(alleles))


def _with_checks(
    gene: str, basis: str, believed: Believed, said: Statements, rule: PhenotypeRule | None
) -> tuple[GeneCall, tuple[Gap, ...]]:
    """The call, with a warning and a gap for every other statement that it contradicts."""
    told = _contradictions(gene, believed.candidates, said, rule)
    gaps = [*believed.gaps, *(_gap(gene, f"{gene} result", "contradiction", text, said.source) for text in told)]
    return summed_up(
        GeneCall(
            gene=gene, status="called", candidates=believed.candidates, basis=basis, functions=believed.functions,  # type: ignore[arg-type]
            warnings=(*said.warnings, *believed.warnings, *told), source=said.source,
        ),
        believed.candidates,
    ), tuple(gaps)  # fmt: skip


def _contradictions(gene: str, candidates: Sequence[Candidate], said: Statements, rule: PhenotypeRule | None) -> list[str]:
    told = []
    mine = {candidate.activity_score for candidate in candidates} - {None}
    for score in said.scores:
        if mine and not any(_same_score(score, one) for one in mine if one is not None):
            told.append(
                f"{gene}: an activity score of {_text(score)} is reported, the result it leads with means {_text(min(mine, key=str))}."
            )
    phenotypes = {candidate.phenotype for candidate in candidates} - {None}
    for phenotype in said.phenotypes:
        if phenotypes and phenotype.casefold() not in {one.casefold() for one in phenotypes if one}:
            meant = " or ".join(sorted(one for one in phenotypes if one))
            told.append(f"{gene}: the laboratory reports {phenotype}, the result it leads with means {meant}.")
    if said.scores and rule is not None and rule.bins and not phenotypes:
        told.append(f"{gene}: an activity score of {_text(said.scores[0])} lies between the bins of the guideline.")
    return told


def _same_score(first: Score, second: Score) -> bool:
    low, high = limits(first)
    least, most = limits(second)
    return (low, high) == (least, most) or (isinstance(first, str) or isinstance(second, str)) and low <= most and least <= high


def _text(score: Score | None) -> str:
    return f"{score:g}" if isinstance(score, float) else str(score)


def summed_up(call: GeneCall, best: Sequence[Candidate]) -> GeneCall:
    """The call with status, diplotype, phenotype, score and lookup that its candidates allow. ``best``: those that tie."""
    readings = {(one.phenotype, one.activity_score) for one in best}
    phenotypes, scores = {one.phenotype for one in best}, {one.activity_score for one in best}
    shown = best[0].diplotype if len(readings) == 1 else None
    phenotype = best[0].phenotype if len(phenotypes) == 1 else None
    score = best[0].activity_score if len(scores) == 1 else None
    status = "ambiguous" if len(call.candidates) > 1 else ("indeterminate" if phenotype == "Indeterminate" else "called")
    lookup = shown or phenotype or (None if score is None else _text(score))
    return GeneCall(
        gene=call.gene, status=status, diplotype=shown, candidates=call.candidates, lookup=lookup, phenotype=phenotype,  # type: ignore[arg-type]
        activity_score=score, basis=call.basis, functions=call.functions, missing=call.missing, warnings=call.warnings, source=call.source,
    )  # fmt: skip


def _undecided(gene: str, said: Statements, text: str) -> tuple[GeneCall, tuple[Gap, ...]]:
    call = GeneCall(gene=gene, status="not_called", basis=None, warnings=(*said.warnings, text), source=said.source)
    return call, (_gap(gene, f"{gene} result", "contradiction", text, said.source),)


def _all_words(said: Statements) -> str:
    return ", ".join([*(_text(score) for score in said.scores), *said.phenotypes]) or "nothing that can be read"


def _gap(gene: str, wanted: str, because: str, message: str, source: tuple[Reference, ...]) -> Gap:
    return Gap(source=source, wanted=wanted, because=because, message=message)
