"""The stories of fhir_fixtures as visits in a store, so that their pages are rendered through the app, without a launch."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

from smartpgx.consult import Reasoning, banner
from smartpgx.domain.scope import Scope
from smartpgx.domain.visit import Asked, Reading, Visit
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load
from smartpgx.rules.assess import assess

FOLDER = Path(__file__).parents[2] / "fhir_fixtures"
SLUGS = sorted(p.parent.name for p in FOLDER.glob("*/story.json"))
SPELLINGS = [(slug, spelling) for slug in SLUGS for spelling in ("profile", "local")]
TODAY = date(2026, 11, 24)
AT = 1_795_540_800.0


@cache
def reading(slug: str, spelling: str = "profile") -> Reading:
    """What a visit would hold after reading one story to the end."""
    resources = unwrap(json.loads((FOLDER / slug / f"{spelling}.json").read_text()))
    knowledge = load()
    person = next(r for r in resources if r["resourceType"] == "Patient")
    made = assess(read_chart(resources, knowledge, patient=str(person["id"])), knowledge, Scope(), TODAY)
    kinds = {"allergies": "AllergyIntolerance", "statements": "MedicationStatement", "conditions": "Condition"}
    asked = tuple(
        Asked(what=what, resource=kind, outcome="complete", received=sum(r["resourceType"] == kind for r in resources))
        for what, kind in kinds.items()
    )
    return Reading(consultation=made, banner=banner(person), asked=asked, received=len(resources), read_at=AT)


def visit(browser: str = "", **changes: object) -> Visit:
    """A visit without a launch; ``browser`` is the value its cookie would prove."""
    given: dict[str, object] = {
        "id": "v1", "browser": browser, "issuer": "https://ehr.example.org/fhir", "issuer_name": "Test EHR",
        "base": "https://ehr.example.org/fhir", "patient": "p", "created": AT, "expires": AT + 10**9,
    }  # fmt: skip
    return Visit(**{**given, **changes})  # type: ignore[arg-type]


def reasoning() -> Reasoning:
    """Nothing is read or assessed again on these pages."""

    def never(*_: object) -> object:
        raise AssertionError("the reading is in the store already")

    return Reasoning(read=never, assess=never, release="test-release")  # type: ignore[arg-type]
