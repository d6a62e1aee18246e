import json
from collections import Counter

import pytest
import requests
import responses

from smartpgx.errors import RecordBusy, RecordError, SettingsError, WriteRefused
from smartpgx.fhir import batches, fixture_set
from smartpgx.fhir.loader import load
from tests.fixtures.build_fixtures import FOLDER

BASE = "http://fhir.example.org/r4"
TAG = {"system": "urn:smartpgx:test-data", "code": "fixture"}


class FakeServer:
    """Just enough of a FHIR server: batch of PUT and DELETE, five searches; refuses dangling references."""

    def __init__(self):
        self.store = {}
        self.faults = []
        self.busy_entries = Counter()

    def post(self, request):
        if self.faults:
            return self.faults.pop(0)
        entries = json.loads(request.body)["entry"]
        return 200, {}, json.dumps({"resourceType": "Bundle", "type": "batch-response", "entry": [self.part(e) for e in entries]})

    def part(self, entry):
        address = entry["request"]["url"]
        if self.busy_entries[address]:
            self.busy_entries[address] -= 1
            return {"response": {"status": "429 Too Many Requests"}}
        if entry["request"]["method"] == "DELETE":
            if any(address in json.dumps(other) for name, other in self.store.items() if name != address):
                return {"response": {"status": "409 Conflict"}}
            return {"response": {"status": "204" if self.store.pop(address, None) else "404"}}
        missing = [f"{k}/{i}" for k, i in fixture_set.references(entry["resource"]) if f"{k}/{i}" not in self.store]
        if missing:
            outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": f"{missing[0]} not found"}]}
            return {"response": {"status": "400 Bad Request", "outcome": outcome}}
        known = address in self.store
        self.store[address] = entry["resource"]
        return {"response": {"status": "200 OK" if known else "201 Created"}}

    def get(self, request):
        kind = request.url.split("?")[0].rsplit("/", 1)[1]
        query = request.params
        found = [r for r in self.store.values() if r["resourceType"] == kind and self.matches(r, query)]
        offset = int(query.get("offset", 0))
        size = min(int(query["_count"]), 25)
        page = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in found[offset : offset + size]]}
        if len(found) > offset + size:
            rest = "&".join(f"{k}={requests.utils.quote(v)}" for k, v in query.items() if k != "offset")
            page["link"] = [{"relation": "next", "url": f"{BASE}/{kind}?{rest}&offset={offset + size}"}]
        return 200, {}, json.dumps(page)

    def matches(self, resource, query):
        if "_id" in query:
            return resource["id"] in query["_id"].split(",")
        if "_tag" in query:
            return TAG in resource.get("meta", {}).get("tag", [])
        if "identifier" in query:
            system = query["identifier"].rstrip("|")
            return any(i.get("system") == system for i in resource.get("identifier", []))
        return any(name in query["target"].split(",") for name in (t["reference"] for t in resource["target"]))


@pytest.fixture
def server(monkeypatch):
    fake = FakeServer()
    fake.waits = []
    monkeypatch.setattr(batches.time, "sleep", fake.waits.append)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add_callback("POST", BASE, fake.post)
        for kind in ("Patient", "Practitioner", "Organization", "Encounter", "Condition", "Consent", "Specimen", "ServiceRequest",
                     "MedicationRequest", "MedicationStatement", "MolecularSequence", "Observation", "DiagnosticReport",
                     "DetectedIssue", "Provenance"):  # fmt: skip
            wire.add_callback("GET", f"{BASE}/{kind}", fake.get)
        yield fake


def run(**options):
    return load(BASE, FOLDER, progress=False, **options)


def test_loading_twice_makes_no_duplicates(server):
    first = run()
    assert first.created == len(server.store) > 500
    assert first.updated == 0
    second = run()
    assert (second.created, second.updated) == (0, first.created)
    assert len(server.store) == first.created


def test_ids_are_prefixed_and_references_follow(server):
    loaded = run(prefix="mine-")
    assert all(name.split("/")[1].startswith("mine-") for name in server.store)
    order = server.store["MedicationRequest/mine-clopidogrel-poor-rx-clopidogrel"]
    assert order["subject"] == {"reference": "Patient/mine-clopidogrel-poor"}
    assert f"{BASE}/Patient/mine-clopidogrel-poor" in loaded.patients
    assert any(f"{BASE}/Patient/mine-clopidogrel-poor-local" in line for line in loaded.lines())


def test_someone_elses_resource_stops_the_load_before_anything_is_written(server):
    theirs = {"resourceType": "Patient", "id": "smartpgx-pdf-only", "name": [{"family": "Real"}]}
    server.store["Patient/smartpgx-pdf-only"] = theirs
    with pytest.raises(WriteRefused, match="not ours"):
        run()
    assert server.store == {"Patient/smartpgx-pdf-only": theirs}


def test_removal_takes_only_ours(server):
    theirs = {"resourceType": "Patient", "id": "smartpgx-lookalike"}
    other = {"resourceType": "Patient", "id": "another-tester", "meta": {"tag": [TAG]}}
    run()
    server.store |= {"Patient/smartpgx-lookalike": theirs, "Patient/another-tester": other}
    issue = {
        "resourceType": "DetectedIssue",
        "id": "d1",
        "identifier": [{"system": "urn:smartpgx:issue", "value": "a"}],
        "patient": {"reference": "Patient/smartpgx-clopidogrel-poor"},
    }
    provenance = {"resourceType": "Provenance", "id": "p1", "target": [{"reference": "DetectedIssue/d1"}]}
    server.store |= {"DetectedIssue/d1": issue, "Provenance/p1": provenance}
    removed = run(remove=True).removed
    assert set(server.store) == {"Patient/smartpgx-lookalike", "Patient/another-tester"}
    assert removed > 500
    assert run(remove=True).removed == 0


def test_waits_as_long_as_asked_and_tries_again(server):
    server.faults = [(429, {"Retry-After": "7"}, ""), (502, {}, "<html>"), (503, {"Retry-After": "0"}, "")]
    run()
    assert server.waits == [7.0, 2.0, 0.0]


def test_busy_parts_of_a_batch_are_repeated_alone(server):
    server.busy_entries["Patient/smartpgx-pdf-only"] = 2
    assert run().created == len(server.store)
    assert server.waits == [1.0, 2.0]


def test_a_server_that_stays_busy_is_given_up(server):
    server.faults = [(503, {}, "")] * batches.TRIES
    with pytest.raises(RecordBusy, match="503"):
        run()


def test_a_refusal_is_told_in_the_servers_words(server):
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "batch is switched off"}]}
    server.faults = [(405, {}, json.dumps(outcome))]
    with pytest.raises(RecordError, match="batch is switched off"):
        run()


def test_next_page_on_another_host_is_refused():
    with responses.RequestsMock() as wire:
        page = {"resourceType": "Bundle", "link": [{"relation": "next", "url": "http://elsewhere.example.org/r4?page=2"}]}
        wire.get(f"{BASE}/Patient", json=page)
        with pytest.raises(RecordError, match="another host"):
            list(batches.Server(BASE).search("Patient", {"_count": "1"}))


def test_an_empty_prefix_is_refused():
    with pytest.raises(SettingsError, match="prefix"):
        run(prefix="")


def test_a_prefix_that_makes_ids_too_long_is_refused():
    with pytest.raises(SettingsError, match="64"):
        run(prefix="a-very-long-prefix-that-nobody-needs-but-someone-may-try-")


@pytest.mark.parametrize(
    ("attempt", "asked", "seconds"),
    [(0, None, 1.0), (3, None, 8.0), (9, None, 60.0), (0, "5", 5.0), (0, "3600", 60.0), (2, "soon", 4.0)],
)
def test_pause(attempt, asked, seconds):
    assert batches.pause(attempt, asked) == seconds


def test_a_date_in_the_past_needs_no_pause():
    assert batches.pause(4, "Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_one_story_alone(server):
    assert len(run(only=["pdf-only"]).patients) == 2
    run(only=["withdrawn-result"])
    run(remove=True, only=["pdf-only"])
    assert "Patient/smartpgx-pdf-only" not in server.store
    assert "Patient/smartpgx-withdrawn-result" in server.store


def test_an_unknown_story_is_named_with_the_known_ones(server):
    with pytest.raises(SettingsError, match="No story 'pdf-onyl'. There are: .*pdf-only"):
        run(only=["pdf-onyl"])


def test_what_the_server_refuses_is_told_and_the_rest_is_loaded(server):
    part = server.part

    def picky(entry):
        if entry["request"]["url"] == "Organization/smartpgx-pdf-only-lab":
            return {"response": {"status": "422", "outcome": {"issue": [{"diagnostics": "no names of laboratories here"}]}}}
        return part(entry)

    server.part = picky
    loaded = run(only=["pdf-only"])
    assert loaded.failures[0] == "Organization/smartpgx-pdf-only-lab: HTTP 422, no names of laboratories here"
    assert "Patient/smartpgx-pdf-only" in server.store
    assert loaded.lines()[-1].endswith(f"{loaded.failed} refused")


def test_an_address_that_is_none_is_refused():
    with pytest.raises(SettingsError, match="http"):
        load("hapi.example.org/fhir", FOLDER)
