"""The app's questions to a FHIR server that no one here wrote: does every resource a reader needs arrive?"""

import json

import pytest
import requests

from smartpgx.errors import RecordError, RecordNotFound
from smartpgx.fhir import search_plan
from smartpgx.fhir.client import Record, Search
from smartpgx.fhir.connection import Connection, NoSignIn
from smartpgx.fhir.gather import gather
from smartpgx.fhir.loader import load
from smartpgx.settings import load as settings
from tests.fixtures.build_fixtures import FOLDER, STORIES

pytestmark = pytest.mark.peer

PREFIX = "read-"
CASES = [(story.slug, spelling) for story in STORIES for spelling in ("profile", "local")]
NOT_ASKED_FOR = {"Practitioner", "Organization", "Encounter", "ServiceRequest"}
"""Types that no rule uses."""
CHEMISTRY = {"no-genetic-data-report", "no-genetic-data-sodium"}
"""Filed under chemistry and named by no code list: "all laboratory" is never asked for."""


@pytest.fixture(params=["hapi_server", "hapi_sandbox"])
def record(request):
    base = request.getfixturevalue(request.param)
    if base not in loaded:
        load(base, FOLDER, prefix=PREFIX, progress=False)
        loaded.add(base)
    return Record(Connection(base, NoSignIn()))


loaded = set()


def everything_allowed(resource, right):
    return True


def gathered(record, patient, consent="not_stated"):
    return gather(record, patient, settings({}).site_codes, everything_allowed, lambda resources: consent)


def wanted(slug, spelling):
    bundle = json.loads((FOLDER / slug / f"{spelling}.json").read_text(encoding="utf-8"))
    names = {(e["resource"]["resourceType"], PREFIX + e["resource"]["id"]) for e in bundle["entry"]}
    return {(kind, name) for kind, name in names if kind not in NOT_ASKED_FOR and name.removeprefix(PREFIX) not in CHEMISTRY}


def patient_of(slug, spelling):
    return PREFIX + slug + ("-local" if spelling == "local" else "")


@pytest.mark.parametrize(("slug", "spelling"), CASES)
def test_everything_a_rule_may_use_arrives(record, slug, spelling):
    found = gathered(record, patient_of(slug, spelling))
    assert wanted(slug, spelling) - set(found.keys()) == set()
    assert {asked.outcome for asked in found.asked} == {"complete"}
    assert not any(asked.dropped for asked in found.asked)


@pytest.mark.parametrize("spelling", ["profile", "local"])
def test_after_a_refusal_nothing_genetic_is_asked_for(record, spelling):
    found = gathered(record, patient_of("consent-refused", spelling), consent="deny")
    assert not [r for r in found.resources if r["resourceType"] in ("Observation", "MolecularSequence", "DiagnosticReport")]
    assert [asked.what for asked in found.asked if asked.outcome == "withheld"]


def test_one_result_a_page(record, monkeypatch):
    monkeypatch.setattr(search_plan, "PAGE_SIZE", 1)
    found = gathered(record, patient_of("nothing-to-do", "profile"))
    assert wanted("nothing-to-do", "profile") <= set(found.keys())
    assert {asked.outcome for asked in found.asked} == {"complete"}


def test_a_refused_parameter_is_dropped_and_said(record):
    params = (("patient", patient_of("pdf-only", "profile")), ("nonsense", "1"))
    answer = record.search(Search(what="orders", resource="MedicationRequest", params=params, droppable=("nonsense",)))
    assert answer.asked.dropped == ("nonsense",)
    assert len(answer.resources) == 1


def test_a_refused_search_is_accounted_for(record):
    answer = record.search(Search(what="orders", resource="MedicationRequest", params=(("nonsense", "1"),)))
    assert (answer.asked.outcome, answer.resources) == ("refused", ())


def test_what_was_deleted_and_what_never_was_are_not_found(record):
    requests.put(f"{record.base}/Patient/gone", json={"resourceType": "Patient", "id": "gone"}, timeout=30)
    requests.delete(f"{record.base}/Patient/gone", timeout=30)
    for identity in ("gone", "never"):
        with pytest.raises(RecordNotFound) as told:
            record.read("Patient", identity)
        assert identity not in str(told.value)
        assert isinstance(told.value, RecordError)
