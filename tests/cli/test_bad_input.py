"""What cannot be read, is of someone else, or contradicts itself: each has its stated outcome, and none is a crash."""

import json
from typing import Any

import pytest

from tests.contract.documents import document, wrapped
from tests.shared import ROOT

PATIENT = {"resourceType": "Patient", "id": "p"}
SUBJECT = {"reference": "Patient/p"}
GOOD = (ROOT / "fhir_fixtures/clopidogrel-poor/profile.json").read_bytes()


def genotype(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": SUBJECT,
        "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
        "valueCodeableConcept": {"text": "CYP2C19 *2/*2"},
    } | more


def order(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "rx",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "clopidogrel"},
    } | more


REFUSED = {
    "empty": (b"", "input.not-json"),
    "words": (b"hello", "input.not-json"),
    "cut off": (GOOD[:700], "input.not-json"),
    "a list": (b"[1]", "input.not-a-bundle"),
    "a number": (b"5", "input.not-a-bundle"),
    "null": (b"null", "input.not-a-bundle"),
    "a lone Patient": (json.dumps(PATIENT).encode(), "input.not-a-bundle"),
    "a Bundle only by half": (b'{"resourceType": ["Bundle"], "entry": []}', "input.not-a-bundle"),
    "DSTU2": (wrapped(PATIENT, {"resourceType": "MedicationOrder", "id": "m"}), "input.wrong-fhir-version"),
    "two Patients": (wrapped(PATIENT, PATIENT | {"id": "q"}), "input.patient-unclear"),
    "two subjects and no Patient": (wrapped(genotype(), order(subject={"reference": "Patient/q"})), "input.patient-unclear"),
    "a hundred thousand brackets": (
        b'{"resourceType":"Bundle","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "input.not-json",
    ),
    "five thousand objects": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "input.not-json"),
    "bytes that are no UTF-8": (GOOD.replace(b"clopidogrel", b"clopi\xff\xfe"), "input.not-json"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "input.not-json"),
    "half a surrogate pair": (GOOD.replace(b"clopidogrel", b"clopi\\ud800x"), "input.not-json"),
    "NaN": (GOOD.replace(b'"entry"', b'"total":NaN,"entry"', 1), "input.not-json"),
    "Infinity": (GOOD.replace(b'"entry"', b'"total":-Infinity,"entry"', 1), "input.not-json"),
    "a number of 5000 digits": (GOOD.replace(b'"entry"', b'"total":' + b"9" * 5000 + b',"entry"', 1), "input.not-json"),
}


@pytest.mark.parametrize("command", ["read", "assess", "write"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_gets_its_code(name, command):
    payload, code = REFUSED[name]
    made = document(command, payload)
    assert made["schema"] == "smartpgx.error/1"
    assert made["code"] == code
    assert made["next_step"].endswith(".") and made["help"] == f"docs/errors.md#{code}"


def test_a_byte_order_mark_is_no_fault():
    assert document("read", b"\xef\xbb\xbf" + GOOD) == document("read", GOOD)


def test_a_patient_can_be_named_where_there_are_several():
    payload = wrapped(PATIENT, PATIENT | {"id": "q"}, genotype(), order())
    assert [one["drug"]["name"] for one in document("assess", payload, patient="p")["issues"]] == ["clopidogrel"]
    other = document("assess", payload, patient="q")
    assert other["issues"] == []
    assert sorted(one["reason"] for one in other["excluded"]) == ["other_patient"] * 3
    assert document("assess", payload, patient="nobody")["code"] == "input.patient-unclear"


def test_resources_of_another_patient_are_excluded_and_say_nothing():
    elsewhere = {"reference": "Patient/q"}
    made = document("assess", wrapped(PATIENT, genotype(subject=elsewhere), order(subject=elsewhere)))
    assert [one["reason"] for one in made["excluded"]] == ["other_patient", "other_patient"]
    assert made["genes"] == made["recommendations"] == made["medications"] == []


def test_a_bundle_without_anyone_is_an_empty_chart():
    made = document("assess", wrapped())
    assert made["patient"]["reference"] is None and made["issues"] == []
    assert "entry" not in document("write", wrapped())


def test_older_and_newer_shapes_are_read_or_are_gaps():
    older = {
        "resourceType": "Sequence",
        "id": "s",
        "patient": SUBJECT,
        "coordinateSystem": 0,
        "variant": [{"start": 1, "end": 2}],
    }
    newer = order(id="r5", medication={"concept": {"text": "clopidogrel"}})
    del newer["medicationCodeableConcept"]
    made = document("read", wrapped(PATIENT, older, newer, {"resourceType": "GenomicStudy", "id": "g", "subject": SUBJECT}))
    assert made["accounted"] == {
        "GenomicStudy": {"gap": 1},
        "MedicationRequest": {"used": 1},
        "Patient": {"used": 1},
        "Sequence": {"gap": 1},
    }
    assert made["medications"][0]["ingredients"][0]["name"] == "clopidogrel"


def test_entries_without_a_resource_and_refusals_of_the_server_are_gaps():
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]}
    entries = [
        None,
        {},
        {"resource": None},
        {"resource": 5},
        [],
        "x",
        {"resource": {}},
        {"resource": PATIENT},
        {"resource": outcome},
    ]
    made = document("read", json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode())
    assert made["accounted"]["Entry"] == {"gap": 6}
    assert made["accounted"]["OperationOutcome"] == {"gap": 1}
    assert sum(sum(kind.values()) for kind in made["accounted"].values()) == len(entries)


@pytest.mark.parametrize("entry", [None, [], {"resource": PATIENT}])
def test_entry_may_be_null_empty_or_alone(entry):
    made = document("read", json.dumps({"resourceType": "Bundle", "entry": entry}).encode())
    assert made["schema"] == "smartpgx.facts/1"


def test_two_different_resources_under_one_id_are_used_neither():
    made = document("assess", wrapped(PATIENT, genotype(), genotype(valueCodeableConcept={"text": "CYP2C19 *1/*1"}), order()))
    assert made["accounted"]["Observation"] == {"gap": 2}
    assert made["issues"] == [] and [one["because"] for one in made["gaps"]] == ["contradiction"]


def test_the_same_resource_twice_is_one_and_the_newer_version_counts():
    twice = document("assess", wrapped(PATIENT, genotype(), genotype(meta={"source": "#2"}), order()))
    assert [one["status"] for one in twice["issues"]] == ["avoid"] and twice["gaps"] == []
    normal = {"text": "CYP2C19 *1/*1"}
    newer = genotype(valueCodeableConcept=normal, meta={"lastUpdated": "2026-10-02T00:00:00Z"})
    older = genotype(meta={"lastUpdated": "2026-10-01T00:00:00Z"})
    for pair in ((newer, older), (older, newer)):
        assert [one["diplotype"] for one in document("assess", wrapped(PATIENT, *pair))["genes"]] == ["*1/*1"]


def test_a_key_twice_in_one_object_does_not_break_it():
    assert document("read", b'{"resourceType":"Patient","resourceType":"Bundle","entry":[]}')["schema"] == "smartpgx.facts/1"


def test_two_laboratory_results_that_disagree_lead_nowhere():
    made = document(
        "assess", wrapped(PATIENT, genotype(), genotype(id="o2", valueCodeableConcept={"text": "CYP2C19 *1/*1"}), order())
    )
    assert [(one["gene"], one["diplotype"]) for one in made["genes"]] == [("CYP2C19", None)]
    assert made["issues"] == [] and made["gaps"]


WRONG = [
    None,
    5,
    True,
    "x",
    [],
    {},
    [1, None],
    {"x": 1},
    [[["x"]]],
    "",
    -1.5e308,
    {"reference": 5},
    {"coding": "x"},
    {"coding": [5]},
]
KEYS = [
    "id",
    "status",
    "code",
    "subject",
    "valueCodeableConcept",
    "component",
    "category",
    "effectiveDateTime",
    "identifier",
    "meta",
    "intent",
    "medicationCodeableConcept",
    "dosageInstruction",
    "specimen",
    "derivedFrom",
    "hasMember",
    "extension",
    "contained",
    "focus",
    "method",
    "note",
    "interpretation",
    "authoredOn",
    "birthDate",
    "gender",
    "deceasedBoolean",
    "value",
    "modifierExtension",
    "referenceSeq",
    "variant",
    "observedSeq",
    "coordinateSystem",
    "provision",
    "ingredient",
]
KINDS = [
    "Patient",
    "Observation",
    "MedicationRequest",
    "MedicationStatement",
    "Medication",
    "MolecularSequence",
    "Consent",
    "Specimen",
    "DiagnosticReport",
    "Condition",
    "AllergyIntolerance",
    "Procedure",
    "Task",
    "DocumentReference",
    "Sequence",
]


@pytest.mark.parametrize("kind", KINDS)
def test_any_value_in_any_place_is_no_crash(kind):
    base = {"Observation": genotype(), "MedicationRequest": order()}.get(kind, {"subject": SUBJECT, "patient": SUBJECT})
    for key in KEYS:
        for wrong in WRONG:
            broken = base | {"resourceType": kind, "id": "x", key: wrong}
            made = document("assess", wrapped(PATIENT, broken))
            assert made["schema"] == "smartpgx.consultation/1" or made["code"] == "input.patient-unclear", (key, wrong, made)


def test_depth_within_a_resource_is_no_crash():
    deep = json.loads('{"extension":[' * 200 + "]}" * 200)
    assert document("assess", wrapped(PATIENT, genotype(**deep), order()))["issues"]


def test_a_bundle_above_the_limit_is_refused_unread():
    made = document("read", b"x" * 1001, max_bytes=1000)
    assert made["code"] == "input.too-large"


def test_a_failure_nobody_foresaw_is_an_error_document_without_content(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Secretname")

    monkeypatch.setattr("smartpgx.cli.answer.read_chart", broken)
    made = document("read", GOOD)
    assert made["code"] == "smartpgx" and "ZeroDivisionError" in made["message"]
    assert "Secretname" not in json.dumps(made)
