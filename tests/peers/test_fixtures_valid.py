"""The fixtures, judged by the HL7 validator."""

import copy
import json

import pytest

from tests.fixtures.build_fixtures import FOLDER

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def verdicts(validate):
    return validate(sorted(FOLDER.glob("*/profile.json")) + sorted(FOLDER.glob("*/local.json")))


@pytest.mark.parametrize("spelling", ["profile", "local"])
def test_no_errors(verdicts, spelling):
    judged = {name: errors for name, errors in verdicts.items() if name.endswith(f"{spelling}.json")}
    assert len(judged) >= 16
    assert {name: errors for name, errors in judged.items() if errors} == {}


def test_the_validator_can_say_no(validate, written_to_files):
    bundle = json.loads((FOLDER / "clopidogrel-poor" / "profile.json").read_text(encoding="utf-8"))
    genotype = next(r for r in (e["resource"] for e in bundle["entry"]) if r["id"].endswith("cyp2c19-genotype"))
    faults = []
    for change in ({"status": "done"}, {"category": genotype["category"][:1]}, {"code": {"text": "genotype"}}, {"wrong": 1}):
        faults.append(copy.deepcopy(genotype) | change)
    paths = written_to_files(faults)
    assert all(errors for errors in validate(paths).values())
