"""Whatever stands in the resources: no exception but the input errors, and every resource is accounted for."""

from __future__ import annotations

import contextlib
import copy
import random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartpgx.errors import InputError
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load
from tests.fhir.read.building import (
    LOINC,
    ME,
    SITE,
    bundle,
    clopidogrel,
    coded,
    genotype,
    observation,
    organism,
    patient,
    sequence,
    variant,
)

VALUES: list[Any] = [
    None,
    "",
    " ",
    "x",
    0,
    -1,
    1e308,
    True,
    [],
    {},
    [None],
    [{}],
    {"reference": "Patient/p"},
    "*1/*2",
    "NC_000010.11:1:A:G",
    [[["x"]]],
    "\ud800",
    10**30,
]
SAMPLES = [
    genotype("*1/*2"),
    variant(**SITE),
    sequence((94781858, 94781859, "G", "A")),
    clopidogrel(),
    organism("Escherichia coli"),
    observation("h", {"text": "HIV-1 protease gene mutations detected"}, valueString="D30N, M46I"),
    observation("f", {"text": "CYP2D6 phenotype"}, valueString="Poor metabolizer"),
    observation("x", {"text": "HLA-B*57:01 [Presence]"}, valueCodeableConcept=coded(LOINC, "LA6576-8")),
    observation(
        "m",
        {"text": "Oxacillin [Susceptibility]"},
        valueQuantity={"value": 0.5, "unit": "mg/L"},
        interpretation=[coded("x", "S")],
    ),
    observation("l", {"text": "Line probe assay"}, valueString="rpoB S450L detected"),
    observation(
        "ph",
        coded(LOINC, "82120-7"),
        valueCodeableConcept={"text": "Cis"},
        derivedFrom=[{"reference": "Observation/v"}, {"reference": "Observation/w"}],
    ),
    {
        "resourceType": "Consent",
        "id": "k",
        "status": "active",
        "patient": ME,
        "provision": {"type": "permit", "securityLabel": [{"code": "GDIS"}]},
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": ME,
        "code": {"text": "Genetic report"},
        "contained": [genotype("*1/*2", name="c")],
    },
    {"resourceType": "Condition", "id": "c", "subject": ME, "code": {"text": "Melanoma"}},
    {"resourceType": "AllergyIntolerance", "id": "a", "patient": ME, "code": {"text": "abacavir"}},
    {"resourceType": "Specimen", "id": "s", "subject": ME, "parent": [{"reference": "Specimen/s"}]},
]


def paths(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [here, *(path for key, value in inner for path in paths(value, (*here, key)))]


def garble(resource: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(resource)
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return changed


def check(resources: list[Any]) -> None:
    given_bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    try:
        found = unwrap(given_bundle)
        chart = read_chart(found, load())
    except InputError:
        return
    assert sum(number for outcomes in chart.accounted.values() for number in outcomes.values()) == len(found)
    assert all(number > 0 for outcomes in chart.accounted.values() for number in outcomes.values())
    msgspec.json.encode(chart)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['resourceType']}-{sample['id']}")
def test_every_element_replaced_by_every_odd_value(sample: dict[str, Any]) -> None:
    others = [patient(), *(each for each in SAMPLES if each is not sample)][:4]
    for path in paths(sample)[1:]:
        for value in random.Random(str(path)).sample(VALUES, 6):
            check([*others, garble(sample, path, value)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_mixture_of_garbled_resources(data: st.DataObject) -> None:
    resources: list[Any] = [patient()]
    for sample in data.draw(st.lists(st.sampled_from(SAMPLES), max_size=6)):
        changed: Any = sample
        for _ in range(data.draw(st.integers(0, 3))):
            choices = [path for path in paths(changed) if path]
            if choices:
                changed = garble(changed, data.draw(st.sampled_from(choices)), data.draw(json_values | st.sampled_from(VALUES)))
        resources.append(changed)
    check(resources)


@given(json_values)
@settings(max_examples=60, deadline=None)
def test_any_json_is_a_bundle_or_an_error(payload: Any) -> None:
    with contextlib.suppress(InputError):
        unwrap(payload if isinstance(payload, dict) else {"resourceType": "Bundle", "entry": payload})


def test_the_samples_themselves_are_read() -> None:
    chart = read_chart(unwrap(bundle(patient(), *SAMPLES)), load())
    assert chart.genotypes
    assert chart.variants
    assert chart.isolates
    assert chart.medications
