"""Every simulated fault does what its label says, and only to its launch."""

from __future__ import annotations

import json

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from smartpgx.sandbox import scenarios
from tests.sandbox.client import SmartClient, query_of
from tests.sandbox.test_record import issue


def answers(smart: SmartClient, count: int = 4) -> list[int]:
    return [smart.get("/Patient/anna").status_code for _ in range(count)]


def test_access_denied(smart: SmartClient) -> None:
    launch = smart.open("anna", "access_denied")
    told = query_of(smart.authorize(launch))
    assert told["error"] == "access_denied" and told["state"] == smart.state


def test_ask_and_refuse(smart: SmartClient) -> None:
    asked = smart.request(smart.open("anna", "ask"))
    page = smart.http.get("/auth/authorize", query_string=asked)
    assert page.status_code == 200 and "Allow smartpgx" in page.text
    assert query_of(smart.http.post("/auth/authorize", data=asked | {"decision": "deny"}))["error"] == "access_denied"


def test_no_patient(smart: SmartClient) -> None:
    token = smart.launch("anna", "no_patient")
    assert "patient" not in token
    assert answers(smart, 1) == [403] and smart.get("/Observation").status_code == 403


def test_downgrade(smart: SmartClient) -> None:
    token = smart.launch("anna", "downgrade")
    assert "patient/Observation.rs" in token["scope"].split()
    assert "patient/DetectedIssue.rs" in token["scope"].split()
    assert smart.fhir("POST", "/DetectedIssue", issue()).status_code == 403


@pytest.mark.parametrize(
    ("name", "missing"), [("no_refresh", "refresh_token"), ("no_scope", "scope"), ("no_id_token", "id_token")]
)
def test_left_out_of_the_token_answer(smart: SmartClient, name: str, missing: str) -> None:
    assert missing not in smart.launch("anna", name)
    assert answers(smart, 1) == [200]


def test_token_type(smart: SmartClient) -> None:
    assert smart.launch("anna", "token_type")["token_type"] == "mac"


def test_id_tokens_no_client_may_take(smart: SmartClient) -> None:
    keys = KeySet.import_key_set(smart.http.get("/auth/jwks").json)
    for name in ("id_alg_none", "id_tamper"):
        token = SmartClient(smart.http).launch("anna", name)["id_token"]
        with pytest.raises((JoseError, ValueError)):
            jwt.decode(token, keys, algorithms=["RS256"])
    assert token.split(".")[0]
    wrong = SmartClient(smart.http)
    audience = jwt.decode(wrong.launch("anna", "id_wrong_aud")["id_token"], keys, algorithms=["RS256"])
    assert audience.claims["aud"] == "another-app"
    other = SmartClient(smart.http)
    nonce = jwt.decode(other.launch("anna", "id_wrong_nonce")["id_token"], keys, algorithms=["RS256"])
    assert nonce.claims["nonce"] != other.nonce


def test_slow(smart: SmartClient) -> None:
    smart.launch("anna", "slow")
    assert answers(smart, 1) == [200]


def test_down_and_html(smart: SmartClient) -> None:
    smart.launch("anna", "down")
    assert answers(smart, 2) == [503, 503]
    other = SmartClient(smart.http)
    other.launch("anna", "html")
    page = other.get("/Patient/anna")
    assert page.status_code == 200 and page.mimetype == "text/html"


def test_expired_once(smart: SmartClient) -> None:
    token = smart.launch("anna", "expired_once")
    assert answers(smart) == [200, 200, 401, 401]
    smart.token = smart.refresh(token["refresh_token"]).json
    assert answers(smart) == [200] * 4


def test_429(smart: SmartClient) -> None:
    smart.launch("anna", "429")
    assert smart.get("/Patient/anna").headers["Retry-After"] == "1"
    assert answers(smart, 2) == [429, 200]


@pytest.mark.parametrize(("name", "kind"), [("no_molecularsequence", "MolecularSequence"), ("no_detectedissue", "DetectedIssue")])
def test_missing_types(smart: SmartClient, name: str, kind: str) -> None:
    token = smart.launch("anna", name)
    assert kind not in token["scope"]
    assert smart.get(f"/{kind}?patient=anna").status_code == 404
    kinds = {row["type"] for row in json.loads(smart.get("/metadata").text)["rest"][0]["resource"]}
    assert kind not in kinds
    smart.http.post("/controls/faults", json={"scenarios": [name]})
    open_kinds = {row["type"] for row in json.loads(smart.http.get("/fhir/metadata").text)["rest"][0]["resource"]}
    assert kind not in open_kinds


def test_plain_parameters(smart: SmartClient) -> None:
    smart.launch("anna", "unknown_param_400")
    assert smart.get("/Observation?patient=anna&code=51961-1").status_code == 200
    assert smart.get("/Observation?patient=anna&_count=10").status_code == 400


def test_small_pages(smart: SmartClient) -> None:
    smart.launch("anna", "small_pages")
    assert len(json.loads(smart.get("/Observation?_count=100").text)["entry"]) == 2


def test_search_cache(smart: SmartClient) -> None:
    smart.launch("anna", "search_cache")
    place = "/DetectedIssue?patient=anna"
    assert json.loads(smart.get(place).text)["total"] == 0
    smart.fhir("POST", "/DetectedIssue", issue())
    stale = smart.get(place)
    assert stale.headers["X-Cache"] == "HIT" and json.loads(stale.text)["total"] == 0
    assert json.loads(smart.get(place, Cache_Control="no-cache").text)["total"] == 1


def test_refused_and_lost_writes(smart: SmartClient) -> None:
    smart.launch("anna", "write_422")
    assert smart.fhir("POST", "/DetectedIssue", issue()).status_code == 422
    other = SmartClient(smart.http)
    other.launch("anna", "write_lost")
    assert other.fhir("POST", "/DetectedIssue", issue()).status_code == 504
    assert json.loads(other.get("/DetectedIssue?patient=anna").text)["total"] == 1


def test_a_fault_stays_with_its_launch(smart: SmartClient) -> None:
    smart.launch("anna", "down")
    other = SmartClient(smart.http)
    other.launch("anna")
    assert (answers(smart, 1), answers(other, 1)) == ([503], [200])


def test_faults_for_everyone(anna: SmartClient) -> None:
    anna.http.post("/controls/faults", json={"scenarios": ["down"]})
    assert answers(anna, 1) == [503]
    assert anna.http.get("/fhir/.well-known/smart-configuration").status_code == 503
    anna.http.post("/controls/faults", json={"scenarios": []})
    assert answers(anna, 1) == [200]


def test_unknown_scenario(smart: SmartClient) -> None:
    answer = smart.http.post("/controls/faults", json={"scenarios": ["slwo"]})
    assert answer.status_code == 400 and "Did you mean 'slow'?" in answer.json["error"]


def test_request_log_holds_no_token(anna: SmartClient) -> None:
    anna.get("/Patient/anna")
    log = anna.http.get("/controls/requests").text
    assert "/fhir/Patient/anna" in log and anna.token["access_token"] not in log


def test_every_scenario_is_tested() -> None:
    with open(__file__, encoding="utf-8") as source:
        text = source.read()
    assert [name for name in scenarios.NAMES if f'"{name}"' not in text] == []
