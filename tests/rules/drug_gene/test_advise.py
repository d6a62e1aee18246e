"""Advice for whole charts: which medicines, which genotype, which population, and what is said where nothing is known."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Allergy, Chart, Gap, Ingredient, Measurement
from smartpgx.domain.scope import Scope
from smartpgx.rules.drug_gene.advise import advise
from smartpgx.rules.drug_gene.alternatives import check_alternatives
from tests.rules.charts import CYP2C19_POOR, CYP2D6_POOR, TABLES, ambiguous, called, chart, medicine, typed

TODAY = date(2026, 11, 24)
RECORD = Scope()


def run(on: Chart, *genes: GeneCall, drugs: Scope = RECORD) -> tuple[tuple[Recommendation, ...], tuple[Gap, ...]]:
    return advise(on, genes, TABLES, drugs, TODAY)


def about(found: tuple[Recommendation, ...], drug: str) -> list[Recommendation]:
    return [one for one in found if one.drug.name == drug and one.sources]


# --- medicines -------------------------------------------------------------------------------------------------------


def test_the_same_ingredient_ordered_twice_is_one_advice_with_both_orders() -> None:
    found, _ = run(chart(medicine("codeine"), medicine("codeine", "acetaminophen", number=2)), CYP2D6_POOR)
    (codeine,) = about(found, "codeine")
    assert codeine.orders == ("MedicationRequest/codeine-1", "MedicationRequest/codeine-2")


@pytest.mark.parametrize(
    ("states", "advised"),
    [
        ({}, True),
        ({"active": False, "proposed": True, "ordered": False}, True),
        ({"active": False, "held": True}, True),
        ({"reported": True, "ordered": False}, True),
        ({"active": False}, False),
        ({"active": False, "prohibited": True}, False),
        ({"active": None}, False),
    ],
)
def test_stopped_and_forbidden_medicines_get_no_advice(states: dict[str, bool], advised: bool) -> None:
    found, _ = run(chart(medicine("codeine", **states)), CYP2D6_POOR)
    assert bool(about(found, "codeine")) is advised


def test_combination_is_found_by_its_components_only_when_all_are_there() -> None:
    g6pd = called("G6PD", "A-/A-", "Deficient")
    both, _ = run(chart(medicine_by_codes("10180", "10829")), g6pd)
    assert about(both, "sulfamethoxazole / trimethoprim")
    one, _ = run(chart(medicine_by_codes("10180")), g6pd)
    assert not about(one, "sulfamethoxazole / trimethoprim")


def medicine_by_codes(*codes: str):  # type: ignore[no-untyped-def]
    return replace(medicine("x"), ingredients=tuple(Ingredient(name=f"component {code}", rxcui=code) for code in codes))


def test_medicine_without_an_ingredient_is_told_not_passed_over() -> None:
    found, gaps = run(chart(medicine(unresolved=True, text="Zauberpille 5 mg")), CYP2D6_POOR)
    assert found == ()
    assert [gap.because for gap in gaps] == ["not_checked"]
    assert "Zauberpille" in gaps[0].message


def test_medicine_no_table_speaks_of_gets_nothing() -> None:
    found, gaps = run(chart(medicine("oxygen")), CYP2D6_POOR)
    assert (found, gaps) == ((), ())


def test_named_drugs_replace_those_of_the_record_and_unknown_names_are_told() -> None:
    found, gaps = run(chart(medicine("codeine")), CYP2D6_POOR, drugs=Scope(drugs=("tramadol", "nosuchdrug")))
    assert {one.drug.name for one in found} == {"tramadol"}
    assert all(one.orders == () for one in found)
    assert [gap.because for gap in gaps] == ["not_in_tables"]


def test_all_gives_every_drug_with_guidance_and_keeps_the_orders() -> None:
    found, _ = run(chart(medicine("codeine")), CYP2D6_POOR, drugs=Scope(drugs="all"))
    assert {one.drug.name for one in found if one.sources} == set(TABLES.guidance)
    assert about(found, "codeine")[0].orders
    assert not about(found, "tramadol")[0].orders


# --- genotypes -------------------------------------------------------------------------------------------------------


def test_advice_that_every_genotype_shares_is_certain() -> None:
    unclear = ambiguous("CYP2C19", ("*1/*2", "Intermediate Metabolizer"), ("*2/*2", "Poor Metabolizer"))
    found, _ = run(chart(medicine("clopidogrel")), unclear)
    acute = [one for one in about(found, "clopidogrel") if one.population == "CVI ACS PCI"]
    certain = [one for one in acute if one.depends_on is None]
    assert [(one.status, [action.code for action in one.actions]) for one in certain] == [("avoid", ["ALTERNATIVE"])]
    assert [(one.status, one.depends_on) for one in acute if one.depends_on] == [
        ("avoid", "CYP2C19 *1/*2"),
        ("avoid", "CYP2C19 *2/*2"),
    ]


def test_same_advice_for_every_genotype_is_one_certain_recommendation() -> None:
    unclear = ambiguous("CYP2C19", ("*2/*2", "Poor Metabolizer"), ("*2/*3", "Poor Metabolizer"))
    found, _ = run(chart(medicine("clopidogrel")), unclear)
    assert {one.depends_on for one in about(found, "clopidogrel")} == {None}
    assert len(about(found, "clopidogrel")) == 3


def test_advice_that_genotypes_do_not_share_says_what_it_depends_on() -> None:
    unclear = ambiguous("CYP2C19", ("*1/*2", "Intermediate Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    found, _ = run(chart(medicine("clopidogrel")), unclear)
    acute = {one.depends_on: one.status for one in about(found, "clopidogrel") if one.population == "CVI ACS PCI"}
    assert acute == {"CYP2C19 *1/*2": "avoid", "CYP2C19 *1/*1": "standard"}


def test_two_genes_that_are_not_settled_name_the_combination() -> None:
    tpmt = ambiguous("TPMT", ("*1/*3A", "Intermediate Metabolizer"), ("*3B/*3C", "Poor Metabolizer"))
    nudt15 = ambiguous("NUDT15", ("*1/*2", "Intermediate Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    found, _ = run(chart(medicine("azathioprine")), tpmt, nudt15)
    assert {one.depends_on for one in about(found, "azathioprine")} >= {"NUDT15 *1/*1; TPMT *1/*3A"}
    assert all(one.depends_on for one in about(found, "azathioprine"))


def test_reported_phenotype_of_a_gene_keyed_by_score_names_the_scores() -> None:
    intermediate = called("CYP2C9", None, "Intermediate Metabolizer", basis="phenotype")
    hla = typed("HLA-B", "*15:02 negative")
    found, _ = run(chart(medicine("phenytoin")), intermediate, hla)
    naive = {one.depends_on for one in about(found, "phenytoin") if one.population == "PHT naive"}
    assert naive == {"CYP2C9 activity score 1.0", "CYP2C9 activity score 1.5"}


def test_merged_rows_carry_the_weakest_grade() -> None:
    unclear = ambiguous("CYP2C19", ("*1/*17", "Rapid Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    found, _ = run(chart(medicine("clopidogrel")), unclear)
    rows = [
        row
        for row in TABLES.guidance["clopidogrel"]
        if row.conditions["CYP2C19"][0] in ("Rapid Metabolizer", "Normal Metabolizer")
    ]
    for one in about(found, "clopidogrel"):
        assert one.strength in {row.strength for row in rows if row.population == one.population}


# --- silence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "gene", "reason"),
    [
        ("clopidogrel", None, "not tested"),
        ("clopidogrel", GeneCall(gene="CYP2C19", status="not_called", warnings=("odd",)), "indeterminate"),
        ("clopidogrel", GeneCall(gene="CYP2C19", status="indeterminate", phenotype="Indeterminate"), "indeterminate"),
        ("metoprolol", called("CYP2D6", "*1/*1x2", "Ultrarapid Metabolizer", 3.0), "guideline silent"),
        ("abacavir", typed("HLA-B", "*58:01 negative"), "not tested"),
    ],
)
def test_silence_has_its_reason_and_is_never_standard(drug: str, gene: GeneCall | None, reason: str) -> None:
    found, _ = run(chart(medicine(drug)), *([gene] if gene else []))
    spoken = about(found, drug)
    assert {(one.status, one.reason) for one in spoken} == {("no_result", reason)}
    assert all([action.code for action in one.actions] == ["NO_REC"] for one in spoken)


def test_known_relation_without_a_rule_says_just_that() -> None:
    found, _ = run(chart(medicine("warfarin")), CYP2D6_POOR)
    (warfarin,) = found
    assert (warfarin.status, warfarin.reason, warfarin.sources) == ("no_result", "not in any guideline", ())
    assert [one.name for one in warfarin.about] == ["CYP2C9", "CYP4F2", "VKORC1"]
    assert [step.code for step in warfarin.trace if step.step == "knowledge"] == ["relation_without_rule"]


def test_missing_second_gene_uses_its_own_row_never_the_normal_one() -> None:
    tpmt = called("TPMT", "*1/*3A", "Intermediate Metabolizer")
    found, _ = run(chart(medicine("azathioprine")), tpmt)
    (one,) = about(found, "azathioprine")
    conditions = next(step.parameters["conditions"] for step in one.trace if step.code == "guidance_row")
    assert conditions == {"TPMT": ["Intermediate Metabolizer"], "NUDT15": ["No Result"]}


# --- populations -----------------------------------------------------------------------------------------------------


def test_every_population_is_given_where_the_record_does_not_settle_it() -> None:
    found, _ = run(chart(medicine("voriconazole")), CYP2C19_POOR)
    assert {(one.population, one.applies) for one in about(found, "voriconazole")} == {("adults", None), ("pediatrics", None)}


@pytest.mark.parametrize(
    ("birth", "adult", "child"), [("1961-04-02", "yes", "no"), ("2008-11-24", "yes", "no"), ("2008-11-25", "no", "yes")]
)
def test_age_settles_adults_and_children(birth: str, adult: str, child: str) -> None:
    found, _ = run(chart(medicine("voriconazole"), birth_date=birth), CYP2C19_POOR)
    assert {one.population: one.applies for one in about(found, "voriconazole")} == {"adults": adult, "pediatrics": child}


@pytest.mark.parametrize(("weight", "expected"), [(45.0, "yes"), (38.0, "no"), (None, None)])
def test_weight_settles_efavirenz_in_children(weight: float | None, expected: str | None) -> None:
    measured = (Measurement(name="weight", value=weight, unit="kg"),) if weight else ()
    on = chart(medicine("efavirenz"), birth_date="2016-01-01", measurements=measured)
    found, _ = run(on, called("CYP2B6", "*6/*6", "Poor Metabolizer"))
    assert [one.applies for one in about(found, "efavirenz")] == [expected]


# --- alternatives ----------------------------------------------------------------------------------------------------


def alternatives(on: Chart, *genes: GeneCall) -> dict[str, tuple[bool, str]]:
    found, _ = run(on, *genes)
    one = next(r for r in found if r.alternatives)
    return {alt.name: (alt.ok, alt.why) for alt in one.alternatives}


def test_alternative_the_patient_is_allergic_to_will_not_do() -> None:
    allergy = Allergy(substance="Prasugrel", ingredients=(Ingredient(name="prasugrel", rxcui="613391"),))
    checked = alternatives(chart(medicine("clopidogrel"), allergies=(allergy,)), CYP2C19_POOR)
    assert checked == {"prasugrel": (False, "allergy"), "ticagrelor": (True, "no_guidance")}


def test_alternative_that_is_already_taken_is_no_alternative() -> None:
    checked = alternatives(chart(medicine("clopidogrel"), medicine("ticagrelor", number=2)), CYP2C19_POOR)
    assert checked["ticagrelor"] == (False, "already_taken")


def test_alternative_is_checked_against_the_patients_own_genes() -> None:
    rapid = called("CYP2C19", "*1/*17", "Rapid Metabolizer")
    intermediate = called("CYP2D6", "*4/*41", "Intermediate Metabolizer", 0.5)
    assert alternatives(chart(medicine("amitriptyline")), rapid, intermediate)["nortriptyline"] == (True, "gene_change")
    (avoided,) = check_alternatives(["nortriptyline"], chart(), {"CYP2D6": CYP2D6_POOR}, TABLES)
    assert (avoided.ok, avoided.why) == (False, "gene_avoid")


def test_alternative_whose_gene_was_not_tested_says_so() -> None:
    checked = alternatives(chart(medicine("amitriptyline")), called("CYP2C19", "*17/*17", "Ultrarapid Metabolizer"))
    assert checked["nortriptyline"] == (True, "gene_not_tested")


# --- ids and traces --------------------------------------------------------------------------------------------------


def test_ids_do_not_depend_on_resources_or_dates() -> None:
    one, _ = run(chart(medicine("clopidogrel", number=1)), CYP2C19_POOR)
    other, _ = advise(
        chart(medicine("clopidogrel", number=9)), [replace(CYP2C19_POOR, source=("Observation/z",))], TABLES, Scope(), None
    )
    assert [r.id for r in one] == [r.id for r in other]


def test_ids_are_unique_over_all_drugs() -> None:
    found, _ = run(chart(), CYP2C19_POOR, CYP2D6_POOR, drugs=Scope(drugs="all"))
    assert len({one.id for one in found}) == len(found)


def test_every_advice_leads_back_to_a_resource_and_a_row() -> None:
    found, _ = run(chart(), CYP2C19_POOR, CYP2D6_POOR, drugs=Scope(drugs="all"))
    for one in found:
        assert one.trace[0].step == "finding", one.drug.name
        assert any(step.step == "knowledge" for step in one.trace), one.drug.name
        if one.status != "no_result":
            assert any(step.source for step in one.trace), one.drug.name
            assert any(step.row and step.row.startswith("drug_gene/guidance:") for step in one.trace), one.drug.name
        assert one.actions


def test_alternative_that_may_have_to_be_avoided_names_the_genotype() -> None:
    unclear = ambiguous("CYP2C19", ("*2/*2", "Poor Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    (checked,) = check_alternatives(["citalopram"], chart(), {"CYP2C19": unclear}, TABLES)
    assert (checked.ok, checked.why, checked.parameters) == (False, "gene_may_avoid", {"result": "CYP2C19 *2/*2"})


def test_genotypes_that_are_not_free_of_each_other_are_named_as_combinations() -> None:
    tpmt = ambiguous("TPMT", ("*1/*3A", "Intermediate Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    nudt15 = ambiguous("NUDT15", ("*1/*3", "Intermediate Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    found, _ = run(chart(medicine("azathioprine")), tpmt, nudt15)
    named = {one.depends_on for one in about(found, "azathioprine")}
    assert named == {
        "NUDT15 *1/*3; TPMT *1/*3A",
        "NUDT15 *1/*1; TPMT *1/*1",
        "NUDT15 *1/*3 with TPMT *1/*1 or NUDT15 *1/*1 with TPMT *1/*3A",
    }
