"""Steps of the trace and results of genes, in words."""

from __future__ import annotations

from typing import Any

import pytest

from smartpgx.domain.advice import Recommendation, TraceStep
from smartpgx.domain.called import AlleleFunction, GeneCall
from smartpgx.domain.scope import Scope
from smartpgx.rules.drug_gene.advise import advise
from smartpgx.wording import advice, trace
from smartpgx.wording.results import result
from tests.rules.charts import TABLES, ambiguous, called, chart, medicine, typed


def step(code: str, **parameters: Any) -> str:
    return trace.text(TraceStep(step="modifier", code=code, parameters=parameters))


def advised(drug: str, *genes: GeneCall) -> list[Recommendation]:
    return [one for one in advise(chart(medicine(drug)), genes, TABLES, Scope())[0] if one.drug.name == drug]


@pytest.mark.parametrize(
    ("code", "parameters", "expected"),
    [
        ("gene_not_tested", {"gene": "CYP2C19"}, "No result of CYP2C19 was found in what was read."),
        ("gene_not_called", {"gene": "CYP2D6"}, "CYP2D6 was tested, and no genotype follows with certainty."),
        ("depends_on", {"genotype": "CYP2C19 *2/*3"}, "Holds if CYP2C19 *2/*3; other genotypes are still possible."),
        ("gene_warning", {"gene": "CYP2D6", "warning": "copy number is unknown"}, "CYP2D6: copy number is unknown."),
        ("score", {"gene": "CYP2D6", "activity_score": ">=3.0"}, "CYP2D6 activity score 3 or more."),
        ("phenotype", {"gene": "CYP2D6", "phenotype": "Ultrarapid Metabolizer"}, "CYP2D6 ultrarapid metabolizer."),
        (
            "no_row",
            {"source": "CPIC", "drug": "codeine", "asked": {"CYP2D6": ["0.0"]}},
            "CPIC has guidance on codeine by CYP2D6, and no row for what is known here.",
        ),
        (
            "relation_without_rule",
            {"drug": "warfarin", "levels": {"VKORC1": "CPIC A"}},
            "Warfarin is known with VKORC1 (level CPIC A), and this release holds no rule for it.",
        ),
        (
            "hiv_not_tested",
            {"drug": "abacavir"},
            "No HIV genotype was found in what was read, so resistance to abacavir is unknown.",
        ),
        ("some_new_code", {}, "Some new code."),
    ],
)
def test_step(code: str, parameters: dict[str, Any], expected: str) -> None:
    assert step(code, **parameters) == expected


def test_functions_name_each_allele_and_say_where_none_is_assigned() -> None:
    call = called("CYP2D6", "*1/*150", "Indeterminate", None)
    functions = (AlleleFunction(allele="*1", function="Normal function", activity_value=1.0), AlleleFunction(allele="*150"))
    (one,) = [
        r
        for r in advised("codeine", GeneCall(**{f: getattr(call, f) for f in call.__struct_fields__} | {"functions": functions}))
        if r.sources
    ]
    texts = [trace.text(s) for s in one.trace if s.code == "functions"]
    assert texts == ["CYP2D6: *1 normal function (activity value 1), *150 function not assigned."]


@pytest.mark.parametrize(
    ("found", "asked", "expected"),
    [
        ({"gene": "CYP2C19"}, (), "CYP2C19 not tested"),
        ({"gene": "CYP2C19", "status": "not_called"}, (), "CYP2C19 tested without a usable result"),
        (
            {"gene": "CYP2C19", "status": "not_called", "phenotype": "Poor Metabolizer"},
            (),
            "CYP2C19 not settled, poor metabolizer",
        ),
        ({"gene": "TPMT", "status": "ambiguous", "possible": ["*1/*3A", "*3B/*3C"]}, (), "TPMT not settled (*1/*3A or *3B/*3C)"),
        ({"gene": "TPMT", "status": "ambiguous", "possible": list("abcde")}, (), "TPMT not settled"),
        (
            {"gene": "HLA-B", "status": "called", "statuses": ["*57:01 positive", "*58:01 negative"]},
            ("*58:01 negative",),
            "HLA-B *58:01 negative",
        ),
        ({"gene": "HLA-B", "status": "called", "statuses": ["*57:01 positive"]}, (), "HLA-B *57:01 positive"),
        (
            {"gene": "HLA-B", "status": "called", "statuses": ["*57:01 positive"]},
            ("*15:02 positive", "*15:02 negative"),
            "HLA-B *15:02 not tested",
        ),
        (
            {"gene": "HLA-B", "status": "called", "statuses": ["*57:01 positive"]},
            ("No Result",),
            "HLA-B without a result for the allele in question",
        ),
        ({"gene": "DPYD", "status": "called", "activity_score": 1.0}, ("1.0",), "DPYD activity score 1"),
    ],
)
def test_result(found: dict[str, Any], asked: tuple[str, ...], expected: str) -> None:
    assert result(found, asked) == expected


def test_reason_is_said_for_a_genotype_that_is_not_settled_where_its_rows_agree() -> None:
    unclear = ambiguous("CYP2C19", ("*1/*2", "Intermediate Metabolizer"), ("*1/*1", "Normal Metabolizer"))
    detail = next(advice.detail(one) for one in advised("clopidogrel", unclear) if one.depends_on == "CYP2C19 *1/*2")
    assert "CYP2C19 intermediate metabolizer: less of the active form of clopidogrel is made" in detail
    assert "Holds only if CYP2C19 *1/*2, which is not settled." in detail


@pytest.mark.parametrize(
    ("drug", "genes", "expected"),
    [
        (
            "tacrolimus",
            [called("CYP3A5", "*1/*3", "Intermediate Metabolizer")],
            "tacrolimus is cleared faster than in most people",
        ),
        ("codeine", [called("CYP2D6", "*1/*1x2", "Ultrarapid Metabolizer", 3.0)], "too much morphine is made"),
        ("codeine", [called("CYP2D6", "*4/*4", "Poor Metabolizer", 0.0)], "less morphine is made"),
        ("omeprazole", [called("CYP2C19", "*17/*17", "Ultrarapid Metabolizer")], "omeprazole is cleared faster"),
        ("allopurinol", [typed("HLA-B", "*58:01 positive")], "a severe skin reaction to allopurinol is far likelier in carriers"),
        ("carbamazepine", [typed("HLA-B", "*15:02 positive")], "a severe skin reaction (SJS/TEN) to carbamazepine"),
        ("rasburicase", [called("G6PD", "A-/A-", "Deficient")], "rasburicase can break down red cells"),
        ("atazanavir", [called("UGT1A1", "*28/*28", "Poor Metabolizer")], "jaundice"),
        ("hydralazine", [called("NAT2", "*4/*4", "Rapid Metabolizer")], "hydralazine levels are lower than in poor metabolizers"),
        ("azathioprine", [called("TPMT", "*3A/*3A", "Poor Metabolizer")], "life-threatening bone marrow suppression"),
        ("simvastatin", [called("SLCO1B1", "*5/*5", "Poor Function")], "muscle damage is likelier"),
        (
            "sevoflurane",
            [called("RYR1", "x/Reference", "Malignant Hyperthermia Susceptibility")],
            "can trigger malignant hyperthermia",
        ),
        (
            "gentamicin",
            [called("MT-RNR1", "m.1555A>G", "increased risk of aminoglycoside-induced hearing loss")],
            "lasting hearing loss",
        ),
    ],
)
def test_detail_says_why(drug: str, genes: list[GeneCall], expected: str) -> None:
    assert any(expected in advice.detail(one) for one in advised(drug, *genes))


def test_normal_result_gives_no_reason_to_worry() -> None:
    for drug, call in (
        ("clopidogrel", called("CYP2C19", "*1/*1", "Normal Metabolizer")),
        ("tacrolimus", called("CYP3A5", "*3/*3", "Poor Metabolizer")),
    ):
        assert all("likelier" not in advice.detail(one) and "cleared" not in advice.detail(one) for one in advised(drug, call))
