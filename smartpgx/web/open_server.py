"""Without sign-in: a picker of our own test patients on a FHIR server a tester named. Never for patients."""

from __future__ import annotations

import re
import secrets
import time

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from smartpgx.addresses import is_loopback
from smartpgx.consult import banner
from smartpgx.domain.visit import Visit
from smartpgx.errors import PatientMissing, VisitorNotLocal
from smartpgx.fhir.client import Record, Search
from smartpgx.fhir.connection import Connection, NoSignIn
from smartpgx.web import browser, forms
from smartpgx.web.state import state
from smartpgx.web.views_frame import day

pages = Blueprint("open_server", __name__)
TEST_TAG = "urn:smartpgx:test-data|fixture"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@pages.before_app_request
def only_local_visitors() -> None:
    """Without sign-in anyone who reaches the app reads the server: only this machine may, unless told otherwise."""
    g.no_sign_in = True
    settings = state().settings
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if not settings.open_server_allow_remote and (forwarded or not is_loopback(request.remote_addr or "")):
        raise VisitorNotLocal("this app runs without sign-in and serves only visitors of its own machine")


@pages.get("/open/")
def picker() -> Response:
    """The patients of ours on the server."""
    found = _record().search(
        Search(what="patient", resource="Patient", params=(("_tag", TEST_TAG), ("_count", "100")), pages=3), fresh=True
    )
    people = [(str(p["id"]), banner(p)) for p in found.resources if _is_ours(p)]
    rows = sorted((b.name or id, day(b.birth_date), id) for id, b in people)
    return make_response(
        render_template("picker.html", rows=rows, server=state().settings.open_server, outcome=found.asked.outcome)
    )


@pages.post("/open/visit")
def begin() -> Response:
    """A visit without sign-in, for one of our test patients only."""
    forms.check_origin()
    patient = request.form.get("patient", "")
    if not _ID.fullmatch(patient) or not _is_ours(_record().read("Patient", patient, fresh=True).body or {}):
        raise PatientMissing("this is not one of our test patients, and without sign-in no other is opened")
    now = time.time()
    server = state().settings.open_server or ""
    visit = Visit(
        id=secrets.token_urlsafe(24),
        browser=browser.browser(),
        issuer=server,
        issuer_name="Test server without sign-in",
        base=server,
        patient=patient,
        created=now,
        expires=now + state().settings.visit_minutes * 60,
    )
    state().store.save(visit)
    return make_response(redirect(url_for("visiting.overview", visit_id=visit.id), 303))


def _record() -> Record:
    return Record(Connection(state().settings.open_server or "", NoSignIn()))


def _is_ours(person: dict[str, object]) -> bool:
    meta = person.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return any(
        isinstance(t, dict) and f"{t.get('system')}|{t.get('code')}" == TEST_TAG for t in (tags if isinstance(tags, list) else [])
    )
