"""Isolates -> what is predicted of each drug. HIV-1 only, so far; other pathogens are named and not judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from smartpgx.domain.called import Comment, Drug, DrugCall, Effect, IsolateCall
from smartpgx.domain.chart import Chart, Gap, Isolate
from smartpgx.knowledge.asi import AsiAlgorithm
from smartpgx.knowledge.schema import HivDrugRow
from smartpgx.rules.resistance.asi import DrugScore, FiredComment, Partial, comments, score
from smartpgx.rules.resistance.medicines import precise
from smartpgx.rules.resistance.regimen import regimen
from smartpgx.rules.resistance.tables import ResistanceTables
from smartpgx.rules.resistance.virus import HIV1, GeneFindings, genes_of, is_hiv1


def judge_isolates(
    chart: Chart, knowledge: ResistanceTables, algorithms: Sequence[AsiAlgorithm] = ()
) -> tuple[tuple[IsolateCall, ...], tuple[Gap, ...]]:
    """Judge every isolate of a chart by the shipped algorithm and by those given, each with entries of its own.

    An isolate of another organism comes back with its facts, without drugs, and with a gap that says so.
    """
    calls, gaps = [], []
    usable, refused = _usable(knowledge.hivdb, algorithms)
    for isolate in chart.isolates:
        if is_hiv1(isolate.organism):
            call, missing = _judge(chart, isolate, knowledge, usable)
        else:
            call, missing = _facts(isolate), [_not_judged(isolate)]
        calls.append(call)
        gaps += missing
    return tuple(calls), (*gaps, *(refused if calls else ()))


def _usable(default: AsiAlgorithm, given: Sequence[AsiAlgorithm]) -> tuple[list[AsiAlgorithm], list[Gap]]:
    usable, refused, seen = [default], [], {(default.name, default.version)}
    for algorithm in given:
        label = f"{algorithm.name} {algorithm.version}"
        if algorithm.virus != HIV1:
            message = f"{label} is made for {algorithm.virus}; it was not applied to HIV-1."
            refused.append(Gap(wanted=f"HIV-1 algorithm in place of {label}", because="other_virus", message=message))
        elif (algorithm.name, algorithm.version) in seen:
            message = (
                f"{label} was given twice or is the shipped algorithm; its entries could not be told apart, so it is shown once."
            )
            refused.append(Gap(wanted=label, because="same_algorithm", message=message))
        else:
            usable.append(algorithm)
            seen.add((algorithm.name, algorithm.version))
    return usable, refused


def _facts(isolate: Isolate) -> IsolateCall:
    return IsolateCall(
        organism=isolate.organism,
        specimen=isolate.specimen,
        collected=isolate.collected,
        warnings=isolate.warnings,
        source=isolate.source,
    )


def _not_judged(isolate: Isolate) -> Gap:
    name = isolate.organism.text if isolate.organism else ""
    if re.search(r"\bHIV\b|immunodeficiency", name, re.IGNORECASE):
        because, message = (
            "type_not_stated",
            f"{name}: the report does not say HIV type 1, and its rules hold for no other type. Not judged.",
        )
    elif name:
        because, message = "no_rules", f"{name} was found; this release has no rules for it, so its resistance was not judged."
    else:
        because, message = (
            "organism_not_stated",
            "An isolate has no organism; without it no resistance rule can be chosen. Not judged.",
        )
    return Gap(source=isolate.source, wanted=f"resistance of {name or 'an isolate'}", because=because, message=message)


def _judge(
    chart: Chart, isolate: Isolate, knowledge: ResistanceTables, algorithms: Sequence[AsiAlgorithm]
) -> tuple[IsolateCall, list[Gap]]:
    genes = genes_of(isolate, knowledge.hiv_consensus)
    drugs: list[DrugCall] = []
    said: list[Comment] = []
    for algorithm in algorithms:
        for findings in genes:
            scores = score(algorithm, findings.gene, findings.letters)
            own_taf = any(one.drug == "TAF" for one in scores)
            drugs += [
                _drug_call(one, drug, findings, algorithm)
                for one in scores
                for drug in drugs_of(one, knowledge.hiv_drugs, own_taf)
            ]
            fired = comments(algorithm, findings.gene, findings.letters, scores)
            said += [_comment(one, findings, algorithm, shipped=algorithm is knowledge.hivdb) for one in fired]
    warnings = tuple(dict.fromkeys((*isolate.warnings, *(text for findings in genes for text in findings.warnings))))
    call = IsolateCall(
        organism=isolate.organism,
        specimen=isolate.specimen,
        collected=isolate.collected,
        drugs=tuple(drugs),
        regimen=regimen(chart, knowledge, tuple(drugs), genes),
        comments=tuple(said),
        warnings=warnings,
        source=isolate.source,
    )
    return call, list(_gaps(isolate, genes, algorithms[0]))


def _drug_call(one: DrugScore, drug: Drug, findings: GeneFindings, algorithm: AsiAlgorithm) -> DrugCall:
    """``S`` of a gene that was read only in part is no ``S``: what was not read could change it."""
    letter = one.letter
    if findings.unread and letter == "S":
        letter = "U"
    known = letter != "U"
    label = f"{algorithm.name} {algorithm.version}"
    return DrugCall(
        drug=drug,
        drug_class=one.drug_class,
        interpretation=letter,
        basis="predicted" if known else None,
        score=one.score if known else None,
        level=one.level if known else None,
        level_text=one.level_text if known else None,
        determinants=tuple(_effect(partial, findings, label) for partial in one.partials),
        algorithm=algorithm.label,
    )


def drugs_of(one: DrugScore, rows: Sequence[HivDrugRow], own_taf: bool = False) -> tuple[Drug, ...]:
    """The RxNorm ingredients of a drug as an algorithm calls it (``LMV``, ``DRV/r_QD``); its own name where unknown.

    TDF stands for both prodrugs of tenofovir, unless the algorithm has rules of its own for TAF.
    """
    plain = one.drug.split("_")[0]
    found = [row for row in rows if plain == row.code or plain in row.asi_names]
    if plain == "TAF" or (plain == "TDF" and own_taf):
        found = [row for row in rows if "TDF" in row.asi_names and row.name.endswith("alafenamide") == (plain == "TAF")]
    found = precise(found)
    exact = plain == one.drug != "TAF"
    return tuple(Drug(name=row.name, rxcui=row.rxcui, code=row.code if exact else one.drug) for row in found) or (
        Drug(name=one.full_name, code=one.drug),
    )


def _effect(partial: Partial, findings: GeneFindings, label: str) -> Effect:
    names = [findings.names[position] for position, _ in partial.wanted if position in findings.letters]
    lowered = partial.value is not None and partial.value < 0
    return Effect(
        name=" + ".join(names) or "no finding needed",
        effect="increases susceptibility" if lowered else "reduces susceptibility",
        score=partial.value,
        source=label,
    )


def _comment(one: FiredComment, findings: GeneFindings, algorithm: AsiAlgorithm, *, shipped: bool) -> Comment:
    definition = algorithm.comments[one.id]
    names = [findings.names[position] for position in one.positions if position in findings.letters]
    text = None
    if not shipped:
        listed = iter([findings.names.get(position, str(position)) for position, _ in definition.listed])
        text = re.sub(r"\$listMutsIn\{[^}]*\}", lambda _: next(listed, ", ".join(names)), definition.text)
    return Comment(id=one.id, algorithm=algorithm.label, parameters={"mutations": ", ".join(names)} if names else {}, text=text)


def _gaps(isolate: Isolate, genes: Sequence[GeneFindings], algorithm: AsiAlgorithm) -> Iterator[Gap]:
    label = f"{algorithm.name} {algorithm.version}"
    if not genes:
        message = "The isolate is HIV-1, and no list of mutations came with it: resistance was not judged."
        yield Gap(source=isolate.source, wanted="HIV-1 genotype", because="not_tested", message=message)
    for findings in genes:
        for mutation in findings.unread:
            message = (
                f"{findings.gene} {mutation.change!r} could not be read as a mutation; the drugs of this gene "
                "are shown as resistant where the rest says so, and never as susceptible."
            )
            yield Gap(source=mutation.source, wanted=f"{findings.gene} {mutation.change}", because="unreadable", message=message)
        rules = algorithm.rules_of(findings.gene)
        if rules is None:
            message = f"{label} has no rules for the gene {findings.gene}: what was found there was not judged."
            yield Gap(source=isolate.source, wanted=f"rules for {findings.gene}", because="no_rules", message=message)
            continue
        ruled = {position for item in rules.score_items for position in item.positions}
        ruled |= {position for comment in rules.comments for position in comment.positions}
        if silent := [findings.names[position] for position in findings.letters if position not in ruled]:
            source = tuple(
                dict.fromkeys(ref for position in findings.letters if position not in ruled for ref in findings.source[position])
            )
            message = f"{label} has no rule for {findings.gene} {', '.join(silent)}."
            yield Gap(source=source, wanted=f"rules for {findings.gene} {', '.join(silent)}", because="no_rule", message=message)
    for determinant in isolate.genes:
        message = f"{determinant.name} was reported for HIV-1; no rule speaks of it."
        yield Gap(source=determinant.source, wanted=f"rule for {determinant.name}", because="no_rule", message=message)
