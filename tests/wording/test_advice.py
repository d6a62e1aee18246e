"""What a reader sees of a recommendation, an issue, an alternative."""

from __future__ import annotations

import pytest

from smartpgx.domain.advice import Action, Alternative, Recommendation, Source
from smartpgx.domain.called import Drug, GeneCall
from smartpgx.domain.chart import Allergy, Chart, Ingredient
from smartpgx.domain.scope import Scope
from smartpgx.knowledge.release import load
from smartpgx.rules.drug_gene.advise import advise
from smartpgx.rules.issues import group
from smartpgx.wording import advice, trace
from smartpgx.wording.glossary import EXPLAINED, POPULATIONS, population, score
from tests.rules.charts import CYP2C19_POOR, CYP2D6_POOR, TABLES, ambiguous, called, chart, medicine, typed
from tests.rules.source_rows import call_for

LONGEST_SUMMARY, LONGEST_DETAIL = 400, 1300


def recommended(drug: str, *genes: GeneCall, on: Chart | None = None) -> list[Recommendation]:
    found, _ = advise(on or chart(medicine(drug)), genes, TABLES, Scope())
    return [one for one in found if one.drug.name == drug]


def summaries(drug: str, *genes: GeneCall) -> list[str]:
    return [advice.summary(one) for one in recommended(drug, *genes)]


@pytest.mark.parametrize(
    ("drug", "genes", "expected"),
    [
        ("abacavir", [typed("HLA-B", "*57:01 positive", "*58:01 negative")], "Avoid abacavir: HLA-B *57:01 positive."),
        (
            "clopidogrel",
            [CYP2C19_POOR],
            "Choose prasugrel or ticagrelor instead of clopidogrel where possible (in acute coronary syndrome or percutaneous "
            "coronary intervention): CYP2C19 *2/*2, poor metabolizer.",
        ),
        (
            "capecitabine",
            [called("DPYD", None, "Intermediate Metabolizer", 1.0)],
            "Start capecitabine with half the usual dose: DPYD intermediate metabolizer (activity score 1).",
        ),
        (
            "azathioprine",
            [called("TPMT", "*1/*3A", "Intermediate Metabolizer"), called("NUDT15", "*1/*3", "Intermediate Metabolizer")],
            "Reduce the starting dose of azathioprine by 50–80 % (to 20–50 % of the usual dose) where the standard starting dose "
            "is 2 mg/kg/day or more: NUDT15 *1/*3, intermediate metabolizer, and TPMT *1/*3A, intermediate metabolizer.",
        ),
        (
            "codeine",
            [called("CYP2D6", "*1/*1x2", "Ultrarapid Metabolizer", 3.0)],
            "Choose another opioid (not tramadol) instead of codeine: CYP2D6 *1/*1x2, ultrarapid metabolizer (activity score 3).",
        ),
        ("clopidogrel", [], "Treat clopidogrel as unchecked: CYP2C19 not tested."),
        ("amitriptyline", [], "Treat amitriptyline as unchecked: CYP2C19 not tested, and CYP2D6 not tested."),
        (
            "carbamazepine",
            [typed("HLA-B", "*57:01 positive")],
            "Treat carbamazepine as unchecked: HLA-A not tested, and HLA-B *15:02 not tested.",
        ),
        (
            "codeine",
            [GeneCall(gene="CYP2D6", status="not_called")],
            "Use clinical judgement for codeine: CYP2D6 tested without a usable result, so no advice of CPIC could be looked up.",
        ),
        (
            "codeine",
            [GeneCall(gene="CYP2D6", status="indeterminate", diplotype="*1/*150", phenotype="Indeterminate")],
            "Use clinical judgement for codeine: CYP2D6 *1/*150, function unknown, for which CPIC has no recommendation "
            "while the function is unknown.",
        ),
        (
            "warfarin",
            [],
            "Use clinical judgement for warfarin: CYP2C9, CYP4F2 and VKORC1 are known to matter, but this release holds no rule "
            "for it.",
        ),
    ],
)
def test_summary(drug: str, genes: list[GeneCall], expected: str) -> None:
    assert expected in summaries(drug, *genes)


def test_genotype_that_is_not_settled_is_said_in_the_summary() -> None:
    unclear = ambiguous("CYP2C19", ("*1/*2", "Intermediate Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    found = summaries("clopidogrel", unclear)
    assert any(one.endswith("if CYP2C19 *1/*2 (not settled).") for one in found)
    assert any(one.startswith("Give clopidogrel at the usual dose") and "if CYP2C19 *1/*1" in one for one in found)


def test_alternative_that_will_not_do_is_not_in_the_headline_and_is_explained_below() -> None:
    allergy = Allergy(substance="prasugrel", ingredients=(Ingredient(name="prasugrel", rxcui="613391"),))
    on = chart(medicine("clopidogrel"), allergies=(allergy,))
    acute = next(one for one in recommended("clopidogrel", CYP2C19_POOR, on=on) if one.population == "CVI ACS PCI")
    assert advice.summary(acute).startswith("Choose ticagrelor instead of clopidogrel")
    assert "Prasugrel: not for this patient, an allergy to prasugrel is recorded." in advice.detail(acute)


def every_shipped() -> list[Recommendation]:
    """Advice on the conditions of every row, each as a recommendation."""
    found: list[Recommendation] = []
    seen: set[tuple[str, str, str]] = set()
    for drug, rows in load().drug_gene.guidance.items():
        for row in rows:
            if row.kind == "input_error" or (drug, row.text_id, row.population) in seen:
                continue
            seen.add((drug, row.text_id, row.population))
            calls = [call for gene, values in row.conditions.items() if (call := call_for(gene, values)) is not None]
            found += [one for one in recommended(drug, *calls) if one.population == row.population]
    return found


def test_every_row_reads_like_a_note() -> None:
    shipped = every_shipped()
    assert len(shipped) > 500
    for one in shipped:
        for text, longest in ((advice.summary(one), LONGEST_SUMMARY), (advice.detail(one), LONGEST_DETAIL)):
            assert text[0].isupper() and text.endswith("."), text
            assert "  " not in text and " :" not in text and ".." not in text and " ," not in text, text
            assert "None" not in text and "{" not in text and "_" not in text, text
            assert len(text) <= longest, (len(text), text)
        summary = advice.summary(one)
        assert one.drug.name.casefold() in summary.casefold(), summary
        after = summary[summary.casefold().index(one.drug.name.casefold()) :]
        assert any(about.name in after for about in one.about), f"drug before gene: {summary}"


def test_every_step_of_every_row_is_a_sentence() -> None:
    for one in every_shipped():
        for step in one.trace:
            text = trace.text(step)
            assert text.endswith(".") and text[0].isupper(), text
            assert "None" not in text and "_" not in text and "  " not in text, text


def test_trace_leads_from_the_finding_to_the_row() -> None:
    one = next(r for r in recommended("amitriptyline", CYP2C19_POOR, CYP2D6_POOR) if r.sources)
    assert [trace.text(step) for step in one.trace if step.step in ("finding", "knowledge")] == [
        "CYP2C19 *2/*2, poor metabolizer, reported as a genotype.",
        "CYP2D6 *4/*4, poor metabolizer, reported as a genotype.",
        "CPIC on amitriptyline for CYP2C19 poor metabolizer and CYP2D6 activity score 0, version 2024-03-25.",
    ]


def test_issue_says_the_leading_advice_and_how_much_more_there_is() -> None:
    found = recommended("clopidogrel", CYP2C19_POOR)
    (issue,) = group(found, chart(medicine("clopidogrel")))
    text = advice.issue_summary(issue, found)
    assert text.startswith("Choose prasugrel or ticagrelor instead of clopidogrel")
    assert text.endswith("2 more for other populations, genotypes or sources.")


@pytest.mark.parametrize(
    ("why", "parameters", "expected"),
    [
        ("allergy", {"substance": "prasugrel"}, "an allergy to prasugrel is recorded"),
        ("already_taken", {}, "already on the list of medicines"),
        (
            "gene_avoid",
            {"result": "CYP2D6 *4/*4, Poor Metabolizer"},
            "not for this patient either (CYP2D6 *4/*4, Poor Metabolizer)",
        ),
        ("gene_not_tested", {"gene": "CYP2D6"}, "CYP2D6 not tested"),
        ("hiv_host", {"allele": "HLA-B*57:01"}, "HLA-B*57:01 is positive"),
    ],
)
def test_alternative_why(why: str, parameters: dict[str, str], expected: str) -> None:
    assert expected in advice.alternative_why(Alternative(name="x", why=why, parameters=parameters))


def test_every_why_code_of_the_rules_has_words() -> None:
    for why in advice.WHY:
        text = advice.alternative_why(Alternative(name="x", why=why))
        assert "{" not in text and "_" not in text


def test_every_population_of_the_tables_has_words() -> None:
    named = {row.population for rows in load().drug_gene.guidance.values() for row in rows}
    assert named <= set(POPULATIONS)
    assert population("general") == ""


def test_every_phenotype_of_the_tables_is_in_the_glossary() -> None:
    terms = {phenotype.casefold() for rule in load().drug_gene.phenotype_rules.values() for phenotype in rule.pairs.values()}
    unexplained = {term for term in terms if "metabolizer" in term or "function" in term} - set(EXPLAINED)
    assert unexplained == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, "activity score 1"),
        (0.25, "activity score 0.25"),
        (">=3.0", "activity score 3 or more"),
        ("≥3.25", "activity score 3.25 or more"),
    ],
)
def test_score(value: float | str, expected: str) -> None:
    assert score(value) == expected


def test_recommendation_without_a_trace_is_still_said() -> None:
    bare = Recommendation(
        id="x",
        area="drug_gene",
        status="avoid",
        drug=Drug(name="codeine"),
        actions=(Action(code="AVOID"),),
        sources=(Source(name="CPIC", id="1"),),
    )
    assert advice.summary(bare).startswith("Avoid codeine")
