"""The documents of every story, word for word. `pytest tests/golden --update-golden` writes them anew: read the difference."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartpgx import __version__
from tests.contract.documents import of_file
from tests.shared import ROOT

FOLDER = Path(__file__).parent
FIXTURES = ROOT / "fhir_fixtures"
STORIES = sorted(path.parent.name for path in FIXTURES.glob("*/profile.json"))
STAGES = {"facts": "read", "consultation": "assess", "write": "write"}


def steady(made: dict[str, Any]) -> str:
    """Indented and sorted, without what changes with every release."""
    knowledge = made.get("knowledge")
    text = json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if knowledge:
        text = text.replace(knowledge["digest"], "DIGEST").replace(knowledge["release"], "RELEASE")
    released = of_file("assess", FIXTURES / "nothing-to-do" / "profile.json")["knowledge"]["release"]
    return text.replace(released, "RELEASE").replace(__version__, "VERSION")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("story", STORIES)
def test_documents_say_what_they_said(story, stage, request):
    golden = FOLDER / story / f"{stage}.json"
    said = steady(of_file(STAGES[stage], FIXTURES / story / "profile.json"))
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("story", STORIES)
def test_the_local_spelling_says_the_same(story):
    profile, local = (of_file("assess", FIXTURES / story / f"{spelling}.json") for spelling in ("profile", "local"))
    for key in ("id", "status", "summary", "population", "if", "actions"):
        assert [one[key] for one in profile["recommendations"]] == [one[key] for one in local["recommendations"]]
    assert [(one["id"], one["summary"]) for one in profile["issues"]] == [(one["id"], one["summary"]) for one in local["issues"]]


def test_no_golden_document_is_left_of_a_story_that_is_gone():
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__") == STORIES
