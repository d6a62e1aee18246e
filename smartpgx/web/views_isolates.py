"""Resistance per isolate: the regimen first, every verdict with its word, level and score, and what was not sequenced."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from smartpgx.domain.advice import Consultation
from smartpgx.domain.called import DrugCall, IsolateCall
from smartpgx.domain.chart import Isolate
from smartpgx.web import words
from smartpgx.web.views_frame import day
from smartpgx.wording import hiv
from smartpgx.wording.grammar import number

GENES = {"PR": "protease", "RT": "reverse transcriptase", "IN": "integrase", "CA": "capsid"}


class Verdict(Struct, frozen=True, kw_only=True):
    drug: str
    drug_class: str
    letter: str
    word: str
    level: str
    score: str
    because: str
    in_regimen: bool


class IsolateView(Struct, frozen=True, kw_only=True):
    title: str
    active: str
    regimen: tuple[Verdict, ...]
    others: tuple[Verdict, ...]
    remarks: tuple[str, ...]
    comments: tuple[str, ...]
    warnings: tuple[str, ...]
    algorithm: str


def isolates_of(made: Consultation) -> tuple[IsolateView, ...]:
    """One view per isolate that was judged."""
    return tuple(_view(one, made.chart.isolates) for one in made.isolates)


def unsequenced(one: IsolateCall, isolates: Sequence[Isolate]) -> str:
    """One sentence on the genes of HIV-1 that the report does not cover; empty when all are."""
    mine = [i for i in isolates if set(i.source) & set(one.source)] or [i for i in isolates if i.specimen == one.specimen]
    read = {gene for i in mine for gene in i.sequenced}
    missing = [f"{name} ({gene})" for gene, name in GENES.items() if gene not in read] if read else []
    return f"Not sequenced: {words.some_of(missing)}. Drugs that act there were not judged." if missing else ""


def _view(one: IsolateCall, isolates: Sequence[Isolate]) -> IsolateView:
    regimen = one.regimen
    names = [d.drug.name for d in regimen.drugs] if regimen else []
    verdicts = [_verdict(d, d.drug.name in names) for d in one.drugs]
    judged = {v.drug for v in verdicts}
    verdicts += [_not_judged(name) for name in names if name not in judged]
    name = one.organism.text if one.organism else "Organism not stated"
    collected = f", specimen of {day(one.collected)}" if one.collected else ", date of the specimen not known"
    counted = next((r.parameters["of"] for r in regimen.remarks if "of" in r.parameters), len(names)) if regimen else 0
    active = f"Fully active: {regimen.fully_active} of {counted} drugs of the regimen" if regimen and names else ""
    kinds = dict.fromkeys(f"{d.algorithm.name} {d.algorithm.version}" for d in one.drugs if d.algorithm)
    lacks = unsequenced(one, isolates)
    return IsolateView(
        title=name + collected,
        active=active,
        regimen=tuple(sorted((v for v in verdicts if v.in_regimen), key=lambda v: names.index(v.drug))),
        others=tuple(sorted((v for v in verdicts if not v.in_regimen), key=lambda v: (v.drug_class, v.drug))),
        remarks=tuple(hiv.remark(r) for r in regimen.remarks if r.code != "active") if regimen else (),
        comments=tuple(dict.fromkeys(hiv.comment(c) for c in one.comments)),
        warnings=(*one.warnings, *((lacks,) if lacks else ())),
        algorithm=", ".join(kinds),
    )


def _verdict(one: DrugCall, in_regimen: bool) -> Verdict:
    return Verdict(
        drug=one.drug.name,
        drug_class=one.drug_class,
        letter=one.interpretation,
        word=words.LETTERS[one.interpretation],
        level=(one.level_text or "").capitalize(),
        score=number(one.score) if one.score is not None else "",
        because=words.some_of([d.name for d in one.determinants]),
        in_regimen=in_regimen,
    )


def _not_judged(name: str) -> Verdict:
    return Verdict(
        drug=name,
        drug_class="",
        letter="U",
        word=words.LETTERS["U"],
        level="Its gene was not sequenced, or no rule exists",
        score="",
        because="",
        in_regimen=True,
    )
