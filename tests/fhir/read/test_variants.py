"""Positions, alleles, answers: what a variant Observation says, and when it says nothing that can be used."""

from typing import Any

import pytest

from smartpgx.domain.chart import Chart
from tests.fhir.read.building import LOINC, SITE, TBD, because, coded, component, named, observation, read, reasons, told, variant

SPDI = "NC_000010.11:94781858:G:A"


def only(chart: Chart) -> Any:
    (found,) = chart.variants
    return found


@pytest.mark.parametrize(
    "given",
    [
        variant(**SITE),
        variant(**SITE | {"position": 94781858}, counting="LA30100-4", high=94781859),
        variant(**SITE | {"position": 94781858}, counting="LA30100-4", high=None),
        variant(**SITE, high=None),
        variant(**SITE | {"position": 94781858, "reference": "CG", "alternate": "CA"}),
        variant(**SITE | {"reference": "g", "alternate": "a"}),
        variant(parts=(named("81290-9", "NC_000010.11:g.94781859G>A"),)),
        variant(parts=(component("81290-9", valueCodeableConcept={"text": SPDI}),)),
        variant(parts=(component("81252-9", valueCodeableConcept=coded("https://api.ncbi.nlm.nih.gov/variation/v0/", SPDI)),)),
        variant(parts=(named("48004-6", SPDI),)),
        variant(accession="NC_000010.10", position=96541616, reference="G", alternate="A"),
        variant(parts=(named("81290-9", "NC_000010.10:g.96541616G>A"),)),
    ],
)
def test_one_change_in_every_spelling(given: dict[str, Any]) -> None:
    chart = read(given)
    found = only(chart)
    assert (found.same_as, found.gene, found.zygosity, found.origin) == (SPDI, "CYP2C19", "heterozygous", "germline")
    assert chart.gaps == ()


def test_chromosome_and_assembly_stand_for_an_accession() -> None:
    parts = (
        component("48000-4", valueCodeableConcept=coded(LOINC, "LA21263-1", "Chromosome 10")),
        component("62374-4", valueCodeableConcept=coded(LOINC, "LA26806-2")),
    )
    counting = component("92822-6", valueCodeableConcept=coded(LOINC, "LA30102-0"))
    assert only(read(variant(position=94781859, reference="G", alternate="A", parts=(*parts, counting)))).spdi == SPDI


def test_spdi_filed_as_coding_hgvs_is_flagged() -> None:
    assert only(read(variant(parts=(named("48004-6", SPDI),)))).warnings


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (variant(**SITE, counting=None), "coordinate_system_missing"),
        (variant(**SITE, counting="LA99999-9"), "coordinate_system_missing"),
        (variant(**SITE | {"accession": "NC_000010"}), "unreadable"),
        (variant(**SITE | {"accession": "NG_008384.3"}), "unreadable"),
        (variant(**SITE | {"accession": "NC_000010.9"}), "unknown_build"),
        (variant(**SITE | {"reference": "C", "alternate": "T"}), "contradiction"),
        (variant(**SITE, high=94781860), "contradiction"),
        (variant(**SITE | {"alternate": "A,C"}), "unreadable"),
        (variant(**SITE | {"alternate": "<DEL>"}), "unreadable"),
        (variant(**SITE | {"alternate": "N"}), "unreadable"),
        (variant(**SITE | {"alternate": None}), "incomplete"),
        (variant(**SITE | {"reference": None}), "incomplete"),
        (variant(**SITE | {"position": 96541616}), "contradiction"),
        (variant(**SITE, symbol="CYP2D6"), "contradiction"),
        (variant(**SITE, symbol="CYP2C9"), "contradiction"),
        (variant(**SITE, parts=(named("81290-9", "NC_000010.11:g.94781860G>A"),)), "contradiction"),
        (variant(**SITE, parts=(component("62374-4", valueCodeableConcept=coded(LOINC, "LA14029-5")),)), "contradiction"),
        (variant(**SITE, parts=(component("48000-4", valueCodeableConcept={"text": "chr7"}),)), "contradiction"),
        (variant(parts=(named("81290-9", "NC_000010.11:g.94781859+2del"),)), "unreadable"),
        (variant(parts=(named("81290-9", "g.94781859G>A"),)), "unreadable"),
        (
            variant(parts=(component("81252-9", valueCodeableConcept=coded("http://www.ncbi.nlm.nih.gov/snp", "rs4244285")),)),
            "alleles_missing",
        ),
        (variant(accession="NC_000010.11", position=94781859, reference="-", alternate="A"), "contradiction"),
        (variant(**SITE, answer="LA11883-8"), "undecided"),
        (variant(**SITE, answer="LA18198-4"), "undecided"),
        (variant(), "incomplete"),
    ],
)
def test_what_is_missing_or_disagrees_is_not_guessed(given: dict[str, Any], reason: str) -> None:
    chart = read(given)
    assert chart.variants == ()
    assert chart.reference_calls == ()
    assert because(chart) == {reason}
    assert told(chart) == {"Observation/v"}


def test_without_an_answer_nothing_was_found() -> None:
    given = variant(**SITE)
    del given["valueCodeableConcept"]
    chart = read(given)
    assert chart.variants == ()
    assert because(chart) == {"no_answer"}


def test_code_and_display_of_the_answer_must_agree() -> None:
    given = variant(**SITE) | {"valueCodeableConcept": coded(LOINC, "LA9634-2", "Present")}
    assert because(read(given)) == {"undecided"}


def test_the_strand_flag_is_never_a_reason_to_complement() -> None:
    assert because(read(variant(accession="NC_000001.11", position=97450058, reference="G", alternate="A", symbol="DPYD"))) == {
        "contradiction"
    }


def test_equal_alleles_are_a_reference_call() -> None:
    chart = read(variant(**SITE | {"alternate": "G"}, zygosity="LA6705-3"))
    assert chart.variants == ()
    assert [each.spdi for each in chart.reference_calls] == ["NC_000010.11:94781858:G:G"]


def test_absent_is_absent_of_that_alternate() -> None:
    chart = read(variant(**SITE, answer="LA9634-2"))
    assert chart.variants == ()
    assert chart.reference_calls == ()
    assert [each.spdi for each in chart.tested_absent] == [SPDI]


def test_an_insertion_between_two_bases() -> None:
    given = variant(accession="NC_000010.11", position=94781900, reference="-", alternate="AT", high=94781901)
    assert only(read(given)).spdi == "NC_000010.11:94781900::AT"


def test_an_ambiguity_letter_is_heterozygous() -> None:
    found = only(read(variant(**SITE | {"alternate": "R"}, zygosity=None)))
    assert (found.spdi, found.zygosity, bool(found.warnings)) == (SPDI, "heterozygous", True)


@pytest.mark.parametrize(
    ("code", "zygosity"),
    [
        ("LA6705-3", "homozygous"),
        ("LA6706-1", "heterozygous"),
        ("LA6707-9", "hemizygous"),
        ("LA6703-8", "heteroplasmic"),
        (None, None),
    ],
)
def test_zygosity_is_what_is_stated(code: str | None, zygosity: str | None) -> None:
    assert only(read(variant(**SITE, zygosity=code))).zygosity == zygosity


def test_a_contradictory_zygosity_is_a_gap() -> None:
    given = variant(
        **SITE, zygosity=None, parts=(component("53034-5", valueCodeableConcept=coded(LOINC, "LA6705-3", "Heterozygous")),)
    )
    assert read(given).variants == ()


def test_tumour_and_germline_stay_apart() -> None:
    chart = read(variant(**SITE), variant(**SITE, name="t", origin="LA6684-0", zygosity=None))
    assert sorted(str(each.origin) for each in chart.variants) == ["germline", "somatic"]


def test_a_fetal_variant_is_another_subjects() -> None:
    assert reasons(read(variant(**SITE, origin="LA10429-1"))) == {"Observation/v": "other_subject"}


@pytest.mark.parametrize(
    ("quantity", "share"), [({"value": 35, "unit": "%"}, 0.35), ({"value": 0.35, "code": "1"}, 0.35), ({"value": 35}, 0.35)]
)
def test_the_share_of_reads(quantity: dict[str, Any], share: float) -> None:
    assert only(read(variant(**SITE, parts=(component("81258-6", valueQuantity=quantity),)))).allele_fraction == pytest.approx(
        share
    )


def test_two_reports_of_one_variant_are_one_with_both_sources() -> None:
    assert only(read(variant(**SITE), variant(**SITE, name="w"))).source == ("Observation/v", "Observation/w")


def test_two_reports_that_disagree_on_zygosity_leave_it_open() -> None:
    chart = read(variant(**SITE), variant(**SITE, name="w", zygosity="LA6705-3"))
    assert only(chart).zygosity is None
    assert because(chart) == {"contradiction"}


def test_present_and_absent_of_one_variant_is_told() -> None:
    assert because(read(variant(**SITE), variant(**SITE, name="w", answer="LA9634-2"))) == {"contradiction"}


CYP3A5_37 = {"accession": "NC_000007.13", "position": 99270539, "reference": "C", "alternate": "T", "symbol": "CYP3A5"}


def test_where_the_builds_differ_a_homozygous_change_to_the_grch38_base_is_reference() -> None:
    chart = read(variant(**CYP3A5_37, zygosity="LA6705-3"))
    assert chart.variants == ()
    assert [each.spdi for each in chart.reference_calls] == ["NC_000007.14:99672915:T:T"]


def test_where_the_builds_differ_a_heterozygous_change_is_the_grch38_variant() -> None:
    chart = read(variant(**CYP3A5_37, zygosity="LA6706-1"))
    found = only(chart)
    assert (found.same_as, found.zygosity) == ("NC_000007.14:99672915:T:C", "heterozygous")
    assert chart.reference_calls == ()


def test_where_the_builds_differ_an_unknown_zygosity_is_told() -> None:
    chart = read(variant(**CYP3A5_37, zygosity=None))
    assert chart.variants == ()
    assert because(chart) == {"zygosity_unknown"}


def test_where_the_builds_differ_the_grch37_base_is_the_grch38_variant() -> None:
    found = only(read(variant(**CYP3A5_37 | {"alternate": "C"}, zygosity="LA6705-3")))
    assert (found.same_as, found.zygosity) == ("NC_000007.14:99672915:T:C", "homozygous")


def test_where_the_builds_differ_absent_is_a_gap() -> None:
    chart = read(variant(**CYP3A5_37, answer="LA9634-2"))
    assert [each.spdi for each in chart.tested_absent] == ["NC_000007.13:99270538:C:T"]
    assert because(chart) == {"build_difference"}


def test_a_number_of_the_other_build_is_not_used() -> None:
    chart = read(variant(parts=(named("81290-9", "NC_000016.9:g.31096368G>T"),), symbol="VKORC1"))
    assert chart.variants == ()
    assert because(chart) == {"contradiction"}


def test_a_coding_change_that_names_an_allele_is_placed() -> None:
    assert (
        only(read(variant(parts=(named("48004-6", "NM_000110.4:c.1905+1G>A"),), symbol="DPYD"))).same_as
        == "NC_000001.11:97450057:C:T"
    )


def test_an_rsid_with_a_coding_change_is_placed() -> None:
    rsid = component("81252-9", valueCodeableConcept=coded("http://www.ncbi.nlm.nih.gov/snp", "rs4244285"))
    assert only(read(variant(parts=(named("48004-6", "NM_000769.4:c.681G>A"), rsid)))).same_as == SPDI


def test_a_coding_change_that_cannot_be_placed_is_listed_and_told() -> None:
    chart = read(variant(parts=(named("48004-6", "NM_000769.4:c.681G>A"),)))
    assert only(chart).spdi is None
    assert because(chart) == {"not_convertible"}


def test_a_duplication_of_a_known_site_is_spelled_out() -> None:
    found = only(read(variant(parts=(named("81290-9", "NC_000007.14:g.99652771dup"),), symbol="CYP3A5")))
    assert found.same_as == "NC_000007.14:99652770::A"


def test_a_germline_finding_of_another_gene_keeps_its_names_and_class() -> None:
    given = variant(parts=(named("48004-6", "NM_000059.4:c.5946del"), named("48005-3", "p.Ser1982fs")), symbol="BRCA2")
    pathogenic = component("53037-8", valueCodeableConcept=coded(LOINC, "LA6668-3", "Pathogenic"))
    about = observation(
        "k", coded(TBD, "diagnostic-implication"), derivedFrom=[{"reference": "Observation/v"}], component=[pathogenic]
    )
    chart = read(given, about)
    found = only(chart)
    assert (found.gene, found.protein, found.significance) == ("BRCA2", "p.Ser1982fs", "pathogenic")
    assert chart.accounted["Observation"] == {"used": 2}


def test_a_transcript_of_another_gene_is_flagged() -> None:
    parts = (
        named("48004-6", "NM_000251.3:c.1832del"),
        component("51958-7", valueCodeableConcept=coded("http://www.ncbi.nlm.nih.gov/refseq", "NM_006885.4")),
    )
    assert any("ZFHX3" in each for each in only(read(variant(parts=parts, symbol="MSH2"))).warnings)


def test_a_change_written_behind_its_gene() -> None:
    name = component("81252-9", valueCodeableConcept={"text": "EGFR L858R"})
    found = only(read(variant(parts=(name,), symbol="EGFR", zygosity=None, origin="LA6684-0")))
    assert (found.gene, found.protein) == ("EGFR", "p.Leu858Arg")


def test_a_local_code_is_known_by_its_components() -> None:
    given = variant(**SITE) | {
        "code": {"coding": [{"system": "http://local/codes", "code": "77", "display": "CYP2C19 sequencing"}]}
    }
    assert only(read(given)).spdi == SPDI


def test_a_code_means_something_only_in_its_system() -> None:
    given = observation("w", coded("http://local/codes", "29463-7"), valueQuantity={"value": 80, "unit": "kg"})
    assert read(given).measurements == ()


def test_a_fusion_names_both_partners() -> None:
    parts = tuple(component("48018-6", valueCodeableConcept={"text": each}) for each in ("EML4", "ALK"))
    change = component("48019-4", valueCodeableConcept=coded("http://www.sequenceontology.org", "SO:0001565", "gene_fusion"))
    found = only(read(variant(parts=(*parts, change), symbol=None, zygosity=None, origin="LA6684-0")))
    assert (found.change, found.genes) == ("fusion", ("EML4", "ALK"))


def test_ranges_are_structural_and_never_variants() -> None:
    inner = component("81302-2", valueRange={"low": {"value": 42522500}, "high": {"value": 42527000}})
    copies = component("82155-3", valueQuantity={"value": 1})
    kind = component(
        "48019-4", valueCodeableConcept=coded("http://www.sequenceontology.org", "SO:0001019", "copy_number_variation")
    )
    chart = read(variant(parts=(inner, copies, kind), accession="NC_000022.10", symbol="CYP2D6"))
    (found,) = chart.structural
    assert (found.inner, found.copy_number, found.refseq, found.coordinate_system) == ((42522500, 42527000), 1, "NC_000022.10", 1)
    assert chart.variants == ()
    assert found.warnings
    assert because(chart) == {"effect_open"}


def test_phase_between_two_variants() -> None:
    one = variant("a", accession="NC_000006.12", position=18138997, reference="C", alternate="T", symbol="TPMT")
    two = variant("b", accession="NC_000006.12", position=18130687, reference="T", alternate="C", symbol="TPMT")
    phase = observation(
        "ph",
        coded(LOINC, "82120-7"),
        valueCodeableConcept={"text": "Trans"},
        derivedFrom=[{"reference": "Observation/a"}, {"reference": "Observation/b"}],
    )
    chart = read(one, two, phase)
    assert not isinstance(chart.phase, str)
    assert [(each.relation, each.first.split()[-1], each.second.split()[-1]) for each in chart.phase] == [
        ("trans", "Observation/a", "Observation/b")
    ]
    unknown = phase | {"valueCodeableConcept": {"text": "Unknown"}}
    assert read(one, two, unknown).phase == "unknown"


def test_wild_type_needs_to_say_what_was_examined() -> None:
    words = {"valueCodeableConcept": coded(LOINC, "LA9634-2", "Absent", "KRAS wild-type (exons 2, 3 and 4 examined)")}
    chart = read(variant(symbol="KRAS", zygosity=None, origin="LA6684-0") | words)
    assert [(each.name, each.value) for each in chart.biomarkers] == [("KRAS", "wild-type (exons 2, 3 and 4 examined)")]
    assert because(read(variant(symbol="KRAS", answer="LA9634-2", zygosity=None))) == {"coverage_unknown"}
