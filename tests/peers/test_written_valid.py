"""What the app would store, judged by the HL7 validator against the profiles it claims."""

import json

import pytest

from smartpgx.cli.main import main
from tests.fixtures.build_fixtures import FOLDER, STORIES

pytestmark = pytest.mark.peer

WITH_ISSUES = [story for story in STORIES if story.issues]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """story slug and spelling -> the Bundle that ``smartpgx write`` prints."""
    out = {}
    with pytest.MonkeyPatch.context() as patch:
        for story in WITH_ISSUES:
            for spelling in ("profile", "local"):
                path = tmp_path_factory.mktemp("out") / "out.json"
                with path.open("w") as target:
                    patch.setattr("sys.stdout", target)
                    assert main(["write", "--today", "2026-11-24", str(FOLDER / story.slug / f"{spelling}.json")]) == 0
                out[f"{story.slug}-{spelling}"] = path
    return out


def test_every_story_with_an_issue_writes_it(written):
    for story in WITH_ISSUES:
        for spelling in ("profile", "local"):
            bundle = json.loads(written[f"{story.slug}-{spelling}"].read_text(encoding="utf-8"))
            kinds = [entry["resource"]["resourceType"] for entry in bundle.get("entry", [])]
            assert kinds.count("DetectedIssue") == len(story.issues)
            assert kinds.count("Observation") >= 1
            assert kinds.count("Provenance") == 1


def test_it_is_valid_and_implications_claim_their_profile(written, validate):
    verdicts = validate(written.values())
    assert {name: errors for name, errors in verdicts.items() if errors} == {}
    claimed = {
        profile
        for path in written.values()
        for entry in json.loads(path.read_text(encoding="utf-8")).get("entry", [])
        for profile in entry["resource"].get("meta", {}).get("profile", [])
    }
    assert any(profile.endswith("/therapeutic-implication") for profile in claimed)
