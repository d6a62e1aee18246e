"""What a clinician is offered to store: valid, resolvable, the same under every release, and never read back as evidence."""

import importlib
import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from smartpgx.domain.scope import Scope
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.fhir.write.issues import build
from smartpgx.knowledge.release import load
from smartpgx.rules.assess import assess
from tests.contract.documents import document, of_file
from tests.contract.test_contract_bundles import OWN
from tests.shared import ROOT

CHARTS = sorted(
    [*(ROOT / "fhir_fixtures").glob("*/profile.json"), *(ROOT / "fhir_fixtures").glob("*/local.json"), *OWN.glob("*.json")]
)
IDS = [f"{path.parent.name}-{path.stem}" for path in CHARTS]
each_chart = pytest.mark.parametrize("path", CHARTS, ids=IDS)
INVARIANTS = {
    "Observation": {
        "obs-3": "referenceRange.all(low.exists() or high.exists() or text.exists())",
        "obs-6": "dataAbsentReason.empty() or value.empty()",
    },
    "Provenance": {},
    "DetectedIssue": {},
    "Bundle": {},
}
DOMAIN = {
    "dom-2": "contained.contained.empty()",
    "dom-4": "contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()",
    "dom-6": "text.`div`.exists()",
}


@cache
def written(path: Path) -> dict[str, Any]:
    return of_file("write", path)


def resources(path: Path, kind: str = "") -> list[dict[str, Any]]:
    return [e["resource"] for e in written(path).get("entry", []) if kind in ("", e["resource"]["resourceType"])]


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["reference"]] if isinstance(node.get("reference"), str) and "://" not in node["reference"] else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


@each_chart
def test_it_is_valid_r4b_and_keeps_the_invariants(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluate = importlib.import_module("fhirpathpy").evaluate
        for resource in resources(path):
            kind = resource["resourceType"]
            model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
            model.model_validate(resource)
            for name, expression in (INVARIANTS[kind] | DOMAIN).items():
                assert evaluate(resource, expression) == [True], (kind, name)


@each_chart
def test_references_resolve_into_the_input_or_inside(path):
    inside = {f"{one['resourceType']}/{one['id']}" for one in resources(path)}
    entries = json.loads(path.read_bytes())["entry"]
    received = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries}
    for resource in resources(path):
        assert set(references(resource)) <= inside | received


@each_chart
def test_one_issue_each_and_one_provenance_over_all(path):
    issues = of_file("assess", path)["issues"]
    severity = {"avoid": "high", "change": "moderate", "monitor": "low"}
    stored = resources(path, "DetectedIssue")
    assert [(one["code"]["coding"][0]["code"], one["severity"]) for one in stored] == [
        (issue["code"], severity[issue["status"]]) for issue in issues
    ]
    if not issues:
        assert "entry" not in written(path)
        return
    (provenance,) = resources(path, "Provenance")
    others = [one for one in resources(path) if one["resourceType"] != "Provenance"]
    assert [t["reference"] for t in provenance["target"]] == [f"{one['resourceType']}/{one['id']}" for one in others]
    for one in stored:
        used = {d["reference"] for d in one["evidence"][0]["detail"]}
        assert used & {f"Observation/{o['id']}" for o in resources(path, "Observation")}


@each_chart
def test_what_is_genetic_is_labelled_and_a_virus_is_not(path):
    for one in resources(path, "DetectedIssue"):
        labels = [label["code"] for label in one.get("meta", {}).get("security", [])]
        assert labels == (["GDIS"] if one["code"]["coding"][0]["code"] == "GEN" else [])
    for one in resources(path, "Observation"):
        genetic = any(c["code"] == "therapeutic-implication" for c in one["code"].get("coding", []))
        assert genetic == ("GDIS" in json.dumps(one))


@each_chart
def test_identifiers_outlive_the_day_and_the_release(path):
    chart = read_chart(unwrap(path.read_bytes()), load())
    today = importlib.import_module("datetime").date
    first, later = (assess(chart, load(), Scope(), day) for day in (today(2026, 11, 24), today(2027, 3, 1)))
    kept = [[one.get("identifier") for one in build(made, release=release)] for made, release in ((first, "a"), (later, "b"))]
    assert kept[0] == kept[1]
    for identifiers in kept[0][:-1]:
        assert [one["system"] for one in identifiers] in (["urn:smartpgx:issue"], ["urn:smartpgx:implication"])


@each_chart
def test_what_was_written_is_never_read_as_evidence(path):
    bundle = json.loads(path.read_bytes())
    again = document("assess", json.dumps(bundle | {"entry": bundle["entry"] + written(path).get("entry", [])}).encode())
    before = of_file("assess", path)
    for key in ("genes", "isolates", "recommendations", "issues", "gaps", "medications"):
        assert again[key] == before[key], key
    own = [one["source"] for one in again["excluded"] if one["reason"] == "own_output"]
    stored = [one for one in resources(path) if one["resourceType"] != "Provenance"]
    earlier = [e["resource"] for e in bundle["entry"] if "urn:smartpgx" in json.dumps(e["resource"].get("identifier"))]
    assert sorted(own) == sorted([f"{one['resourceType']}/{one['id']}"] for one in [*stored, *earlier])


def test_the_virus_keeps_its_letter_where_the_advice_is_mild():
    (observation,) = resources(OWN / "hiv-mutations.json", "Observation")
    assert observation["interpretation"][0]["coding"][0]["code"] == "R"
    assert resources(OWN / "hiv-mutations.json", "DetectedIssue")[0]["severity"] == "low"
