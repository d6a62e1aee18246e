"""The consultation document (``smartpgx.consultation/1``): the whole answer as JSON. Contract, section 3.

Texts are added here, from wording: the consultation itself holds structure only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

import smartpgx
from smartpgx.domain.advice import About, Action, Consultation, Issue, MedicationFindings, Recommendation, Source
from smartpgx.domain.called import Algorithm, Drug, DrugCall, GeneCall, IsolateCall, Regimen
from smartpgx.domain.chart import Excluded, Gap, Medication, Organism, Patient, Reference
from smartpgx.domain.codes import Area, IssueCode, NoResultReason, Outcome, Status
from smartpgx.knowledge.schema import Manifest
from smartpgx.wording import advice as say
from smartpgx.wording import hiv as say_hiv
from smartpgx.wording import trace as say_trace


class KnowledgeShown(Struct, frozen=True, kw_only=True):
    release: str
    digest: str
    sources: tuple[str, ...]


class SoftwareShown(Struct, frozen=True, kw_only=True):
    name: str = "smartpgx"
    version: str = smartpgx.__version__


class TraceShown(Struct, frozen=True, kw_only=True):
    step: str
    text: str
    source: tuple[Reference, ...]
    row: str | None


class AlternativeShown(Struct, frozen=True, kw_only=True):
    name: str
    rxcui: str | None
    ok: bool
    why: str


class RecommendationShown(Struct, frozen=True, kw_only=True):
    """One recommendation with its sentences. ``order`` is the first of ``orders``."""

    id: str
    area: Area
    status: Status
    reason: NoResultReason | None
    depends_on: str | None = field(name="if")
    drug: Drug
    order: Reference | None
    orders: tuple[Reference, ...]
    about: tuple[About, ...]
    actions: tuple[Action, ...]
    population: str
    strength: str | None
    evidence: str | None
    sources: tuple[Source, ...]
    summary: str
    detail: str
    alternatives: tuple[AlternativeShown, ...]
    basis: str
    trace: tuple[TraceShown, ...]
    sure: bool


class IssueShown(Struct, frozen=True, kw_only=True):
    id: str
    orders: tuple[Reference, ...]
    drug: Drug
    code: IssueCode
    about: tuple[About, ...]
    status: Status
    leading: str
    recommendations: tuple[str, ...]
    summary: str


class CommentShown(Struct, frozen=True, kw_only=True):
    id: str
    text: str
    algorithm: Algorithm


class RegimenShown(Struct, frozen=True, kw_only=True):
    drugs: tuple[Mapping[str, Any], ...]
    fully_active: int
    remarks: tuple[str, ...]


class IsolateShown(Struct, frozen=True, kw_only=True):
    organism: Organism | None
    specimen: Reference | None
    collected: str | None
    drugs: tuple[DrugCall, ...]
    regimen: RegimenShown | None
    comments: tuple[CommentShown, ...]
    warnings: tuple[str, ...]
    source: tuple[Reference, ...]


class MedicationShown(Medication, frozen=True, kw_only=True):
    findings: tuple[str, ...] = ()


class ConsultationDocument(Struct, frozen=True, kw_only=True, tag_field="schema", tag="smartpgx.consultation/1"):
    """Key meanings: contract, section 3."""

    patient: Patient
    assessed_on: str
    software: SoftwareShown
    knowledge: KnowledgeShown
    genes: tuple[GeneCall, ...]
    isolates: tuple[IsolateShown, ...]
    tumours: tuple[Mapping[str, Any], ...]
    prevention: tuple[Mapping[str, Any], ...]
    medications: tuple[MedicationShown, ...]
    recommendations: tuple[RecommendationShown, ...]
    issues: tuple[IssueShown, ...]
    gaps: tuple[Gap, ...]
    excluded: tuple[Excluded, ...]
    accounted: Mapping[str, Mapping[Outcome, int]]


def consultation_document(consultation: Consultation, manifest: Manifest) -> ConsultationDocument:
    """The document of a consultation made with the release that ``manifest`` describes."""
    chart = consultation.chart
    by_id = {r.id: r for r in consultation.recommendations}
    return ConsultationDocument(
        patient=chart.patient,
        assessed_on=consultation.assessed_on,
        software=SoftwareShown(),
        knowledge=knowledge_shown(manifest),
        genes=consultation.genes,
        isolates=tuple(map(isolate_shown, consultation.isolates)),
        tumours=(),
        prevention=(),
        medications=_medications(chart.medications, consultation.medications),
        recommendations=tuple(map(recommendation_shown, consultation.recommendations)),
        issues=tuple(_issue(issue, by_id) for issue in consultation.issues),
        gaps=consultation.gaps,
        excluded=chart.excluded,
        accounted=chart.accounted,
    )


def knowledge_shown(manifest: Manifest) -> KnowledgeShown:
    """Release, digest and the projects whose facts it holds."""
    projects = dict.fromkeys(s["project"] for table in manifest.tables for s in table.sources if s.get("project"))
    return KnowledgeShown(release=manifest.release, digest=manifest.digest, sources=tuple(projects))


def _medications(all_: tuple[Medication, ...], findings: tuple[MedicationFindings, ...]) -> tuple[MedicationShown, ...]:
    found = {f.index: f.findings for f in findings}
    names = Medication.__struct_fields__
    return tuple(
        MedicationShown(findings=found.get(index, ()), **{n: getattr(medication, n) for n in names})
        for index, medication in enumerate(all_)
    )


def recommendation_shown(rec: Recommendation) -> RecommendationShown:
    """A recommendation with its sentences."""
    return RecommendationShown(
        id=rec.id,
        area=rec.area,
        status=rec.status,
        reason=rec.reason,
        depends_on=rec.depends_on,
        drug=rec.drug,
        order=rec.orders[0] if rec.orders else None,
        orders=rec.orders,
        about=rec.about,
        actions=rec.actions,
        population=rec.population,
        strength=rec.strength,
        evidence=rec.evidence,
        sources=rec.sources,
        summary=say.summary(rec),
        detail=say.detail(rec),
        alternatives=tuple(
            AlternativeShown(name=a.name, rxcui=a.rxcui, ok=a.ok, why=say.alternative_why(a)) for a in rec.alternatives
        ),
        basis=rec.basis,
        trace=tuple(TraceShown(step=t.step, text=say_trace.text(t), source=t.source, row=t.row) for t in rec.trace),
        sure=rec.sure,
    )


def _issue(issue: Issue, by_id: Mapping[str, Recommendation]) -> IssueShown:
    return IssueShown(
        id=issue.id,
        orders=issue.orders,
        drug=issue.drug,
        code=issue.code,
        about=issue.about,
        status=issue.status,
        leading=issue.leading,
        recommendations=issue.recommendations,
        summary=say.issue_summary(issue, [by_id[r] for r in issue.recommendations]),
    )


def isolate_shown(isolate: IsolateCall) -> IsolateShown:
    """An isolate with the sentences of its comments and remarks."""
    return IsolateShown(
        organism=isolate.organism,
        specimen=isolate.specimen,
        collected=isolate.collected,
        drugs=isolate.drugs,
        regimen=_regimen(isolate.regimen),
        comments=tuple(
            CommentShown(id=c.id, text=c.text if c.text is not None else say_hiv.comment(c), algorithm=c.algorithm)
            for c in isolate.comments
        ),
        warnings=isolate.warnings,
        source=isolate.source,
    )


def _regimen(regimen: Regimen | None) -> RegimenShown | None:
    if regimen is None:
        return None
    return RegimenShown(
        drugs=tuple({"drug": d.drug, "order": d.order, "interpretation": d.interpretation} for d in regimen.drugs),
        fully_active=regimen.fully_active,
        remarks=tuple(map(say_hiv.remark, regimen.remarks)),
    )
