"""Published examples, good and bad, and one Bundle per shape of the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartpgx.domain.chart import Chart
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load
from tests.fhir.read.building import told
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
FHIR, CONTRACT = SHARED / "data/fhir", SHARED / "data/contract"
FILES = sorted(
    path
    for folder in ("r4-spec", "genomics-reporting-3.0.0", "vcf2fhir", "genomics-operations", ".")
    for path in (FHIR / folder).glob("*.json")
)


def resources_of(content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, dict) or "resourceType" not in content:
        return []
    if content["resourceType"] in ("Bundle", "Parameters"):
        return list(unwrap({"resourceType": "Bundle", "entry": [{"resource": content}]}))
    return [content]


def example(path: Path) -> tuple[Chart, int]:
    """An example read for the patient it is about, with a Patient in front where it has none, and how many resources that are."""
    given = resources_of(json.loads(path.read_text()))
    if not any(each.get("resourceType") == "Patient" for each in given):
        about = json.dumps(given).partition('"Patient/')[2].partition('"')[0] or "p"
        given = [{"resourceType": "Patient", "id": about}, *given]
    return read_chart(given, load()), len(given)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_example_is_read_and_adds_up(path: Path) -> None:
    chart, count = example(path)
    assert sum(number for outcomes in chart.accounted.values() for number in outcomes.values()) == count


@pytest.mark.parametrize(
    "name",
    [
        "MolecularSequence-breastcancer",
        "MolecularSequence-coord-0-base",
        "MolecularSequence-coord-1-base",
        "MolecularSequence-example-TPMT-one",
        "MolecularSequence-example-TPMT-two",
        "MolecularSequence-example-pgx-1",
        "MolecularSequence-example-pgx-2",
        "MolecularSequence-fda-example",
        "MolecularSequence-fda-vcf-comparison",
        "MolecularSequence-fda-vcfeval-comparison",
        "MolecularSequence-graphic-example-3",
        "MolecularSequence-sequence-complex-variant",
    ],
)
def test_the_defects_of_the_published_sequences_are_told(name: str) -> None:
    chart, _ = example(FHIR / f"r4-spec/{name}.json")
    assert chart.variants == ()
    assert told(chart) == {name.replace("-", "/", 1)}


@pytest.mark.parametrize("number", [1012, 1013, 1014, 1016, 1017, 1018, 1020])
def test_equal_alleles_reported_as_present_are_reference_calls(number: int) -> None:
    chart, _ = example(FHIR / f"genomics-reporting-3.0.0/Observation-Pgx-var-{number}.json")
    assert chart.variants == ()
    assert len(chart.reference_calls) == 1


def test_a_wrong_gene_number_and_a_mixed_build_are_told() -> None:
    for number in (1011, 1019):
        chart, _ = example(FHIR / f"genomics-reporting-3.0.0/Observation-Pgx-var-{number}.json")
        assert chart.variants == chart.reference_calls == ()
        assert told(chart) == {f"Observation/Pgx-var-{number}"}


def contract(name: str) -> Chart:
    return read_chart(unwrap((CONTRACT / f"{name}.json").read_bytes()), load())


def test_shapes_of_variants_give_the_same_site() -> None:
    names = ("variants-observation", "variants-grch37", "variants-hgvs", "variants-spdi", "variants-molecular-sequence")
    names += ("sequence-zygosity-by-observation", "sequence-zygosity-by-pointer")
    for name in names:
        assert [each.same_as for each in contract(name).variants] == ["NC_000010.11:94781858:G:A"], name
    assert [each.zygosity for each in contract("sequence-zygosity-by-observation").variants] == ["homozygous"]
    assert [each.zygosity for each in contract("sequence-zygosity-by-pointer").variants] == ["heterozygous"]
    assert [each.zygosity for each in contract("variants-molecular-sequence").variants] == [None]


def test_shapes_of_orders_are_all_clopidogrel() -> None:
    for name in ("order-codings", "order-medication-reference"):
        assert {each.rxcui for order in contract(name).medications for each in order.ingredients} == {"32968"}


def test_the_other_shapes() -> None:
    assert contract("consent-denied").genotypes == ()
    assert [each.reason for each in contract("own-output").excluded] == ["own_output"]
    assert [each.spdi for each in contract("variants-absent").tested_absent] == ["NC_000001.11:97450057:C:T"]
    assert contract("germline-secondary-opt-out").consent.secondary_findings == "opted_out"
    assert [(each.name, each.value) for each in contract("tumour-fusion-amplification-msi").biomarkers] == [
        ("MSI", "MSI-H"),
        ("TMB", 12.0),
    ]
    assert [each.significance for each in contract("tumour-gene-level").variants] == ["oncogenic"]
    assert contract("tumour-wild-type").variants == ()
    assert [each.because for each in contract("hiv-sequence").gaps] == ["not_translated"]
    assert [each.reported for each in contract("medication-statement").medications] == [False, True]
