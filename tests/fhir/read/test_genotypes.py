import pytest

from tests.fhir.read.building import LOINC, because, coded, component, gene, genotype, observation, read, reasons, told


def test_the_gene_from_a_component_number_without_prefix() -> None:
    parts = [component("48018-6", valueCodeableConcept=coded("http://www.genenames.org/geneId", "2623", "CYP2C9"))]
    (found,) = read(observation("g", coded(LOINC, "84413-4"), valueCodeableConcept={"text": "*1/*3"}, component=parts)).genotypes
    assert (found.gene, found.alleles) == ("CYP2C9", ("*1", "*3"))


def test_the_gene_from_an_r4_extension() -> None:
    gene_extension = {
        "url": "http://hl7.org/fhir/StructureDefinition/observation-geneticsGene",
        "valueCodeableConcept": coded("http://www.genenames.org", "12014", "TPMT"),
    }
    (found,) = read(observation("g", {"text": "Diplotype Call"}, valueString="*1/*3A", extension=[gene_extension])).genotypes
    assert found.gene == "TPMT"


@pytest.mark.parametrize(
    "code", [{"text": "CYP2C19 genotype"}, coded("http://local", "77", "CYP2C19 diplotype"), {"text": "CYP2C19 Gene Result"}]
)
def test_the_gene_from_a_local_code(code: dict[str, object]) -> None:
    (found,) = read(observation("g", code, valueString="*1/*17")).genotypes
    assert (found.gene, found.alleles) == ("CYP2C19", ("*1", "*17"))


def test_a_diplotype_only_in_the_display_of_another_code() -> None:
    value = {"coding": [{"system": "http://www.ncbi.nlm.nih.gov/clinvar", "code": "638797", "display": "CYP2C19*2/*2"}]}
    (found,) = read(observation("g", coded(LOINC, "84413-4"), valueCodeableConcept=value)).genotypes
    assert (found.gene, found.alleles) == ("CYP2C19", ("*2", "*2"))


@pytest.mark.parametrize(
    "given", [genotype("*1/*2", None), genotype("CYP2D6*4/*4", "CYP2C19"), genotype("CYP2C19*1/CYP2C9*3", None)]
)
def test_no_gene_or_two_genes_is_no_genotype(given: dict[str, object]) -> None:
    chart = read(given)
    assert all(not each.alleles for each in chart.genotypes)
    assert told(chart) == {"Observation/g"}


def test_a_component_leads_over_the_gene_of_the_code_with_a_warning() -> None:
    (found,) = read(
        observation("g", coded("http://local", "1", "CYP2C19 genotype"), valueString="*4/*4", component=[gene("CYP2D6")])
    ).genotypes
    assert found.gene == "CYP2D6"
    assert "CYP2C19" in found.warnings[0]


def test_code_and_text_that_name_different_genes_without_a_component_are_a_gap() -> None:
    chart = read(
        observation(
            "g",
            {"coding": [{"system": "http://local", "code": "1", "display": "CYP2C19 genotype"}], "text": "CYP2D6 genotype"},
            valueString="*4/*4",
        )
    )
    assert chart.genotypes == ()
    assert because(chart) == {"contradiction"}


def test_a_gene_number_that_is_not_the_genes_is_a_gap() -> None:
    parts = [component("48018-6", valueCodeableConcept=coded("http://www.genenames.org", "HGNC:262", "CYP2C19"))]
    chart = read(observation("g", coded(LOINC, "84413-4"), valueCodeableConcept={"text": "*1/*2"}, component=parts))
    assert chart.genotypes == ()
    assert because(chart) == {"contradiction"}


@pytest.mark.parametrize("text", ["No call", "(*1/*4)xN", "*1/*4 or *17/*4", "*2", "*2/*2 not detected"])
def test_what_is_not_certain_is_kept_as_text_and_is_a_gap(text: str) -> None:
    chart = read(genotype(text, "CYP2D6"))
    (found,) = chart.genotypes
    assert (found.alleles, found.raw) == ((), text)
    assert told(chart) == {"Observation/g"}


def test_two_germline_results_that_disagree_are_a_conflict() -> None:
    chart = read(genotype("*1/*1"), genotype("*2/*2", name="h"))
    (conflict,) = chart.genotypes_conflict
    assert sorted(conflict.values) == ["*1/*1", "*2/*2"]
    assert conflict.source == ("Observation/g", "Observation/h")
    assert not [each for each in chart.genotypes if each.alleles]
    assert chart.accounted["Observation"] == {"gap": 2}


def test_two_results_that_agree_are_one() -> None:
    (found,) = read(genotype("*1/*2"), genotype("*2/*1", name="h")).genotypes
    assert found.source == ("Observation/g", "Observation/h")


def test_a_result_of_a_tumour_is_no_germline_genotype() -> None:
    given = genotype("*2/*2")
    given["component"].append(component("48002-0", valueCodeableConcept=coded(LOINC, "LA6684-0", "Somatic")))
    chart = read(given)
    assert chart.genotypes == ()
    assert because(chart) == {"somatic"}


def test_a_result_of_a_fetus_is_another_subjects() -> None:
    given = genotype("*2/*2")
    given["component"].append(component("48002-0", valueCodeableConcept=coded(LOINC, "LA10429-1", "Fetal")))
    assert reasons(read(given)) == {"Observation/g": "other_subject"}


def test_haplotypes_alone_are_no_diplotype() -> None:
    def haplotype(text: str, name: str) -> dict[str, object]:
        return observation(name, coded(LOINC, "84414-2"), valueCodeableConcept={"text": text}, component=[gene("TPMT")])

    chart = read(haplotype("*1", "h1"), haplotype("*3A", "h2"))
    assert chart.genotypes == ()
    assert told(chart) == {"Observation/h1", "Observation/h2"}
    with_genotype = read(haplotype("*1", "h1"), haplotype("*3A", "h2"), genotype("*1/*3A", "TPMT"))
    assert with_genotype.accounted["Observation"] == {"used": 3}


def test_a_genotype_at_one_site_is_a_variant_of_that_site() -> None:
    chart = read(genotype("rs4244285 G/A"))
    (found,) = chart.variants
    assert (found.same_as, found.zygosity) == ("NC_000010.11:94781858:G:A", "heterozygous")
    assert [each.same_as for each in read(genotype("rs4244285 G/G")).reference_calls] == ["NC_000010.11:94781858:G:G"]


def test_results_inside_the_components_of_a_panel() -> None:
    panel = observation(
        "g",
        {"text": "Pharmacogenetic panel"},
        component=[
            {"code": {"text": "CYP2C19 genotype"}, "valueString": "*1/*2"},
            {"code": {"text": "CYP2C19 phenotype"}, "valueString": "Intermediate metabolizer"},
            {"code": {"text": "CYP2D6 genotype"}, "valueString": "*4/*4"},
        ],
    )
    chart = read(panel)
    assert sorted((each.gene, each.alleles) for each in chart.genotypes) == [("CYP2C19", ("*1", "*2")), ("CYP2D6", ("*4", "*4"))]
    assert [each.phenotype for each in chart.phenotypes] == ["Intermediate Metabolizer"]
    assert chart.accounted["Observation"] == {"used": 1}


def test_the_header_of_a_panel_is_its_members_and_a_missing_one_is_told() -> None:
    header = observation("h", {"text": "Pharmacogenetic panel"}, hasMember=[{"reference": "Observation/g"}])
    assert read(header, genotype("*1/*2")).accounted["Observation"] == {"used": 2}
    assert because(read(header)) == {"not_received"}


@pytest.mark.parametrize("name", ["HCV genotype", "HPV genotype 16", "Hepatitis B virus genotype"])
def test_genotypes_of_viruses_are_not_the_patients(name: str) -> None:
    chart = read(observation("g", {"text": name}, valueString="1a"))
    assert chart.genotypes == ()
    assert chart.gaps == ()


def test_a_number_of_copies_stands_with_the_diplotype() -> None:
    copies = observation("c", {"text": "CYP2D6 copy number"}, valueInteger=3)
    (found,) = read(genotype("*1/*4", "CYP2D6"), copies).genotypes
    assert (found.alleles, found.copy_number, found.source) == (("*1", "*4"), 3, ("Observation/g", "Observation/c"))
    beside = genotype("*1/*4", "CYP2D6")
    beside["component"].append(component("82155-3", valueQuantity={"value": 3}))
    assert [each.copy_number for each in read(beside).genotypes] == [3]
    bounded = observation("c", {"text": "CYP2D6 copy number"}, valueString=">=3")
    assert because(read(bounded)) == {"unreadable"}
