"""Marking what no longer holds as cancelled: shown first, then done once, then read back."""

from __future__ import annotations

import time

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from smartpgx.domain.visit import Reading, Recorded, Visit
from smartpgx.errors import WriteRefused
from smartpgx.fhir.recorded import cancel
from smartpgx.web import forms
from smartpgx.web.bearer import allows, record_of
from smartpgx.web.state import state
from smartpgx.web.views_frame import frame
from smartpgx.web.views_recorded import can_update, cancel_view, cannot_cancel, no_longer_holding
from smartpgx.web.visiting import with_reading
from smartpgx.web.writing import log, shown

pages = Blueprint("cancelling", __name__, url_prefix="/visit/<visit_id>/cancel")


@pages.post("")
def preview(visit_id: str) -> Response:
    """What would be marked as cancelled. Nothing is written. A form, so that no entry's id stands in an address."""
    forms.check_origin()
    visit, found = with_reading(visit_id)
    view = cancel_view(visit, found, _chosen(visit, found), lambda kind, right: allows(visit, kind, right))
    return make_response(render_template("cancel.html", frame=frame(state(), visit, found), view=view))


@pages.post("/confirmed")
def confirmed(visit_id: str) -> Response:
    """Mark it, once, whatever is pressed again."""
    forms.check_origin()
    visit, found = with_reading(visit_id)
    one = _chosen(visit, found)
    can = can_update(found, lambda kind, right: allows(visit, kind, right), "Observation")
    with state().store.exclusively(f"write/{visit.issuer}/{visit.patient}"):
        entries, problem = cancel(record_of(state(), visit), one, visit.patient, observations=can, now=time.time)
        kept = {(e.resource, e.id): e for e in state().store.stored(visit)} | {(e.resource, e.id): e for e in entries}
        state().store.save_stored(visit, tuple(kept.values()))
    log("cancel", entries, problem)
    if problem is not None:
        return shown(visit, found, entries, problem)
    return make_response(redirect(url_for("writing.result", visit_id=visit_id), 303))


def _chosen(visit: Visit, found: Reading) -> Recorded:
    """The entry the form names, if this reading may cancel it. Raises WriteRefused."""
    key = request.form.get("entry", "")
    one = next((r for r in no_longer_holding(found) if r.id == key), None)
    if one is None or cannot_cancel(visit, found, lambda kind, right: allows(visit, kind, right)):
        raise WriteRefused("nothing was chosen that can be cancelled here")
    return one
