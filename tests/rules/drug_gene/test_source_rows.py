"""Every CPIC row, put through the engine: its own conditions fire it with exactly its advice, and no other row fires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.chart import Chart
from smartpgx.domain.scope import Scope
from smartpgx.knowledge.schema import GuidanceRow
from smartpgx.rules.drug_gene.advise import advise
from tests.rules.source_rows import FOLDER, call_for, cpic_rows, table
from tests.shared import needs_shared

pytestmark = needs_shared


def drugs() -> list[str]:
    return sorted({row.drug for row in cpic_rows()}) if FOLDER.exists() else []


def cases(drug: str) -> Iterator[tuple[dict[str, tuple[str, ...]], list[GuidanceRow]]]:
    """Each distinct combination of conditions of a drug, with the rows that ask for it."""
    by_conditions: dict[Any, list[GuidanceRow]] = {}
    for row in cpic_rows():
        if row.drug == drug and row.kind != "input_error":
            by_conditions.setdefault(tuple(sorted(row.conditions.items())), []).append(row)
    for conditions, rows in by_conditions.items():
        yield dict(conditions), rows


def advice_for(drug: str, conditions: dict[str, tuple[str, ...]]) -> list[Recommendation]:
    calls = [call for gene, values in conditions.items() if (call := call_for(gene, values)) is not None]
    found, _ = advise(Chart(), calls, table(), Scope(drugs=(drug,)))  # type: ignore[arg-type]
    return [one for one in found if one.sources]


def fired(one: Recommendation) -> list[str]:
    return [step.row.split(":", 1)[1] for step in one.trace if step.code == "guidance_row" and step.row]


def test_rows_are_those_of_the_issue() -> None:
    rows = cpic_rows()
    assert len(rows) == 2217
    assert sum(row.kind == "input_error" for row in rows) == 58


@pytest.mark.parametrize("drug", drugs())
def test_conditions_of_a_row_give_exactly_its_advice(drug: str) -> None:
    for conditions, rows in cases(drug):
        found = {one.population: one for one in advice_for(drug, conditions)}
        assert set(found) == {row.population for row in rows}, conditions
        for row in rows:
            one = found[row.population]
            assert fired(one) == [row.id], conditions
            assert (one.status, one.actions, one.strength) == (row.status, row.actions, row.strength), conditions
            assert one.depends_on is None, conditions
            if row.kind == "no_statement":
                assert one.status == "no_result", conditions
                assert one.reason in ("indeterminate", "guideline silent"), conditions
                assert [action.code for action in one.actions] == ["NO_REC"], conditions


@pytest.mark.parametrize("drug", drugs())
def test_no_other_row_fires(drug: str) -> None:
    for conditions, rows in cases(drug):
        ids = {row_id for one in advice_for(drug, conditions) for row_id in fired(one)}
        assert ids == {row.id for row in rows}, conditions


@pytest.mark.parametrize("drug", drugs())
def test_without_any_result_no_row_fires(drug: str) -> None:
    found = advice_for(drug, {})
    assert [(one.status, one.reason) for one in found] == [("no_result", "not tested")]
    assert [action.code for action in found[0].actions] == ["NO_REC"]
    assert fired(found[0]) == []


def test_errors_of_the_source_never_fire() -> None:
    for row in cpic_rows():
        if row.kind == "input_error":
            conditions = {
                gene: tuple("nonsense" if v == "xN combinations" else v for v in values)
                for gene, values in row.conditions.items()
            }
            assert row.id not in {i for one in advice_for(row.drug, conditions) for i in fired(one)}
