"""The kinds of nothing: not in the record, in the record and not readable, left out on purpose. Never one for another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from smartpgx.domain.advice import Consultation, Recommendation
from smartpgx.domain.chart import Gap
from smartpgx.domain.visit import Asked, Reading
from smartpgx.web import words
from smartpgx.web.views_answers import UNANSWERED
from smartpgx.wording import record
from smartpgx.wording.grammar import all_of

EXCLUDED = {
    "entered_in_error": "Entered in error",
    "cancelled": "Cancelled",
    "not_final": "Not a final result",
    "other_patient": "Of another patient",
    "no_patient": "Without a patient",
    "other_subject": "About a relative, a fetus or a donor",
    "negated": "Says that something is not so",
    "withheld": "Withheld by the patient's consent",
    "own_output": "Written by this app earlier",
}
SETTLED = ("entered_in_error", "cancelled", "other_patient", "other_subject", "negated", "own_output")
"""Left out for a reason that leaves nothing open about this patient."""
NOT_A_READING = ("withheld",)


class GapRow(Struct, frozen=True, kw_only=True):
    wanted: str
    why: tuple[str, ...]
    source: tuple[str, ...]


class LeftOut(Struct, frozen=True, kw_only=True):
    why: str
    count: int
    source: tuple[str, ...]


class AskedRow(Struct, frozen=True, kw_only=True):
    what: str
    bound: str
    outcome: str
    received: str


def gap_rows(reading: Reading) -> tuple[GapRow, ...]:
    """Gaps with one cause together: what was wanted, why it could not be used, and the resources to open."""
    grouped: dict[tuple[str, ...], list[Gap]] = {}
    for gap in open_gaps(reading):
        grouped.setdefault((gap.because, *gap.source) if gap.source else (gap.because, gap.wanted, gap.message), []).append(gap)
    return tuple(
        GapRow(
            wanted=words.upper_first(gaps[0].wanted),
            why=tuple(dict.fromkeys(g.message for g in gaps)),
            source=gaps[0].source,
        )
        for gaps in grouped.values()
    )


def open_gaps(reading: Reading) -> tuple[Gap, ...]:
    """Everything that could not be fetched or used; a refusal of consent is not one of them."""
    every = (*reading.gaps, *reading.consultation.chart.gaps, *reading.consultation.gaps)
    return tuple(dict.fromkeys(g for g in every if g.because not in NOT_A_READING))


def left_out(made: Consultation) -> tuple[LeftOut, ...]:
    """Excluded resources by reason, in words."""
    grouped: dict[str, list[str]] = {}
    for one in made.chart.excluded:
        grouped.setdefault(one.reason, []).extend(one.source)
    return tuple(
        LeftOut(why=EXCLUDED.get(reason, words.upper_first(reason.replace("_", " "))), count=len(refs), source=tuple(refs))
        for reason, refs in grouped.items()
    )


def unsettled(made: Consultation) -> bool:
    """Whether something was left out that may still say something about this patient."""
    return any(one.reason not in SETTLED for one in made.chart.excluded)


def asked_rows(reading: Reading) -> tuple[AskedRow, ...]:
    """What was asked of the record, within which bound, and what came."""
    return tuple(
        AskedRow(what=record.subject(a.what), bound=record.bound(a), outcome=record.outcome(a), received=str(a.received))
        for a in united(reading.asked)
    )


def united(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """Questions that had to be asked in parts as one each: sums, and the outcome that is worst."""
    out: dict[str, Asked] = {}
    for one in asked:
        before = out.get(one.what)
        if before is None:
            out[one.what] = one
            continue
        worse = before if before.outcome != "complete" else one
        codes = {"codes": int(before.bound.get("codes", 0)) + int(one.bound.get("codes", 0))} if "codes" in one.bound else {}
        out[one.what] = structs.replace(
            worse,
            bound={**worse.bound, **codes},
            received=before.received + one.received,
            dropped=tuple(dict.fromkeys((*before.dropped, *one.dropped))),
            quirks=tuple(dict.fromkeys((*before.quirks, *one.quirks))),
        )
    return tuple(out.values())


def would_answer(made: Consultation) -> tuple[str, ...]:
    """Per gene without a result: which medicines of the record it would answer, and together with which other gene."""
    wanted: dict[str, dict[str, tuple[str, ...]]] = {}
    for rec in made.recommendations:
        if rec.reason in UNANSWERED and rec.applies != "no" and rec.orders:
            lacking = _lacking(rec, made)
            for name in lacking:
                wanted.setdefault(name, {}).setdefault(rec.drug.name, tuple(n for n in lacking if n != name))
    return tuple(_answers(name, drugs, made) for name, drugs in sorted(wanted.items(), key=lambda kv: (-len(kv[1]), kv[0])))


def _lacking(rec: Recommendation, made: Consultation) -> list[str]:
    if rec.area == "resistance":
        return ["An HIV genotype"]
    called = {g.gene for g in made.genes if g.status == "called" and (g.phenotype or g.lookup) and g.phenotype != "Indeterminate"}
    return [a.name for a in rec.about if a.name not in called] or [a.name for a in rec.about]


def _answers(name: str, drugs: dict[str, tuple[str, ...]], made: Consultation) -> str:
    calls = {g.gene: g for g in made.genes}
    alone = [d for d, others in drugs.items() if not others]
    joint = [f"{d} (together with {all_of(list(others))})" for d, others in drugs.items() if others]
    tested = name in calls and calls[name].status != "not_tested"
    how = "was tested without a settled result; one" if tested else "was not tested; a result"
    if name.startswith("An "):
        return f"{name} would answer {all_of(alone + joint)}."
    return f"{name} {how} would answer {all_of(alone + joint)}."


def not_found(made: Consultation, reading: Reading) -> tuple[str, ...]:
    """What a clinician would look for and the record does not hold, or does not settle; searches that failed claim nothing."""
    empty = {a.what for a in united(reading.asked) if a.outcome == "complete" and a.received == 0}
    alternatives = any(r.alternatives for r in made.recommendations)
    clinical = {
        "allergies": "No allergy list" + (", so alternatives were not checked against allergies" if alternatives else ""),
        "statements": "No medicines taken at home or reported",
        "orders": "No medication orders",
        "conditions": "No conditions, so the indication is not known",
    }
    answers = would_answer(made)
    out = [*answers, *_unsettled_genes(made), *_untested(made, answers)]
    out += [f"{text}." for what, text in clinical.items() if what in empty and not _known(what, made)]
    takes_hiv = any(r.area == "resistance" and r.reason == "not tested" for r in made.recommendations)
    out += ["No HIV sequence or mutation list."] if takes_hiv and not made.isolates else []
    return tuple(out)


def _unsettled_genes(made: Consultation) -> Iterable[str]:
    """Genes with several genotypes possible, and the medicines whose advice a settled one would narrow."""
    for call in made.genes:
        told = [r for r in made.recommendations if r.status != "no_result" and any(a.name == call.gene for a in r.about)]
        if call.status == "ambiguous" and told:
            drugs = all_of(list(dict.fromkeys(r.drug.name for r in told)))
            yield f"{call.gene} is not settled; a settled genotype would narrow the advice on {drugs}."


def _untested(made: Consultation, answers: Sequence[str]) -> Iterable[str]:
    """Further genes that guidance on the record's medicines asks for and nobody tested."""
    tested = {g.gene for g in made.genes if g.status != "not_tested"}
    wanted = [a.name for r in made.recommendations if r.area == "drug_gene" and r.orders for a in r.about]
    genes = sorted({name for name in wanted if name not in tested and not any(a.startswith(f"{name} ") for a in answers)})
    if genes:
        yield f"No result of {all_of(genes)} in what was read."


def _known(what: str, made: Consultation) -> bool:
    held: dict[str, Sequence[object]] = {
        "allergies": made.chart.allergies,
        "statements": [m for m in made.chart.medications if m.reported],
        "orders": made.chart.medications,
        "conditions": made.chart.conditions,
    }
    return bool(held[what])
