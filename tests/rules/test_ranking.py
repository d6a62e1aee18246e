"""The order of advice."""

from __future__ import annotations

from typing import Any

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.called import Drug
from smartpgx.rules.ranking import rank, strength_rank
from tests.rules.charts import chart, medicine


def one(key: str, status: str, **more: Any) -> Recommendation:
    return Recommendation(id=key, area="drug_gene", status=status, drug=Drug(name=more.pop("drug", "x")), **more)  # type: ignore[arg-type]


def order(*recommendations: Recommendation, **more: Any) -> str:
    return "".join(r.id for r in rank(recommendations, **more))


def test_strongest_status_first_and_silence_last() -> None:
    assert (
        order(one("e", "no_result"), one("d", "standard"), one("c", "monitor"), one("b", "change"), one("a", "avoid")) == "abcde"
    )


def test_ordered_before_proposed_before_home_before_asked_about() -> None:
    on = chart(
        medicine("codeine"),
        medicine("tramadol", active=False, ordered=False, proposed=True),
        medicine("sertraline", ordered=False, reported=True),
    )
    found = [
        one("d", "avoid"),
        one("c", "avoid", orders=("MedicationRequest/sertraline-1",)),
        one("b", "avoid", orders=("MedicationRequest/tramadol-1",)),
        one("a", "avoid", orders=("MedicationRequest/codeine-1",)),
    ]
    assert order(*found, chart=on) == "abcd"


def test_certain_before_conditional_then_the_sources_grade() -> None:
    assert order(one("b", "avoid", strength="Strong", depends_on="CYP2C19 *2/*2"), one("a", "avoid", strength="Optional")) == "ab"
    assert order(one("b", "avoid", strength="Optional"), one("a", "avoid", strength="Strong"), one("c", "avoid")) == "abc"


def test_advice_for_another_population_comes_last_of_all() -> None:
    assert order(one("b", "avoid", applies="no"), one("a", "standard", applies="yes")) == "ab"


def test_grade_that_is_not_listed_is_the_weakest() -> None:
    assert strength_rank("Strong") < strength_rank("Moderate") < strength_rank("Optional") < strength_rank(None)


def test_order_does_not_depend_on_the_order_of_input() -> None:
    found = [one("a", "avoid", drug="b"), one("b", "avoid", drug="a"), one("c", "avoid", drug="a", population="adults")]
    assert order(*found) == order(*reversed(found))
