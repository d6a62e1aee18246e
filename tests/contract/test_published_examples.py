"""Every published FHIR example is read without a crash, counted whole, and its known defect is told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.documents import document, wrapped
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

FOLDER = SHARED / "data" / "fhir"
FOLDERS = ("r4-spec", "genomics-reporting-3.0.0", "vcf2fhir", "genomics-operations")
FILES = [*(path for name in FOLDERS for path in sorted((FOLDER / name).glob("*.json"))), FOLDER / "pgx-transaction-r4.json",
         FOLDER / "writeback-example-transaction.json"]  # fmt: skip
PATIENT = {"resourceType": "Patient", "id": "p"}


def payload(resource: dict[str, Any]) -> bytes:
    return json.dumps(resource).encode() if resource.get("resourceType") == "Bundle" else wrapped(resource)


def received(node: Any) -> Iterator[str]:
    """Types of the resources in a Bundle or in Parameters; Parameters without any stand for themselves."""
    if node.get("resourceType") == "Bundle":
        for entry in node.get("entry", []):
            yield from received(entry["resource"])
    elif node.get("resourceType") == "Parameters":
        inner = [each for part in node.get("parameter", []) for each in _in_part(part)]
        yield from inner or ["Parameters"]
    else:
        yield node.get("resourceType", "Unknown")


def _in_part(part: Any) -> Iterator[str]:
    if "resource" in part:
        yield from received(part["resource"])
    for inner in part.get("part", []):
        yield from _in_part(inner)


@pytest.mark.parametrize("folder", [*FOLDERS, "."])
def test_no_example_fails_and_all_resources_are_accounted_for(folder):
    paths = [path for path in FILES if path.parent == FOLDER / folder]
    assert paths
    for path in paths:
        resource = json.loads(path.read_bytes())
        for command in ("read", "assess", "write"):
            made = document(command, payload(resource))
            assert made.get("schema") != "smartpgx.error/1", (path.name, made)
            if command != "write":
                counted = {kind: sum(outcomes.values()) for kind, outcomes in made["accounted"].items()}
                types = list(received(resource))
                assert counted == {kind: types.count(kind) for kind in types}, path.name


SPAN, PLACE, DISAGREE = "do not span its reference allele", "no table places its positions", "contradict each other"
TOLD = {
    "r4-spec/MolecularSequence-coord-0-base.json": DISAGREE,
    "r4-spec/MolecularSequence-coord-1-base.json": DISAGREE,
    "r4-spec/MolecularSequence-fda-example.json": SPAN,
    "r4-spec/MolecularSequence-fda-vcf-comparison.json": SPAN,
    "r4-spec/MolecularSequence-fda-vcfeval-comparison.json": SPAN,
    "r4-spec/MolecularSequence-breastcancer.json": PLACE,
    "r4-spec/MolecularSequence-graphic-example-3.json": SPAN,
    "r4-spec/MolecularSequence-sequence-complex-variant.json": SPAN,
    "r4-spec/MolecularSequence-example-TPMT-one.json": PLACE,
    "r4-spec/MolecularSequence-example-TPMT-two.json": PLACE,
    "r4-spec/MolecularSequence-example-pgx-1.json": PLACE,
    "r4-spec/MolecularSequence-example-pgx-2.json": PLACE,
    "genomics-reporting-3.0.0/Observation-Pgx-var-1011.json": "its gene number is not the one of CYP2C19",
}


@pytest.mark.parametrize("name", TOLD)
def test_a_defect_is_a_gap_and_never_a_variant(name):
    resource = json.loads((FOLDER / name).read_bytes())
    resource["patient" if resource["resourceType"] == "MolecularSequence" else "subject"] = {"reference": "Patient/p"}
    facts = document("read", wrapped(PATIENT, resource))
    assert any(TOLD[name] in gap["message"] for gap in facts["gaps"])
    assert facts["variants"] == []


def test_eight_sequences_name_no_patient_and_are_excluded():
    excluded = 0
    for path in sorted((FOLDER / "r4-spec").glob("MolecularSequence-*.json")):
        resource = json.loads(path.read_bytes())
        facts = document("read", wrapped(resource))
        if "patient" not in resource:
            assert [one["reason"] for one in facts["excluded"]] == ["no_patient"], path.name
            excluded += 1
    assert excluded == 8


@pytest.mark.parametrize("number", [1012, 1013, 1014, 1016, 1017, 1018, 1020])
def test_a_variant_without_a_change_is_a_reference_call(number):
    facts = document(
        "read", wrapped(json.loads((FOLDER / f"genomics-reporting-3.0.0/Observation-Pgx-var-{number}.json").read_bytes()))
    )
    assert facts["variants"] == []
    (call,) = facts["reference_calls"]
    _, _, deleted, inserted = call["spdi"].split(":")
    assert deleted == inserted


def test_spdi_filed_as_coding_hgvs_is_used_with_a_warning():
    bundles = [path for path in sorted((FOLDER / "vcf2fhir").glob("*.json"))]
    warned = 0
    for path in bundles:
        facts = document("read", payload(json.loads(path.read_bytes())))
        for variant in facts["variants"]:
            assert "an SPDI text stands where coding HGVS belongs" in variant["warnings"]
            warned += 1
        assert facts["reference_calls"] == [], "a studied range with only one end makes no site reference"
    assert warned


def test_a_reference_written_with_a_hyphen_places_nothing():
    resource = json.loads((FOLDER / "genomics-reporting-3.0.0/Bundle-bundle-CG-IG-HLA-FullBundle-01.json").read_bytes())
    facts = document("read", payload(resource))
    assert facts["variants"] == [] and facts["local_variants"] == []
    assert any("reference sequence has no version" in gap["message"] for gap in facts["gaps"])


def test_answers_of_the_genomics_operations_are_read_out_of_parameters():
    resource = json.loads((FOLDER / "genomics-operations/find_subject_haplotypes-2.json").read_bytes())
    facts = document("read", payload(resource))
    assert [(one["gene"], one["alleles"]) for one in facts["genotypes"]] == [
        ("CYP2C19", ["*1", "*17"]),
        ("CYP2D6", ["*1", "*41"]),
    ]
    treated = json.loads((FOLDER / "genomics-operations/find_subject_tx_implications-1.json").read_bytes())
    assert document("read", payload(treated))["lab_implications"]
