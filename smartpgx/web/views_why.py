"""The reasons behind one advice: four steps, each with its sentences, the resources and the rows they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.domain.advice import Consultation, Recommendation, TraceStep
from smartpgx.domain.chart import Chart
from smartpgx.web import words
from smartpgx.web.views_frame import day
from smartpgx.web.views_genes import facts_of
from smartpgx.wording import trace

_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b(?=\.)")
TITLES: Mapping[str, str] = {
    "finding": "Finding in the record",
    "translation": "What it means",
    "knowledge": "What is published",
    "modifier": "What changes it here",
}


class Reason(Struct, frozen=True, kw_only=True):
    text: str
    source: tuple[str, ...]
    row: str


class Step(Struct, frozen=True, kw_only=True):
    """One numbered step. ``short`` stands beside its title while it is closed."""

    title: str
    short: str
    reasons: tuple[Reason, ...]


def steps_of(rec: Recommendation, made: Consultation) -> tuple[Step, ...]:
    """All four, in order; a step without content says what that means."""
    return tuple(_step(kind, [s for s in rec.trace if s.step == kind], rec, made) for kind in TITLES)


def _step(kind: str, steps: Sequence[TraceStep], rec: Recommendation, made: Consultation) -> Step:
    reasons = [Reason(text=trace.text(s), source=tuple(_dated(r, made.chart) for r in s.source), row=s.row or "") for s in steps]
    if kind == "modifier":
        reasons += [Reason(text=t, source=(), row="") for t in _conversion(rec, made)]
    if not reasons:
        reasons = [Reason(text=_EMPTY[kind][rec.area == "resistance"], source=(), row="")]
    return Step(title=TITLES[kind], short=" ".join(dict.fromkeys(r.text for r in reasons)), reasons=tuple(dict.fromkeys(reasons)))


_EMPTY: Mapping[str, tuple[str, str]] = {
    "finding": ("Nothing was found.", "Nothing was found."),
    "translation": (
        "The result is used as the laboratory reported it.",
        "The algorithm scores the mutations themselves; nothing stands between.",
    ),
    "knowledge": ("No published row speaks of this.", "No rule of the algorithm speaks of this."),
    "modifier": ("Nothing in what was read changes it.", "Nothing in what was read changes it."),
}


def _text(step: TraceStep) -> str:
    """The sentence of a step; a gene that its warning names already is named once, days are written as everywhere."""
    gene = str(step.parameters.get("gene", ""))
    said = trace.text(step)
    said = said.replace(f"{gene}: {gene}", gene, 1) if gene else said
    return _ISO_DAY.sub(lambda found: day(found[0]), said)


def _conversion(rec: Recommendation, made: Consultation) -> list[str]:
    """Whether other medicines of the record change how the gene works now."""
    out = []
    calls = {g.gene: g for g in made.genes}
    for one in rec.about:
        call = calls.get(one.name)
        if one.kind != "gene" or call is None or not one.name.startswith("CYP"):
            continue
        if call.current is None:
            told = [g.message for g in made.gaps if g.wanted.startswith(f"{one.name} current")]
            out += told or [f"Whether other medicines change {one.name} was not computed."]
        elif call.current.caused_by:
            names = words.some_of(call.current.caused_by)
            out.append(f"{one.name} works as {words.phenotype(call.current.phenotype).lower()} at present, because of {names}.")
        else:
            out.append(f"No other medicine that was read is known to change {one.name}.")
    return out


def _dated(reference: str, chart: Chart) -> str:
    dates = [f.date for f in facts_of(chart) if f.date and reference in f.source]
    return f"{reference}, {day(max(dates))}" if dates else reference
