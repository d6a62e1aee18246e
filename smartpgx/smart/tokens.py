"""Codes to tokens, and tokens to newer ones. What the answer says is checked; what it leaves out is assumed the worst."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from msgspec import Struct

from smartpgx.domain.visit import Tokens
from smartpgx.errors import LaunchRefused, PatientChanged, PatientMissing, TokenExpired
from smartpgx.settings import Issuer
from smartpgx.smart.discovery import Endpoints
from smartpgx.smart.fetch import bounded, parsed
from smartpgx.smart.launch import PendingLaunch, refusal, session

SHORT_SECONDS = 300
"""Assumed life of a token whose answer does not say, or says something that is no number of seconds."""
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_REQUEST = {"timeout": (3.05, 15), "allow_redirects": False, "stream": True}


class Granted(Struct, frozen=True, kw_only=True):
    """What one exchange gave. ``id_token`` is still to be validated; ``scopes_stated`` false: the answer named none."""

    tokens: Tokens
    patient: str
    encounter: str | None = None
    id_token: str | None = None
    need_patient_banner: bool = True
    intent: str | None = None
    scopes_stated: bool = True


def exchange(issuer: Issuer, endpoints: Endpoints, pending: PendingLaunch, code: str, redirect_uri: str, now: float) -> Granted:
    """Redeem the code, once. Raises LaunchRefused, or PatientMissing where no patient is in context."""
    said = _ask(
        lambda s: s.fetch_token(
            endpoints.token,
            grant_type="authorization_code",
            code=code,
            code_verifier=pending.verifier,
            redirect_uri=redirect_uri,
            **_REQUEST,
        ),
        issuer,
        endpoints,
        redirect_uri,
    )
    tokens = _tokens(said, pending.scopes, now)
    encounter, intent = said.get("encounter"), said.get("intent")
    return Granted(
        tokens=tokens,
        patient=_patient(said),
        encounter=encounter if isinstance(encounter, str) and _ID.fullmatch(encounter) else None,
        id_token=said.get("id_token") if isinstance(said.get("id_token"), str) else None,
        need_patient_banner=said.get("need_patient_banner") is not False,
        intent=intent if isinstance(intent, str) and len(intent) <= 64 else None,
        scopes_stated=isinstance(said.get("scope"), str),
    )


def renew(issuer: Issuer, endpoints: Endpoints, tokens: Tokens, patient: str, redirect_uri: str, now: float) -> Tokens:
    """Newer tokens; a rotated refresh token replaces the old one.

    Raises TokenExpired where there is nothing to refresh with or the EHR refuses, PatientChanged where the answer
    names another patient.
    """
    if not tokens.refresh_token:
        raise TokenExpired("the sign-in has ended, and the EHR gave no way to renew it")
    try:
        said = _ask(
            lambda s: s.refresh_token(endpoints.token, refresh_token=tokens.refresh_token, **_REQUEST),
            issuer,
            endpoints,
            redirect_uri,
        )
    except LaunchRefused as problem:
        raise TokenExpired("the sign-in has ended, and the EHR did not renew it", said=problem.said) from None
    if said.get("patient") is not None and _patient(said) != patient:
        raise PatientChanged("the EHR now speaks of another patient than the one this visit began with")
    newer = _tokens(said, tokens.scopes, now)
    kept = tuple(s for s in newer.scopes if s in tokens.scopes) if isinstance(said.get("scope"), str) else tokens.scopes
    return Tokens(
        access_token=newer.access_token,
        expires_at=newer.expires_at,
        refresh_token=newer.refresh_token or tokens.refresh_token,
        scopes=kept,
    )


class _Answer:
    """A token answer that was read within bounds, in the little shape Authlib wants of it."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        self.status_code, self._said = status, said

    def json(self) -> dict[str, Any]:
        return self._said

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise LaunchRefused(f"the EHR's token endpoint answered {self.status_code}")


def _ask(call: Callable[[Any], Any], issuer: Issuer, endpoints: Endpoints, redirect_uri: str) -> dict[str, Any]:
    """One request to the token endpoint: the answer as it came, before Authlib's own reading of ``expires_in``."""
    seen: dict[str, Any] = {}

    def checked(answer: requests.Response) -> _Answer:
        if 300 <= answer.status_code < 400 or answer.status_code >= 500:
            raise LaunchRefused(f"the EHR's token endpoint answered {answer.status_code}")
        seen.update(parsed(bounded(answer, "token answer"), "token answer"))
        if answer.status_code >= 400 and "error" not in seen:
            seen["error"] = "unknown"
        return _Answer(answer.status_code, {k: v for k, v in seen.items() if k not in ("expires_in", "expires_at")})

    made = session(issuer, endpoints, redirect_uri)
    made.register_compliance_hook("access_token_response", checked)
    made.register_compliance_hook("refresh_token_response", checked)
    try:
        with made:
            call(made)
    except AuthlibBaseError:
        raise refusal(seen.get("error"), seen.get("error_description")) from None
    except requests.RequestException as problem:
        raise LaunchRefused(f"the EHR's token endpoint did not answer ({type(problem).__name__})") from None
    return seen


def _tokens(said: Mapping[str, Any], asked: tuple[str, ...], now: float) -> Tokens:
    access, kind, refresh = said.get("access_token"), said.get("token_type"), said.get("refresh_token")
    if not isinstance(access, str) or not access or any(c <= " " or c > "~" for c in access):
        raise LaunchRefused("the EHR's token answer holds no usable access token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise LaunchRefused("the EHR's token is not a bearer token")
    scope = said.get("scope")
    return Tokens(
        access_token=access,
        expires_at=now + lifetime(said.get("expires_in")),
        refresh_token=refresh if isinstance(refresh, str) and refresh else None,
        scopes=tuple(scope.split()) if isinstance(scope, str) else asked,
    )


def lifetime(value: Any) -> float:
    """Seconds a token lives: a number or digits in text; anything else is SHORT_SECONDS; a day at most."""
    try:
        seconds = float(value) if not isinstance(value, bool) else SHORT_SECONDS
    except (TypeError, ValueError):
        seconds = SHORT_SECONDS
    return min(seconds, 86_400.0) if seconds > 0 else float(SHORT_SECONDS)


def _patient(said: Mapping[str, Any]) -> str:
    value = said.get("patient")
    if value is None or value == "":
        raise PatientMissing("the EHR opened the app without a patient")
    text = str(value).removeprefix("Patient/")
    if not isinstance(value, str) or not _ID.fullmatch(text):
        raise PatientMissing("the EHR names the patient in a way that is not an id")
    return text


def expired(tokens: Tokens, leeway: float = 30) -> bool:
    """Whether an access token should be renewed before a request that must not be repeated."""
    return tokens.expires_at - leeway <= time.time()
