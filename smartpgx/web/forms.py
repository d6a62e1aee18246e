"""That a form was sent from our own page."""

from __future__ import annotations

from flask import request

from smartpgx.addresses import BadAddress, origin
from smartpgx.errors import FormExpired
from smartpgx.web.state import state


def check_origin() -> None:
    """Raises FormExpired unless the browser says that the form comes from this app's own address.

    Flask-WTF has checked the token already; this stops what a leaked token could do. A browser that leaves Origin out of
    a POST is too old to be trusted with one; ``null`` (a sandboxed frame without allow-same-origin) is refused too.
    """
    said = request.headers.get("Origin", "")
    own = {origin(state().settings.public_url), f"{request.scheme}://{request.host}".lower()}
    try:
        if origin(said) in own:
            return
    except BadAddress:
        pass
    raise FormExpired("the form was not sent from this app's own page")
