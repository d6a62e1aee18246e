"""How we prove to be the registered client: a shared secret, or an assertion signed with our own key.

Authlib's own assertion lives 3600 s and carries no key id; SMART allows 300 s and demands one. So it is made here.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from smartpgx.errors import SettingsError
from smartpgx.settings import Issuer

ASSERTION_SECONDS = 240
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

SigningKey = RSAKey | ECKey
Attach = Callable[[Any, str, str, dict[str, str], Any], tuple[str, dict[str, str], Any]]


def secret(issuer: Issuer, environ: Mapping[str, str] = os.environ) -> str | None:
    """The client secret, from the environment variable the issuer's settings name."""
    return environ.get(issuer.client_secret_env or "") if issuer.auth == "client_secret_basic" else None


def signing_key(issuer: Issuer) -> tuple[SigningKey, str]:
    """Our private key for this issuer and its algorithm, RS384 or ES384. Raises SettingsError."""
    try:
        text = Path(issuer.private_key_file or "").read_bytes()
    except OSError as problem:
        raise SettingsError(f"private_key_file of {issuer.name}: cannot be read ({problem.strerror})") from None
    value: Any = json.loads(text) if text.lstrip().startswith(b"{") else text
    for kind, algorithm in ((ECKey, "ES384"), (RSAKey, "RS384")):
        try:
            key: SigningKey = kind.import_key(value)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if key.is_private and (isinstance(key, RSAKey) or key.curve_name == "P-384"):
            return key, algorithm
    raise SettingsError(f"private_key_file of {issuer.name}: neither a private RSA key nor one on the curve P-384")


def assertion(issuer: Issuer, token_endpoint: str, now: float) -> str:
    """A client assertion for one request: RS384 or ES384, our key id, valid for ASSERTION_SECONDS, its jti used once."""
    key, algorithm = signing_key(issuer)
    claims = {
        "iss": issuer.client_id,
        "sub": issuer.client_id,
        "aud": token_endpoint,
        "jti": secrets.token_urlsafe(24),
        "iat": int(now),
        "exp": int(now) + ASSERTION_SECONDS,
    }
    return jwt.encode({"alg": algorithm, "typ": "JWT", "kid": issuer.kid or ""}, claims, key, algorithms=[algorithm])


def attach_assertion(issuer: Issuer, token_endpoint: str) -> Attach:
    """An Authlib client authentication method that adds the assertion to the form and leaves client_id out."""

    def attach(_: Any, __: str, uri: str, headers: dict[str, str], body: Any) -> tuple[str, dict[str, str], Any]:
        text = body.decode() if isinstance(body, bytes) else body or ""
        form = [(k, v) for k, v in parse_qsl(text) if k != "client_id"]
        form += [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion(issuer, token_endpoint, time.time())),
        ]
        made = urlencode(form)
        headers["Content-Length"] = str(len(made))
        return uri, headers, made

    return attach


def public_keys(issuers: tuple[Issuer, ...]) -> dict[str, Any]:
    """Our key set for EHRs to check assertions with: public members only."""
    keys = []
    for issuer in issuers:
        if issuer.auth == "private_key_jwt":
            key, algorithm = signing_key(issuer)
            public = dict(key.as_dict(private=False))
            keys.append(public | {"kid": issuer.kid or "", "alg": algorithm, "use": "sig"})
    return {"keys": list({k["kid"]: k for k in keys}.values())}
