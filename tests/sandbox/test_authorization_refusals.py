"""What a strict authorization server must refuse, one row per case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.client import BASE, REDIRECT, SmartClient, challenge, query_of

TOLD = [
    ("aud missing", {"aud": None}, "invalid_request"),
    ("aud with trailing slash", {"aud": BASE + "/"}, "invalid_request"),
    ("aud with another host name", {"aud": BASE.replace("127.0.0.1", "localhost")}, "invalid_request"),
    ("aud in other case", {"aud": BASE.replace("/fhir", "/FHIR")}, "invalid_request"),
    ("aud of the issuer", {"aud": "http://127.0.0.1:8321/auth"}, "invalid_request"),
    ("aud twice", {"aud": [BASE, BASE]}, "invalid_request"),
    ("no PKCE", {"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ("PKCE without challenge", {"code_challenge": None}, "invalid_request"),
    ("PKCE method missing, that is plain", {"code_challenge_method": None}, "invalid_request"),
    ("PKCE plain", {"code_challenge_method": "plain"}, "invalid_request"),
    ("PKCE challenge too short", {"code_challenge": "short"}, "invalid_request"),
    ("PKCE challenge twice", {"code_challenge": [challenge("a" * 50), challenge("b" * 50)]}, "invalid_request"),
    ("state missing", {"state": None}, "invalid_request"),
    ("state guessable", {"state": "12345678"}, "invalid_request"),
    ("scope missing", {"scope": None}, "invalid_scope"),
    ("scope without anything known", {"scope": "made-up"}, "invalid_scope"),
    ("scope with a query part only", {"scope": "patient/Observation.rs?code=1"}, "invalid_scope"),
    ("scope with letters out of order", {"scope": "patient/Observation.sr"}, "invalid_scope"),
    ("launch unknown", {"launch": "guessed"}, "invalid_request"),
    ("launch missing though its scope is asked", {"launch": None}, "invalid_request"),
    ("launch twice", {"launch": ["a", "b"]}, "invalid_request"),
    ("token in the front channel", {"response_type": "token"}, "unsupported_response_type"),
    ("response type missing", {"response_type": None}, "unsupported_response_type"),
]


@pytest.mark.parametrize(("changes", "error"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_refusal_is_told_to_the_client(smart: SmartClient, changes: dict[str, Any], error: str) -> None:
    answer = smart.authorize(smart.open("anna"), **changes)
    assert answer.status_code == 302
    assert answer.location.startswith(REDIRECT + "?")
    told = query_of(answer)
    assert told["error"] == error
    assert "code" not in told
    if "state" not in changes:
        assert told["state"] == smart.state


NOT_TOLD = [
    ("state twice", {"state": ["a" * 30, "b" * 30]}),
    ("redirect twice", {"redirect_uri": [REDIRECT, "http://evil.example/callback"]}),
    ("client unknown", {"client_id": "somebody"}),
    ("client missing", {"client_id": None}),
    ("redirect missing", {"redirect_uri": None}),
    ("redirect of another host", {"redirect_uri": "http://evil.example/callback"}),
    ("redirect with a query added", {"redirect_uri": REDIRECT + "?next=1"}),
    ("redirect with a path added", {"redirect_uri": REDIRECT + "/more"}),
    ("redirect with a trailing slash", {"redirect_uri": REDIRECT + "/"}),
    ("redirect that only begins alike", {"redirect_uri": REDIRECT + "x"}),
    ("redirect to another port", {"redirect_uri": REDIRECT.replace("8322", "8323")}),
    ("redirect with a script", {"redirect_uri": "javascript:alert(1)"}),
]


@pytest.mark.parametrize("changes", [row[1] for row in NOT_TOLD], ids=[row[0] for row in NOT_TOLD])
def test_refusal_that_must_not_redirect(smart: SmartClient, changes: dict[str, Any]) -> None:
    answer = smart.authorize(smart.open("anna"), **changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "Nothing was opened" in answer.text


def test_launch_is_single_use(smart: SmartClient) -> None:
    launch = smart.open("anna")
    assert "code" in query_of(smart.authorize(launch))
    assert query_of(smart.authorize(launch, nonce="another-nonce-" * 3))["error"] == "invalid_request"


def test_launch_expires(smart: SmartClient, clock: Any) -> None:
    launch = smart.open("anna")
    clock.now += 301
    assert query_of(smart.authorize(launch))["error"] == "invalid_request"


def test_launch_is_opaque(smart: SmartClient) -> None:
    first, second = smart.open("anna"), smart.open("anna")
    assert first != second and "anna" not in first and len(first) >= 32


def test_nonce_is_taken_once(smart: SmartClient) -> None:
    assert "code" in query_of(smart.authorize(smart.open("anna")))
    assert query_of(smart.authorize(smart.open("anna")))["error"] == "invalid_request"


TOKEN = [
    ("verifier missing", {"code_verifier": None}, "invalid_request"),
    ("verifier wrong", {"code_verifier": "w" * 64}, "invalid_grant"),
    ("verifier too short", {"code_verifier": "short"}, "invalid_request"),
    ("redirect missing", {"redirect_uri": None}, "invalid_grant"),
    ("redirect other", {"redirect_uri": REDIRECT + "/"}, "invalid_grant"),
    ("client other", {"client_id": "other-app"}, "invalid_grant"),
    ("client unknown", {"client_id": "somebody"}, "invalid_client"),
    ("client missing", {"client_id": None}, "invalid_client"),
    ("code missing", {"code": None}, "invalid_request"),
    ("code guessed", {"code": "guessed"}, "invalid_grant"),
    ("grant missing", {"grant_type": None}, "unsupported_grant_type"),
    ("grant of a password", {"grant_type": "password"}, "unsupported_grant_type"),
    ("grant of the client itself", {"grant_type": "client_credentials"}, "unsupported_grant_type"),
]


@pytest.mark.parametrize(("changes", "error"), [row[1:] for row in TOKEN], ids=[row[0] for row in TOKEN])
def test_token_refusal(smart: SmartClient, changes: dict[str, Any], error: str) -> None:
    code = query_of(smart.authorize(smart.open("anna")))["code"]
    answer = smart.exchange(code, **changes)
    assert answer.status_code in (400, 401)
    assert answer.json["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"
    assert "access_token" not in answer.json


def test_failed_attempt_spends_the_code(smart: SmartClient) -> None:
    code = query_of(smart.authorize(smart.open("anna")))["code"]
    smart.exchange(code, code_verifier="w" * 64)
    assert smart.exchange(code).json["error"] == "invalid_grant"


def test_code_replay_ends_what_the_code_brought(smart: SmartClient) -> None:
    code = query_of(smart.authorize(smart.open("anna")))["code"]
    smart.token = smart.exchange(code).json
    assert smart.get("/Patient/anna").status_code == 200
    assert smart.exchange(code).json["error"] == "invalid_grant"
    assert smart.get("/Patient/anna").status_code == 401
    assert smart.refresh(smart.token["refresh_token"]).json["error"] == "invalid_grant"


def test_code_lives_sixty_seconds(smart: SmartClient, clock: Any) -> None:
    code = query_of(smart.authorize(smart.open("anna")))["code"]
    clock.now += 61
    assert smart.exchange(code).json["error"] == "invalid_grant"


def test_token_request_is_a_form(smart: SmartClient) -> None:
    code = query_of(smart.authorize(smart.open("anna")))["code"]
    right = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": "smartpgx"}
    assert smart.http.post("/auth/token", json=right | {"code_verifier": smart.verifier}).status_code == 400
    assert smart.http.post("/auth/token", query_string=right, data={"code_verifier": smart.verifier}).status_code == 400
    assert smart.http.get("/auth/token", query_string=right).status_code == 405
    twice = right | {"code_verifier": smart.verifier, "code": [code, code]}
    assert smart.http.post("/auth/token", data=twice).json["error"] == "invalid_request"


def test_rotated_refresh_token_ends_the_whole_authorization(smart: SmartClient) -> None:
    first = smart.launch("anna")
    smart.token = smart.refresh(first["refresh_token"]).json
    assert smart.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert smart.get("/Patient/anna").status_code == 401
    assert smart.refresh(smart.token["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "launch patient/Condition.r"}, "invalid_scope"),
        ({"client_id": "other-app"}, "invalid_grant"),
        ({"refresh_token": "guessed"}, "invalid_grant"),
    ],
)
def test_refresh_refusal(smart: SmartClient, changes: dict[str, Any], error: str) -> None:
    token = smart.launch("anna")["refresh_token"]
    assert smart.refresh(token, **changes).json["error"] == error


def test_no_refresh_token_without_its_scope(smart: SmartClient) -> None:
    assert "refresh_token" not in smart.launch("anna", scope="launch patient/Patient.r")
