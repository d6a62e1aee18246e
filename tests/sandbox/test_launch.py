"""The launch as SMART App Launch 2.2 describes it, driven by hand."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.sandbox.client import BASE, SCOPE, SmartClient, query_of


def test_discovery_under_the_fhir_base(smart: SmartClient) -> None:
    found = smart.http.get("/fhir/.well-known/smart-configuration").json
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert {"launch-ehr", "client-public", "sso-openid-connect", "permission-v2"} <= set(found["capabilities"])
    assert found["issuer"] != BASE
    assert smart.http.get("/auth/.well-known/openid-configuration").json["issuer"] == found["issuer"]


def test_keys_may_be_cached_and_hold_nothing_private(smart: SmartClient) -> None:
    answer = smart.http.get("/auth/jwks")
    assert "max-age" in answer.headers["Cache-Control"]
    (key,) = answer.json["keys"]
    assert {"kty", "n", "e", "kid", "alg", "use"} <= set(key)
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)


def test_full_launch(smart: SmartClient) -> None:
    launch = smart.open("anna")
    answer = smart.authorize(launch)
    assert answer.status_code == 302
    returned = query_of(answer)
    assert returned["state"] == smart.state
    assert returned["iss"] == "http://127.0.0.1:8321/auth"
    response = smart.exchange(returned["code"])
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    token = response.json
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 300
    assert token["patient"] == "anna"
    assert token["need_patient_banner"] is True
    assert set(token["scope"].split()) == set(SCOPE.split())
    assert "refresh_token" in token
    smart.token = token
    assert smart.get("/Patient/anna").json["name"][0]["given"] == ["anna"]


def test_id_token(smart: SmartClient) -> None:
    token = smart.launch("anna")
    keys = KeySet.import_key_set(smart.http.get("/auth/jwks").json)
    decoded = jwt.decode(token["id_token"], keys, algorithms=["RS256"])
    assert decoded.header["kid"]
    assert decoded.claims["iss"] == "http://127.0.0.1:8321/auth"
    assert decoded.claims["aud"] == "smartpgx"
    assert decoded.claims["nonce"] == smart.nonce
    assert decoded.claims["fhirUser"] == f"{BASE}/Practitioner/sandbox-clinician"
    assert 0 < decoded.claims["exp"] - decoded.claims["iat"] <= 300


def test_unknown_and_narrowed_scopes_are_dropped(smart: SmartClient) -> None:
    asked = "launch patient/Patient.rs patient/Nonsense.rs patient/Observation.rs?category=laboratory system/*.rs made-up"
    assert smart.launch("anna", scope=asked)["scope"] == "launch patient/Patient.rs"


def test_nothing_left_is_invalid_scope(smart: SmartClient) -> None:
    returned = query_of(smart.authorize(smart.open("anna"), scope="patient/Nonsense.rs"))
    assert returned["error"] == "invalid_scope"


def test_without_the_launch_scope_there_is_no_patient(smart: SmartClient) -> None:
    token = smart.launch("anna", scope="openid patient/Patient.rs")
    assert "patient" not in token
    assert smart.get("/Patient/anna").status_code == 403


def test_v1_scopes(smart: SmartClient) -> None:
    smart.launch("anna", scope="launch patient/*.read")
    assert smart.get("/Observation?patient=anna").status_code == 200
    assert smart.fhir("POST", "/Observation", {"resourceType": "Observation"}).status_code == 403


def test_embedded_launch_needs_no_banner(smart: SmartClient) -> None:
    assert smart.launch("anna", embedded=True)["need_patient_banner"] is False


def test_authorize_by_post(smart: SmartClient) -> None:
    answer = smart.http.post("/auth/authorize", data=smart.request(smart.open("anna")))
    assert "code" in query_of(answer)


def test_standalone_asks_for_patient_and_consent(smart: SmartClient) -> None:
    asked = smart.request(None, scope="launch/patient patient/Patient.rs")
    page = smart.http.get("/auth/authorize", query_string=asked)
    assert page.status_code == 200
    question = page.text.split('name="question" value="')[1].split('"')[0]
    sent = {**asked, "question": question, "decision": "allow", "chosen_patient": "bert"}
    code = query_of(smart.http.post("/auth/authorize", data=sent))["code"]
    assert smart.exchange(code).json["patient"] == "bert"


def test_consent_cannot_be_forged(smart: SmartClient) -> None:
    sent = smart.request(smart.open("anna", "ask")) | {"decision": "allow", "question": "guessed"}
    assert smart.http.post("/auth/authorize", data=sent).status_code == 200


@pytest.mark.parametrize("path", ["/auth/authorize", "/chart/anna", "/"])
def test_pages_allow_no_script(smart: SmartClient, path: str) -> None:
    answer = smart.http.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "<script" not in answer.text and "style=" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_refresh_rotates(smart: SmartClient) -> None:
    first = smart.launch("anna")
    second = smart.refresh(first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert second["patient"] == "anna"
    smart.token = second
    assert smart.get("/Patient/anna").status_code == 200


def test_refresh_may_narrow(smart: SmartClient) -> None:
    first = smart.launch("anna")
    second = smart.refresh(first["refresh_token"], scope="launch patient/Patient.r").json
    assert second["scope"] == "launch patient/Patient.r" and "refresh_token" in second
    smart.token = second
    assert smart.get("/Observation?patient=anna").status_code == 403
    assert set(smart.refresh(second["refresh_token"]).json["scope"].split()) == set(SCOPE.split())


def test_access_token_ends(smart: SmartClient, clock: Any) -> None:
    smart.launch("anna")
    clock.now += 301
    answer = smart.get("/Patient/anna")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
