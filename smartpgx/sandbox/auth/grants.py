"""The two grants SMART uses, and the checks SMART adds to those of OAuth 2."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from smartpgx.sandbox.auth import scopes
from smartpgx.sandbox.auth.memory import Authorization, AuthorizationCode, AuthorizationMemory, LaunchContext

AUTH_METHODS = ["none", "client_secret_basic", "private_key_jwt"]
STATE_LENGTH = 21
"""Characters: the fewest of base64url that can hold the 122 random bits SMART asks for."""


class S256Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE for every client, S256 only."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"


def check_smart_request(data: Any, once: Any, fhir_base: str) -> None:
    """SMART's rules for an authorization request. Raises InvalidRequestError.

    ``data`` gives single values, ``once`` lists of values by parameter.
    """
    for name in ("aud", "launch", "nonce"):
        if len(once.get(name, [])) > 1:
            raise InvalidRequestError(f"Multiple '{name}' in request.")
    if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
        raise InvalidRequestError("PKCE with code_challenge_method S256 is required.")
    if len(data.get("state") or "") < STATE_LENGTH:
        raise InvalidRequestError(f"state is required and needs at least {STATE_LENGTH} characters.")
    if data.get("aud") != fhir_base:
        raise InvalidRequestError("aud has to equal the FHIR base address.")
    asked = (data.get("scope") or "").split()
    if not asked:
        raise InvalidScopeError("scope is required.")
    if "launch" in asked and not data.get("launch"):
        raise InvalidRequestError("The scope launch needs the launch parameter of the EHR.")


class SmartCodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Authorization code grant bound to a launch context; ``server`` is a SmartAuthorizationServer."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def validate_authorization_request(self) -> str:
        """The redirect URI. Raises OAuth2Error, with ``redirect_uri`` where the client may be told."""
        redirect_uri: str = super().validate_authorization_request()
        payload = self.request.payload
        try:
            check_smart_request(payload.data, payload.datalist, self.server.config.fhir_base)
            launch = payload.data.get("launch")
            if launch and self._memory.launch(launch, self.request.client.get_client_id()) is None:
                raise InvalidRequestError("The launch value is unknown, used, expired or of another app.")
        except OAuth2Error as error:
            error.redirect_uri = redirect_uri
            raise
        return redirect_uri

    @property
    def _memory(self) -> AuthorizationMemory:
        memory: AuthorizationMemory = self.server.memory
        return memory

    def save_authorization_code(self, code: str, request: Any) -> None:
        """``request.user`` is the LaunchContext the clinician consented to."""
        data, context = request.payload.data, request.user
        scope = scopes.granted(request.scope, context.scenarios)
        if not scope:
            raise InvalidScopeError(redirect_uri=request.payload.redirect_uri)
        self._memory.launches.pop(data.get("launch"), None)
        if nonce := data.get("nonce"):
            self._memory.nonces.add((request.client.get_client_id(), nonce))
        now = self._memory.clock()
        self._memory.codes[code] = AuthorizationCode(
            authorization=Authorization(request.client.get_client_id(), context, scope),
            redirect_uri=request.payload.redirect_uri,
            code_challenge=data["code_challenge"],
            code_challenge_method=data["code_challenge_method"],
            nonce=data.get("nonce"),
            auth_time=int(now),
            expires_at=now + self.server.config.code_seconds,
        )

    def query_authorization_code(self, code: str, client: Any) -> AuthorizationCode | None:
        return self._memory.take_code(code, client.get_client_id())

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Nothing to do: asking for a code has taken it out."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> LaunchContext:
        return authorization_code.authorization.context


class SmartRefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Refresh with rotation: each refresh token serves once."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Any:
        return self.server.memory.live_refresh(refresh_token)

    def authenticate_user(self, refresh_token: Any) -> LaunchContext:
        context: LaunchContext = refresh_token.authorization.context
        return context

    def revoke_old_credential(self, refresh_token: Any) -> None:
        refresh_token.used = True
