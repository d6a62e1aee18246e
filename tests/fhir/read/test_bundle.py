import json

import pytest

from smartpgx.errors import NotABundle, NotJson, PatientUnclear, TooLarge, WrongFhirVersion
from smartpgx.fhir.read import bundle as reading
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load
from tests.fhir.read.building import adds_up, bundle, genotype, patient, read, told


@pytest.mark.parametrize("payload", [b"", b"{", b"<Bundle/>", b"\xff\xfe", b"[1, 2", b"[" * 100000])
def test_not_json(payload: bytes) -> None:
    with pytest.raises(NotJson):
        unwrap(payload)


@pytest.mark.parametrize("payload", [b"[]", b"1", b"null", b'{"resourceType": "Patient"}', b"{}"])
def test_not_a_bundle(payload: bytes) -> None:
    with pytest.raises(NotABundle):
        unwrap(payload)


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        unwrap(b'{"resourceType": "Bundle"}')


def test_dstu2_is_another_version() -> None:
    with pytest.raises(WrongFhirVersion):
        unwrap(bundle(patient(), {"resourceType": "MedicationOrder", "id": "x"}))


def test_errors_never_hold_what_was_handed_over() -> None:
    with pytest.raises(NotJson) as caught:
        unwrap(b'{"name": "Jane Doe"')
    assert "Jane" not in caught.value.message


def test_batch_answers_and_parameters_are_opened() -> None:
    inner = bundle(genotype("*2/*2"), kind="searchset")
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "x", "part": [{"name": "y", "resource": genotype("*4/*4", "CYP2D6", "h")}]}],
    }
    answer = {
        "resourceType": "Bundle",
        "type": "batch-response",
        "entry": [{"resource": inner}, {"resource": parameters}, {"resource": patient()}],
    }
    chart = read_chart(unwrap(answer), load())
    assert sorted(each.gene for each in chart.genotypes) == ["CYP2C19", "CYP2D6"]
    assert adds_up(chart, 3)


def test_entries_without_a_resource_and_answers_of_the_server_are_told() -> None:
    outcome = {"resourceType": "OperationOutcome", "id": "x", "issue": [{"severity": "error", "code": "forbidden"}]}
    given = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": patient()}, {"response": {"status": "404"}}, None, "x", {"resource": outcome}],
    }
    chart = read_chart(unwrap(given), load())
    assert adds_up(chart, 5)
    assert "OperationOutcome/x" in told(chart)
    assert chart.accounted["Entry"] == {"gap": 3}


def test_a_first_page_is_said_to_be_one() -> None:
    given = bundle(patient()) | {"link": [{"relation": "next", "url": "http://x"}]}
    assert [each.because for each in read_chart(unwrap(given), load()).gaps] == ["not_received"]


def test_two_patients_need_a_name() -> None:
    given = unwrap(
        bundle(
            patient(), patient("other"), genotype("*2/*2"), genotype("*1/*1", name="h", subject={"reference": "Patient/other"})
        )
    )
    with pytest.raises(PatientUnclear):
        read_chart(given, load())
    chart = read_chart(given, load(), patient="p")
    assert [each.alleles for each in chart.genotypes] == [("*2", "*2")]
    assert {each.reason for each in chart.excluded} == {"other_patient"}
    assert adds_up(chart, 4)
    with pytest.raises(PatientUnclear):
        read_chart(given, load(), patient="nobody")


def test_without_a_patient_the_one_spoken_of_is_meant() -> None:
    chart = read_chart([genotype("*2/*2")], load())
    assert chart.patient.reference == "Patient/p"
    with pytest.raises(PatientUnclear):
        read_chart([genotype("*2/*2"), genotype("*2/*2", name="h", subject={"reference": "Patient/q"})], load())


def test_an_empty_bundle_is_an_empty_chart() -> None:
    assert read_chart(unwrap({"resourceType": "Bundle"}), load()).patient.reference is None


def test_copies_of_one_resource_are_one_fact_and_counted_twice() -> None:
    given = bundle(patient(), genotype("*2/*2"), genotype("*2/*2"))
    chart = read_chart(unwrap(json.dumps(given).encode()), load())
    assert len(chart.genotypes) == 1
    assert chart.accounted["Observation"] == {"used": 2}


def test_the_newer_version_of_a_resource_is_read() -> None:
    old = genotype("*1/*1", meta={"versionId": "1"})
    new = genotype("*2/*2", meta={"versionId": "2"})
    for pair in ((old, new), (new, old)):
        assert [each.alleles for each in read(*pair).genotypes] == [("*2", "*2")]


def test_urn_uuid_references_are_followed() -> None:
    given = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:1-2", "resource": {"resourceType": "Patient"}},
        {"fullUrl": "urn:uuid:3", "resource": genotype("*2/*2", subject={"reference": "urn:uuid:1-2"})},
    ]}  # fmt: skip
    assert len(read_chart(unwrap(given), load()).genotypes) == 1
