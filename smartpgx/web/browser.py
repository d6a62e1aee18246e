"""The cookie: a random value that proves the browser, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, current_app, request, session

from smartpgx.store.visits import LAUNCH_SECONDS


def browser() -> str:
    """The value of this browser, made at its first launch."""
    if not isinstance(session.get("browser"), str):
        session["browser"] = secrets.token_urlsafe(32)
    found: str = session["browser"]
    return found


def launch_cookie(state: str) -> str:
    """Name of the cookie that binds one launch to its browser: two launches at once do not overwrite each other's."""
    return "smartpgx-launch-" + hashlib.sha256(state.encode()).hexdigest()[:12]


def bind(response: Response, state: str, value: str) -> None:
    """Give the browser what it must show at the callback of this launch."""
    _set(response, launch_cookie(state), value, LAUNCH_SECONDS)


def unbind(response: Response, state: str) -> None:
    """Take it back."""
    _set(response, launch_cookie(state), "", 0)


def shows(state: str, value: str) -> bool:
    """Whether this browser began the launch."""
    return hmac.compare_digest(request.cookies.get(launch_cookie(state), ""), value)


def shows_nothing() -> bool:
    """Whether the browser sent none of our cookies: it does not keep them here (a frame without partitioned cookies)."""
    return not any(name.startswith("smartpgx") for name in request.cookies)


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    config = current_app.config
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/callback",
        httponly=True,
        secure=config["SESSION_COOKIE_SECURE"],
        samesite=config["SESSION_COOKIE_SAMESITE"],
        partitioned=config["SESSION_COOKIE_PARTITIONED"],
    )
