"""Clinical cases as data: a result, a medicine, the advice a pharmacist expects, and the guideline that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartpgx.domain.called import Candidate, GeneCall
from smartpgx.domain.scope import Scope
from smartpgx.rules.drug_gene.advise import advise
from tests.rules.charts import TABLES, chart, medicine

FOLDER = Path(__file__).parent / "drug_gene"
CASES = [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]


def call_of(given: dict[str, Any]) -> GeneCall:
    lookup = tuple(given["statuses"]) if "statuses" in given else None
    shown = {key: given.get(key) for key in ("diplotype", "phenotype", "activity_score")}
    basis = "presence" if lookup else "diplotype"
    return GeneCall(
        gene=given["gene"], status=given["status"], basis=basis, lookup=lookup, candidates=(Candidate(**shown),), **shown
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_vignette(case: dict[str, Any]) -> None:
    found, _ = advise(chart(medicine(case["medicine"])), [call_of(one) for one in case["genes"]], TABLES, Scope())
    spoken = {one.population: one for one in found if one.sources}
    assert set(spoken) == {wanted["population"] for wanted in case["expect"]}
    for wanted in case["expect"]:
        one = spoken[wanted["population"]]
        assert one.status == wanted["status"]
        codes = [action.code for action in one.actions]
        assert codes[0] == wanted["codes"][0]
        assert set(wanted["codes"]) <= set(codes)
        assert one.reason == wanted.get("reason")
        if "strength" in wanted:
            assert one.strength == wanted["strength"]
        first = one.actions[0].parameters
        assert {key: first.get(key) for key in wanted.get("first_action", {})} == wanted.get("first_action", {})
        assert case["citation"]["pmid"] in one.sources[0].pmids


def test_every_gene_with_guidance_has_a_vignette() -> None:
    guided = {gene for rows in TABLES.guidance.values() for row in rows for gene in row.conditions}
    assert guided == {one["gene"] for case in CASES for one in case["genes"]}
    assert {path.stem.upper() for path in FOLDER.glob("*.json")} == guided
