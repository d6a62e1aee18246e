"""The EHR launch: from the EHR's call to its authorization page, and back to our callback."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from msgspec import Struct

from smartpgx import addresses
from smartpgx.errors import LaunchRefused
from smartpgx.settings import Issuer
from smartpgx.smart.client_auth import attach_assertion, secret
from smartpgx.smart.discovery import Endpoints

STATE_BYTES = 32
"""256 bits in state, nonce and cookie, 384 in the PKCE verifier."""
_ERROR = re.compile(r"[a-z_]{1,40}")
_REASONS = {
    "access_denied": "the EHR or the person at it said no to this app",
    "login_required": "the EHR wants a new sign-in first",
    "interaction_required": "the EHR wants a new sign-in first",
    "temporarily_unavailable": "the EHR's sign-in is not available at the moment",
    "server_error": "the EHR's sign-in failed",
    "invalid_scope": "the EHR does not give the rights this app asks for",
    "invalid_client": "the EHR does not know this app, or not by this key",
    "unauthorized_client": "the EHR does not let this app sign in this way",
    "invalid_grant": "the EHR did not accept the launch: it was used before, or took too long",
    "invalid_request": "the EHR did not understand the launch",
}


class PendingLaunch(Struct, frozen=True, kw_only=True):
    """What one launch must remember until its callback, on the server only. ``cookie``: what its browser must show."""

    state: str
    cookie: str
    issuer: str
    launch: str | None
    verifier: str
    nonce: str
    scopes: tuple[str, ...]
    started: float


def session(issuer: Issuer, endpoints: Endpoints, redirect_uri: str) -> OAuth2Session:
    """An OAuth client for one request of one issuer; nothing of it is shared between launches."""
    made = OAuth2Session(
        issuer.client_id,
        secret(issuer),
        token_endpoint_auth_method=issuer.auth,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    if issuer.auth == "private_key_jwt":
        made.register_client_auth_method(("private_key_jwt", attach_assertion(issuer, endpoints.token)))
    return made


def begin(
    form: str,
    issuer: Issuer,
    endpoints: Endpoints,
    *,
    launch: str | None,
    scopes: tuple[str, ...],
    redirect_uri: str,
    now: float,
) -> tuple[str, PendingLaunch]:
    """The authorization address to send the browser to, and what to keep for the callback. Sends nothing itself."""
    pending = PendingLaunch(
        state=secrets.token_urlsafe(STATE_BYTES),
        cookie=secrets.token_urlsafe(STATE_BYTES),
        issuer=form,
        launch=launch,
        verifier=secrets.token_urlsafe(48),
        nonce=secrets.token_urlsafe(STATE_BYTES),
        scopes=scopes,
        started=now,
    )
    url, _ = session(issuer, endpoints, redirect_uri).create_authorization_url(
        endpoints.authorize,
        state=pending.state,
        code_verifier=pending.verifier,
        scope=" ".join(scopes),
        aud=issuer.iss,
        nonce=pending.nonce,
        **({"launch": launch} if launch else {}),
    )
    return url, pending


def code_of(answer: Mapping[str, Any], endpoints: Endpoints) -> str:
    """The authorization code of a callback. Raises LaunchRefused for an error, a wrong ``iss`` or no code."""
    said = answer.get("iss")
    if said is None and endpoints.says_iss:
        raise LaunchRefused("the answer does not say which server it comes from, though that server always says so")
    if said is not None and not _is_issuer(said, endpoints):
        raise LaunchRefused("the answer comes from another server than the one that was asked")
    if "error" in answer:
        raise refusal(answer.get("error"), answer.get("error_description"))
    code = answer.get("code")
    if not code:
        raise LaunchRefused("the EHR's answer holds no code")
    return str(code)


def refusal(error: Any, description: Any = None) -> LaunchRefused:
    """An OAuth error as ours. Only a plain error code enters the message; the server's sentence is shown, never logged."""
    code = str(error) if isinstance(error, str) and _ERROR.fullmatch(error) else "unknown"
    sentence = _REASONS.get(code, "the EHR refused the launch")
    return LaunchRefused(f"{sentence} ({code})", said=str(description)[:300] if description else None)


def _is_issuer(said: str, endpoints: Endpoints) -> bool:
    """RFC 9207: the authorization server's issuer, which is not the FHIR base. Unknown: its origin at least."""
    if endpoints.issuer:
        return said == endpoints.issuer
    try:
        return addresses.origin(said) == addresses.origin(endpoints.authorize)
    except addresses.BadAddress:
        return False
