"""Advice: recommendations without a word of text, the issues a clinician decides on, and the decisions taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from smartpgx.domain.called import Drug, GeneCall, IsolateCall
from smartpgx.domain.chart import Chart, Gap, Reference
from smartpgx.domain.codes import ActionCode, Area, IssueCode, NoResultReason, Status


class Action(Struct, frozen=True, kw_only=True):
    """What to do. ``parameters`` keep the keys of the contract (factor, basis, unless, of, ...)."""

    code: ActionCode
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Source(Struct, frozen=True, kw_only=True):
    """The published row an advice comes from. ``name``: CPIC, DPWG, FDA label, HIVDB, ..."""

    name: str
    id: str
    url: str | None = None
    pmids: tuple[str, ...] = ()
    version: str | None = None


class TraceStep(Struct, frozen=True, kw_only=True):
    """One step from the record to the advice. ``code`` and ``parameters`` are worded in wording; ``row``: table and row id."""

    step: Literal["finding", "translation", "knowledge", "modifier"]
    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    source: tuple[Reference, ...] = ()
    row: str | None = None


class Alternative(Struct, frozen=True, kw_only=True):
    """A drug named in advice, checked against the same patient. ``why`` is a code with parameters, worded later."""

    name: str
    rxcui: str | None = None
    ok: bool = True
    why: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


class About(Struct, frozen=True, kw_only=True):
    """What led here: a gene with its result, or an isolate."""

    kind: Literal["gene", "isolate", "biomarker", "condition"]
    name: str
    result: str | None = None
    source: tuple[Reference, ...] = ()


class Recommendation(Struct, frozen=True, kw_only=True):
    """One piece of advice from one source row for one population. No text: ``summary`` and ``detail`` come from wording.

    ``id`` is built from content (finding, ingredient, rule, advice), never from resource ids, dates or the release.
    ``orders`` are the medicines of the record it concerns; empty when nothing is ordered. ``depends_on`` is the
    genotype this advice holds for when not every possible one shares it (``if`` in the document). ``implications``
    name the row's implication (id of the source text) for wording. ``applies``: what the record says of the population
    (``yes``, ``no``), None where it does not settle it.
    """

    id: str
    area: Area
    status: Status
    reason: NoResultReason | None = None
    depends_on: str | None = None
    drug: Drug
    orders: tuple[Reference, ...] = ()
    about: tuple[About, ...] = ()
    actions: tuple[Action, ...] = ()
    population: str = "general"
    applies: Literal["yes", "no"] | None = None
    strength: str | None = None
    evidence: str | None = None
    sources: tuple[Source, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    basis: Literal["genetic", "phenoconversion", "pathogen"] = "genetic"
    trace: tuple[TraceStep, ...] = ()
    sure: bool = True


class Issue(Struct, frozen=True, kw_only=True):
    """What a clinician decides on: one per ingredient and cause. ``id`` is stable over results and releases."""

    id: str
    code: IssueCode
    drug: Drug
    orders: tuple[Reference, ...] = ()
    about: tuple[About, ...] = ()
    status: Status
    leading: str
    recommendations: tuple[str, ...]


class Decision(Struct, frozen=True, kw_only=True):
    """What a clinician decided about an issue: an input of the next assessment."""

    issue: str
    decided: Literal["confirmed", "overridden"]
    by: str
    on: str
    reason: str | None = None
    content: str | None = None


class MedicationFindings(Struct, frozen=True, kw_only=True):
    """Which recommendations concern the medicine at this position of ``chart.medications``."""

    index: int
    findings: tuple[str, ...] = ()


class Consultation(Struct, frozen=True, kw_only=True):
    """The whole answer for one chart on one day: what pages, hooks, command line and cohort show."""

    chart: Chart
    assessed_on: str
    genes: tuple[GeneCall, ...] = ()
    isolates: tuple[IsolateCall, ...] = ()
    medications: tuple[MedicationFindings, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    issues: tuple[Issue, ...] = ()
    gaps: tuple[Gap, ...] = ()
