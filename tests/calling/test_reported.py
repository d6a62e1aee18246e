"""Statements of laboratories: which one leads, and what is told when they disagree."""

import pytest

from smartpgx.domain.chart import Chart, GenotypeConflict
from tests.calling.charts import call, diplotype, found, gaps, pairs, panel, stated


def reported(*genotypes: object, **more: object) -> Chart:
    return Chart(genotypes=genotypes, **more)  # type: ignore[arg-type]


def test_a_diplotype_is_written_with_the_smaller_allele_first() -> None:
    one = call(reported(diplotype("CYP2C19", "*17", "*2")), "CYP2C19")
    assert (one.status, one.diplotype, one.phenotype, one.basis) == ("called", "*2/*17", "Intermediate Metabolizer", "diplotype")
    assert one.ehr_priority == "Abnormal/Priority/High Risk"
    assert [(f.allele, f.function) for f in one.functions] == [("*2", "No function"), ("*17", "Increased function")]
    dpyd = call(reported(diplotype("DPYD", "Reference", "c.1905+1G>A (*2A)")), "DPYD")
    assert (dpyd.diplotype, dpyd.lookup, dpyd.activity_score) == (*["c.1905+1G>A (*2A)/Reference"] * 2, 1.0)


def test_an_allele_outside_the_tables_is_indeterminate_and_told() -> None:
    chart = reported(diplotype("CYP2D6", "*1", "*XXX"))
    one = call(chart, "CYP2D6")
    assert (one.status, one.diplotype, one.phenotype) == ("indeterminate", "*1/*XXX", "Indeterminate")
    assert [gap.because for gap in gaps(chart)] == ["allele_without_function"]


def test_what_the_laboratory_says_stands_where_the_tables_do_not_know_the_allele() -> None:
    chart = reported(diplotype("CYP2C19", "*1", "*99"), phenotypes=(stated("CYP2C19", "Intermediate Metabolizer"),))
    one = call(chart, "CYP2C19")
    assert (one.phenotype, one.basis) == ("Intermediate Metabolizer", "phenotype")
    assert one.warnings
    assert gaps(chart)


@pytest.mark.parametrize(
    ("alleles", "number", "expected"),
    [
        (("*1", "*4"), 3, ["*1/*4x2", "*1x2/*4"]),
        (("*1", "*4"), 2, ["*1/*4"]),
        (("*1", "*1"), 3, ["*1/*1x2"]),
        (("*1", "*1"), 1, ["*1/*5"]),
        (("*1", "*5"), 1, ["*1/*5"]),
        (("*1", "*5"), 2, ["*1x2/*5"]),
        (("*1xN", "*4"), 4, ["*1x3/*4"]),
        (("*1x2", "*4"), 3, ["*1x2/*4"]),
        (("*36+*10", "*1"), 3, ["*1/*36+*10"]),
        (("*1", "*4"), 4, ["*1/*4x3", "*1x2/*4x2", "*1x3/*4"]),
    ],
)
def test_a_number_of_copies_without_saying_of_which_allele(alleles: tuple[str, str], number: int, expected: list[str]) -> None:
    one = call(reported(diplotype("CYP2D6", *alleles, copy_number=number)), "CYP2D6")
    assert sorted(pairs(one), key=str) == sorted(expected)
    assert one.status == ("ambiguous" if len(expected) > 1 else "called")
    assert bool(one.warnings) == (len(expected) > 1)


def test_copies_that_cannot_be_are_told() -> None:
    chart = reported(diplotype("CYP2D6", "*1x2", "*4", copy_number=1))
    assert call(chart, "CYP2D6").diplotype == "*1x2/*4"
    assert [gap.because for gap in gaps(chart)] == ["contradiction"]


def test_two_diplotypes_that_differ_lead_nowhere() -> None:
    conflict = GenotypeConflict(gene="CYP2C19", values=("*1/*1", "*2/*2"), source=("Observation/a", "Observation/b"))
    for chart in (
        Chart(genotypes_conflict=(conflict,), phenotypes=(stated("CYP2C19", "Normal Metabolizer"),)),
        reported(diplotype("CYP2C19", "*1", "*1"), diplotype("CYP2C19", "*2", "*2")),
    ):
        one = call(chart, "CYP2C19")
        assert (one.status, one.candidates, one.phenotype, one.diplotype) == ("not_called", (), None, None)
        assert "*2/*2" in " ".join(one.warnings)
        assert gaps(chart)


def test_the_same_diplotype_twice_is_one() -> None:
    one = call(reported(diplotype("CYP2C19", "*1", "*2"), diplotype("CYP2C19", "*2", "*1")), "CYP2C19")
    assert (one.status, one.diplotype) == ("called", "*1/*2")


@pytest.mark.parametrize("words", [stated("CYP2C9", score=2.0), stated("CYP2C9", "Normal Metabolizer")])
def test_the_diplotype_leads_and_the_contradiction_is_told(words: object) -> None:
    chart = reported(diplotype("CYP2C9", "*1", "*3"), phenotypes=(words,))
    one = call(chart, "CYP2C9")
    assert (one.phenotype, one.activity_score, one.basis) == ("Intermediate Metabolizer", 1.0, "diplotype")
    assert one.warnings
    assert [gap.because for gap in gaps(chart)] == ["contradiction"]


def test_statements_that_agree_are_not_remarked_on() -> None:
    chart = reported(
        diplotype("CYP2C9", "*1", "*3"), phenotypes=(stated("CYP2C9", score=1.0), stated("CYP2C9", "Intermediate Metabolizer"))
    )
    assert call(chart, "CYP2C9").warnings == ()
    assert gaps(chart) == ()


def test_the_score_leads_before_the_phenotype() -> None:
    chart = Chart(phenotypes=(stated("CYP2D6", "Poor Metabolizer"), stated("CYP2D6", score=1.0)))
    one = call(chart, "CYP2D6")
    assert (one.phenotype, one.activity_score, one.basis) == ("Intermediate Metabolizer", 1.0, "activity_score")
    assert one.lookup == "1.0"
    assert one.warnings
    assert gaps(chart)


def test_a_bounded_score_is_read() -> None:
    one = call(Chart(phenotypes=(stated("CYP2D6", score="≥3"),)), "CYP2D6")
    assert (one.phenotype, one.activity_score) == ("Ultrarapid Metabolizer", ">=3.0")


def test_a_phenotype_alone() -> None:
    one = call(Chart(phenotypes=(stated("CYP2D6", "Poor Metabolizer"),)), "CYP2D6")
    assert (one.status, one.diplotype, one.phenotype, one.lookup) == ("called", None, "Poor Metabolizer", "Poor Metabolizer")
    assert one.candidates[0].phenotype == "Poor Metabolizer"


def test_two_phenotypes_that_differ_lead_nowhere() -> None:
    chart = Chart(phenotypes=(stated("CYP2D6", "Poor Metabolizer"), stated("CYP2D6", "Normal Metabolizer")))
    assert (call(chart, "CYP2D6").status, call(chart, "CYP2D6").phenotype) == ("not_called", None)
    assert gaps(chart)


def test_one_allele_of_two_is_not_a_result() -> None:
    one = call(reported(diplotype("CYP2D6", "*4")), "CYP2D6")
    assert (one.status, one.phenotype) == ("indeterminate", "Indeterminate")
    assert one.warnings


def test_single_copy_genes() -> None:
    one = call(reported(diplotype("G6PD", "B (reference)")), "G6PD")
    assert (one.diplotype, one.phenotype, one.warnings) == ("B (reference)", "Normal", ())
    mitochondrial = call(reported(diplotype("MT-RNR1", "1555A>G")), "MT-RNR1")
    assert mitochondrial.diplotype == "m.1555A>G"
    assert mitochondrial.phenotype == "increased risk of aminoglycoside-induced hearing loss"


def test_variants_that_contradict_the_reported_diplotype_are_told() -> None:
    seen = panel("CYP2C19", found("CYP2C19", "rs4244285"), found("CYP2C19", "rs12769205"), found("CYP2C19", "rs3758581"))
    agreeing = Chart(variants=seen.variants, reference_calls=seen.reference_calls, genotypes=(diplotype("CYP2C19", "*1", "*2"),))
    assert call(agreeing, "CYP2C19").warnings == ()
    chart = Chart(variants=seen.variants, reference_calls=seen.reference_calls, genotypes=(diplotype("CYP2C19", "*1", "*1"),))
    one = call(chart, "CYP2C19")
    assert (one.diplotype, one.basis) == ("*1/*1", "diplotype")
    assert "variants" in " ".join(one.warnings)
    assert [gap.because for gap in gaps(chart)] == ["contradiction"]


def test_variants_that_contradict_a_reported_phenotype_are_told() -> None:
    seen = panel("NUDT15", found("NUDT15", "rs116855232", zygosity="homozygous"))
    chart = Chart(
        variants=seen.variants, reference_calls=seen.reference_calls, phenotypes=(stated("NUDT15", "Normal Metabolizer"),)
    )
    assert call(chart, "NUDT15").phenotype == "Normal Metabolizer"
    assert [gap.because for gap in gaps(chart)] == ["contradiction"]


def test_a_gene_outside_the_tables_keeps_its_result_without_meaning() -> None:
    chart = reported(diplotype("CYP2C8", "*1", "*3"))
    one = call(chart, "CYP2C8")
    assert (one.diplotype, one.phenotype) == ("*1/*3", None)
    assert gaps(chart)


def test_variants_that_agree_with_a_reported_phenotype_add_the_diplotype() -> None:
    seen = panel("CYP2C9", found("CYP2C9", "rs1057910"))
    words = stated("CYP2C9", "Intermediate Metabolizer")
    one = call(Chart(variants=seen.variants, reference_calls=seen.reference_calls, phenotypes=(words,)), "CYP2C9")
    assert (one.diplotype, one.activity_score, one.basis, one.warnings) == ("*1/*3", 1.0, "variants", ())
    assert "Observation/o" in one.source


def test_more_changes_than_the_reported_pair_of_dpyd_are_no_contradiction() -> None:
    seen = panel("DPYD", found("DPYD", "rs3918290"), found("DPYD", "rs1801265"))
    pair = diplotype("DPYD", "Reference", "c.1905+1G>A (*2A)")
    chart = Chart(variants=seen.variants, reference_calls=seen.reference_calls, genotypes=(pair,))
    assert call(chart, "DPYD").warnings == ()
    normal = diplotype("DPYD", "Reference", "Reference")
    chart = Chart(variants=seen.variants, reference_calls=seen.reference_calls, genotypes=(normal,))
    assert [gap.because for gap in gaps(chart)] == ["contradiction"]
