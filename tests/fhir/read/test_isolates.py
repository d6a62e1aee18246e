from typing import Any

import pytest

from smartpgx.domain.chart import Isolate
from tests.fhir.read.building import LOINC, SNOMED, because, coded, component, named, observation, organism, read, told, variant

AT = {"reference": "Specimen/s"}
RT = {"text": "HIV-1 reverse transcriptase gene mutations detected"}


def only(*given: dict[str, Any]) -> Isolate:
    (found,) = read(*given).isolates
    return found


def changes(isolate: Isolate) -> list[tuple[str, str]]:
    return [(each.gene, each.change) for each in isolate.mutations]


def test_an_hiv_list_with_its_organism() -> None:
    found = only(organism("HIV-1"), observation("h", RT, valueString="M41L, M184MV, T69ins; T215Y and K103N", specimen=AT))
    assert changes(found) == [("RT", each) for each in ("M41L", "M184MV", "T69ins", "T215Y", "K103N")]
    assert found.sequenced == ("RT",)


def test_none_is_a_sequenced_gene_and_a_gene_not_reported_is_not() -> None:
    found = only(observation("h", RT, valueString="None", specimen=AT))
    assert (found.mutations, found.sequenced) == ((), ("RT",))
    assert found.organism is not None
    assert found.organism.snomed == "89293008"


def test_one_list_with_prefixes() -> None:
    found = only(observation("h", coded(LOINC, "53798-5"), valueString="RT:M184V, PR:D30N", specimen=AT))
    assert changes(found) == [("RT", "RT:M184V"), ("PR", "PR:D30N")]
    assert found.sequenced == ("RT", "PR")


def test_a_gene_that_could_not_be_sequenced_is_a_gap() -> None:
    chart = read(observation("h", RT, valueString="Unable to amplify", specimen=AT))
    assert because(chart) == {"not_sequenced"}
    assert all(not each.sequenced for each in chart.isolates)


def test_what_cannot_be_read_is_kept_and_told() -> None:
    chart = read(observation("h", RT, valueString="M184V, ???", specimen=AT))
    assert ("RT", "M184V") in changes(chart.isolates[0])
    assert because(chart) == {"unreadable"}


def test_two_organisms_of_one_specimen_are_never_merged() -> None:
    gene = observation("r", {"text": "Antimicrobial resistance gene detected"}, valueString="blaKPC-2", specimen=AT)
    chart = read(organism("Klebsiella pneumoniae"), organism("Escherichia coli", name="o2"), gene)
    assert all(not each.genes for each in chart.isolates if each.organism)
    assert because(chart) >= {"several_organisms"}
    linked = gene | {"derivedFrom": [{"reference": "Observation/o2"}]}
    by_name = {
        each.organism.text: each
        for each in read(organism("Klebsiella pneumoniae"), organism("Escherichia coli", name="o2"), linked).isolates
        if each.organism
    }
    assert [each.name for each in by_name["Escherichia coli"].genes] == ["blaKPC-2"]


def test_an_isolate_taken_from_a_specimen_belongs_to_its_organism() -> None:
    child = {"resourceType": "Specimen", "id": "c", "subject": {"reference": "Patient/p"}, "parent": [AT]}
    gene = observation(
        "r", {"text": "Antimicrobial resistance gene detected"}, valueString="mecA", specimen={"reference": "Specimen/c"}
    )
    found = only(
        {"resourceType": "Specimen", "id": "s", "collection": {"collectedDateTime": "2026-10-01"}},
        child,
        organism("Staphylococcus aureus"),
        gene,
    )
    assert found.organism is not None
    assert found.collected == "2026-10-01"


def test_no_growth_is_no_organism() -> None:
    assert read(organism("No growth after 5 days")).isolates == ()


def panel(target: str, answer: tuple[str, str], name: str = "t") -> dict[str, Any]:
    code = {"text": f"{target} [Presence] by NAA with probe detection"}
    return observation(name, code, valueCodeableConcept=coded(SNOMED, *answer), specimen=AT)


def test_targets_of_a_rapid_panel() -> None:
    chart = read(
        organism("Klebsiella pneumoniae"),
        panel("CTX-M", ("260373001", "Detected"), "a"),
        panel("KPC", ("260415000", "Not detected"), "b"),
        panel("OXA-48-like", ("82334004", "Indeterminate"), "c"),
    )
    (found,) = chart.isolates
    assert [each.name for each in found.genes] == ["CTX-M"]
    assert [(each.target, each.method) for each in found.not_detected] == [("KPC", "NAA with probe detection")]
    assert told(chart) == {"Observation/c"}


def test_an_organism_as_the_target_of_a_panel() -> None:
    found = only(
        panel("Mycobacterium tuberculosis complex DNA", ("260373001", "Detected"), "a"),
        panel("Rifampicin resistance (rpoB)", ("260415000", "Not detected"), "b"),
    )
    assert found.organism is not None
    assert found.organism.text == "Mycobacterium tuberculosis complex"
    assert [each.target for each in found.not_detected] == ["Rifampicin resistance (rpoB)"]


def test_variants_of_a_pathogen() -> None:
    rpob = variant("a", parts=(named("48005-3", "p.Ser450Leu"),), symbol="rpoB", zygosity=None, origin=None, specimen=AT)
    rrs = variant("b", parts=(named("48004-6", "n.1401A>G"),), symbol="rrs", zygosity=None, origin=None, specimen=AT)
    lost = component("48019-4", valueCodeableConcept=coded("http://www.sequenceontology.org", "SO:0001589", "frameshift_variant"))
    pnca = variant("c", parts=(lost,), symbol="pncA", zygosity=None, origin=None, specimen=AT)
    chart = read(organism("Mycobacterium tuberculosis"), rpob, rrs, pnca)
    assert changes(chart.isolates[0]) == [("rpoB", "p.Ser450Leu"), ("rrs", "n.1401A>G"), ("pncA", "frameshift_variant")]
    assert chart.variants == ()


def test_a_line_probe_in_words() -> None:
    chart = read(
        organism("Mycobacterium tuberculosis"),
        observation(
            "l",
            {"text": "Line probe assay MTBDRplus"},
            valueString="rpoB S450L (MUT3) detected; inhA c-15t (MUT1) detected; katG wild type",
            specimen=AT,
        ),
    )
    (found,) = chart.isolates
    assert changes(found) == [("rpoB", "S450L"), ("inhA", "c-15t")]
    assert [each.target for each in found.not_detected] == ["katG mutations"]


def test_a_measured_susceptibility_belongs_to_its_organism() -> None:
    mic = {"value": 4, "comparator": ">=", "unit": "ug/mL"}
    drug = observation(
        "m",
        {"text": "Ciprofloxacin [Susceptibility]"},
        valueQuantity=mic,
        interpretation=[coded("x", "R")],
        derivedFrom=[{"reference": "Observation/o"}],
    )
    chart = read(organism("Escherichia coli"), drug)
    (found,) = chart.susceptibility
    assert (found.drug_text, found.interpretation, found.mic, found.organism_text) == (
        "Ciprofloxacin",
        "R",
        4.0,
        "Escherichia coli",
    )
    assert found.warnings


@pytest.mark.parametrize(("said", "letter"), [("Susceptible", "S"), ("Susceptible-dose dependent", "SDD"), ("NS", "NS")])
def test_interpretations_in_words(said: str, letter: str) -> None:
    (found,) = read(
        observation("m", {"text": "Cefepime [Susceptibility]"}, valueCodeableConcept={"text": said}, specimen=AT)
    ).susceptibility
    assert found.interpretation == letter


def test_contradicting_interpretations_are_a_gap() -> None:
    chart = read(
        observation("m", {"text": "Cefepime [Susceptibility]"}, interpretation=[coded("x", "R"), coded("x", "S")], specimen=AT)
    )
    assert chart.susceptibility == ()
    assert because(chart) == {"contradiction"}


def test_one_drug_per_component() -> None:
    parts = [
        {"code": {"text": each}, "valueCodeableConcept": {"text": letter}}
        for each, letter in (("Ampicillin", "R"), ("Meropenem", "S"))
    ]
    chart = read(organism("Escherichia coli"), observation("m", coded(LOINC, "18769-0"), component=parts, specimen=AT))
    assert [(each.drug_text, each.interpretation) for each in chart.susceptibility] == [("Ampicillin", "R"), ("Meropenem", "S")]
