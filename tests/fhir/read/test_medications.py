"""Orders in every coding and state."""

from typing import Any

import pytest

from smartpgx.domain.chart import Medication
from tests.fhir.read.building import ME, RXNORM, because, clopidogrel, coded, order, read, reasons, told

NDC, ATC = "http://hl7.org/fhir/sid/ndc", "http://www.whocc.no/atc"


def only(*given: dict[str, Any]) -> Medication:
    (found,) = read(*given).medications
    return found


def codes(*given: dict[str, Any]) -> list[str | None]:
    return sorted(str(each.rxcui) for each in only(*given).ingredients)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "concept",
    [
        coded(RXNORM, "32968"),
        coded(RXNORM, "309362"),
        coded("urn:oid:2.16.840.1.113883.6.88", "309362"),
        coded(NDC, "00093-7314-05"),
        coded(ATC, "B01AC04"),
        {"text": "Plavix 75 mg"},
        {"coding": [{"system": "http://local", "code": "7", "display": "Clopidogrel 75 mg"}]},
        {"coding": [{"system": "http://local", "code": "7"}, {"system": RXNORM, "code": "309362"}]},
    ],
)
def test_one_medicine_in_every_coding(concept: dict[str, Any]) -> None:
    found = only(order(concept))
    assert [each.rxcui for each in found.ingredients] == ["32968"]
    assert not found.unresolved


def test_every_ingredient_of_a_combination_counts() -> None:
    assert codes(order(coded(RXNORM, "198334"))) == ["10180", "10829"]


@pytest.mark.parametrize(
    ("concept", "problem"),
    [
        ({"coding": [{"system": RXNORM, "code": "32968"}, {"system": RXNORM, "code": "11289"}]}, "conflict"),
        (coded(RXNORM, "32968", "Warfarin"), "conflict"),
        (coded(RXNORM, "32968", text="warfarin 5 mg"), "conflict"),
        (coded(NDC, "0093171201"), "unknown"),
        ({"text": "Compound capsule"}, "unknown"),
        ({"text": "stop clopidogrel"}, "denied"),
        ({}, "nothing"),
        (None, "nothing"),
    ],
)
def test_what_is_not_certain_has_no_ingredient_and_is_told(concept: dict[str, Any] | None, problem: str) -> None:
    chart = read(order(concept))
    (found,) = chart.medications
    assert found.ingredients == ()
    assert found.unresolved
    assert because(chart) == {problem}


@pytest.mark.parametrize(
    ("status", "active", "proposed", "held"),
    [
        ("active", True, False, False),
        ("on-hold", False, False, True),
        ("draft", False, True, False),
        ("completed", False, False, False),
        ("stopped", False, False, False),
        ("cancelled", False, False, False),
        ("ended", False, False, False),
    ],
)
def test_active_follows_status_alone(status: str, active: bool, proposed: bool, held: bool) -> None:
    found = only(clopidogrel(status=status))
    assert (found.active, found.proposed, found.held) == (active, proposed, held)
    assert found.ingredients


@pytest.mark.parametrize("status", ["unknown", ""])
def test_an_unknown_status_is_shown_without_ingredients(status: str) -> None:
    chart = read(clopidogrel(status=status))
    (found,) = chart.medications
    assert (found.active, found.ingredients) == (None, ())
    assert because(chart) == {"status_unknown"}


def test_entered_in_error_is_excluded() -> None:
    chart = read(clopidogrel(status="entered-in-error"))
    assert chart.medications == ()
    assert reasons(chart) == {"MedicationRequest/m": "entered_in_error"}


@pytest.mark.parametrize(
    ("intent", "ordered"),
    [
        ("order", True),
        ("original-order", True),
        ("reflex-order", True),
        ("filler-order", True),
        ("instance-order", True),
        ("plan", False),
        ("proposal", False),
        ("option", False),
    ],
)
def test_ordered_follows_intent(intent: str, ordered: bool) -> None:
    found = only(clopidogrel(intent=intent))
    assert (found.active, found.ordered) == (True, ordered)


def test_a_prohibition_is_no_order() -> None:
    found = only(clopidogrel(doNotPerform=True))
    assert (found.active, found.prohibited) == (False, True)


@pytest.mark.parametrize("reported", [{"reportedBoolean": True}, {"reportedReference": {"reference": "Patient/p"}}])
def test_home_medicines_are_reported(reported: dict[str, Any]) -> None:
    found = only(clopidogrel(intent="plan", **reported))
    assert (found.active, found.ordered, found.reported) == (True, False, True)


@pytest.mark.parametrize("dosage", [{"asNeededBoolean": True}, {"asNeededCodeableConcept": {"text": "pain"}}])
def test_as_needed_still_exposes(dosage: dict[str, Any]) -> None:
    found = only(clopidogrel(dosageInstruction=[dosage]))
    assert (found.prn, found.active) == (True, True)


@pytest.mark.parametrize(
    ("rate", "dose"),
    [
        ({"doseQuantity": {"value": 75, "unit": "mg"}}, {"value": 75, "unit": "mg"}),
        (
            {"doseRange": {"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}}},
            {"low": 1, "high": 2, "unit": "tablet"},
        ),
        ({"doseQuantity": {"unit": "mg"}}, None),
    ],
)
def test_doses(rate: dict[str, Any], dose: dict[str, Any] | None) -> None:
    assert only(clopidogrel(dosageInstruction=[{"doseAndRate": [rate]}])).dose == dose


def test_contained_and_referenced_medications() -> None:
    medication = {"resourceType": "Medication", "id": "x", "code": coded(RXNORM, "309362")}
    inside = order(contained=[medication], medicationReference={"reference": "#x"})
    assert only(inside).source == ("MedicationRequest/m", "MedicationRequest/m#x")
    assert codes(inside) == ["32968"]
    outside = order(medicationReference={"reference": "http://ehr.example.org/fhir/Medication/x/_history/2"})
    assert codes(outside, medication) == ["32968"]
    assert read(outside, medication).accounted["Medication"] == {"used": 1}


def test_ingredients_of_a_medication_without_a_code() -> None:
    parts = [{"itemCodeableConcept": coded(RXNORM, "11289")}, {"itemCodeableConcept": coded(RXNORM, "32968")}]
    medication = {"resourceType": "Medication", "id": "x", "code": {"text": "Compound capsule"}, "ingredient": parts}
    assert codes(order(medicationReference={"reference": "Medication/x"}), medication) == ["11289", "32968"]


def test_an_ingredient_that_is_not_known_leaves_the_whole_open() -> None:
    parts = [{"itemCodeableConcept": coded(RXNORM, "11289")}, {"itemCodeableConcept": {"text": "house mixture"}}]
    medication = {"resourceType": "Medication", "id": "x", "ingredient": parts}
    chart = read(order(medicationReference={"reference": "Medication/x"}), medication)
    assert because(chart) == {"partly"}


@pytest.mark.parametrize(
    ("medication", "problem"),
    [
        (None, "not_received"),
        ({"resourceType": "Medication", "id": "x", "status": "entered-in-error", "code": coded(RXNORM, "32968")}, "withdrawn"),
        (
            {
                "resourceType": "Medication",
                "id": "x",
                "code": coded(RXNORM, "32968"),
                "ingredient": [{"itemCodeableConcept": coded(RXNORM, "11289")}],
            },
            "conflict",
        ),
    ],
)
def test_a_medication_that_cannot_be_used(medication: dict[str, Any] | None, problem: str) -> None:
    chart = read(order(medicationReference={"reference": "Medication/x"}), *([medication] if medication else []))
    (found,) = chart.medications
    assert found.ingredients == ()
    assert because(chart) == {problem}


@pytest.mark.parametrize("kind", ["MedicationStatement", "MedicationAdministration", "MedicationDispense"])
def test_other_records_of_a_medicine_are_never_orders(kind: str) -> None:
    status = {"MedicationStatement": "active", "MedicationAdministration": "in-progress", "MedicationDispense": "in-progress"}[
        kind
    ]
    given = {
        "resourceType": kind,
        "id": "x",
        "status": status,
        "subject": ME,
        "medicationCodeableConcept": coded(RXNORM, "32968"),
    }
    found = only(given)
    assert (found.active, found.ordered) == (True, False)
    assert found.ingredients


def test_another_patients_order_is_not_read() -> None:
    chart = read(clopidogrel(subject={"reference": "Patient/q"}))
    assert chart.medications == ()
    assert told(chart) == {"MedicationRequest/m"}
