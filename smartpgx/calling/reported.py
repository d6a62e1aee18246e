"""What laboratories state about a gene in words: diplotype, activity score, phenotype, and which of them leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.calling.allele_names import as_score, diplotype, function_of, known, natural, resolve
from smartpgx.calling.candidates import score_text, summed_up
from smartpgx.calling.copy_number import by_copies
from smartpgx.calling.phenotype import Reading, by_score, interpret, limits
from smartpgx.domain.called import AlleleFunction, Candidate, GeneCall, Score
from smartpgx.domain.chart import Chart, Gap, Genotype, Phenotype, Reference
from smartpgx.domain.codes import GeneBasis
from smartpgx.knowledge.schema import AlleleRow, PhenotypeRule

SINGLE_COPY_GENES = ("G6PD", "MT-RNR1")


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
        believed = _from_diplotype(gene, genotype, rows, rule, said)
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
    basis: GeneBasis = "activity_score" if said.scores else "phenotype"
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
    gene: str, genotype: Genotype, rows: Mapping[str, AlleleRow], rule: PhenotypeRule | None, said: Statements
) -> Believed:
    alleles, total = _named(genotype, rows), genotype.copy_number
    groups = by_copies(alleles, total) if gene == "CYP2D6" else (alleles,)
    warnings, gaps = [], _unassigned(gene, alleles, rows, rule, said)
    if not groups:
        warnings.append(f"{total} copies of {gene} do not fit {diplotype(alleles)}; the diplotype is used.")
        gaps.append(_gap(gene, "copy number", "contradiction", warnings[-1], said.source))
        groups = (alleles,)
    elif len(groups) > 1:
        warnings.append(f"{total} copies of {gene}, and nothing says which allele is multiplied: every possibility is kept.")
    if len(alleles) == 1 and gene not in SINGLE_COPY_GENES:
        warnings.append(f"Only one {gene} allele is reported ({alleles[0]}); the other is not known.")
    candidates = []
    for group in groups:
        reading = interpret(rule, [function_of(allele, rows) for allele in group])
        candidates.append(
            Candidate(diplotype=diplotype(group), phenotype=reading.phenotype, activity_score=reading.activity_score)
        )
    shown = groups[0] if len(groups) == 1 else alleles
    functions = tuple(function_of(allele, rows) for allele in shown)
    return Believed(candidates=tuple(candidates), functions=functions, warnings=tuple(warnings), gaps=tuple(gaps))


def _unassigned(
    gene: str, alleles: Sequence[str], rows: Mapping[str, AlleleRow], rule: PhenotypeRule | None, said: Statements
) -> list[Gap]:
    """A gap for each allele that the tables do not hold, or hold without a function."""
    found = []
    for allele in dict.fromkeys(alleles):
        if not known(allele, rows):
            text = f"{gene} {allele} is not in the tables; its function is unknown, which is not normal."
        elif _without_function(function_of(allele, rows), rule):
            text = f"{gene} {allele} has no assigned function yet; unknown is not normal."
        else:
            continue
        found.append(_gap(gene, f"{gene} {allele} function", "allele_without_function", text, said.source))
    return found


def _without_function(function: AlleleFunction, rule: PhenotypeRule | None) -> bool:
    return (
        function.function is None
        and function.activity_value is None
        and rule is not None
        and rule.method not in ("none", "presence")
    )


def _with_checks(
    gene: str, basis: GeneBasis, believed: Believed, said: Statements, rule: PhenotypeRule | None
) -> tuple[GeneCall, tuple[Gap, ...]]:
    """The call, with a warning and a gap for every other statement that it contradicts."""
    told = _contradictions(gene, believed.candidates, said, rule)
    gaps = [*believed.gaps, *(_gap(gene, f"{gene} result", "contradiction", text, said.source) for text in told)]
    call = GeneCall(
        gene=gene, status="called", candidates=believed.candidates, basis=basis, functions=believed.functions,
        warnings=(*said.warnings, *believed.warnings, *told), source=said.source,
    )  # fmt: skip
    return summed_up(call, believed.candidates), tuple(gaps)


def _contradictions(gene: str, candidates: Sequence[Candidate], said: Statements, rule: PhenotypeRule | None) -> list[str]:
    told = []
    mine = {candidate.activity_score for candidate in candidates} - {None}
    for score in said.scores:
        if mine and not any(_same_score(score, one) for one in mine if one is not None):
            meant = score_text(min(mine, key=str))
            told.append(f"{gene}: an activity score of {score_text(score)} is reported, the leading result means {meant}.")
    phenotypes = {candidate.phenotype for candidate in candidates} - {None}
    for phenotype in said.phenotypes:
        if phenotypes and phenotype.casefold() not in {one.casefold() for one in phenotypes if one}:
            meant = " or ".join(sorted(one for one in phenotypes if one))
            told.append(f"{gene}: the laboratory reports {phenotype}, the leading result means {meant}.")
    if said.scores and rule is not None and rule.bins and not phenotypes:
        told.append(f"{gene}: an activity score of {score_text(said.scores[0])} lies between the bins of the guideline.")
    return told


def _same_score(first: Score, second: Score) -> bool:
    low, high = limits(first)
    least, most = limits(second)
    return (low, high) == (least, most) or (isinstance(first, str) or isinstance(second, str)) and low <= most and least <= high


def _undecided(gene: str, said: Statements, text: str) -> tuple[GeneCall, tuple[Gap, ...]]:
    call = GeneCall(gene=gene, status="not_called", basis=None, warnings=(*said.warnings, text), source=said.source)
    return call, (_gap(gene, f"{gene} result", "contradiction", text, said.source),)


def _all_words(said: Statements) -> str:
    return ", ".join([*(score_text(score) for score in said.scores), *said.phenotypes]) or "nothing that can be read"


def _gap(gene: str, wanted: str, because: str, message: str, source: tuple[Reference, ...]) -> Gap:
    return Gap(source=source, wanted=wanted, because=because, message=message)
