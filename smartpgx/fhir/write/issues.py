"""What a clinician is offered to store: DetectedIssues, the implications they rest on, and one Provenance over all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from smartpgx.domain.advice import Consultation, Issue, Recommendation
from smartpgx.domain.called import Drug, IsolateCall
from smartpgx.domain.codes import Letter, Status
from smartpgx.fhir.write.elements import ACT_CODE, GENETIC_SECURITY, SOFTWARE, coded, narrative, reference, references
from smartpgx.fhir.write.identity import ISSUE_SYSTEM, PROVENANCE_SYSTEM, digest
from smartpgx.fhir.write.implication import implications
from smartpgx.fhir.write.strict import checked
from smartpgx.wording import advice as say

SEVERITY: dict[Status, str] = {"avoid": "high", "change": "moderate", "monitor": "low"}
CODE_TEXT = {"GEN": "Genetic Alert", "LAB": "Lab Alert"}
CODE_DISPLAY = {"GEN": "Genetic Alert", "LAB": None}
IMPLICATED = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")


def build(
    consultation: Consultation,
    *,
    only: Collection[str] | None = None,
    verifier: str | None = None,
    recorded: str | None = None,
    release: str = "",
) -> list[dict[str, Any]]:
    """Resources for the consultation's issues (``only``: ids of those confirmed), Provenance last; [] without an issue.

    Each passed the strict R4B models. ``verifier``: reference of the clinician who confirmed; ``recorded``: instant
    of writing (default: midnight UTC of the day of assessment). References go to the input's resources and, among
    what is built, to ``Type/<hex digest>``, which a server replaces by its own ids.
    """
    patient = consultation.chart.patient.reference
    if patient is None:
        return []
    by_id = {r.id: r for r in consultation.recommendations}
    out: list[dict[str, Any]] = []
    for issue in consultation.issues:
        if only is None or issue.id in only:
            recs = [by_id[i] for i in (issue.leading, *(r for r in issue.recommendations if r != issue.leading))]
            letter = _letter(issue, consultation.isolates) if issue.code == "LAB" else None
            observations = implications(issue, recs, patient, consultation.assessed_on, letter)
            out += [*observations, _detected_issue(issue, recs, observations, patient, consultation.assessed_on)]
    if out:
        out.append(_provenance(out, patient, verifier, recorded or f"{consultation.assessed_on}T00:00:00Z", release))
    return [checked(resource) for resource in out]


def _letter(issue: Issue, isolates: Sequence[IsolateCall]) -> Letter | None:
    """The most resistant letter that any isolate and algorithm gives the drug."""
    letters = {call.interpretation for isolate in isolates for call in isolate.drugs if _same_drug(call.drug, issue.drug)}
    return next((letter for letter in ("R", "I", "S") if letter in letters), None)


def _same_drug(one: Drug, other: Drug) -> bool:
    return one.rxcui == other.rxcui if one.rxcui and other.rxcui else one.name.casefold() == other.name.casefold()


def _detected_issue(
    issue: Issue, recs: Sequence[Recommendation], observations: Sequence[dict[str, Any]], patient: str, on: str
) -> dict[str, Any]:
    summary = say.issue_summary(issue, list(recs))
    findings = tuple(s for about in issue.about for s in about.source)
    evidence = references(findings) + [{"reference": f"Observation/{o['id']}"} for o in observations]
    link = next((s.url for s in recs[0].sources if s.url), None)
    about = " and ".join(dict.fromkeys(a.name for a in issue.about))
    return {
        "resourceType": "DetectedIssue",
        "id": digest(patient, issue.id),
        **({"meta": {"security": [GENETIC_SECURITY]}} if issue.code == "GEN" else {}),
        "text": narrative(summary, *detail_lines(recs)),
        "identifier": [{"system": ISSUE_SYSTEM, "value": digest(patient, issue.id)}],
        "status": "final",
        "code": coded(ACT_CODE, issue.code, CODE_DISPLAY[issue.code], text=f"{issue.drug.name}: {about}"),
        "severity": SEVERITY[issue.status],
        "patient": {"reference": patient},
        "identifiedDateTime": on,
        "author": SOFTWARE,
        **({"implicated": references(issue.orders, IMPLICATED)} if references(issue.orders, IMPLICATED) else {}),
        "evidence": [{"detail": evidence}],
        "detail": "\n".join(detail_lines(recs)),
        **({"reference": link} if link else {}),
    }


def detail_lines(recs: Sequence[Recommendation]) -> list[str]:
    """The leading advice first; below it, one line per other source and population."""
    lead = f"{say.summary(recs[0])} {say.detail(recs[0])}".strip()
    others = [f"{_origin(rec)}: {say.summary(rec)}" for rec in recs[1:]]
    return list(dict.fromkeys((f"{lead} ({_origin(recs[0])})", *others)))


def _origin(rec: Recommendation) -> str:
    names = ", ".join(f"{s.name} {s.version or ''}".strip() for s in rec.sources)
    grade = f", {rec.strength.lower()}" if rec.strength else ""
    return f"{names}{grade}"


def _provenance(
    written: Sequence[dict[str, Any]], patient: str, verifier: str | None, recorded: str, release: str
) -> dict[str, Any]:
    targets = [{"reference": f"{r['resourceType']}/{r['id']}"} for r in written]
    made = {t["reference"] for t in targets}
    inputs = [d["reference"] for r in written for e in r.get("evidence", []) for d in e["detail"]]
    inputs += [i["reference"] for r in written for i in r.get("implicated", [])]
    agents: list[dict[str, Any]] = [_agent("assembler", "Assembler", SOFTWARE)]
    if verifier:
        agents.append(_agent("verifier", "Verifier", reference(verifier)))
    key = digest(patient, "provenance", *sorted(made))
    says = f"Written by smartpgx, knowledge release {release}." if release else "Written by smartpgx."
    genetic = any(r["resourceType"] == "DetectedIssue" and "meta" in r for r in written)
    return {
        "resourceType": "Provenance",
        "id": key,
        **({"meta": {"security": [GENETIC_SECURITY]}} if genetic else {}),
        "text": narrative(says),
        "target": targets,
        "recorded": recorded,
        "activity": coded("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "CREATE", "create"),
        "agent": agents,
        "entity": [
            *({"role": "source", "what": {"reference": r}} for r in dict.fromkeys(inputs) if r not in made),
            {"role": "source", "what": {"identifier": {"system": PROVENANCE_SYSTEM, "value": release or "unknown"},
                                        "display": f"knowledge release {release or 'unknown'}"}},
        ],
    }  # fmt: skip


def _agent(code: str, display: str, who: dict[str, Any]) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    return {"type": coded(system, code, display), "who": who}


def bundle(resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A collection Bundle of what was built, ``fullUrl`` by type and id so that its references resolve inside."""
    base = "https://smartpgx.invalid/fhir"
    return {
        "resourceType": "Bundle",
        "type": "collection",
        **(
            {"entry": [{"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]}
            if resources
            else {}
        ),
    }
