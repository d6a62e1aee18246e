"""Write-back to a FHIR server that no one here wrote: once, verified, and told in words when it is not possible."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from smartpgx.errors import WriteConflict, WriteRefused
from smartpgx.fhir.capabilities import abilities_of
from smartpgx.fhir.client import Record
from smartpgx.fhir.connection import Connection, NoSignIn
from smartpgx.fhir.write_back import Ability, ability, look, store, withdraw

pytestmark = pytest.mark.peer

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CAN = Ability(resource="DetectedIssue", create=True, update=True, because="can")


def issue(patient, value, detail="Avoid clopidogrel."):
    return {
        "resourceType": "DetectedIssue",
        "identifier": [{"system": "urn:smartpgx:issue", "value": value}],
        "status": "final",
        "code": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "GEN"}],
            "text": "clopidogrel",
        },
        "severity": "high",
        "patient": {"reference": f"Patient/{patient}"},
        "identifiedDateTime": "2026-11-24",
        "detail": detail,
    }


@pytest.fixture(params=["hapi_server", "hapi_sandbox"])
def base(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def patient(base, request):
    identity = "w-" + "".join(c for c in request.node.name if c.isalnum())[:50].lower()
    requests.put(f"{base}/Patient/{identity}", json={"resourceType": "Patient", "id": identity}, timeout=30).raise_for_status()
    return identity


def visitor(base):
    return Record(Connection(base, NoSignIn()))


def stored(base, value):
    query = {"identifier": f"urn:smartpgx:issue|{value}"}
    page = requests.get(f"{base}/DetectedIssue", params=query, headers={"Cache-Control": "no-cache"}, timeout=30).json()
    return [entry["resource"] for entry in page.get("entry", [])]


def test_the_cache_of_a_public_server_really_is_there(hapi_sandbox):
    query = {"identifier": "urn:smartpgx:issue|cached"}
    requests.put(f"{hapi_sandbox}/Patient/w-cache", json={"resourceType": "Patient", "id": "w-cache"}, timeout=30)
    assert "entry" not in requests.get(f"{hapi_sandbox}/DetectedIssue", params=query, timeout=30).json()
    requests.post(f"{hapi_sandbox}/DetectedIssue", json=issue("w-cache", "cached"), timeout=30).raise_for_status()
    assert "entry" not in requests.get(f"{hapi_sandbox}/DetectedIssue", params=query, timeout=30).json()


def test_a_second_press_and_a_second_visit_leave_one(base, patient):
    record, resource = visitor(base), issue(patient, patient)
    assert look(record, resource).state == "new"
    first = store(record, resource, issue="i", can=CAN)
    assert (first.did, look(record, resource).state) == ("created", "unchanged")
    second = store(visitor(base), resource, issue="i", can=CAN)
    assert (second.did, second.id, second.version) == ("unchanged", first.id, first.version)
    assert requests.get(first.address, timeout=30).json()["detail"] == resource["detail"]
    assert len(stored(base, patient)) == 1


def test_changed_content_updates_the_same_entry_and_withdrawal_is_kept(base, patient):
    record = visitor(base)
    first = store(record, issue(patient, patient), issue="i", can=CAN)
    changed = store(record, issue(patient, patient, "Halve the dose."), issue="i", can=CAN)
    assert (changed.did, changed.id) == ("updated", first.id)
    assert changed.version != first.version
    assert withdraw(record, changed).did == "withdrawn"
    assert withdraw(record, changed).did == "withdrawn"
    assert [found["status"] for found in stored(base, patient)] == ["entered-in-error"]


def test_eight_at_once_leave_one(base, patient):
    resource = issue(patient, patient)

    def press(_):
        try:
            return store(visitor(base), copy.deepcopy(resource), issue="i", can=CAN, conditional=True).did
        except WriteConflict:
            return "conflict"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(press, range(8)))
    assert len(stored(base, patient)) == 1
    assert outcomes.count("created") == 1
    assert set(outcomes) <= {"created", "unchanged", "conflict"}


def test_someone_elses_change_meanwhile_is_a_conflict(base, patient):
    record, resource = visitor(base), issue(patient, patient)
    first = store(record, resource, issue="i", can=CAN)
    seen = record.read("DetectedIssue", first.id, fresh=True).body
    requests.put(first.address, json={**seen, "detail": "changed by someone"}, timeout=30).raise_for_status()
    answer = record.update({**seen, "detail": "ours"}, seen["meta"]["versionId"])
    assert answer.status in (409, 412)
    assert stored(base, patient)[0]["detail"] == "changed by someone"


def test_two_entries_of_ours_are_not_made_three(base, patient):
    for _ in range(2):
        requests.post(f"{base}/DetectedIssue", json=issue(patient, patient), timeout=30).raise_for_status()
    with pytest.raises(WriteConflict, match="more than once"):
        store(visitor(base), issue(patient, patient), issue="i", can=CAN)
    assert len(stored(base, patient)) == 2


def test_a_refusal_is_told_with_the_servers_words(hapi_server):
    with pytest.raises(WriteRefused) as told:
        store(visitor(hapi_server), issue("nobody-here", "dangling"), issue="i", can=CAN)
    assert "400" in told.value.message
    assert "nobody-here" not in told.value.message
    assert "nobody-here" in told.value.said
    assert stored(hapi_server, "dangling") == []


def test_a_validating_server_says_422_and_nothing_is_stored(hapi):
    base = hapi("validate")
    requests.put(f"{base}/Patient/strict", json={"resourceType": "Patient", "id": "strict"}, timeout=60).raise_for_status()
    wrong = issue("strict", "strict") | {"identifiedDateTime": "2026-11-24", "implicated": [{"display": ""}]}
    with pytest.raises(WriteRefused, match="422|400"):
        store(visitor(base), wrong, issue="i", can=CAN)
    assert store(visitor(base), issue("strict", "strict"), issue="i", can=CAN).did == "created"


def test_what_the_server_can_take_is_known_before_the_button(base):
    known = abilities_of(visitor(base))
    for resource in ("DetectedIssue", "Observation", "Provenance"):
        assert ability(known, lambda *_: True, resource).because == "can"
        assert ability(known, lambda *_: False, resource).because == "not_granted"
