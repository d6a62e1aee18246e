"""/launch and /callback: from the EHR's call to a visit."""

from __future__ import annotations

import secrets
import time

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from smartpgx import __version__
from smartpgx.domain.visit import Visit
from smartpgx.errors import CookieLost, IssuerNotTrusted, LaunchRefused, ScopeRefused, StateMismatch
from smartpgx.settings import Issuer
from smartpgx.smart import identity, launch, scopes, tokens
from smartpgx.smart.client_auth import public_keys
from smartpgx.smart.launch import PendingLaunch
from smartpgx.web import browser, failures
from smartpgx.web.state import frame_origins, state

pages = Blueprint("launching", __name__)
MAX_LAUNCH = 2048


class Ticket(Struct, frozen=True, kw_only=True):
    """A launch to begin again in a tab of its own, because the browser lost the cookie of the first."""

    issuer: str
    launch: str | None


@pages.get("/launch")
def begin() -> AnyResponse:
    """The EHR's call. Nothing is sent anywhere before the issuer is found on the list."""
    form, issuer = state().allow_list.find(request.args.get("iss"))
    g.frame_origins = frame_origins(issuer)
    context = request.args.get("launch")
    if not context or len(context) > MAX_LAUNCH:
        raise LaunchRefused("the EHR did not say which of its launches this is")
    return _to_ehr(form, issuer, context)


@pages.get("/launch/again/<ticket>")
def again(ticket: str) -> AnyResponse:
    """A second try in a tab of its own."""
    kept = state().store.take(f"ticket/{ticket}", Ticket)
    issuer = state().allow_list.by_form(kept.issuer) if kept else None
    if kept is None or issuer is None:
        raise StateMismatch("this second try was used before, or is too old")
    return _to_ehr(kept.issuer, issuer, kept.launch)


@pages.get("/callback")
def finish() -> AnyResponse:
    """The EHR's answer: taken once, from the browser that began, exchanged, checked, and turned into a visit."""
    pending, issuer = _pending()
    endpoints = state().discovery.endpoints(issuer)
    code = launch.code_of(request.args, endpoints)
    now = time.time()
    granted = tokens.exchange(issuer, endpoints, pending, code, state().settings.redirect_uri, now)
    if not scopes.allows(granted.tokens.scopes, "Patient", "r"):
        raise ScopeRefused("the EHR did not grant reading the Patient (patient/Patient.r), without which nothing can be shown")
    person = _person(granted, issuer, pending, now)
    visit = Visit(
        id=secrets.token_urlsafe(24),
        browser=browser.browser(),
        issuer=pending.issuer,
        issuer_name=issuer.name,
        base=issuer.iss.rstrip("/"),
        patient=granted.patient,
        user=person.reference if person else None,
        user_name=person.name if person else None,
        encounter=granted.encounter,
        tokens=granted.tokens,
        asked_scopes=pending.scopes,
        need_patient_banner=granted.need_patient_banner,
        intent=granted.intent,
        created=now,
        expires=now + state().settings.visit_minutes * 60,
    )
    state().store.save(visit)
    response = make_response(redirect(url_for("visiting.overview", visit_id=visit.id), 303))
    browser.unbind(response, pending.state)
    return response


@pages.get("/")
def home() -> AnyResponse:
    """Who opens the bare address: the picker without sign-in, else a word on how the app is opened."""
    if state().settings.open_server:
        return redirect(url_for("open_server.picker"))
    return make_response(render_template("home.html", issuers=[i.name for i in state().settings.issuers]))


@pages.get("/healthz")
def healthz() -> Response:
    """Whether this worker answers; says nothing of any visit."""
    return jsonify(status="ok", software=__version__)


@pages.get("/.well-known/jwks.json")
def jwks() -> Response:
    """Our public keys, for EHRs where we sign in with a private one."""
    response = jsonify(public_keys(state().settings.issuers))
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


def _to_ehr(form: str, issuer: Issuer, context: str | None) -> AnyResponse:
    settings = state().settings
    endpoints = state().discovery.endpoints(issuer)
    url, pending = launch.begin(
        form,
        issuer,
        endpoints,
        launch=context,
        scopes=scopes.to_ask(settings.scopes.needed, settings.scopes.optional, endpoints.capabilities),
        redirect_uri=settings.redirect_uri,
        now=time.time(),
    )
    state().store.keep_once(f"launch/{pending.state}", pending)
    browser.browser()
    response = make_response(redirect(url, 302))
    browser.bind(response, pending.state, pending.cookie)
    return response


def _pending() -> tuple[PendingLaunch, Issuer]:
    """The launch this callback answers. It is taken away only from the browser that began it.

    Raises StateMismatch, or CookieLost where the browser shows no cookie of ours at all.
    """
    value = request.args.get("state", "")
    seen = state().store.look(f"launch/{value}", PendingLaunch) if 0 < len(value) <= 200 else None
    if seen is None:
        raise StateMismatch("this answer belongs to no launch that is under way; it may have been used before")
    issuer = state().allow_list.by_form(seen.issuer)
    if issuer is None:
        raise IssuerNotTrusted("the EHR of this launch is no longer on the list of this app")
    g.frame_origins = frame_origins(issuer)
    if not browser.shows(value, seen.cookie):
        if browser.shows_nothing():
            raise CookieLost(_ticket(seen))
        raise StateMismatch("this answer came to another browser than the one the launch began in")
    pending = state().store.take(f"launch/{value}", PendingLaunch)
    if pending is None:
        raise StateMismatch("this answer was used before")
    return pending, issuer


def _ticket(pending: PendingLaunch) -> str:
    """Keep the launch under a new random name, for a link that carries nothing of it."""
    name = secrets.token_urlsafe(24)
    state().store.keep_once(f"ticket/{name}", Ticket(issuer=pending.issuer, launch=pending.launch))
    g.ticket = name
    return "the browser did not keep this app's cookie, most likely because it stands in a frame of the EHR"


@pages.errorhandler(CookieLost)
def cookie_lost(problem: CookieLost) -> Response:
    """The page that offers a tab of its own."""
    return failures.page(problem, again=url_for("launching.again", ticket=g.ticket))


def _person(granted: tokens.Granted, issuer: Issuer, pending: PendingLaunch, now: float) -> identity.Person | None:
    """Who is signed in. Without an id_token, or without keys to check one, nobody is: reading goes on, writing does not."""
    if granted.id_token is None or state().discovery.endpoints(issuer).jwks is None:
        return None
    return identity.validate(granted.id_token, issuer, state().discovery, pending.nonce, now)
