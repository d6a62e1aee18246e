import pytest

from tests.fhir.read.building import LOINC, SNOMED, because, coded, component, gene, genotype, observation, read, told


@pytest.mark.parametrize(
    "value",
    [{"valueString": "Extensive metabolizer"}, {"valueCodeableConcept": coded(LOINC, "LA25391-6")}, {"valueString": "NM"}],
)
def test_a_phenotype_in_the_standard_term(value: dict[str, object]) -> None:
    (found,) = read(observation("f", {"text": "CYP2D6 phenotype"}, **value)).phenotypes
    assert (found.gene, found.phenotype) == ("CYP2D6", "Normal Metabolizer")


@pytest.mark.parametrize("text", ["Not a poor metabolizer", "Poor or intermediate metabolizer", "pending", ""])
def test_words_that_are_no_term_are_a_gap(text: str) -> None:
    chart = read(observation("f", {"text": "CYP2D6 phenotype"}, valueString=text))
    assert chart.phenotypes == ()
    assert told(chart) == {"Observation/f"}


def test_code_and_display_of_the_answer_must_agree() -> None:
    chart = read(
        observation("f", {"text": "CYP2D6 phenotype"}, valueCodeableConcept=coded(LOINC, "LA9657-3", "Normal metabolizer"))
    )
    assert chart.phenotypes == ()
    assert because(chart) == {"contradiction"}


def test_a_loinc_code_of_another_gene_is_not_used_without_a_component() -> None:
    code = coded(LOINC, "79716-7", "CYP2C19 gene product metabolic activity interpretation")
    chart = read(observation("f", code, valueCodeableConcept=coded(LOINC, "LA9657-3")))
    assert chart.phenotypes == ()
    (found,) = read(observation("f", code, valueCodeableConcept=coded(LOINC, "LA9657-3"), component=[gene("CYP2C19")])).phenotypes
    assert (found.gene, bool(found.warnings)) == ("CYP2C19", True)


def test_a_code_that_rests_on_secondary_sources_names_no_gene_alone() -> None:
    assert because(read(observation("f", coded(LOINC, "79714-2"), valueCodeableConcept=coded(LOINC, "LA9657-3")))) == {
        "gene_unknown"
    }


def test_stu1_metabolism_is_the_phenotype_of_its_gene() -> None:
    given = observation(
        "f",
        coded(LOINC, "53040-2"),
        valueCodeableConcept=coded(LOINC, "LA25390-8", "Rapid metabolizer"),
        component=[gene("CYP2C19", "HGNC:2621")],
    )
    assert [each.phenotype for each in read(given).phenotypes] == ["Rapid Metabolizer"]


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ({"valueQuantity": {"value": 1}}, 1.0),
        ({"valueQuantity": {"value": 4, "comparator": ">="}}, ">=4.0"),
        ({"valueString": "1.25"}, 1.25),
        ({"valueString": "≥3.0"}, ">=3.0"),
        ({"valueInteger": 2}, 2.0),
        ({"valueString": "n/a"}, None),
        ({"valueQuantity": {"value": -1}}, None),
        ({}, None),
    ],
)
def test_activity_scores(value: dict[str, object], score: float | str | None) -> None:
    chart = read(observation("f", {"text": "DPYD activity score"}, **value))
    assert [each.activity_score for each in chart.phenotypes] == ([] if score is None else [score])
    assert bool(chart.gaps) == (score is None)


@pytest.mark.parametrize(
    ("value", "present"),
    [
        ({"valueCodeableConcept": coded(SNOMED, "10828004", "Positive")}, True),
        ({"valueCodeableConcept": coded(SNOMED, "260385009")}, False),
        ({"valueCodeableConcept": {"text": "Not detected"}}, False),
        ({"valueString": "Positive for HLA-B*57:01"}, True),
        ({"valueString": "HLA-B*57:01 negative"}, False),
        ({"valueBoolean": True}, True),
        ({"interpretation": [coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")]}, False),
    ],
)
def test_presence_of_an_hla_allele(value: dict[str, object], present: bool) -> None:
    (found,) = read(observation("f", {"text": "HLA-B*57:01 [Presence]"}, **value)).hla
    assert (found.allele, found.present) == ("HLA-B*57:01", present)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"valueString": "Indeterminate"},
        {"valueCodeableConcept": coded(SNOMED, "10828004", "Negative")},
        {"valueString": "see report"},
    ],
)
def test_no_clear_answer_is_neither_positive_nor_negative(value: dict[str, object]) -> None:
    chart = read(observation("f", {"text": "HLA-B*57:01 [Presence]"}, **value))
    assert chart.hla == ()
    assert told(chart) == {"Observation/f"}


def test_a_loinc_code_of_one_allele() -> None:
    (found,) = read(observation("f", coded(LOINC, "57979-7"), valueCodeableConcept=coded(LOINC, "LA6576-8"))).hla
    assert found.allele == "HLA-B*15:02"


def test_a_typing_answers_both_alleles() -> None:
    chart = read(genotype("HLA-B*57:01:01+HLA-B*07:02:01", "HLA-B"))
    assert [(each.allele, each.present, each.complete) for each in chart.hla] == [
        ("HLA-B*57:01", True, True),
        ("HLA-B*07:02", True, True),
    ]
    assert [each.alleles for each in chart.genotypes] == [("*57:01", "*07:02")]


def test_ambiguity_in_a_gl_string_is_neither_positive_nor_negative() -> None:
    given = observation(
        "g",
        coded(LOINC, "84413-4"),
        valueCodeableConcept=coded("http://glstring.org", "hla#3.23.0#HLA-B*57:01/HLA-B*57:03+HLA-B*07:02"),
        component=[gene("HLA-B", "HGNC:4932")],
    )
    chart = read(given)
    assert chart.hla == ()
    assert [each.alleles for each in chart.genotypes] == [()]
    assert told(chart) == {"Observation/g"}


def test_one_field_is_not_enough() -> None:
    chart = read(genotype("HLA-B*57+HLA-B*07", "HLA-B"))
    assert chart.hla == ()
    assert told(chart) == {"Observation/g"}


def test_a_short_pair_is_a_typing() -> None:
    assert [each.allele for each in read(genotype("*15:02/*57:01", "HLA-B")).hla] == ["HLA-B*15:02", "HLA-B*57:01"]


def test_components_may_repeat_and_come_in_any_order() -> None:
    given = observation(
        "t",
        coded("http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs", "therapeutic-implication"),
        component=[
            {"code": {"coding": [{"code": "therapeutic-implication"}]}, "valueCodeableConcept": {"text": "Responsive"}},
            component("51963-7", valueCodeableConcept={"text": "dabrafenib"}),
            component("51963-7", valueCodeableConcept={"text": "trametinib"}),
        ],
    )
    (found,) = read(given).lab_implications
    assert "/" in found.drug
    assert found.implication == "Responsive"
