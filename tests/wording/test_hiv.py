"""Sentences about HIV: every code has words, and they read as a note a pharmacist would write."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import smartpgx.rules.resistance
from smartpgx.domain.advice import Recommendation, TraceStep
from smartpgx.domain.called import Algorithm, Comment, Remark
from smartpgx.domain.chart import Chart
from smartpgx.domain.scope import Scope
from smartpgx.rules.resistance.advise import advise
from smartpgx.rules.resistance.judge import judge_isolates
from smartpgx.wording import hiv
from tests.rules.resistance.charts import (
    ABACAVIR,
    EFAVIRENZ,
    EMTRICITABINE,
    HLA_POSITIVE,
    TENOFOVIR,
    chart,
    isolate,
    tables,
    tablet,
)

HIVDB = Algorithm(name="HIVDB", version="10.2")
FAILING = chart(isolate(RT="K103N, M184V"), taking=(tablet(EFAVIRENZ, EMTRICITABINE, TENOFOVIR),))


def recommended(record: Chart) -> dict[str, Recommendation]:
    calls, _ = judge_isolates(record, tables())
    return {one.drug.name: one for one in advise(record, calls, tables(), Scope())[0]}


def remark(code: str, **parameters: str) -> str:
    return hiv.remark(Remark(code=code, parameters=parameters))


def test_a_comment_names_the_patients_change() -> None:
    comment = Comment(id="RT184ACDEFGHKLNPQRSTWYid", algorithm=HIVDB, parameters={"mutations": "M184K"})
    assert hiv.comment(comment).endswith("Found here: M184K, highly unusual at this position.")


def test_a_comment_of_a_given_file_keeps_its_words() -> None:
    assert hiv.comment(Comment(id="x", algorithm=HIVDB, text="Their words.")) == "Their words."


def test_a_comment_without_words_still_says_which() -> None:
    assert "x9" in hiv.comment(Comment(id="x9", algorithm=HIVDB))


def test_summaries_begin_with_the_verb() -> None:
    made = recommended(FAILING)
    assert hiv.summary(made["efavirenz"]) == "Change the regimen: the virus is resistant to efavirenz (K103N)."
    assert hiv.summary(made["emtricitabine"]) == "Do not stop emtricitabine for M184V alone; monitor HIV RNA."
    standard = "Give tenofovir disoproxil as usual: no resistance of the virus is predicted."
    assert hiv.summary(made["tenofovir disoproxil"]) == standard


def test_potential_resistance_that_counts_as_susceptible_is_said() -> None:
    one = recommended(chart(isolate(RT="T215Y"), taking=(tablet(TENOFOVIR),)))["tenofovir disoproxil"]
    expected = "Give tenofovir disoproxil as usual: potential low-level resistance (T215Y), which counts as susceptible."
    assert (one.status, hiv.summary(one)) == ("standard", expected)


def test_a_detail_tells_score_regimen_and_what_was_not_checked() -> None:
    detail = hiv.detail(recommended(FAILING)["efavirenz"])
    assert "HIVDB 10.2 for efavirenz (EFV): score 60 (K103N 60), level 5, high-level resistance." in detail
    assert "Of the present regimen, tenofovir disoproxil stays active." in detail
    assert detail.endswith("Drug-drug interactions not checked.")


def test_never_stop_lamivudine_or_emtricitabine_for_m184v() -> None:
    one = recommended(FAILING)["emtricitabine"]
    for text in (hiv.summary(one), hiv.detail(one), remark("m184_keeps", mutation="M184V", drugs="emtricitabine")):
        assert re.search(r"(no reason|not) .*stop", text, re.IGNORECASE)
        assert not re.search(r"(?<!not )(?<!to )\bstop emtricitabine", text, re.IGNORECASE)


def test_abacavir_is_never_said_to_be_given_as_usual_with_hla_b_57_01() -> None:
    one = recommended(chart(isolate(RT=""), taking=(tablet(ABACAVIR),), hla=(HLA_POSITIVE,)))["abacavir"]
    assert (
        hiv.summary(one)
        == "Follow the advice for the patient on abacavir: the virus is susceptible, but HLA-B*57:01 is positive."
    )


def test_no_genotype_is_said_to_be_unknown() -> None:
    one = recommended(chart(taking=(tablet(EFAVIRENZ),)))["efavirenz"]
    assert hiv.summary(one) == "Resistance to efavirenz is unknown: no HIV genotype of its target is in the record."


def test_why_a_partner_stays_or_not() -> None:
    why = {one.name: hiv.alternative_why(one) for one in recommended(FAILING)["efavirenz"].alternatives}
    assert why["tenofovir disoproxil"] == "part of the present regimen and active (Susceptible)"
    assert why["emtricitabine"] == "part of the present regimen and lost (High-Level Resistance)"


def test_remarks_count_and_warn() -> None:
    assert remark("active", active="2", of="3", drugs="a, b") == "2 of 3 drugs of the regimen fully active: a and b."
    assert "specialist" in remark("few_active", active="1", of="3", drugs="a")
    assert remark("active_at_least", active="1", of="2", drugs="a").startswith("At least 1 of 2")
    assert "unknown" in remark("hepatitis_b", status="unknown", drugs="lamivudine, tenofovir disoproxil")
    assert "flare" in remark("hepatitis_b", status="positive", drugs="lamivudine")
    assert remark("interactions_not_checked") == "Drug-drug interactions not checked."


def codes(kind: str) -> set[str]:
    """Codes that the rules give to remarks or trace steps, read from their source."""
    trees = [ast.parse(path.read_text()) for path in Path(smartpgx.rules.resistance.__path__[0]).glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == kind]
    values = [word.value for call in made for word in call.keywords if word.arg == "code"]
    constants = [part.value for value in values for part in ast.walk(value) if isinstance(part, ast.Constant)]
    return {constant for constant in constants if isinstance(constant, str)}


GIVEN = {
    "active": "1",
    "of": "2",
    "drugs": "a",
    "drug": "a",
    "mutation": "M184V",
    "allele": "x",
    "status": "unknown",
    "algorithm": "HIVDB 10.2",
    "code": "EFV",
    "score": "1",
    "level": "1",
    "level_text": "S",
    "letter": "S",
    "mutations": "",
}


def test_every_code_of_a_remark_has_words() -> None:
    assert len(codes("Remark")) >= 10
    for code in codes("Remark"):
        assert hiv.remark(Remark(code=code, parameters=GIVEN)) != code.replace("_", " "), code


def test_every_code_of_a_step_has_words() -> None:
    steps = codes("TraceStep") | {"hiv_gene_not_sequenced", "hiv_not_tested"}
    assert len(steps) >= 6
    for code in steps:
        assert hiv.text(TraceStep(step="finding", code=code, parameters=GIVEN)) != code.replace("_", " "), code
