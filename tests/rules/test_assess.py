"""The whole reasoning for one chart."""

from __future__ import annotations

from datetime import date

from smartpgx.domain.advice import Consultation
from smartpgx.domain.chart import Chart, Consent, Excluded, Gap, Genotype, Hla, Isolate, Mutation, Organism
from smartpgx.domain.scope import Scope
from smartpgx.knowledge.release import load
from smartpgx.rules.assess import assess
from tests.rules.charts import chart, medicine

TODAY = date(2026, 11, 24)
POOR = Genotype(gene="CYP2C19", alleles=("*2", "*2"), raw="*2/*2", source=("Observation/g",))


def run(on: Chart, **scope: object) -> Consultation:
    return assess(on, load(), Scope(**scope), TODAY)  # type: ignore[arg-type]


def test_result_and_order_become_advice_an_issue_and_a_finding_of_the_medicine() -> None:
    answer = run(chart(medicine("clopidogrel"), medicine("oxygen", number=2), genotypes=(POOR,)))
    assert answer.assessed_on == "2026-11-24"
    assert [(one.drug.name, one.status) for one in answer.issues] == [("clopidogrel", "avoid")]
    assert answer.medications[0].findings == answer.issues[0].recommendations
    assert answer.medications[1].findings == ()


def test_refused_consent_is_not_told_as_not_tested() -> None:
    refused = Consent(genetic="deny", source=("Consent/c",))
    answer = run(
        chart(medicine("clopidogrel"), consent=refused, excluded=(Excluded(source=("Observation/g",), reason="withheld"),))
    )
    assert [one for one in answer.recommendations if one.area == "drug_gene"] == []
    assert answer.genes == ()
    assert [(gap.because, gap.source) for gap in answer.gaps] == [("withheld", ("Consent/c",))]


def test_areas_limit_the_work() -> None:
    on = chart(medicine("clopidogrel"), genotypes=(POOR,))
    assert run(on, areas=("resistance",)).recommendations == ()
    assert run(on, areas=("drug_gene",)).recommendations != ()


def test_host_and_virus_speak_of_one_drug_apart() -> None:
    virus = Isolate(
        organism=Organism(text="HIV-1"),
        mutations=(Mutation(gene="RT", change="K103N"),),
        sequenced=("RT",),
        source=("Observation/rt",),
    )
    hla = Hla(allele="HLA-B*57:01", present=True, source=("Observation/hla",))
    answer = run(chart(medicine("abacavir"), isolates=(virus,), hla=(hla,)))
    by_area = {one.area: one.status for one in answer.recommendations if one.drug.name == "abacavir"}
    assert by_area == {"drug_gene": "avoid", "resistance": "standard"}
    assert [(one.code, one.status) for one in answer.issues] == [("GEN", "avoid")]


def test_brand_name_asked_about_is_answered_as_its_ingredient() -> None:
    answer = run(chart(genotypes=(POOR,)), drugs=("Plavix",))
    assert {one.drug.name for one in answer.recommendations} == {"clopidogrel"}
    assert all(one.orders == () for one in answer.recommendations)


def test_medicine_the_reader_already_told_of_is_not_told_twice() -> None:
    unread = medicine(unresolved=True, text="Zauberpille")
    told = Gap(
        source=unread.source, wanted="ingredient of an order", because="unreadable", message="Zauberpille was not understood."
    )
    answer = run(chart(unread, gaps=(told,)))
    assert [gap.because for gap in answer.gaps] == ["unreadable"]


def test_same_chart_gives_the_same_answer() -> None:
    on = chart(medicine("clopidogrel"), genotypes=(POOR,))
    assert run(on) == run(on)
