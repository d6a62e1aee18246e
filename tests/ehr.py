"""A small EHR for tests, written from the SMART and FHIR specifications: every answer can be bent."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import responses
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

ISS = "https://ehr.example.org/fhir"
ORIGIN = "https://ehr.example.org"
AUTH = "https://ehr.example.org/oauth2"
RSA = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}, private=True)
EC = ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"}, private=True)


class Ehr:
    """Registers itself with ``responses``. ``resources``: the FHIR store; ``calls``: what was asked of it."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.token_requests: list[tuple[dict[str, str], dict[str, str]]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.scope: str | None = "granted-as-asked"
        self.token_extra: dict[str, Any] = {}
        self.patient: str | None = "p"
        self.access = "token-1"
        self.claims: dict[str, Any] = {}
        self.alg = "RS256"
        self.header: dict[str, Any] = {"kid": "k1"}
        self.signing: Any = RSA
        self.keys = [RSA.as_dict(private=False), EC.as_dict(private=False)]
        self.metadata = capability()
        self.fault: Callable[[str, str, dict[str, str]], tuple[int, dict[str, str], str] | None] = lambda *_: None
        self.token_fault: Callable[[dict[str, str]], tuple[int, dict[str, str], str] | None] = lambda _: None
        self.configuration: dict[str, Any] = {
            "issuer": AUTH,
            "authorization_endpoint": f"{AUTH}/authorize",
            "token_endpoint": f"{AUTH}/token",
            "jwks_uri": f"{AUTH}/keys",
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-ehr", "client-public", "permission-v2", "sso-openid-connect"],
        }
        mock.add_callback("GET", f"{ISS}/.well-known/smart-configuration", lambda r: self._json(self.configuration))
        mock.add_callback("GET", f"{AUTH}/keys", lambda r: self._json({"keys": self.keys}))
        mock.add_callback("POST", f"{AUTH}/token", self._token)
        for method in ("GET", "POST", "PUT"):
            mock.add_callback(method, re.compile(re.escape(ISS) + r"(?!/\.well-known).*"), self._fhir)

    # --- sign-in ------------------------------------------------------------------------------------------------------

    def authorize(self, url: str) -> str:
        """What the browser would bring back: the callback's query for an authorization request that passes every check."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{AUTH}/authorize?")
        assert asked["response_type"] == "code" and asked["client_id"] == "client-1"
        assert asked["redirect_uri"] == "http://localhost:8322/callback"
        assert asked["aud"] == ISS and asked["launch"] and asked["scope"]
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 22 and len(asked["nonce"]) >= 22
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"/callback?code={code}&state={asked['state']}"

    def _token(self, request: Any) -> tuple[int, dict[str, str], str]:
        form = {k: v[0] for k, v in parse_qs(request.body if isinstance(request.body, str) else request.body.decode()).items()}
        self.token_requests.append((form, dict(request.headers)))
        fault = self.token_fault(form)
        if fault:
            return fault
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != "refresh-1":
                return self._json({"error": "invalid_grant"}, 400)
            self.access = "token-2"
            return self._json(
                {"access_token": "token-2", "token_type": "Bearer", "expires_in": 300, "refresh_token": "refresh-2"}
                | self.token_extra
            )
        asked = self.codes.pop(form["code"], None)
        if asked is None:
            return self._json({"error": "invalid_grant", "error_description": "<b>code used</b>"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert form["redirect_uri"] == asked["redirect_uri"]
        said: dict[str, Any] = {
            "access_token": self.access,
            "token_type": "Bearer",
            "expires_in": 300,
            "refresh_token": "refresh-1",
        }
        if self.patient is not None:
            said["patient"] = self.patient
        if self.scope is not None:
            said["scope"] = asked["scope"] if self.scope == "granted-as-asked" else self.scope
        said["id_token"] = self.id_token(asked["nonce"])
        said |= self.token_extra
        return self._json({k: v for k, v in said.items() if v is not None})

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": AUTH, "aud": "client-1", "sub": "u", "nonce": nonce, "iat": now, "exp": now + 300,
                  "fhirUser": "Practitioner/md", "name": "Dr Test"} | self.claims  # fmt: skip
        claims = {k: v for k, v in claims.items() if v is not None}
        return jwt.encode({"alg": self.alg} | self.header, claims, self.signing, algorithms=[self.alg])

    # --- FHIR ---------------------------------------------------------------------------------------------------------

    def put(self, *resources: dict[str, Any]) -> None:
        for resource in resources:
            self.resources[resource["resourceType"], resource["id"]] = {"meta": {"versionId": "1"}} | resource

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [r for (k, _), r in self.resources.items() if k == kind]

    def _fhir(self, request: Any) -> tuple[int, dict[str, str], str]:
        path = urlsplit(request.url).path.removeprefix("/fhir").strip("/")
        headers = {k.lower(): v for k, v in request.headers.items()}
        self.calls.append((request.method, path + ("?" + urlsplit(request.url).query if "?" in request.url else ""), headers))
        fault = self.fault(request.method, path, headers)
        if fault:
            return fault
        if path == "metadata":
            return self._json(self.metadata)
        if headers.get("authorization") != f"Bearer {self.access}":
            return self._json({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]}, 401)
        if request.method == "GET":
            return self._search(path, request.url) if "/" not in path else self._read(path)
        return self._write(request, path, headers)

    def _read(self, path: str) -> tuple[int, dict[str, str], str]:
        kind, id = path.split("/")[:2]
        found = self.resources.get((kind, id))
        return self._json(found) if found else self._json({"resourceType": "OperationOutcome"}, 404)

    def _search(self, kind: str, url: str) -> tuple[int, dict[str, str], str]:
        query = dict(parse_qsl(urlsplit(url).query))
        matches = [r for r in self.of(kind) if matched(r, query)]
        entries = [{"resource": r, "search": {"mode": "match"}} for r in matches]
        return self._json(
            {"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": [{"relation": "self", "url": url}]}
        )

    def _write(self, request: Any, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body)
        if request.method == "POST":
            assert "id" not in body
            id, version, status = f"s{len(self.resources)}", "1", 201
        else:
            id = path.split("/")[1]
            version = str(int(self.resources[body["resourceType"], id]["meta"]["versionId"]) + 1)
            if headers.get("if-match") != f'W/"{int(version) - 1}"':
                return self._json({"resourceType": "OperationOutcome"}, 409)
            status = 200
        stored = body | {"id": id, "meta": body.get("meta", {}) | {"versionId": version, "lastUpdated": "2026-11-24T10:00:00Z"}}
        self.resources[body["resourceType"], id] = stored
        return self._json(stored, status)

    @staticmethod
    def _json(body: Any, status: int = 200) -> tuple[int, dict[str, str], str]:
        return status, {"Content-Type": "application/json"}, json.dumps(body)


def matched(resource: dict[str, Any], query: dict[str, str]) -> bool:
    subject = (resource.get("subject") or resource.get("patient") or {}).get("reference")
    if "patient" in query and subject != f"Patient/{query['patient']}":
        return False
    if "target" in query:
        return query["target"] in [t["reference"] for t in resource.get("target", [])]
    if "identifier" in query:
        system, value = query["identifier"].split("|")
        return any(i["system"] == system and value in ("", i["value"]) for i in resource.get("identifier", []))
    for key in ("code", "category"):
        if key in query:
            concepts = resource.get(key, [])
            concepts = concepts if isinstance(concepts, list) else [concepts]
            tokens = {f"{c.get('system')}|{c.get('code')}" for k in concepts for c in k.get("coding", [])}
            if not tokens & set(query[key].split(",")):
                return False
    return True


def capability(*without: str) -> dict[str, Any]:
    kinds = ["Patient", "Consent", "MedicationRequest", "Medication", "MedicationStatement", "Condition", "AllergyIntolerance",
             "Observation", "DiagnosticReport", "MolecularSequence", "Specimen", "DetectedIssue", "Provenance"]  # fmt: skip
    codes = ["read", "search-type", "create", "update"]
    return {
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "rest": [{"mode": "server", "resource": [
            {"type": k, "interaction": [{"code": c} for c in codes]} for k in kinds if k not in without]}],
    }  # fmt: skip


def patient(id: str = "p", family: str = "Secretname") -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "name": [{"family": family, "given": ["Pat"]}], "birthDate": "1961-04-02"}


def mocked() -> Iterator[Ehr]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Ehr(mock)
