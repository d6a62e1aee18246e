"""Whatever is sent, the answer is FHIR and never a failure of the sandbox."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from smartpgx.sandbox.ehr.chart import row
from smartpgx.sandbox.record.checks import faults
from tests.sandbox.client import BASE, SmartClient
from tests.sandbox.conftest import observation
from tests.sandbox.test_record import issue

ODD: list[Any] = [None, 5, 1.5, True, "", "x", [], {}, [None], [[]], [5], {"a": 1}, {"coding": 5}, {"coding": ["x"]}]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *[place for key, value in inner for place in places(value, (*path, key))]]


def spoilt(resource: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    result = copy.deepcopy(resource)
    for _ in range(chance.randint(1, 3)):
        path = chance.choice([place for place in places(result) if place and place[0] not in ("resourceType", "id")])
        node: Any = result
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return result


def test_spoilt_resources(smart: SmartClient) -> None:
    smart.launch("anna", scope="launch user/*.cruds")
    chance = random.Random(17)
    for _ in range(150):
        resource = spoilt(chance.choice([issue(), observation("anna", 1, "51961-1", "x")]), chance)
        answer = smart.fhir("POST", f"/{resource['resourceType']}", resource)
        assert answer.status_code in (201, 400, 422), (resource, answer.text)
        assert json.loads(answer.text)["resourceType"] in (resource["resourceType"], "OperationOutcome")
        row({**resource, "id": "x"})


def test_spoilt_resources_have_faults_or_are_the_same() -> None:
    chance = random.Random(5)
    right = observation("anna", 1, "51961-1", "x")
    assert faults(right, lambda *_: True, BASE) == []
    found = [faults(spoilt(right, chance), lambda *_: True, BASE) for _ in range(200)]
    assert sum(bool(one) for one in found) > 150


def test_odd_seed_is_still_searched_and_shown(smart: SmartClient) -> None:
    store = smart.http.application.extensions["smartpgx.sandbox"].store
    chance = random.Random(3)
    for number in range(60):
        odd = spoilt(observation("anna", 1, "51961-1", "x"), chance)
        store.seed({**odd, "id": f"odd-{number}", "subject": {"reference": "Patient/anna"}})
    store.seed({"resourceType": "Patient", "id": "odd", "name": [5, {"given": 3}], "birthDate": 5})
    smart.launch("anna", scope="launch user/*.cruds")
    for query in (
        "code=x",
        "code:not=x",
        "date=ge2020",
        "category=laboratory",
        "_sort=-date,code,category,status",
        "subject=anna",
    ):
        assert smart.get(f"/Observation?patient=anna&{query}&_include=Observation:performer").status_code == 200
    assert smart.get("/Patient?family=x&name=y&birthdate=1960&identifier=z").status_code == 200
    assert smart.http.get("/chart/anna").status_code == 200
    assert smart.http.get("/chart/odd").status_code == 200
