"""What holds for a gene: scores between the rows, bounded scores, statuses, silence. Each test is a trap of the field."""

from __future__ import annotations

import pytest

from smartpgx.domain.called import Candidate, GeneCall
from smartpgx.knowledge.schema import PhenotypeRule
from smartpgx.rules.drug_gene.states import holding, states_of

CYP2D6 = PhenotypeRule(
    gene="CYP2D6",
    method="activity_score",
    bins=(
        (0, 0, "Poor Metabolizer"),
        (0.25, 1.0, "Intermediate Metabolizer"),
        (1.25, 2.25, "Normal Metabolizer"),
        (2.5, None, "Ultrarapid Metabolizer"),
    ),
)
SCORES = (
    "0.0",
    "0.25",
    "0.5",
    "0.75",
    "1.0",
    "1.25",
    "2.0",
    "3.0",
    "4.0",
    "≥3.0",
    "≥3.25",
    "≥5.0",
    "n/a",
    "No Result",
    "xN combinations",
)


def held(call: GeneCall | None, vocabulary: tuple[str, ...] = SCORES, rule: PhenotypeRule | None = CYP2D6) -> list[list[str]]:
    return [sorted(values) for state in states_of("CYP2D6", call) for values in holding(state, vocabulary, rule)]


def scored(score: float | str | None, phenotype: str | None = None) -> GeneCall:
    return GeneCall(gene="CYP2D6", status="called", activity_score=score, phenotype=phenotype)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (0.0, ["0.0"]),
        (1, ["1.0"]),
        ("1.0", ["1.0"]),
        (3.0, ["3.0"]),
        (3.75, [">=3.25"]),
        (6.0, [">=5.0"]),
        (">=3.0", [">=3.0"]),
        ("≥3", [">=3.0"]),
        ("n/a", ["n/a"]),
        (None, ["n/a"]),
    ],
)
def test_score_finds_its_row(score: float | str | None, expected: list[str]) -> None:
    assert held(scored(score)) == [expected]


def test_score_without_a_row_holds_nothing() -> None:
    assert held(scored(1.6)) == [[]]


def test_bounded_score_leaves_every_row_above_open() -> None:
    assert held(scored(">=4.0")) == [[">=3.25"], ["4.0"], [">=5.0"]]
    assert held(scored("<=0.5")) == [["0.0"], ["0.25"], ["0.5"]]


def test_phenotype_alone_leaves_every_score_of_its_bin_open() -> None:
    assert held(scored(None, "Intermediate Metabolizer")) == [["0.25"], ["0.5"], ["0.75"], ["1.0"]]
    assert held(scored(None, "Poor Metabolizer")) == [["0.0"]]


def test_untested_is_no_result_and_nothing_else() -> None:
    assert held(None) == [["no result"]]
    assert held(GeneCall(gene="CYP2D6", status="not_tested")) == [["no result"]]
    assert held(GeneCall(gene="CYP2D6", status="not_called")) == [["no result"]]


def test_unknown_function_is_not_no_result() -> None:
    call = GeneCall(gene="CYP2D6", status="indeterminate", diplotype="*1/*150", phenotype="Indeterminate", activity_score="n/a")
    assert held(call) == [["n/a"]]
    assert held(call, ("Normal Function", "No Result"), None) == [[]]


def test_too_many_genotypes_still_hold_what_all_mean() -> None:
    call = GeneCall(gene="CYP2C19", status="not_called", phenotype="Poor Metabolizer")
    assert held(call, ("Poor Metabolizer", "Normal Metabolizer", "No Result"), None) == [["poor metabolizer"]]


def test_alleles_that_were_not_looked_for_have_no_status() -> None:
    call = GeneCall(gene="HLA-B", status="called", basis="presence", lookup=("*57:01 positive", "*58:01 negative"))
    assert held(call, ("*57:01 positive", "*57:01 negative"), None) == [["*57:01 positive"]]
    assert held(call, ("*15:02 positive", "*15:02 negative", "No Result"), None) == [["no result"]]


def test_two_digit_typing_is_not_the_allele() -> None:
    call = GeneCall(gene="HLA-B", status="called", basis="presence", lookup=("*15 positive",))
    assert held(call, ("*15:02 positive", "*15:02 negative"), None) == [["no result"]]


def test_likely_and_possible_phenotypes_keep_their_own_rows() -> None:
    vocabulary = ("Intermediate Metabolizer", "Likely Intermediate Metabolizer", "No Result")
    assert held(scored(None, "Likely Intermediate Metabolizer"), vocabulary, None) == [["likely intermediate metabolizer"]]


def test_candidates_are_each_a_state() -> None:
    call = GeneCall(
        gene="CYP2C19",
        status="ambiguous",
        candidates=(
            Candidate(diplotype="*1/*2", phenotype="Intermediate Metabolizer"),
            Candidate(diplotype="*2/*2", phenotype="Poor Metabolizer"),
        ),
    )
    assert [state.label for state in states_of("CYP2C19", call)] == ["*1/*2", "*2/*2"]
    vocabulary = ("Intermediate Metabolizer", "Poor Metabolizer", "No Result")
    assert held(call, vocabulary, None) == [["intermediate metabolizer"], ["poor metabolizer"]]


def test_phenotype_follows_from_a_reported_score_where_rows_name_phenotypes() -> None:
    assert held(scored(0.5), ("Intermediate Metabolizer", "Poor Metabolizer", "No Result")) == [["intermediate metabolizer"]]


def test_score_nobody_can_read_holds_nothing() -> None:
    assert held(scored("about two")) == [[]]
