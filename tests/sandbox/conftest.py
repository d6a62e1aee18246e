from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from smartpgx.sandbox.app import create_sandbox
from smartpgx.sandbox.config import SandboxClient, SandboxConfig
from tests.sandbox.client import SmartClient

LOINC = "http://loinc.org"


def observation(patient: str, number: int, code: str, text: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"{patient}-obs-{number}",
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": f"2026-03-{number:02d}",
        "valueCodeableConcept": {"text": text},
    }


def record(patient: str) -> list[dict[str, Any]]:
    return [
        {"resourceType": "Patient", "id": patient, "name": [{"family": "Probe", "given": [patient]}], "birthDate": "1960-05-01"},
        *[observation(patient, number, "84413-4", f"result {number}") for number in range(1, 8)],
        observation(patient, 8, "51961-1", "phenotype"),
        {
            "resourceType": "MedicationRequest",
            "id": f"{patient}-order",
            "status": "active",
            "intent": "order",
            "medicationReference": {"reference": "Medication/clopidogrel"},
            "subject": {"reference": f"Patient/{patient}"},
        },
        {"resourceType": "Medication", "id": "clopidogrel", "code": {"text": "clopidogrel"}},
    ]


@pytest.fixture(scope="session")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    for slug in ("anna", "bert"):
        (folder / slug).mkdir()
        story = {
            "slug": slug,
            "title": f"Story of {slug}",
            "moral": "Open, expect nothing.",
            "subject": "drug_gene",
            "expect": {},
        }
        (folder / slug / "story.json").write_text(json.dumps(story))
        for name, patient in (("profile.json", slug), ("local.json", f"{slug}-local")):
            bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in record(patient)]}
            (folder / slug / name).write_text(json.dumps(bundle))
    return folder


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        import time

        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(fixtures: Path, clock: Clock) -> Iterator[Flask]:
    clients = (SandboxClient(), SandboxClient(client_id="other-app", redirect_uris=("http://localhost:9/callback",)))
    yield create_sandbox(SandboxConfig(clients=clients, fixtures=fixtures, controls=True, clock=clock, slow_seconds=0.01))


@pytest.fixture
def smart(sandbox: Flask) -> SmartClient:
    return SmartClient(sandbox.test_client())


@pytest.fixture
def anna(smart: SmartClient) -> SmartClient:
    smart.launch("anna")
    return smart
