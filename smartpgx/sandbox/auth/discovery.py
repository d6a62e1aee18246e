"""The discovery documents."""

from __future__ import annotations

from typing import Any

from smartpgx.sandbox.auth.clients import ASSERTION_ALGORITHMS
from smartpgx.sandbox.auth.grants import AUTH_METHODS
from smartpgx.sandbox.auth.scopes import CONTEXT, IDENTITY, REFRESH
from smartpgx.sandbox.config import SandboxConfig

CAPABILITIES = [
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
]


def openid_configuration(config: SandboxConfig) -> dict[str, Any]:
    """OpenID Connect discovery 1.0, at the issuer."""
    return {
        "issuer": config.issuer,
        "jwks_uri": config.issuer + "/jwks",
        "authorization_endpoint": config.issuer + "/authorize",
        "token_endpoint": config.issuer + "/token",
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": [
            *IDENTITY,
            *CONTEXT,
            *REFRESH,
            "patient/*.cruds",
            "user/*.cruds",
            "patient/*.read",
            "patient/*.write",
        ],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def smart_configuration(config: SandboxConfig) -> dict[str, Any]:
    """SMART App Launch 2.2, under the FHIR base."""
    return {**openid_configuration(config), "capabilities": CAPABILITIES}
