"""A SMART client written by hand for these tests: no library of the app, nothing hidden."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SCOPE = (
    "launch openid fhirUser online_access patient/Patient.r patient/Observation.cruds patient/MedicationRequest.rs "
    "patient/DetectedIssue.cruds patient/Provenance.crs patient/MolecularSequence.rs"
)
REDIRECT = "http://localhost:8322/callback"
BASE = "http://127.0.0.1:8321/fhir"


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def query_of(response: TestResponse) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


class SmartClient:
    """Launches and talks FHIR through a Flask test client."""

    def __init__(self, http: FlaskClient, client_id: str = "smartpgx") -> None:
        self.http, self.client_id = http, client_id
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(24)
        self.nonce = secrets.token_urlsafe(24)
        self.token: dict[str, Any] = {}

    def open(self, patient: str, *scenarios: str, embedded: bool = False) -> str:
        sent = {"patient": patient, "client_id": self.client_id, "scenarios": list(scenarios), "embedded": embedded}
        answer = self.http.post("/controls/launches", json=sent)
        assert answer.status_code == 200, answer.text
        return str(answer.json["launch"])

    def request(self, launch: str | None, /, **changes: Any) -> dict[str, Any]:
        """Parameters of a right authorization request with ``changes``; None takes one out."""
        right = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
            "state": self.state,
            "aud": BASE,
            "launch": launch,
            "nonce": self.nonce,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**right, **changes}.items() if value is not None}

    def authorize(self, launch: str | None, /, **changes: Any) -> TestResponse:
        return self.http.get("/auth/authorize", query_string=self.request(launch, **changes))

    def exchange(self, code: str, /, *, headers: Any = None, **changes: Any) -> TestResponse:
        right = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": self.client_id,
            "code_verifier": self.verifier,
        }
        sent = {name: value for name, value in {**right, **changes}.items() if value is not None}
        return self.http.post("/auth/token", data=sent, headers=headers)

    def refresh(self, token: str, /, **changes: Any) -> TestResponse:
        sent = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.client_id, **changes}
        return self.http.post("/auth/token", data=sent)

    def launch(self, patient: str, *scenarios: str, embedded: bool = False, **changes: Any) -> dict[str, Any]:
        """A whole launch; the token answer, kept for ``fhir``."""
        answer = query_of(self.authorize(self.open(patient, *scenarios, embedded=embedded), **changes))
        assert answer.get("state") == self.state, answer
        response = self.exchange(answer["code"])
        assert response.status_code == 200, response.text
        self.token = response.json
        return self.token

    def fhir(self, method: str, path: str, resource: Any = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token.get('access_token', '')}", "Accept": "application/fhir+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if resource is not None:
            sent.setdefault("Content-Type", "application/fhir+json")
        body = json.dumps(resource) if isinstance(resource, dict) else resource
        return self.http.open(path if path.startswith("http") else "/fhir" + path, method=method, headers=sent, data=body)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.fhir("GET", path, **headers)
