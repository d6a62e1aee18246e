"""Registered apps, and how they prove themselves at the token endpoint."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from smartpgx.sandbox.auth import scopes
from smartpgx.sandbox.auth.memory import AuthorizationMemory
from smartpgx.sandbox.config import SandboxClient

ASSERTION_SECONDS = 300
ASSERTION_ALGORITHMS = ["RS384", "ES384"]


class RegisteredClient:
    """A SandboxClient in the shape Authlib asks for."""

    def __init__(self, settings: SandboxClient) -> None:
        self.settings = settings

    def get_client_id(self) -> str:
        return self.settings.client_id

    def get_default_redirect_uri(self) -> None:
        """SMART requires the parameter, so there is no default."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Known scopes; None, which Authlib turns into invalid_scope, where nothing is left."""
        return scopes.known(scope or "") or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.settings.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self.settings.client_secret or "", client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method == self.auth_method

    @property
    def auth_method(self) -> str:
        """``private_key_jwt``, ``client_secret_basic`` or ``none``."""
        if self.settings.jwks:
            return "private_key_jwt"
        return "client_secret_basic" if self.settings.client_secret else "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


class PrivateKeyJwt(JWTBearerClientAssertion):  # type: ignore[misc]
    """Asymmetric client authentication as SMART 2 narrows it: RS384 or ES384, kid, jti once, five minutes at most."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, memory: AuthorizationMemory, token_url: str) -> None:
        super().__init__()
        self._memory, self._token_endpoint = memory, token_url

    def get_audiences(self) -> list[str]:
        return [self._token_endpoint]

    def resolve_client_public_key(self, client: RegisteredClient) -> KeySet:
        if not client.settings.jwks:
            raise InvalidClientError(description="The client has no registered keys.")
        return KeySet.import_key_set(dict(client.settings.jwks))  # type: ignore[arg-type]

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> Any:
        headers, claims = self.extract_assertion(assertion)
        if headers.get("typ") != "JWT" or not headers.get("kid"):
            raise InvalidClientError(description="The assertion header needs typ JWT and a kid.")
        if not any(key.kid == headers["kid"] for key in resolve_key.keys):
            raise InvalidClientError(description="The kid is not among the registered keys.")
        if claims.get("aud") != self._token_endpoint:
            raise InvalidClientError(description="The assertion aud is not the token endpoint.")
        if not isinstance(claims.get("exp"), (int, float)) or claims["exp"] > self._memory.clock() + ASSERTION_SECONDS:
            raise InvalidClientError(description="The assertion may be valid for five minutes at most.")
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=ASSERTION_ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="The assertion signature is not valid.") from error
        self.verify_claims(token.claims)
        return token.claims

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        key = (claims["sub"], jti)
        if key in self._memory.assertions:
            return False
        self._memory.assertions.add(key)
        return True
