"""Advice on HIV drugs: the regimen is judged as a whole, and what is not known is not susceptible."""

from __future__ import annotations

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.called import Regimen
from smartpgx.domain.chart import Chart, Condition, Gap, Measurement
from smartpgx.domain.scope import Scope
from smartpgx.rules.resistance.advise import advise
from smartpgx.rules.resistance.judge import judge_isolates
from tests.rules.resistance.charts import (
    ABACAVIR,
    BICTEGRAVIR,
    DARUNAVIR,
    DOLUTEGRAVIR,
    EFAVIRENZ,
    EMTRICITABINE,
    HLA_POSITIVE,
    LAMIVUDINE,
    MARAVIROC,
    RITONAVIR,
    TAF,
    TENOFOVIR,
    chart,
    isolate,
    tables,
    tablet,
)

ATRIPLA = tablet(EFAVIRENZ, EMTRICITABINE, TENOFOVIR)


def advised(record: Chart, scope: Scope | None = None) -> tuple[dict[str, Recommendation], tuple[Gap, ...], Regimen | None]:
    calls, _ = judge_isolates(record, tables())
    made, gaps = advise(record, calls, tables(), scope or Scope())
    return {one.drug.name: one for one in made}, gaps, calls[0].regimen if calls else None


def remarks(regimen: Regimen | None) -> dict[str, dict[str, str]]:
    assert regimen is not None
    return {remark.code: dict(remark.parameters) for remark in regimen.remarks}


def codes(one: Recommendation) -> list[str]:
    return [action.code for action in one.actions]


def test_resistant_means_change_the_regimen_with_what_stays_active() -> None:
    made, gaps, regimen = advised(chart(isolate(RT="K103N, M184V"), taking=(ATRIPLA,)))
    efavirenz = made["efavirenz"]
    assert (efavirenz.status, codes(efavirenz), efavirenz.orders) == ("change", ["ALTERNATIVE"], ("MedicationRequest/m",))
    assert efavirenz.actions[0].parameters["of"] == "antiretroviral regimen"
    assert {one.name: one.ok for one in efavirenz.alternatives} == {"emtricitabine": False, "tenofovir disoproxil": True}
    assert made["tenofovir disoproxil"].status == "standard"
    assert regimen is not None and regimen.fully_active == 1
    assert [(one.drug.name, one.interpretation) for one in regimen.drugs] == [
        ("efavirenz", "R"),
        ("emtricitabine", "R"),
        ("tenofovir disoproxil", "S"),
    ]
    assert "few_active" in remarks(regimen)
    assert not gaps


def test_m184v_never_says_stop() -> None:
    made, _, regimen = advised(chart(isolate(RT="M184V"), taking=(tablet(LAMIVUDINE, TENOFOVIR, DOLUTEGRAVIR),)))
    lamivudine = made["lamivudine"]
    assert (lamivudine.status, codes(lamivudine)) == ("monitor", ["MONITOR"])
    assert remarks(regimen)["m184_keeps"] == {"mutation": "M184V", "drugs": "lamivudine"}
    assert "hiv_m184_keeps" in [step.code for step in lamivudine.trace]


def test_m184i_in_a_mixture_is_monitor_whatever_the_letter() -> None:
    made, _, _ = advised(chart(isolate(RT="M184MI, K65R, T69ins"), taking=(tablet(EMTRICITABINE),)))
    assert made["emtricitabine"].status == "monitor"


def test_without_m184_lamivudine_follows_its_letter() -> None:
    made, _, _ = advised(chart(isolate(RT="K65R, Q151M, T69ins"), taking=(tablet(LAMIVUDINE),)))
    assert made["lamivudine"].status == "change"


def test_k65r_is_no_reason_to_leave_tenofovir_lamivudine_dolutegravir() -> None:
    made, _, regimen = advised(chart(isolate(RT="K65R", IN=""), taking=(tablet(LAMIVUDINE, TENOFOVIR, DOLUTEGRAVIR),)))
    assert made["tenofovir disoproxil"].status == "monitor"
    assert remarks(regimen)["k65r_keeps"]["drugs"] == "tenofovir disoproxil, lamivudine, dolutegravir"


def test_intermediate_is_monitor() -> None:
    made, _, _ = advised(chart(isolate(RT="M184V, L74V"), taking=(tablet(ABACAVIR),)))
    assert made["abacavir"].status in ("monitor", "change")


def test_a_gene_that_was_not_sequenced_gives_no_result() -> None:
    made, _, regimen = advised(chart(isolate(RT=""), taking=(tablet(BICTEGRAVIR, EMTRICITABINE, TAF),)))
    one = made["bictegravir"]
    assert (one.status, one.reason, codes(one)) == ("no_result", "not tested", ["NO_REC"])
    assert made["tenofovir alafenamide"].status == "standard"
    assert regimen is not None and regimen.fully_active == 2
    assert remarks(regimen)["not_judged"] == {"drugs": "bictegravir"}
    assert "active_at_least" in remarks(regimen)


def test_a_gene_read_in_part_gives_no_result() -> None:
    made, _, _ = advised(chart(isolate(RT="garbage"), taking=(tablet(TENOFOVIR),)))
    assert (made["tenofovir disoproxil"].status, made["tenofovir disoproxil"].reason) == ("no_result", "indeterminate")


def test_without_a_genotype_nothing_is_called_susceptible() -> None:
    made, _, regimen = advised(chart(taking=(ATRIPLA,)))
    assert {(one.status, one.reason) for one in made.values()} == {("no_result", "not tested")}
    assert regimen is None


def test_boosters_are_not_scored_and_their_absence_is_told() -> None:
    boosted = advised(chart(isolate(PR=""), taking=(tablet(DARUNAVIR), tablet(RITONAVIR, id="r"))))
    assert set(boosted[0]) == {"darunavir"}
    assert boosted[2] is not None and [one.drug.code for one in boosted[2].drugs] == ["DRV/r"]
    assert remarks(boosted[2])["boosters"] == {"drugs": "ritonavir"}
    alone = advised(chart(isolate(PR=""), taking=(tablet(DARUNAVIR),)))
    assert remarks(alone[2])["booster_missing"] == {"drugs": "darunavir"}


def test_an_antiretroviral_without_rules_is_a_gap_and_not_active() -> None:
    made, gaps, regimen = advised(chart(isolate(RT=""), taking=(tablet(MARAVIROC),)))
    assert (made["maraviroc"].status, made["maraviroc"].reason) == ("no_result", "not in any guideline")
    assert [gap.because for gap in gaps] == ["no_rules"]
    assert regimen is not None and regimen.fully_active == 0
    assert "activity_unknown" in remarks(regimen)


def test_hepatitis_b_unknown_is_said_before_tenofovir_is_stopped() -> None:
    record = chart(isolate(RT="K65R, Q151M, T69ins"), taking=(tablet(TENOFOVIR),))
    made, _, regimen = advised(record)
    one = made["tenofovir disoproxil"]
    assert codes(one) == ["ALTERNATIVE", "FURTHER_TEST"]
    assert remarks(regimen)["hepatitis_b"] == {"status": "unknown", "drugs": "tenofovir disoproxil"}


def test_hepatitis_b_known_is_said() -> None:
    found = isolate(RT="K65R, Q151M, T69ins")
    for condition, status in (
        (Condition(text="Chronic hepatitis B", clinical_status="active"), "positive"),
        (Condition(text="x", codes=(("http://hl7.org/fhir/sid/icd-10-cm", "B18.1"),)), "positive"),
        (Condition(text="Hepatitis B vaccination"), "unknown"),
        (Condition(text="Hepatitis B", clinical_status="resolved"), "unknown"),
        (Condition(text="Chronic hepatitis C"), "unknown"),
    ):
        record = Chart(isolates=(found,), medications=(tablet(TENOFOVIR),), conditions=(condition,))
        assert remarks(advised(record)[2])["hepatitis_b"]["status"] == status, condition
    measured = Chart(
        isolates=(found,), medications=(tablet(TENOFOVIR),), measurements=(Measurement(name="HBsAg", value="negative"),)
    )
    made, _, regimen = advised(measured)
    assert remarks(regimen)["hepatitis_b"]["status"] == "negative"
    assert codes(made["tenofovir disoproxil"]) == ["ALTERNATIVE"]


def test_abacavir_susceptible_virus_and_hla_b_57_01_are_two_statements() -> None:
    taking = (tablet(ABACAVIR, LAMIVUDINE, EFAVIRENZ),)
    made, _, regimen = advised(chart(isolate(RT="K103N"), taking=taking, hla=(HLA_POSITIVE,)))
    assert (made["abacavir"].status, codes(made["abacavir"])) == ("standard", ["INFORM"])
    assert "hiv_host" in [step.code for step in made["abacavir"].trace]
    assert remarks(regimen)["abacavir_hla"] == {"allele": "HLA-B*57:01"}
    assert {one.name: (one.ok, one.why) for one in made["efavirenz"].alternatives}["abacavir"] == (False, "hiv_host")


def test_interactions_not_checked_is_always_said() -> None:
    made, _, regimen = advised(chart(isolate(RT=""), taking=(ATRIPLA,)))
    assert "interactions_not_checked" in remarks(regimen)
    assert all(one.trace[-1].code == "hiv_interactions_not_checked" for one in made.values())


def test_resistance_found_once_leads_over_a_later_susceptible_result() -> None:
    old, new = isolate(collected="2024-01-01", RT="K103N"), isolate(collected="2026-01-01", RT="")
    made, _, regimen = advised(chart(old, new, taking=(ATRIPLA,)))
    assert made["efavirenz"].status == "change"
    assert "several_isolates" in remarks(regimen)


def test_two_orders_of_one_drug_make_one_recommendation() -> None:
    taking = (ATRIPLA, tablet(EFAVIRENZ, id="second"))
    made, _, _ = advised(chart(isolate(RT="K103N"), taking=taking))
    assert made["efavirenz"].orders == ("MedicationRequest/m", "MedicationRequest/second")


def test_stopped_and_forbidden_medicines_get_no_advice_and_proposals_do_without_joining_the_regimen() -> None:
    stopped, proposed = tablet(EFAVIRENZ, active=False), tablet(DOLUTEGRAVIR, id="p", active=False, proposed=True)
    made, _, regimen = advised(chart(isolate(RT="K103N", IN=""), taking=(stopped, proposed)))
    assert set(made) == {"dolutegravir"}
    assert regimen is not None and not regimen.drugs
    assert set(remarks(regimen)) == {"no_regimen"}


def test_named_drugs_and_all_drugs() -> None:
    record = chart(isolate(RT="K103N"), taking=(tablet(TENOFOVIR),))
    named, _, _ = advised(record, Scope(drugs=("efavirenz",)))
    assert {name: (one.status, one.orders) for name, one in named.items()} == {"efavirenz": ("change", ())}
    everything, _, _ = advised(record, Scope(drugs="all"))
    assert set(everything) == {row.name for row in tables().hiv_drugs} - {"tenofovir"}
    assert everything["tenofovir disoproxil"].orders == ("MedicationRequest/m",)


def test_ids_come_from_content_alone() -> None:
    first, _, _ = advised(chart(isolate(collected="2020-01-01", RT="K103N"), taking=(ATRIPLA,)))
    second, _, _ = advised(chart(isolate(collected="2026-01-01", RT="K103N, L100I"), taking=(tablet(EFAVIRENZ, id="other"),)))
    assert first["efavirenz"].id == second["efavirenz"].id


def test_every_recommendation_can_be_traced_to_resources_and_a_rule() -> None:
    made, _, _ = advised(chart(isolate(RT="K103N, M184V"), taking=(ATRIPLA,)))
    for one in made.values():
        finding, knowledge, *_ = one.trace
        assert (finding.step, "Observation/RT" in finding.source) == ("finding", True)
        assert (
            knowledge.step == "knowledge" and knowledge.row is not None and knowledge.row.startswith("resistance/HIVDB_10.2.xml#")
        )
        assert (one.area, one.basis, one.about[0].name, one.sources[0].version) == ("resistance", "pathogen", "HIV-1", "10.2")
