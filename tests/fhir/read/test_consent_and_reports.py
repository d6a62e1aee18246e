from typing import Any

import pytest

from tests.fhir.read.building import (
    LOINC,
    ME,
    SITE,
    adds_up,
    because,
    clopidogrel,
    coded,
    genotype,
    observation,
    organism,
    read,
    reasons,
    sequence,
    variant,
)

GDIS = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "GDIS"}]


def consent(provision: dict[str, Any], scope: str = "patient-privacy", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "id": "k",
        "status": "active",
        "patient": ME,
        "scope": coded("http://x/consentscope", scope),
        "provision": provision,
    } | more


GENETIC = (
    genotype("*2/*2"),
    variant(**SITE),
    sequence((94781858, 94781859, "G", "A")),
    observation("f", {"text": "CYP2D6 phenotype"}, valueString="Poor metabolizer"),
    observation("x", {"text": "HLA-B*57:01 [Presence]"}, valueString="Positive"),
    {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": ME,
        "code": {"text": "Pharmacogenetic report"},
        "presentedForm": [{"data": "x"}],
    },
)


@pytest.mark.parametrize(
    "provision",
    [{"type": "deny", "securityLabel": GDIS}, {"type": "permit", "provision": [{"type": "deny", "securityLabel": GDIS}]}],
)
def test_a_refusal_empties_the_genetic_lists_and_names_each_source(provision: dict[str, Any]) -> None:
    chart = read(consent(provision), *GENETIC, clopidogrel())
    assert chart.consent.genetic == "deny"
    for name in (
        "variants",
        "reference_calls",
        "tested_absent",
        "genotypes",
        "phenotypes",
        "hla",
        "structural",
        "biomarkers",
        "lab_implications",
        "gaps",
    ):
        assert getattr(chart, name) == ()
    assert set(reasons(chart).values()) == {"withheld"}
    assert len(chart.excluded) == len(GENETIC)
    assert len(chart.medications) == 1
    assert adds_up(chart, len(GENETIC) + 3)


def test_a_refusal_does_not_concern_the_genes_of_a_virus() -> None:
    mutations = observation(
        "h",
        {"text": "HIV-1 reverse transcriptase gene mutations detected"},
        valueString="K103N",
        specimen={"reference": "Specimen/s"},
    )
    chart = read(consent({"type": "deny", "securityLabel": GDIS}), organism("HIV-1"), mutations)
    assert [each.change for each in chart.isolates[0].mutations] == ["K103N"]


@pytest.mark.parametrize(
    ("given", "genetic"),
    [
        (consent({"type": "permit", "securityLabel": GDIS}), "permit"),
        (consent({"type": "deny", "securityLabel": GDIS}, status="inactive"), "not_stated"),
        (consent({"type": "deny", "securityLabel": GDIS}, patient={"reference": "Patient/q"}), "not_stated"),
        (consent({"type": "deny", "securityLabel": GDIS, "purpose": [{"code": "HRESCH"}]}), "not_stated"),
        (consent({"type": "deny", "securityLabel": GDIS}, scope="research"), "not_stated"),
        (consent({"type": "deny", "securityLabel": [{"code": "PSY"}]}), "not_stated"),
        (consent({}), "not_stated"),
    ],
)
def test_only_an_active_refusal_for_care_is_one(given: dict[str, Any], genetic: str) -> None:
    chart = read(given, genotype("*2/*2"))
    assert chart.consent.genetic == genetic
    assert chart.genotypes


@pytest.mark.parametrize(("kind", "choice"), [("permit", "opted_in"), ("deny", "opted_out")])
def test_secondary_findings(kind: str, choice: str) -> None:
    code = [coded("http://terminology.hl7.org/CodeSystem/secondary-finding", "acmg-version2", text="Genomic secondary findings")]
    chart = read(consent({"type": kind, "code": code}, scope="treatment"), genotype("*2/*2"))
    assert (chart.consent.secondary_findings, chart.consent.genetic) == (choice, "not_stated")
    assert chart.genotypes


def report(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": ME,
        "code": coded(LOINC, "51969-4"),
    } | more


@pytest.mark.parametrize(
    "content", [{"presentedForm": [{"contentType": "application/pdf"}]}, {"conclusion": "CYP2C19 poor metabolizer"}, {}]
)
def test_a_genetic_report_with_nothing_structured_is_a_gap(content: dict[str, Any]) -> None:
    assert because(read(report(**content))) == {"nothing_structured"}


def test_results_of_a_report_that_were_not_received_are_a_gap() -> None:
    both = report(result=[{"reference": "Observation/g"}, {"reference": "Observation/missing"}])
    assert because(read(both, genotype("*1/*2"))) == {"not_received"}
    assert read(report(result=[{"reference": "Observation/g"}]), genotype("*1/*2")).gaps == ()


def test_contained_results_are_read_and_named_by_their_container() -> None:
    inner = genotype("*2/*2")
    del inner["subject"]
    chart = read(report(contained=[inner], result=[{"reference": "#g"}]))
    assert [each.source for each in chart.genotypes] == [("DiagnosticReport/r#g",)]
    assert chart.accounted["DiagnosticReport"] == {"used": 1}


def test_a_withdrawn_report_takes_its_contained_results_with_it() -> None:
    assert read(report(status="entered-in-error", contained=[genotype("*2/*2")])).genotypes == ()


def test_a_usual_laboratory_report_is_out_of_scope() -> None:
    given = report(code={"text": "Complete blood count"}, presentedForm=[{"contentType": "application/pdf"}])
    assert read(given).accounted["DiagnosticReport"] == {"out_of_scope": 1}


def test_a_sodium_is_counted_and_no_gap() -> None:
    chart = read(
        observation("na", coded(LOINC, "2951-2", "Sodium [Moles/volume] in Serum or Plasma"), valueQuantity={"value": 140})
    )
    assert chart.gaps == ()
    assert chart.accounted["Observation"] == {"out_of_scope": 1}


def test_measurements_in_the_units_rules_use() -> None:
    weight = observation("w", coded(LOINC, "29463-7"), valueQuantity={"value": 185, "code": "[lb_av]"})
    height = observation("h", coded(LOINC, "8302-2"), valueQuantity={"value": 1.7, "unit": "m"})
    odd = observation("x", coded(LOINC, "29463-7"), valueQuantity={"value": 12, "unit": "stone"})
    chart = read(weight, height, odd)
    assert [(each.name, each.value) for each in chart.measurements] == [("weight", pytest.approx(83.914588)), ("height", 170.0)]
    assert because(chart) == {"unit_unknown"}


def test_conditions_tumours_and_allergies() -> None:
    tumour = {
        "resourceType": "Condition",
        "id": "c",
        "subject": ME,
        "code": coded("http://oncotree.mskcc.org", "LUAD", text="Lung adenocarcinoma"),
    }
    refuted = tumour | {"id": "d", "verificationStatus": coded("http://x", "refuted")}
    history = {"resourceType": "Condition", "id": "e", "subject": ME, "code": {"text": "Family history of breast cancer"}}
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": ME,
        "code": {"text": "abacavir"},
        "criticality": "high",
    }
    chart = read(tumour, refuted, history, allergy)
    assert [each.condition["oncotree"] for each in chart.tumours] == ["LUAD"]
    assert [each.text for each in chart.conditions] == ["Lung adenocarcinoma", "Family history of breast cancer"]
    assert reasons(chart) == {"Condition/d": "negated"}
    assert [each.name for each in chart.allergies[0].ingredients] == ["abacavir"]
