"""Authorize, token, keys and discovery addresses."""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, Response, jsonify, render_template, request

from smartpgx.sandbox.auth import discovery
from smartpgx.sandbox.auth.memory import LaunchContext
from smartpgx.sandbox.record import faults
from smartpgx.sandbox.state import Sandbox, current
from smartpgx.sandbox.stories import CLINICIAN

auth = Blueprint("auth", __name__)
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@auth.get("/fhir/.well-known/smart-configuration")
def smart_configuration() -> Response:
    """SMART discovery."""
    faults.strike(current().faults, current().config.slow_seconds)
    return _cached(jsonify(discovery.smart_configuration(current().config)))


@auth.get("/auth/.well-known/openid-configuration")
def openid_configuration() -> Response:
    """OpenID discovery."""
    return _cached(jsonify(discovery.openid_configuration(current().config)))


@auth.get("/auth/jwks")
def jwks() -> Response:
    """Public keys."""
    return _cached(jsonify(current().authorization.keys.jwks()))


@auth.get("/auth/style.json")
def style() -> Response:
    """SMART style of the simulated EHR."""
    return _cached(jsonify({"color_background": "#ffffff", "color_highlight": "#1f5f8b", "dim_border_radius": "4px"}))


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@auth.errorhandler(faults.Interrupted)
def interrupted(error: faults.Interrupted) -> Response:
    """The answer of a simulated fault."""
    return error.response


@auth.post("/auth/token")
def token() -> Response:
    """Code exchange and refresh; the request is a form and nothing else (RFC 6749 3.2)."""
    if request.mimetype != "application/x-www-form-urlencoded" or request.args:
        return _refused("The token request is a form in the body, without a query.")
    if any(len(request.form.getlist(name)) > 1 for name in request.form):
        return _refused("A parameter was sent twice.")
    response: Response = current().authorization.create_token_response()
    response.headers.update(NO_STORE)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="sandbox"'
    return response


def _refused(text: str) -> Response:
    content = json.dumps({"error": "invalid_request", "error_description": text})
    return Response(content, 400, NO_STORE, content_type="application/json")


@auth.route("/auth/authorize", methods=["GET", "POST"])
def authorize() -> Response:
    """The authorization request; answered at once in an EHR launch, after a question otherwise."""
    sandbox = current()
    server = sandbox.authorization
    try:
        grant = server.get_consent_grant(request, end_user=CLINICIAN["id"])
    except OAuth2Error as error:
        return _told(server, error)
    context = _context(sandbox)
    if "access_denied" in context.scenarios or request.form.get("decision") == "deny":
        context = None
    elif _has_to_ask(sandbox, context):
        return _question(sandbox, grant.client.settings.name)
    response: Response = server.create_authorization_response(request, grant_user=context, grant=grant)
    response.headers.update(NO_STORE)
    return response


def _told(server: Any, error: OAuth2Error) -> Response:
    """A redirect where the client may be told (RFC 6749 4.1.2.1), else a page for people."""
    if error.redirect_uri:
        redirect: Response = server.handle_error_response(None, error)
        redirect.location = f"{redirect.location}&{urlencode({'iss': server.config.issuer})}"
        redirect.headers.update(NO_STORE)
        return redirect
    page = render_template("sandbox/refused.html", error=error.error, description=error.description)
    return Response(page, 400, NO_STORE)


def _context(sandbox: Sandbox) -> Any:
    """Context of the launch ticket, or of a standalone launch with the patient chosen on the question page."""
    data = request.values
    ticket = sandbox.authorization.memory.launch(data.get("launch", ""), data.get("client_id", ""))
    if ticket is not None:
        return ticket.context
    patients = {patient for story in sandbox.stories for patient in story.patients.values()}
    wanted = request.form.get("chosen_patient")
    chosen = wanted if wanted in patients and "launch/patient" in data.get("scope", "").split() else None
    return LaunchContext(chosen, CLINICIAN["id"], frozenset(), False)


def _fingerprint() -> tuple[str, ...]:
    return tuple(
        request.values.get(name, "") for name in ("client_id", "redirect_uri", "scope", "state", "launch", "code_challenge")
    )


def _has_to_ask(sandbox: Sandbox, context: LaunchContext) -> bool:
    """Whether consent is still open: a standalone launch, or one whose scenario asks. A consent serves one question."""
    if request.values.get("launch") and "ask" not in context.scenarios:
        return False
    asked = sandbox.questions.pop(request.form.get("question", ""), None)
    return not (request.form.get("decision") == "allow" and asked == _fingerprint())


def _question(sandbox: Sandbox, app_name: str) -> Response:
    key = secrets.token_urlsafe(16)
    sandbox.questions[key] = _fingerprint()
    fields = [(name, value) for name, value in request.values.items(multi=True) if name not in ("decision", "question")]
    choose = "launch/patient" in request.values.get("scope", "").split() and not request.values.get("launch")
    page = render_template(
        "sandbox/question.html",
        app_name=app_name,
        fields=[(name, value) for name, value in fields if name != "chosen_patient"],
        question=key,
        stories=sandbox.stories if choose else (),
        scopes=request.values.get("scope", "").split(),
    )
    return Response(page, 200, NO_STORE)
