"""The authorization server: Authlib's, with SMART's launch context in its answers."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import request as flask_request

from smartpgx.sandbox.access import Access
from smartpgx.sandbox.auth import scopes
from smartpgx.sandbox.auth.clients import PrivateKeyJwt, RegisteredClient
from smartpgx.sandbox.auth.grants import S256Challenge, SmartCodeGrant, SmartRefreshGrant
from smartpgx.sandbox.auth.identity import SmartIdentity
from smartpgx.sandbox.auth.keys import SigningKeys
from smartpgx.sandbox.auth.memory import Authorization, AuthorizationMemory, Token
from smartpgx.sandbox.config import SandboxConfig

REFRESH_SECONDS = 8 * 3600


class PlainRequest(FlaskOAuth2Request):  # type: ignore[misc]
    """Authlib's request without its demand for https: the sandbox may be reached in a closed network by its name."""

    def __init__(self, request: Any) -> None:
        OAuth2Request.__init__(self, request.method, "https://sandbox.invalid" + request.path, headers=request.headers)
        self._request = request
        self.payload = FlaskOAuth2Payload(request)


class NamedIssuer(IssuerParameter):  # type: ignore[misc]
    """Puts ``iss`` into authorization answers (RFC 9207)."""

    def __init__(self, server: SmartAuthorizationServer) -> None:
        self._issuer = server.config.issuer
        self(server)

    def get_issuer(self) -> str:
        return self._issuer


class SmartAuthorizationServer(AuthorizationServer):  # type: ignore[misc]
    """Knows the registered apps and the launches; ``access`` is what the FHIR side asks."""

    def __init__(self, config: SandboxConfig) -> None:
        super().__init__()
        self.config = config
        self.memory = AuthorizationMemory(config.clock)
        self.keys = SigningKeys()
        self._clients = {client.client_id: RegisteredClient(client) for client in config.clients}
        self.register_token_generator("default", self._new_token)
        identity = SmartIdentity(config, self.memory, self.keys)
        self.register_grant(SmartCodeGrant, [S256Challenge(required=True), identity])
        self.register_grant(SmartRefreshGrant)
        self.register_client_auth_method("private_key_jwt", PrivateKeyJwt(self.memory, config.issuer + "/token"))
        self.register_extension(NamedIssuer)

    def query_client(self, client_id: str) -> RegisteredClient | None:
        return self._clients.get(client_id)

    def create_oauth2_request(self, request: Any) -> PlainRequest:
        return PlainRequest(request or flask_request)

    def _new_token(self, grant_type: str, client: Any, user: Any, scope: str, **_: Any) -> dict[str, Any]:
        token = {
            "access_token": secrets.token_urlsafe(32),
            "token_type": "mac" if "token_type" in user.scenarios else "Bearer",
            "expires_in": self.config.access_token_seconds,
            "scope": scope,
        }
        if set(scope.split()) & set(scopes.REFRESH):
            token["refresh_token"] = secrets.token_urlsafe(32)
        return token

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Remember the tokens and add the launch context to the answer."""
        issued = request.authorization_code or request.refresh_token
        authorization: Authorization = issued.authorization
        if request.refresh_token:
            token.setdefault("refresh_token", secrets.token_urlsafe(32))
        first, now = request.authorization_code is not None, self.memory.clock()
        expires = now + self.config.access_token_seconds
        self.memory.access_tokens[token["access_token"]] = Token(authorization, token["scope"], expires, first)
        if "refresh_token" in token:
            kept = authorization.scope
            self.memory.refresh_tokens[token["refresh_token"]] = Token(authorization, kept, now + REFRESH_SECONDS, first)
        context = authorization.context
        if context.patient and set(authorization.scope.split()) & set(scopes.CONTEXT):
            token["patient"] = context.patient
        token["need_patient_banner"] = not context.embedded
        token["smart_style_url"] = self.config.public_url + "/auth/style.json"

    def access(self, text: str) -> Access | None:
        """Rights of a bearer token; None where it is unknown, expired or revoked."""
        token = self.memory.live_access(text)
        if token is None:
            return None
        if "expired_once" in token.authorization.context.scenarios and token.first:
            token.authorization.seen["token use"] += 1
            if token.authorization.seen["token use"] > 2:
                token.expires_at = 0
                return None
        authorization = token.authorization
        bound = set(authorization.scope.split()) & set(scopes.CONTEXT)
        patient = authorization.context.patient if bound else None
        return Access(authorization.key, patient, scopes.resource_scopes(token.scope), authorization.context.scenarios)
