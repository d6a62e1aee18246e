"""The FHIR interface: access, reading, writing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smartpgx.sandbox.record import walk
from tests.sandbox.client import BASE, SmartClient

FINDING = {"system": "urn:example:finding", "value": "f-1"}


def issue(patient: str = "anna", **changes: Any) -> dict[str, Any]:
    right = {
        "resourceType": "DetectedIssue",
        "identifier": [FINDING],
        "status": "final",
        "severity": "high",
        "patient": {"reference": f"Patient/{patient}"},
        "implicated": [{"reference": f"MedicationRequest/{patient}-order"}],
        "detail": "Do not use clopidogrel.",
    }
    return {name: value for name, value in {**right, **changes}.items() if value is not None}


def outcome(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/fhir+json"
    document = answer.json if answer.is_json else json.loads(answer.text)
    assert document["resourceType"] == "OperationOutcome" and document["issue"][0]["diagnostics"]
    return dict(document)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer guessed", "Basic YTpi", "bearer  "])
def test_without_a_good_token(smart: SmartClient, header: str | None) -> None:
    answer = smart.http.get("/fhir/Patient/anna", headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    outcome(answer)


def test_token_in_the_address_is_no_token(anna: SmartClient) -> None:
    answer = anna.http.get("/fhir/Patient/anna", query_string={"access_token": anna.token["access_token"]})
    assert answer.status_code == 401


def test_read_and_versions(anna: SmartClient) -> None:
    answer = anna.get("/Patient/anna")
    assert answer.headers["ETag"] == 'W/"1"' and "Last-Modified" in answer.headers
    assert json.loads(answer.text)["meta"]["versionId"] == "1"
    assert anna.get("/Patient/anna", If_None_Match='W/"1"').status_code == 304
    assert anna.get("/Observation/anna-obs-1/_history/1").status_code == 200
    assert anna.get("/Observation/anna-obs-1/_history/2").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Patient/nobody", 404),
        ("/Nonsense/1", 404),
        ("/Nonsense", 404),
        ("/Patient/bert", 403),
        ("/Observation/bert-obs-1", 403),
        ("/Observation?patient=bert", 403),
        ("/Observation?subject=Patient/bert", 403),
        ("/Observation?patient=anna,bert", 403),
        ("/Condition?patient=anna", 403),
        ("/Medication/clopidogrel", 403),
        ("/Patient?_id=anna", 403),
        ("/Patient/anna/$everything", 404),
        ("", 400),
        ("?_page=guessed", 410),
    ],
)
def test_refused_reads(anna: SmartClient, path: str, status: int) -> None:
    answer = anna.get(path)
    assert answer.status_code == status
    outcome(answer)


def test_search_stays_in_the_compartment(anna: SmartClient) -> None:
    found = json.loads(anna.get("/Observation?_count=100").text)["entry"]
    assert {entry["resource"]["subject"]["reference"] for entry in found} == {"Patient/anna"}


def test_shared_types_need_their_scope_only(smart: SmartClient) -> None:
    smart.launch("anna", scope="launch patient/Medication.r")
    assert smart.get("/Medication/clopidogrel").status_code == 200


def test_user_scopes_open_every_patient(smart: SmartClient) -> None:
    smart.launch("anna", scope="launch user/Patient.rs")
    assert smart.get("/Patient/bert").status_code == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/fhir+json", 200),
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.5", 200),
        ("text/html", 406),
        ("application/fhir+xml", 406),
    ],
)
def test_accept(anna: SmartClient, accept: str, status: int) -> None:
    assert anna.get("/Patient/anna", Accept=accept).status_code == status


def test_metadata_is_open(smart: SmartClient) -> None:
    answer = smart.http.get("/fhir/metadata")
    document = json.loads(answer.text)
    assert document["fhirVersion"] == "4.0.1"
    (rest,) = document["rest"]
    uris = {one["url"]: one["valueUri"] for one in rest["security"]["extension"][0]["extension"]}
    assert uris == {"authorize": "http://127.0.0.1:8321/auth/authorize", "token": "http://127.0.0.1:8321/auth/token"}
    kinds = {row["type"]: row for row in rest["resource"]}
    assert {"MolecularSequence", "DetectedIssue", "Provenance"} <= set(kinds)
    assert {"patient", "code", "category", "date", "_lastUpdated"} <= {one["name"] for one in kinds["Observation"]["searchParam"]}


def test_create_and_read_back(anna: SmartClient) -> None:
    answer = anna.fhir("POST", "/DetectedIssue", issue(id="mine", meta={"versionId": "7"}))
    assert answer.status_code == 201
    stored = json.loads(answer.text)
    assert stored["id"] != "mine" and stored["meta"]["versionId"] == "1"
    assert answer.headers["ETag"] == 'W/"1"'
    assert answer.headers["Location"] == f"{BASE}/DetectedIssue/{stored['id']}/_history/1"
    assert json.loads(anna.get(f"/DetectedIssue/{stored['id']}").text) == stored
    found = json.loads(anna.get("/DetectedIssue?identifier=urn:example:finding|f-1").text)
    assert [entry["resource"]["id"] for entry in found["entry"]] == [stored["id"]]


def test_prefer_minimal(anna: SmartClient) -> None:
    answer = anna.fhir("POST", "/DetectedIssue", issue(), Prefer="return=minimal")
    assert answer.status_code == 201 and answer.text == "" and "Location" in answer.headers


def test_provenance_belongs_where_its_targets_belong(anna: SmartClient) -> None:
    made = json.loads(anna.fhir("POST", "/DetectedIssue", issue()).text)
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": f"DetectedIssue/{made['id']}"}],
        "recorded": "2026-11-24T12:00:00Z",
        "agent": [{"who": {"reference": "Practitioner/sandbox-clinician"}}],
    }
    assert anna.fhir("POST", "/Provenance", provenance).status_code == 201
    foreign = {**provenance, "target": [{"reference": "Observation/bert-obs-1"}]}
    assert anna.fhir("POST", "/Provenance", foreign).status_code == 403
    found = json.loads(anna.get(f"/DetectedIssue?_id={made['id']}&_revinclude=Provenance:target").text)["entry"]
    assert [entry["search"]["mode"] for entry in found] == ["match", "include"]


REFUSED = {
    "not JSON": ("{", 400, "structure"),
    "not a number of JSON": ('{"resourceType": "DetectedIssue", "x": NaN}', 400, "structure"),
    "another type": ({"resourceType": "Observation"}, 400, "structure"),
    "a list": ("[]", 400, "structure"),
    "required element missing": (issue(status=None), 400, "required"),
    "required element inside missing": (issue(mitigation=[{"date": "2026-01-01"}]), 400, "required"),
    "unknown element": (issue(colour="red"), 400, "structure"),
    "unknown element inside": (issue(identifier=[{**FINDING, "colour": "red"}]), 400, "structure"),
    "R5 element": (issue(subject={"reference": "Patient/anna"}), 400, "structure"),
    "single value as a list": (issue(status=["final"]), 400, "structure"),
    "list as a single value": (issue(identifier=FINDING), 400, "structure"),
    "empty list": (issue(implicated=[]), 400, "structure"),
    "empty object": (issue(code={}), 400, "structure"),
    "empty string": (issue(detail=""), 400, "value"),
    "number as a string": (issue(detail=7), 400, "value"),
    "two of a choice": (issue(identifiedDateTime="2026", identifiedPeriod={"start": "2026"}), 400, "structure"),
    "date and time without zone": (issue(identifiedDateTime="2026-01-01T10:00:00"), 400, "value"),
    "required code unknown": (issue(status="zzz"), 422, "code-invalid"),
    "severity of another set": (issue(severity="critical"), 422, "code-invalid"),
    "order that is not there": (issue(implicated=[{"reference": "MedicationRequest/none"}]), 422, "not-found"),
    "evidence that is not there": (issue(evidence=[{"detail": [{"reference": "Observation/none"}]}]), 422, "not-found"),
    "order of another patient": (issue(implicated=[{"reference": "MedicationRequest/bert-order"}]), 422, "not-found"),
    "reference to another server": (issue(implicated=[{"reference": "http://else.example/Observation/1"}]), 422, "not-supported"),
    "urn without its Bundle": (issue(implicated=[{"reference": "urn:uuid:1"}]), 422, "not-supported"),
    "reference of a wrong type": (issue(author={"reference": "Patient/anna"}), 400, "value"),
    "contained that is not contained": (issue(implicated=[{"reference": "#one"}]), 422, "invariant"),
    "another patient": (issue("bert"), 403, "forbidden"),
    "no patient": (issue(patient=None), 403, "forbidden"),
}


@pytest.mark.parametrize(("resource", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_writes(anna: SmartClient, resource: Any, status: int, code: str) -> None:
    answer = anna.fhir("POST", "/DetectedIssue", resource)
    assert answer.status_code == status, answer.text
    assert outcome(answer)["issue"][0]["code"] == code
    assert "entry" not in json.loads(anna.get("/DetectedIssue?patient=anna").text)


def test_observation_invariants(anna: SmartClient) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "51963-7"}]}
    made = {"resourceType": "Observation", "status": "final", "code": code, "subject": {"reference": "Patient/anna"}}
    absent = {"valueString": "x", "dataAbsentReason": {"text": "unknown"}}
    assert anna.fhir("POST", "/Observation", made | absent).status_code == 422
    assert anna.fhir("POST", "/Observation", made | {"valueString": "x", "component": [{"code": code}]}).status_code == 422
    assert anna.fhir("POST", "/Observation", made | {"valueString": "x"}).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_content_type(anna: SmartClient, kind: str) -> None:
    answer = anna.fhir("POST", "/DetectedIssue", issue(), Content_Type=kind)
    assert answer.status_code == 415
    outcome(answer)


def test_body_too_large(anna: SmartClient) -> None:
    answer = anna.fhir("POST", "/DetectedIssue", issue(detail="x" * 5_000_000))
    assert answer.status_code == 413
    outcome(answer)


def test_conditional_create(anna: SmartClient) -> None:
    condition = "identifier=urn:example:finding|f-1"
    first = anna.fhir("POST", "/DetectedIssue", issue(), If_None_Exist=condition)
    second = anna.fhir("POST", "/DetectedIssue", issue(), If_None_Exist=condition)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["Location"] == second.headers["Location"]
    anna.fhir("POST", "/DetectedIssue", issue())
    assert anna.fhir("POST", "/DetectedIssue", issue(), If_None_Exist=condition).status_code == 412
    assert anna.fhir("POST", "/DetectedIssue", issue(), If_None_Exist="colour=red").status_code == 400
    assert anna.fhir("POST", "/DetectedIssue", issue(), If_None_Exist="").status_code == 400


def test_update_with_etag(anna: SmartClient) -> None:
    stored = json.loads(anna.fhir("POST", "/DetectedIssue", issue()).text)
    place = f"/DetectedIssue/{stored['id']}"
    withdrawn = {**stored, "status": "entered-in-error"}
    answer = anna.fhir("PUT", place, withdrawn, If_Match='W/"1"')
    assert answer.status_code == 200 and answer.headers["ETag"] == 'W/"2"'
    assert anna.fhir("PUT", place, stored, If_Match='W/"1"').status_code == 412
    assert anna.fhir("PUT", place, stored, If_Match="1").status_code == 400
    assert json.loads(anna.get(place).text)["status"] == "entered-in-error"
    assert json.loads(anna.get(place + "/_history/1").text)["status"] == "final"


def test_update_refusals(anna: SmartClient) -> None:
    stored = json.loads(anna.fhir("POST", "/DetectedIssue", issue()).text)
    place = f"/DetectedIssue/{stored['id']}"
    assert anna.fhir("PUT", place, {**stored, "id": "else"}).status_code == 400
    assert anna.fhir("PUT", "/DetectedIssue/new-id", issue(id="new-id")).status_code == 405
    assert anna.fhir("PUT", place, {**stored, "patient": {"reference": "Patient/bert"}}).status_code == 403
    assert anna.fhir("PUT", "/Patient/anna", {"resourceType": "Patient", "id": "anna"}).status_code == 403
    assert anna.fhir("PATCH", place, {}).status_code == 405


def test_conditional_update(anna: SmartClient) -> None:
    place = "/DetectedIssue?identifier=urn:example:finding|f-1"
    assert anna.fhir("PUT", place, issue()).status_code == 201
    changed = anna.fhir("PUT", place, issue(detail="Again."))
    assert changed.status_code == 200 and changed.headers["ETag"] == 'W/"2"'


def test_delete(anna: SmartClient) -> None:
    stored = json.loads(anna.fhir("POST", "/DetectedIssue", issue()).text)
    place = f"/DetectedIssue/{stored['id']}"
    assert anna.fhir("DELETE", place).status_code == 204
    assert anna.get(place).status_code == 410
    assert anna.fhir("DELETE", place).status_code == 204
    assert "entry" not in json.loads(anna.get("/DetectedIssue?patient=anna").text)


def test_v2_create_without_update(smart: SmartClient) -> None:
    smart.launch("anna", scope="launch patient/DetectedIssue.c patient/MedicationRequest.r")
    answer = smart.fhir("POST", "/DetectedIssue", issue())
    assert answer.status_code == 201
    stored = json.loads(answer.text)
    assert smart.fhir("PUT", f"/DetectedIssue/{stored['id']}", stored).status_code == 403
    assert smart.get(f"/DetectedIssue/{stored['id']}").status_code == 403


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Patient/a", ("Patient", "a")),
        (f"{BASE}/Patient/a", ("Patient", "a")),
        ("Patient/a/_history/3", ("Patient", "a")),
        ("http://else.example/fhir/Patient/a", None),
        ("/Patient/a", None),
        ("patient/a", None),
        ("urn:uuid:1", None),
        ("#a", None),
        (None, None),
    ],
)
def test_local_reference(text: Any, found: Any) -> None:
    assert walk.local_target(text, BASE) == found
