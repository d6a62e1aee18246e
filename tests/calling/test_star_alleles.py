"""The matcher on single people, each with one trap of the field."""

import pytest

from smartpgx.domain.chart import Chart, SiteCall, Structural, Variant
from tests.calling.charts import TABLES, absent, call, found, gaps, pairs, panel, phased, site


def test_one_heterozygous_site_leaves_the_key_alleles_open() -> None:
    one = call(Chart(variants=(found("CYP2C19", "rs4244285"),)), "CYP2C19")
    assert (one.status, pairs(one)) == ("ambiguous", ["*1/*2", "*2/*3", "*2/*17"])
    assert (one.diplotype, one.phenotype) == (None, None)
    assert {"rs3758581", "rs4986893", "*9"} <= set(one.missing)


def test_without_zygosity_it_is_heterozygous_or_homozygous_never_nothing() -> None:
    one = call(Chart(variants=(found("CYP2C19", "rs4244285", zygosity=None),)), "CYP2C19")
    assert {c.phenotype for c in one.candidates} == {"Intermediate Metabolizer", "Poor Metabolizer"}
    assert "*2/*2" in pairs(one)


def test_one_absent_site_never_makes_a_gene_normal() -> None:
    for gene in ("CYP2C19", "CYP2C9", "CYP2B6", "CYP3A5", "CYP4F2", "SLCO1B1", "TPMT"):
        for where in TABLES.definitions[gene].sites:
            if not where.rsid or (where.rsid, len(where.alts)) == ("", 1):
                continue
            chart = Chart(tested_absent=tuple(absent(gene, where.rsid, alt) for alt in where.alts))
            one = call(chart, gene)
            assert one.status in ("ambiguous", "not_called"), (gene, where.rsid)
            assert one.phenotype is None, (gene, where.rsid)


def test_the_whole_panel_reads_normal() -> None:
    one = call(panel("CYP2C9"), "CYP2C9")
    assert (one.status, one.diplotype, one.phenotype, one.activity_score) == ("called", "*1/*1", "Normal Metabolizer", 2.0)
    assert one.missing == ()


def test_the_reference_of_cyp2c19_is_38_and_1_where_its_site_was_not_read() -> None:
    assert call(panel("CYP2C19"), "CYP2C19").diplotype == "*38/*38"
    assert call(panel("CYP2C19", found("CYP2C19", "rs3758581")), "CYP2C19").diplotype == "*1/*38"
    unread = call(panel("CYP2C19", hidden=["rs3758581"]), "CYP2C19")
    assert (unread.status, unread.diplotype, unread.missing[0]) == ("called", "*1/*1", "rs3758581")


def test_without_phase_the_rarer_pair_is_shown_beside_the_common_one() -> None:
    one = call(panel("TPMT", found("TPMT", "rs1800460"), found("TPMT", "rs1142345", "C")), "TPMT")
    assert pairs(one) == ["*1/*3A", "*3B/*3C"]
    assert (one.status, one.diplotype, one.phenotype) == ("ambiguous", "*1/*3A", "Intermediate Metabolizer")
    assert one.candidates[1].phenotype == "Poor Metabolizer"
    assert one.warnings


@pytest.mark.parametrize(("relation", "expected"), [("trans", ["*3B/*3C"]), ("cis", ["*1/*3A"])])
def test_phase_decides(relation: str, expected: list[str]) -> None:
    first, second = found("TPMT", "rs1800460"), found("TPMT", "rs1142345", "C")
    one = call(panel("TPMT", first, second, phase=(phased(relation, first, second),)), "TPMT")
    assert (one.status, pairs(one)) == ("called", expected)


def test_phase_named_by_resource_and_phase_that_contradicts_itself() -> None:
    first, second = found("TPMT", "rs1800460"), found("TPMT", "rs1142345", "C")
    by_resource = phased("trans", first, second).__class__(relation="trans", first=first.source[0], second=second.source[0])
    assert pairs(call(panel("TPMT", first, second, phase=(by_resource,)), "TPMT")) == ["*3B/*3C"]
    both = (phased("trans", first, second), phased("cis", first, second))
    one = call(panel("TPMT", first, second, phase=both), "TPMT")
    assert len(one.candidates) == 2
    assert "contradict" in " ".join(one.warnings)


def test_phase_that_no_allele_carries_is_no_call() -> None:
    first, second = found("CYP2C9", "rs1799853"), found("CYP2C9", "rs1057910")
    assert call(panel("CYP2C9", first, second), "CYP2C9").diplotype == "*2/*3"
    one = call(panel("CYP2C9", first, second, phase=(phased("cis", first, second),)), "CYP2C9")
    assert (one.status, one.candidates) == ("not_called", ())
    assert any(
        gap.because == "contradiction" for gap in gaps(panel("CYP2C9", first, second, phase=(phased("cis", first, second),)))
    )


def test_star_17_without_the_site_of_star_4_may_be_star_4() -> None:
    seen = (found("CYP2C19", "rs12248560"), found("CYP2C19", "rs3758581", zygosity="homozygous"))
    one = call(panel("CYP2C19", *seen, hidden=["rs28399504"]), "CYP2C19")
    assert pairs(one) == ["*1/*4", "*1/*17"]
    assert (one.diplotype, one.phenotype) == (None, None)


def test_either_base_letters() -> None:
    seen = (
        found("CYP2C19", "rs12248560", zygosity="homozygous"), found("CYP2C19", "rs28399504"),
        found("CYP2C19", "rs3758581", zygosity="homozygous"),
    )  # fmt: skip
    assert call(panel("CYP2C19", *seen), "CYP2C19").diplotype == "*4/*17"


def test_sub_alleles_go_by_their_core_name() -> None:
    seen = (found("SLCO1B1", "rs2306283"), found("SLCO1B1", "rs4149056"), found("SLCO1B1", "rs71581941"))
    assert call(panel("SLCO1B1", *seen), "SLCO1B1").diplotype == "*1/*45"


def test_two_alternates_at_one_site_are_one_on_each_chromosome() -> None:
    seen = (found("TPMT", "rs1142345", "C"), found("TPMT", "rs1142345", "G"))
    assert call(panel("TPMT", *seen), "TPMT").diplotype == "*3C/*41"


def test_absent_of_one_alternate_says_nothing_about_the_other() -> None:
    chart = panel("TPMT", hidden=["rs1142345"])
    partly = Chart(reference_calls=chart.reference_calls, tested_absent=(absent("TPMT", "rs1142345", "C"),))
    one = call(partly, "TPMT")
    assert {"rs1142345", "*41"} <= set(one.missing)
    assert not any("*3C" in (pair or "") for pair in pairs(one))


def test_an_undocumented_base_is_no_call_but_flagged_reference_in_genes_of_toxicity() -> None:
    odd = found("CYP2C19", "rs3758581", "T")
    one = call(panel("CYP2C19", odd), "CYP2C19")
    assert (one.status, one.candidates) == ("not_called", ())
    assert "rs3758581" in " ".join(one.warnings)
    toxic = call(panel("NUDT15", found("NUDT15", "rs186364861", "T")), "NUDT15")
    assert toxic.diplotype == "*1/*1"
    assert "rs186364861" in " ".join(toxic.warnings)


def test_data_that_contradict_the_definitions_are_no_call() -> None:
    one = call(panel("CYP2C19", found("CYP2C19", "rs4244285"), found("CYP2C19", "rs3758581", zygosity="homozygous")), "CYP2C19")
    assert (one.status, one.diplotype) == ("not_called", None)
    assert one.warnings


def test_reports_that_disagree_about_a_site_all_stay_possible() -> None:
    chart = panel("CYP2C9", found("CYP2C9", "rs1057910"))
    both = Chart(variants=chart.variants, reference_calls=chart.reference_calls, tested_absent=(absent("CYP2C9", "rs1057910"),))
    one = call(both, "CYP2C9")
    assert set(pairs(one)) == {"*1/*1", "*1/*3"}
    assert one.phenotype is None
    assert any(gap.because == "contradiction" for gap in gaps(both))


@pytest.mark.parametrize(
    "text",
    [
        "NC_000013.11:48041102:T:TG",  # padded as in VCF
        "NC_000013.11:48041103::G",  # SPDI without padding
        "NC_000013.11:48041103:G:GG",  # fully justified
        "NC_000013.11:48041104::G",  # shifted to the right as HGVS does
        "NC_000013.10:48615238:T:TG",  # GRCh37
    ],
)
def test_an_insertion_in_any_spelling_is_the_same_allele(text: str) -> None:
    seen = Variant(spdi=text, zygosity="heterozygous", gene="NUDT15")
    rest = panel("NUDT15", hidden=["rs761191455"])
    assert call(Chart(variants=(seen,), reference_calls=rest.reference_calls), "NUDT15").diplotype == "*1/*13"


def test_grch37_positions_and_bases() -> None:
    where = site("CYP2C19", "rs4244285")
    seen = Variant(spdi=f"NC_000010.10:{(where.pos37 or 0) - 1}:G:A", zygosity="heterozygous", gene="CYP2C19")
    assert pairs(call(Chart(variants=(seen,)), "CYP2C19")) == ["*1/*2", "*2/*3", "*2/*17"]


def test_the_grch38_base_found_on_grch37_may_stand_beside_the_other_one() -> None:
    where = site("CYP3A5", "rs776746")
    rest = panel("CYP3A5", hidden=["rs776746"]).reference_calls
    restored = SiteCall(
        spdi=f"NC_000007.13:{(where.pos37 or 0) - 1}:T:T", same_as=f"NC_000007.14:{where.pos - 1}:T:T", source=("Observation/r",)
    )
    one = call(Chart(reference_calls=(*rest, restored)), "CYP3A5")
    assert set(pairs(one)) == {"*1/*1", "*1/*3"}
    assert one.phenotype is None
    as_reference = SiteCall(spdi=f"NC_000007.13:{(where.pos37 or 0) - 1}:C:C", source=("Observation/r",))
    assert call(Chart(reference_calls=(*rest, as_reference)), "CYP3A5").diplotype == "*3/*3"


def test_somatic_findings_say_nothing_of_the_patient() -> None:
    seen = found("CYP2C19", "rs4244285")
    somatic = Variant(spdi=seen.spdi, same_as=seen.same_as, gene="CYP2C19", zygosity="heterozygous", origin="somatic")
    assert call(panel("CYP2C9"), "CYP2C9").diplotype == "*1/*1"
    with pytest.raises(StopIteration):
        call(Chart(variants=(somatic,)), "CYP2C19")


def test_a_variant_that_cannot_be_placed_forbids_a_call() -> None:
    vague = Variant(spdi=None, gene="CYP2C9", hgvs=("NM_000771.4:c.1075A>C",), zygosity="heterozygous", source=("Observation/v",))
    chart = panel("CYP2C9")
    one = call(Chart(variants=(vague,), reference_calls=chart.reference_calls), "CYP2C9")
    assert one.status == "not_called"
    assert "c.1075A>C" in " ".join(one.warnings)


def test_a_variant_at_no_defining_position_is_told() -> None:
    rare = Variant(
        spdi="NC_000010.11:94942300:A:T", same_as="NC_000010.11:94942300:A:T", gene="CYP2C9", source=("Observation/v",)
    )
    chart = panel("CYP2C9")
    both = Chart(variants=(rare,), reference_calls=chart.reference_calls)
    assert call(both, "CYP2C9").diplotype == "*1/*1"
    assert "no position that defines" in " ".join(call(both, "CYP2C9").warnings)
    assert any(gap.source == ("Observation/v",) for gap in gaps(both))


def test_a_structural_change_in_the_gene_forbids_a_call() -> None:
    lost = Structural(refseq="NC_000010.11", type="deletion", outer=(94700000.0, 94900000.0), source=("Observation/s",))
    chart = panel("CYP2C19")
    one = call(Chart(structural=(lost,), reference_calls=chart.reference_calls), "CYP2C19")
    assert (one.status, one.candidates) == ("not_called", ())


def test_more_than_24_pairs_are_not_called() -> None:
    one = call(Chart(tested_absent=(absent("SLCO1B1", "rs4149056"),)), "SLCO1B1")
    assert (one.status, one.candidates, one.diplotype) == ("not_called", (), None)


def test_cyp2d6_from_small_variants_is_ambiguous_at_best() -> None:
    normal = call(panel("CYP2D6"), "CYP2D6")
    assert (normal.status, normal.diplotype, normal.phenotype) == ("ambiguous", None, None)
    assert set(pairs(normal)) == {"*1/*1", "*1/*5", "*1/*1x2"}
    assert "provisional" in " ".join(normal.warnings)
    star_4 = {
        site.rsid: site for site in TABLES.definitions["CYP2D6"].sites if site.rsid in ("rs3892097", "rs1065852", "rs1135840")
    }
    seen = [found("CYP2D6", name, zygosity="homozygous") for name in star_4]
    poor = call(panel("CYP2D6", *seen), "CYP2D6")
    assert (poor.status, poor.phenotype, poor.activity_score) == ("ambiguous", "Poor Metabolizer", 0.0)


def test_mitochondrial_changes_are_one_allele() -> None:
    seen = Variant(spdi="NC_012920.1:1554:A:G", gene="MT-RNR1", zygosity="heteroplasmic", source=("Observation/m",))
    one = call(Chart(variants=(seen,)), "MT-RNR1")
    assert (one.diplotype, one.phenotype) == ("m.1555A>G", "increased risk of aminoglycoside-induced hearing loss")
    assert "heteroplasmic" in " ".join(one.warnings)


def test_single_copy_is_shown_alone() -> None:
    one = call(panel("CYP3A5", found("CYP3A5", "rs776746", zygosity="hemizygous")), "CYP3A5")
    assert one.diplotype == "*3"
    assert one.phenotype == "Indeterminate"
