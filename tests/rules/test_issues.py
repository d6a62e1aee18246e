"""One problem, one issue."""

from __future__ import annotations

from typing import Any

from smartpgx.domain.advice import About, Recommendation
from smartpgx.domain.called import Drug
from smartpgx.domain.chart import Chart
from smartpgx.rules.issues import group

CLOPIDOGREL = Drug(name="clopidogrel", rxcui="32968")
LAMIVUDINE = Drug(name="lamivudine", rxcui="68244", code="3TC")


def one(key: str, status: str, **more: Any) -> Recommendation:
    given: dict[str, Any] = {"area": "drug_gene", "drug": CLOPIDOGREL} | more
    return Recommendation(id=key, status=status, **given)  # type: ignore[arg-type]


def test_sources_and_populations_stand_inside_one_issue() -> None:
    (issue,) = group([one("b", "standard", population="NVI"), one("a", "avoid", population="ACS"), one("c", "change")], Chart())
    assert (issue.code, issue.status, issue.leading, issue.recommendations) == ("GEN", "avoid", "a", ("a", "c", "b"))


def test_standard_and_silence_make_no_issue() -> None:
    assert group([one("a", "standard"), one("b", "no_result")], Chart()) == ()


def test_silence_and_other_populations_are_not_part_of_an_issue() -> None:
    (issue,) = group([one("a", "monitor"), one("b", "no_result"), one("c", "avoid", applies="no")], Chart())
    assert (issue.status, issue.recommendations) == ("monitor", ("a",))


def test_host_and_pathogen_are_two_issues_of_one_drug() -> None:
    isolate = About(kind="isolate", name="HIV-1", result="M184V")
    found = [one("a", "change", area="resistance", drug=LAMIVUDINE, about=(isolate,)), one("b", "avoid", drug=LAMIVUDINE)]
    assert sorted(issue.code for issue in group(found, Chart())) == ["GEN", "LAB"]


def test_id_keeps_over_results_isolates_and_releases() -> None:
    def issue_of(*results: str) -> str:
        about = tuple(About(kind="isolate", name="HIV-1", result=result) for result in results)
        return group([one(str(results), "change", area="resistance", drug=LAMIVUDINE, about=about)], Chart())[0].id

    assert issue_of("M184V") == issue_of("K65R") == issue_of("M184V", "K65R")


def test_two_organisms_are_two_issues() -> None:
    found = [
        one(name, "change", area="resistance", about=(About(kind="isolate", name=name),)) for name in ("HIV-1", "M. tuberculosis")
    ]
    assert len(group(found, Chart())) == 2


def test_orders_of_all_members_are_named_once() -> None:
    found = [
        one("a", "avoid", orders=("MedicationRequest/1",)),
        one("b", "change", orders=("MedicationRequest/1", "MedicationRequest/2")),
    ]
    assert group(found, Chart())[0].orders == ("MedicationRequest/1", "MedicationRequest/2")
