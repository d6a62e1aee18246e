"""Whose result, and is it one: wrong patients, withdrawn results and unknown modifiers feed nothing and are told."""

from typing import Any

import pytest

from tests.fhir.read.building import ME, adds_up, bundle, genotype, observation, patient, read, reasons, sequence, told


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p"},
        {"reference": "Patient/p/_history/3"},
        {"reference": "http://ehr.example.org/fhir/Patient/p"},
        {"reference": "http://ehr.example.org/fhir/Patient/p/_history/3"},
        {"identifier": {"system": "urn:mrn", "value": "1"}},
    ],
)
def test_every_form_of_reference_to_the_patient(subject: Any) -> None:
    who = patient(identifier=[{"system": "urn:mrn", "value": "1"}])
    assert read(genotype("*2/*2", subject=subject), who=who).genotypes


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ({"reference": "Patient/q"}, "other_patient"),
        ({"reference": "http://other.example.org/fhir/Patient/p"}, "other_patient"),
        ({"identifier": {"system": "urn:mrn", "value": "2"}}, "other_patient"),
        ({"display": "Doe, Jane"}, "no_patient"),
        ({"reference": "#p"}, "no_patient"),
        ({"reference": "urn:uuid:unknown"}, "no_patient"),
        ({"reference": "Group/1"}, "other_subject"),
        (None, "no_patient"),
        ("Patient/p", "no_patient"),
    ],
)
def test_another_subject_is_never_read(subject: Any, reason: str) -> None:
    chart = read(genotype("*2/*2", subject=subject), who=patient(identifier=[{"system": "urn:mrn", "value": "1"}]))
    assert chart.genotypes == ()
    assert reasons(chart) == {"Observation/g": reason}


@pytest.mark.parametrize(
    "focus",
    [
        [{"reference": "RelatedPerson/mother"}],
        [{"reference": "Patient/baby"}],
        [{"display": "Fetus"}],
        [{"reference": "Group/x"}],
        [ME, {"display": "donor"}],
    ],
)
def test_a_focus_on_someone_else(focus: Any) -> None:
    chart = read(genotype("*2/*2", focus=focus))
    assert chart.genotypes == ()
    assert reasons(chart) == {"Observation/g": "other_subject"}


def test_a_focus_on_the_patient_changes_nothing() -> None:
    assert read(genotype("*2/*2", focus=[ME])).genotypes


@pytest.mark.parametrize("subject", [{"reference": "Patient/donor"}, None])
def test_a_specimen_of_another_being(subject: Any) -> None:
    specimen = {
        "resourceType": "Specimen",
        "id": "s",
        "subject": subject or ME,
        "type": {"text": "Amniotic fluid" if subject is None else "Blood"},
    }
    chart = read(specimen, genotype("*2/*2", specimen={"reference": "Specimen/s"}))
    assert chart.genotypes == ()
    assert reasons(chart)["Observation/g"] == "other_subject"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("entered-in-error", "entered_in_error"),
        ("cancelled", "cancelled"),
        ("registered", "not_final"),
        ("unknown", "not_final"),
        ("done", "not_final"),
    ],
)
def test_results_that_are_none(status: str, reason: str) -> None:
    chart = read(genotype("*2/*2", status=status))
    assert chart.genotypes == ()
    assert reasons(chart) == {"Observation/g": reason}


@pytest.mark.parametrize(
    ("status", "flagged"), [("final", False), ("amended", False), ("corrected", False), ("preliminary", True), ("", True)]
)
def test_results_that_count(status: str, flagged: bool) -> None:
    (found,) = read(genotype("*2/*2", status=status)).genotypes
    assert bool(found.warnings) == flagged


@pytest.mark.parametrize("where", ["resource", "component"])
def test_an_unknown_modifier_leaves_only_a_gap(where: str) -> None:
    modifier = [{"url": "http://x/not-really", "valueBoolean": True}]
    given = genotype("*2/*2")
    (given if where == "resource" else given["component"][0])["modifierExtension"] = modifier
    chart = read(given)
    assert chart.genotypes == ()
    assert [each.because for each in chart.gaps] == ["unknown_modifier"]
    assert chart.accounted["Observation"] == {"gap": 1}


def test_a_sequence_is_withdrawn_with_the_observation_about_it() -> None:
    about = observation("v", {"text": "x"}, status="entered-in-error", derivedFrom=[{"reference": "MolecularSequence/q"}])
    chart = read(sequence((94781858, 94781859, "G", "A")), about)
    assert chart.variants == ()
    assert reasons(chart)["MolecularSequence/q"] == "entered_in_error"


def test_a_sequence_without_a_patient_is_nobodys() -> None:
    chart = read(sequence((94781858, 94781859, "G", "A"), patient=None))
    assert chart.variants == ()
    assert reasons(chart) == {"MolecularSequence/q": "no_patient"}


@pytest.mark.parametrize("system", ["urn:smartpgx:issue", "urn:smartpgx:implication"])
def test_own_output_is_no_evidence(system: str) -> None:
    chart = read(genotype("*2/*2", identifier=[{"system": system, "value": "0f"}]))
    assert chart.genotypes == ()
    assert reasons(chart) == {"Observation/g": "own_output"}


def test_everything_is_told_and_adds_up() -> None:
    given = [genotype("*2/*2", name=str(number), subject={"reference": "Patient/q"}) for number in range(3)]
    chart = read(*given)
    assert told(chart) == {f"Observation/{number}" for number in range(3)}
    assert adds_up(chart, len(bundle(*given)["entry"]) + 1)
