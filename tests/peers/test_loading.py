"""The loader against a FHIR server that no one here wrote."""

import pytest
import requests

from smartpgx.errors import WriteRefused
from smartpgx.fhir.loader import load
from tests.fixtures.build_fixtures import FOLDER, STORIES

pytestmark = pytest.mark.peer

TAG = "urn:smartpgx:test-data|fixture"


def everything(base, kind, query):
    """All matches of a search, page by page, with nothing but requests."""
    address, found = f"{base}/{kind}", []
    while address:
        page = requests.get(address, params=query, headers={"Cache-Control": "no-cache"}, timeout=30).json()
        found += [entry["resource"] for entry in page.get("entry", [])]
        address = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
        query = None
    return found


@pytest.fixture(params=["hapi_server", "hapi_sandbox"])
def base(request):
    return request.getfixturevalue(request.param)


def test_load_twice_read_back_remove(base):
    first = load(base, FOLDER, prefix="twice-", progress=False)
    assert (first.created > 500, first.updated) == (True, 0)
    second = load(base, FOLDER, prefix="twice-", progress=False)
    assert (second.created, second.updated) == (0, first.created)

    patients = [p for p in everything(base, "Patient", {"_tag": TAG}) if p["id"].startswith("twice-")]
    assert len(patients) == 2 * len(STORIES)
    assert {p["meta"]["versionId"] for p in patients} == {"1"}
    for address in first.patients:
        identity = address.rsplit("/", 1)[1]
        assert requests.get(address, timeout=30).json()["id"] == identity
    results = everything(base, "Observation", {"patient": "twice-preemptive-panel", "_count": "7"})
    assert len(results) == 89
    report = everything(base, "DiagnosticReport", {"patient": "twice-hiv-failing-local"})
    panel = requests.get(f"{base}/{report[0]['result'][0]['reference']}", timeout=30).json()
    members = [requests.get(f"{base}/{m['reference']}", timeout=30) for m in panel["hasMember"]]
    assert [m.status_code for m in members] == [200] * 5

    assert load(base, FOLDER, prefix="twice-", remove=True, progress=False).removed == first.created
    assert [p for p in everything(base, "Patient", {"_tag": TAG}) if p["id"].startswith("twice-")] == []


def test_what_the_app_wrote_goes_too_and_nothing_else(base):
    load(base, FOLDER, prefix="mixed-", progress=False)
    patient = {"reference": "Patient/mixed-clopidogrel-poor"}
    issue = {
        "resourceType": "DetectedIssue",
        "status": "final",
        "identifier": [{"system": "urn:smartpgx:issue", "value": "ab12"}],
        "patient": patient,
        "implicated": [{"reference": "MedicationRequest/mixed-clopidogrel-poor-rx-clopidogrel"}],
    }
    stored = requests.post(f"{base}/DetectedIssue", json=issue, timeout=30).json()
    stranger = {"resourceType": "Patient", "id": "mixed-stranger"}
    assert requests.put(f"{base}/Patient/mixed-stranger", json=stranger, timeout=30).status_code == 201
    load(base, FOLDER, prefix="mixed-", remove=True, progress=False)
    assert requests.get(f"{base}/DetectedIssue/{stored['id']}", timeout=30).status_code == 410
    assert requests.get(f"{base}/Patient/mixed-clopidogrel-poor", timeout=30).status_code == 410
    assert requests.get(f"{base}/Patient/mixed-stranger", timeout=30).status_code == 200


def test_a_taken_id_is_not_touched(base):
    theirs = {"resourceType": "Patient", "id": "taken-pdf-only", "name": [{"family": "Real"}]}
    requests.put(f"{base}/Patient/taken-pdf-only", json=theirs, timeout=30).raise_for_status()
    with pytest.raises(WriteRefused):
        load(base, FOLDER, prefix="taken-", progress=False)
    assert everything(base, "Organization", {"_id": "taken-pdf-only-lab"}) == []
