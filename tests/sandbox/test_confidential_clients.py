"""Clients with a secret, and with a key pair."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from smartpgx.sandbox.app import create_sandbox
from smartpgx.sandbox.config import SandboxClient, SandboxConfig
from tests.sandbox.client import SmartClient, query_of

TOKEN_URL = "http://127.0.0.1:8321/auth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def launched(fixtures: Path, clock: Any, settings: SandboxClient) -> tuple[SmartClient, str]:
    app = create_sandbox(SandboxConfig(clients=(settings,), fixtures=fixtures, controls=True, clock=clock))
    smart = SmartClient(app.test_client(), settings.client_id)
    return smart, query_of(smart.authorize(smart.open("anna")))["code"]


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def test_secret_by_basic(fixtures: Path, clock: Any) -> None:
    smart, code = launched(fixtures, clock, SandboxClient(client_id="site", client_secret="s3cret"))
    answer = smart.exchange(code, client_id=None, headers=basic("site", "s3cret"))
    assert answer.status_code == 200 and answer.json["patient"] == "anna"


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({"client_id": None}, basic("site", "wrong")),
        ({"client_id": None}, basic("nobody", "s3cret")),
        ({}, None),
        ({"client_secret": "s3cret"}, None),
    ],
    ids=["wrong secret", "unknown client", "no secret", "secret in the body"],
)
def test_secret_refusals(fixtures: Path, clock: Any, changes: dict[str, Any], headers: Any) -> None:
    smart, code = launched(fixtures, clock, SandboxClient(client_id="site", client_secret="s3cret"))
    answer = smart.exchange(code, headers=headers, **changes)
    assert answer.status_code == 401
    assert answer.json["error"] == "invalid_client"
    assert "Basic" in answer.headers["WWW-Authenticate"]


KEYS = {
    "RS384": RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "one", "use": "sig"}),
}


def assertion(clock: Any, alg: str = "ES384", header: Any = None, key: Any = None, **claims: Any) -> str:
    content = {"iss": "site", "sub": "site", "aud": TOKEN_URL, "exp": int(clock()) + 240, "jti": uuid.uuid4().hex, **claims}
    kept = {name: value for name, value in content.items() if value is not None}
    heading = {"alg": alg, "kid": "one", "typ": "JWT", **(header or {})}
    return jwt.encode({k: v for k, v in heading.items() if v}, kept, key or KEYS[alg], algorithms=[heading["alg"]])


def keyed(fixtures: Path, clock: Any, alg: str = "ES384") -> tuple[SmartClient, str]:
    jwks = {"keys": [KEYS[alg].as_dict(private=False)]}
    return launched(fixtures, clock, SandboxClient(client_id="site", jwks=jwks))


@pytest.mark.parametrize("alg", ["RS384", "ES384"])
def test_key_pair(fixtures: Path, clock: Any, alg: str) -> None:
    smart, code = keyed(fixtures, clock, alg)
    sent = {"client_id": None, "client_assertion_type": ASSERTION, "client_assertion": assertion(clock, alg)}
    assert smart.exchange(code, **sent).status_code == 200


REFUSED = {
    "another key": {"key": ECKey.generate_key("P-384", {"kid": "one"})},
    "no kid": {"header": {"kid": None}},
    "unknown kid": {"header": {"kid": "two"}},
    "other typ": {"header": {"typ": "at+jwt"}},
    "aud of the base": {"aud": "http://127.0.0.1:8321/fhir"},
    "aud with slash": {"aud": TOKEN_URL + "/"},
    "no exp": {"exp": None},
    "no jti": {"jti": None},
    "iss of another": {"iss": "else"},
    "unknown client": {"sub": "else", "iss": "else"},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_key_pair_refusals(fixtures: Path, clock: Any, changes: dict[str, Any]) -> None:
    smart, code = keyed(fixtures, clock)
    sent = {"client_id": None, "client_assertion_type": ASSERTION, "client_assertion": assertion(clock, **changes)}
    answer = smart.exchange(code, **sent)
    assert answer.status_code in (400, 401) and answer.json["error"] == "invalid_client"


def test_assertion_of_an_hour_is_refused(fixtures: Path, clock: Any) -> None:
    smart, code = keyed(fixtures, clock)
    sent = {"client_assertion_type": ASSERTION, "client_assertion": assertion(clock, exp=int(clock()) + 3600)}
    assert smart.exchange(code, client_id=None, **sent).json["error"] == "invalid_client"


def test_jti_serves_once(fixtures: Path, clock: Any) -> None:
    smart, code = keyed(fixtures, clock)
    sent = {"client_id": None, "client_assertion_type": ASSERTION, "client_assertion": assertion(clock)}
    token = smart.exchange(code, **sent).json
    again = {"client_assertion_type": ASSERTION, "client_assertion": sent["client_assertion"], "client_id": ""}
    assert smart.refresh(token["refresh_token"], **again).json["error"] == "invalid_client"


def test_public_use_of_a_keyed_client(fixtures: Path, clock: Any) -> None:
    smart, code = keyed(fixtures, clock)
    assert smart.exchange(code).json["error"] == "invalid_client"
