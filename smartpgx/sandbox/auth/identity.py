"""The id_token, and the faults scenarios put into it."""

from __future__ import annotations

import base64
import json
from typing import Any

from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt

from smartpgx.sandbox.auth.keys import SigningKeys
from smartpgx.sandbox.auth.memory import AuthorizationMemory
from smartpgx.sandbox.config import SandboxConfig


class SmartIdentity(OpenIDCode):  # type: ignore[misc]
    """OpenID Connect with fhirUser: RS256, kid, nonce echoed and never taken twice."""

    def __init__(self, config: SandboxConfig, memory: AuthorizationMemory, keys: SigningKeys) -> None:
        super().__init__(require_nonce=False)
        self._config, self._memory, self._keys = config, memory, keys

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return (request.payload.client_id, nonce) in self._memory.nonces

    def resolve_client_private_key(self, client: Any) -> Any:
        return self._keys.own

    def get_encode_header(self, client: Any) -> dict[str, str]:
        return {"alg": "RS256", "kid": self._keys.kid, "typ": "JWT"}

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        now = int(self._memory.clock())
        return {"iss": self._config.issuer, "aud": client.get_client_id(), "iat": now, "exp": now + 300}

    def generate_user_info(self, user: Any, scope: str) -> dict[str, str]:
        """``user`` is the LaunchContext. fhirUser only where it was asked for."""
        asked, claims = scope.split(), {"sub": user.user}
        if "fhirUser" in asked or "profile" in asked:
            claims["fhirUser"] = f"{self._config.fhir_base}/Practitioner/{user.user}"
        return claims

    def encode_id_token(self, token: Any, request: Any) -> str:
        faults = request.authorization_code.authorization.context.scenarios
        text: str = super().encode_id_token(token, request)
        return self._spoilt(text, faults) if faults else text

    def process_token(self, grant: Any, response: Any) -> Any:
        """Adds the id_token to the token answer, unless the scenario withholds it."""
        token = response[1]
        if "no_id_token" not in grant.request.user.scenarios:
            super().process_token(grant, response)
        if "no_scope" in grant.request.user.scenarios:
            token.pop("scope", None)
        return token

    def _spoilt(self, text: str, faults: frozenset[str]) -> str:
        decoded = jwt.decode(text, self._keys.own, algorithms=["RS256"])
        header, claims = dict(decoded.header), dict(decoded.claims)
        if "id_wrong_aud" in faults:
            claims["aud"] = "another-app"
        if "id_wrong_nonce" in faults:
            claims["nonce"] = "of-another-sign-in"
        if "id_alg_none" in faults:
            return ".".join([_part({"alg": "none"}), _part(claims), ""])
        key = self._keys.foreign if "id_tamper" in faults else self._keys.own
        return jwt.encode(header, claims, key, algorithms=["RS256"])


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
