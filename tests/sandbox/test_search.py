"""Search and paging."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smartpgx.sandbox.definitions import search_parameters
from smartpgx.sandbox.search import match, moments
from tests.sandbox.client import BASE, SmartClient


def bundle(smart: SmartClient, path: str) -> dict[str, Any]:
    answer = smart.get(path)
    assert answer.status_code == 200, answer.text
    return dict(json.loads(answer.text))


def ids(document: dict[str, Any], mode: str = "match") -> list[str]:
    return [entry["resource"]["id"] for entry in document.get("entry", []) if entry["search"]["mode"] == mode]


ALL = [f"anna-obs-{number}" for number in range(1, 9)]
SEARCHES = {
    "patient=anna": ALL,
    "patient=Patient/anna": ALL,
    f"patient={BASE}/Patient/anna": ALL,
    "subject=Patient/anna": ALL,
    "subject:Patient=anna": ALL,
    "code=51961-1": ALL[7:],
    "code=http://loinc.org|51961-1": ALL[7:],
    "code=http%3A%2F%2Floinc.org%7C51961-1": ALL[7:],
    "code=|51961-1": [],
    "code=http://else.example|51961-1": [],
    "code=http://loinc.org|": ALL,
    "code=51961-1,84413-4": ALL,
    "code:not=51961-1": ALL[:7],
    "code=51961-1&date=2026-03-01": [],
    "category=laboratory": ALL,
    "status=final": ALL,
    "status=preliminary,final": ALL,
    "date=2026-03-02": ALL[1:2],
    "date=ge2026-03-07": ALL[6:],
    "date=gt2026-03-07": ALL[7:],
    "date=lt2026-03-02": ALL[:1],
    "date=le2026-03-02": ALL[:2],
    "date=ne2026-03-02": ALL[:1] + ALL[2:],
    "date=2026": ALL,
    "date=ge2026-03-02&date=le2026-03-03": ALL[1:3],
    "_id=anna-obs-3": ALL[2:3],
    "_lastUpdated=ge2020": ALL,
    "specimen:missing=true": ALL,
    "code:missing=true": [],
    "identifier=none": [],
    "_sort=-date&_count=100": ALL[::-1],
    "_sort=date": ALL,
}


@pytest.mark.parametrize(("query", "expected"), SEARCHES.items(), ids=SEARCHES.keys())
def test_search(anna: SmartClient, query: str, expected: list[str]) -> None:
    assert ids(bundle(anna, f"/Observation?{query}")) == expected


def test_search_by_post(anna: SmartClient) -> None:
    headers = {"Authorization": f"Bearer {anna.token['access_token']}"}
    answer = anna.http.post("/fhir/Observation/_search", data={"patient": "anna", "code": "51961-1"}, headers=headers)
    assert ids(json.loads(answer.text)) == ALL[7:]
    assert anna.http.post("/fhir/Observation/_search", json={}, headers=headers).status_code == 415


REFUSED = [
    "colour=red",
    "patient.name=x",
    "_has:Observation:patient:code=1",
    "code:foo=1",
    "code:in=http://x.example/set",
    "patient:Group=1",
    "date=yesterday",
    "date=2026-13-01",
    "date=2026-02-30",
    "code=",
    "_count=many",
    "_count=-1",
    "_sort=colour",
    "_include=Observation:colour",
    "_include=Observation:code",
    "_include=Observation:subject:Medication",
    "_summary=text",
    "value-quantity=5",
    "_text=x",
    "code:missing=maybe",
]


@pytest.mark.parametrize("query", REFUSED)
def test_refused_searches(anna: SmartClient, query: str) -> None:
    answer = anna.get(f"/Observation?{query}")
    assert answer.status_code == 400
    assert json.loads(answer.text)["resourceType"] == "OperationOutcome"


def test_pages(anna: SmartClient) -> None:
    page, seen, turns = bundle(anna, "/Observation?patient=anna&_count=3"), [], 0
    assert "total" not in page
    while True:
        seen += ids(page)
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            break
        assert following[0].startswith(f"{BASE}?_page=") and "anna" not in following[0]
        page, turns = bundle(anna, following[0]), turns + 1
    assert (seen, turns) == (ALL, 2)


def test_page_of_another_launch(anna: SmartClient) -> None:
    page = bundle(anna, "/Observation?_count=1")
    following = next(link["url"] for link in page["link"] if link["relation"] == "next")
    other = SmartClient(anna.http)
    other.launch("bert")
    assert other.get(following).status_code == 410
    assert anna.http.get(following).status_code == 401


def test_page_is_a_snapshot(anna: SmartClient) -> None:
    page = bundle(anna, "/Observation?_count=7")
    made = {"resourceType": "Observation", "status": "final", "code": {"text": "new"}, "subject": {"reference": "Patient/anna"}}
    assert anna.fhir("POST", "/Observation", made).status_code == 201
    following = next(link["url"] for link in page["link"] if link["relation"] == "next")
    assert ids(bundle(anna, following)) == ALL[7:]


def test_total_where_asked(anna: SmartClient) -> None:
    assert bundle(anna, "/Observation?_count=1&_total=accurate")["total"] == 8
    counted = bundle(anna, "/Observation?_summary=count")
    assert counted["total"] == 8 and "entry" not in counted
    assert bundle(anna, "/Observation?_count=0")["total"] == 8


def test_nothing_found_is_an_empty_bundle_with_self_link(anna: SmartClient) -> None:
    found = bundle(anna, "/Observation?patient=anna&code=none")
    assert found["total"] == 0 and "entry" not in found
    assert found["link"][0]["relation"] == "self" and "code=none" in found["link"][0]["url"]


def test_include(smart: SmartClient) -> None:
    smart.launch("anna", scope="launch patient/MedicationRequest.rs patient/Medication.r")
    found = bundle(smart, "/MedicationRequest?patient=anna&_include=MedicationRequest:medication")
    assert ids(found, "include") == ["clopidogrel"]
    patient = bundle(smart, "/MedicationRequest?patient=anna&_include=MedicationRequest:subject")
    assert ids(patient, "include") == []


def test_elements(anna: SmartClient) -> None:
    found = bundle(anna, "/Observation?code=51961-1&_elements=status")["entry"][0]["resource"]
    assert set(found) == {"resourceType", "id", "meta", "status"}
    assert found["meta"]["tag"][0]["code"] == "SUBSETTED"


@pytest.mark.parametrize(
    ("prefix", "wanted", "value", "expected"),
    [
        ("eq", "2026-03", "2026-03-05", True),
        ("eq", "2026-03-05", "2026-03", False),
        ("gt", "2026-03-05", "2026-03", True),
        ("sa", "2026-03-05", "2026-03", False),
        ("eb", "2026-04", "2026-03", True),
        ("eq", "2026-03-05T10:00:00Z", "2026-03-05T11:00:00+01:00", True),
        ("lt", "2026-03-05T10:00:00Z", "2026-03-05T09:59:59.999Z", True),
        ("ap", "2026-03", {"start": "2026-02-01"}, True),
        ("le", "2026-01", {"end": "2026-02-01"}, True),
        ("ge", "2026-03", {"start": "2026-02-01"}, True),
        ("eq", "2026-03-05", "odd", False),
    ],
)
def test_date_comparison(prefix: str, wanted: str, value: Any, expected: bool) -> None:
    assert any(moments.compare(prefix, moments.span(wanted), found) for found in moments.spans(value)) is expected


@pytest.mark.parametrize(
    ("name", "modifier", "text", "expected"),
    [
        ("family", "", "pró", True),
        ("family", "", "robe", False),
        ("family", "contains", "ROB", True),
        ("family", "exact", "probe", False),
        ("family", "exact", "Probe", True),
        ("name", "", "ada", True),
        ("identifier", "", "a\\,b", True),
        ("identifier", "", "urn:x|a\\,b", True),
        ("identifier", "", "urn:x|a", False),
        ("active", "", "true", True),
        ("birthdate", "", "1960", True),
    ],
)
def test_matching(name: str, modifier: str, text: str, expected: bool) -> None:
    patient = {
        "resourceType": "Patient",
        "name": [{"family": "Probe", "given": ["Ada"]}],
        "identifier": [{"system": "urn:x", "value": "a,b"}],
        "active": True,
        "birthDate": "1960-05-01",
    }
    criterion = match.Criterion(name, modifier, search_parameters("Patient")[name], tuple(match.split(text, ",")), BASE)
    match.check(criterion)
    assert match.matches(patient, criterion) is expected
