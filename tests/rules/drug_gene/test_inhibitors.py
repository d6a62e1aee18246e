"""Active inhibitors and inducers are named; what is not active is not."""

from __future__ import annotations

from smartpgx.rules.drug_gene.inhibitors import acting_on, conversion_gaps, with_current
from tests.rules.charts import CYP2D6_POOR, TABLES, called, chart, medicine

NORMAL = called("CYP2D6", "*1/*1", "Normal Metabolizer", 2.0)


def test_active_inhibitor_is_named_with_its_grade_and_the_phenotype_stays_open() -> None:
    on = chart(medicine("codeine"), medicine("paroxetine", number=2))
    (gap,) = conversion_gaps(on, [NORMAL], TABLES)
    assert gap.wanted == "CYP2D6 current phenotype"
    assert "paroxetine (strong inhibitor)" in gap.message
    assert gap.source == ("MedicationRequest/paroxetine-2",)
    assert with_current(on, [NORMAL], TABLES)[0].current is None


def test_held_draft_and_stopped_medicines_inhibit_nothing() -> None:
    for states in ({"active": False, "held": True}, {"active": False, "proposed": True}, {"active": False}, {"prohibited": True}):
        on = chart(medicine("paroxetine", **states))
        assert acting_on("CYP2D6", on, TABLES) == ()
        current = with_current(on, [NORMAL], TABLES)[0].current
        assert current is not None
        assert (current.phenotype, current.activity_score, current.caused_by) == ("Normal Metabolizer", 2.0, ())


def test_home_medicine_inhibits_as_much_as_an_order() -> None:
    on = chart(medicine("bupropion", reported=True, ordered=False))
    assert [one.effect for one in acting_on("CYP2D6", on, TABLES)] == ["strong inhibitor"]


def test_inducer_is_named_and_cyp3a_means_both_genes() -> None:
    on = chart(medicine("rifampin"))
    assert [one.effect for one in acting_on("CYP2C19", on, TABLES)] == ["strong inducer"]
    assert [one.effect for one in acting_on("CYP3A5", on, TABLES)] == [one.effect for one in acting_on("CYP3A4", on, TABLES)]
    assert acting_on("CYP3A5", on, TABLES)
    assert acting_on("CYP2D6", on, TABLES) == ()


def test_gene_without_a_result_has_nothing_to_convert() -> None:
    from smartpgx.domain.called import GeneCall

    assert conversion_gaps(chart(medicine("paroxetine")), [GeneCall(gene="CYP2D6", status="not_tested")], TABLES) == ()


def test_current_is_not_claimed_beside_a_medicine_that_could_not_be_read() -> None:
    on = chart(medicine(unresolved=True, text="Zauberpille"))
    assert with_current(on, [CYP2D6_POOR], TABLES)[0].current is None
