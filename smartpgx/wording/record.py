"""What was asked of the record, what was missing, and what can be written: the sentences."""

from __future__ import annotations

from collections.abc import Mapping

from smartpgx.domain.visit import Asked

SUBJECTS: Mapping[str, str] = {
    "patient": "Who the patient is",
    "consents": "Consents",
    "orders": "Medication orders",
    "statements": "Medicines taken at home or reported",
    "conditions": "Conditions",
    "allergies": "Allergies",
    "measurements": "Body weight",
    "genetic_results": "Genetic results, by code",
    "microbiology_results": "HIV resistance results, by code",
    "genetic_reports": "Reports of the genetics section",
    "coded_reports": "Genetic and site reports, by code",
    "microbiology_reports": "Reports of the microbiology section",
    "sequences": "Molecular sequences",
    "specimens": "Specimens",
    "own_issues": "What this app stored earlier",
    "own_implications": "What the entries of this app rest on",
    "followed": "What reports, panels and orders point to",
}

_OUTCOMES: Mapping[str, str] = {
    "complete": "read to the end",
    "incomplete": "read in part",
    "not_granted": "not asked: the EHR gave no permission for it",
    "not_offered": "not asked: this EHR does not offer it",
    "withheld": "not asked: the patient does not consent to the use of genetic results",
    "held_back": "not asked: consent could not be read, so nothing genetic was asked for",
    "denied": "the EHR refused access",
    "unreachable": "the EHR did not answer in time",
    "busy": "the EHR was busy or down",
    "garbled": "the EHR's answer could not be read",
    "refused": "the EHR did not accept the question",
    "not_found": "the EHR does not know this address",
}

_REASONS: Mapping[str, str] = {
    "page_limit": "more pages than we fetch",
    "pages_in_circles": "its pages lead in circles",
    "next_page_elsewhere": "the next page lies on another server, to which no token is sent",
    "page_expired": "the next page had expired",
    "server_complained": "the EHR reported an error among the results",
    "patient_ignored": "the EHR ignored the restriction to this patient, so nothing of its answer was used",
    "follow_limit": "more references than we follow",
    "filtered_grant": "the EHR permits a part only",
    "some_missing": "some of it is not there or not accessible",
}


def subject(what: str) -> str:
    """What a question was about, for the first column."""
    return SUBJECTS.get(what, what)


def bound(asked: Asked) -> str:
    """Within which limits was asked."""
    parts = []
    if "codes" in asked.bound:
        parts.append(f"{asked.bound['codes']} codes")
    if "sections" in asked.bound:
        parts.append(f"report section {asked.bound['sections']}")
    if "references" in asked.bound:
        parts.append(f"{asked.bound['references']} references")
    if asked.dropped:
        parts.append(f"without {', '.join(asked.dropped)}, which the EHR refused")
    if "parameter-ignored" in asked.quirks:
        parts.append("the EHR ignored part of the question")
    return "; ".join(parts) or "all of this patient"


def outcome(asked: Asked) -> str:
    """What came of it."""
    text = _OUTCOMES[asked.outcome]
    if asked.outcome == "incomplete":
        text += f" ({_REASONS.get(asked.reason or '', 'a later page failed')})"
    if asked.outcome in ("complete", "incomplete"):
        text += f", {asked.received} received"
    return text


def not_seen(asked: Asked) -> str:
    """One sentence for a gap: what is missing, why, and what that means."""
    return f"{subject(asked.what)}: {outcome(asked)}. Advice that would need them may be missing."


def cannot_write(resource: str, because: str) -> str:
    """Why a type cannot be written, said before the button."""
    reasons = {
        "not_offered": "this EHR's server does not offer to store it",
        "not_granted": "the EHR gave this app no permission to store it",
        "no_author": "the EHR did not prove who is signed in, and an entry needs someone who confirmed it",
        "not_a_clinician": "the person signed in is not a clinician of this EHR",
        "not_stated": "the EHR does not say whether its server can store it; it is tried, and the result is read back",
    }
    return f"{_NAMES.get(resource, resource)}: {reasons[because]}."


_NAMES: Mapping[str, str] = {
    "DetectedIssue": "The issue itself (DetectedIssue)",
    "Observation": "What the finding means for the drug (Observation)",
    "Provenance": "The note of origin (Provenance)",
}


def scope_lost(scope: str) -> str:
    """What a scope that was not granted means for the page."""
    kind = scope.split("/")[-1].split(".")[0]
    rights = scope.rsplit(".", 1)[-1]
    if kind in ("DetectedIssue", "Provenance") or not set(rights) & {"r", "s"}:
        return f"{scope} was not granted: {_NAMES.get(kind, kind)} cannot be stored."
    subjects = {
        "Consent": "consents", "MedicationStatement": "statements", "Condition": "conditions", "Observation": "genetic_results",
        "AllergyIntolerance": "allergies", "DiagnosticReport": "genetic_reports", "MolecularSequence": "sequences",
        "Specimen": "specimens", "MedicationRequest": "orders", "Medication": "orders", "Patient": "patient",
    }  # fmt: skip
    name = SUBJECTS.get(subjects.get(kind, ""), kind)
    return f"{scope} was not granted: {name[0].lower() + name[1:]} were not looked at."


def kind(resource: str) -> str:
    """What a resource type of ours is for."""
    return _NAMES.get(resource, resource)
