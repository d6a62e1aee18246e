"""Write-back: exactly what will be stored is shown first, then stored once, then read back."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from smartpgx.domain.visit import Reading, Visit
from smartpgx.errors import PatientChanged, RecordError, SmartPgxError, TokenExpired, WriteBackError, WriteRefused
from smartpgx.fhir import write_back
from smartpgx.fhir.write.issues import build
from smartpgx.web import forms, logs
from smartpgx.web.bearer import allows, record_of
from smartpgx.web.confirmed import Plan, carry_out, plan_for, record_withdrawal
from smartpgx.web.state import state
from smartpgx.web.views_confirm import confirm_view, result_view
from smartpgx.web.views_frame import frame
from smartpgx.web.visiting import with_reading

pages = Blueprint("writing", __name__, url_prefix="/visit/<visit_id>")


@pages.get("/write")
def preview(visit_id: str) -> Response:
    """What would be stored, where, in whose name, and whether it replaces something. Nothing is written."""
    visit, found = with_reading(visit_id)
    chosen = request.args.getlist("issue")
    plan = _plan(visit, found, chosen)
    seen = _seen(visit, plan)
    view = confirm_view(visit, found, plan, seen)
    return make_response(render_template("confirm.html", frame=frame(state(), visit, found), view=view))


@pages.post("/write")
def write(visit_id: str) -> Response:
    """Store what was confirmed: at most once, whatever is pressed again."""
    forms.check_origin()
    visit, found = with_reading(visit_id)
    chosen = request.form.getlist("issue")
    plan = _plan(visit, found, chosen)
    if not plan.possible:
        raise WriteRefused("nothing was chosen that can be stored here")
    with state().store.exclusively(f"write/{visit.issuer}/{visit.patient}"):
        entries, problem = carry_out(record_of(state(), visit), plan, time.time)
        kept = {(e.resource, e.id): e for e in state().store.stored(visit)} | {(e.resource, e.id): e for e in entries}
        state().store.save_stored(visit, tuple(kept.values()))
    log("write", entries, problem)
    if problem is not None:
        return shown(visit, found, entries, problem)
    return make_response(redirect(url_for(".result", visit_id=visit_id), 303))


@pages.get("/stored")
def result(visit_id: str) -> Response:
    """What stands in the record from this visit, with its addresses."""
    visit, found = with_reading(visit_id)
    return shown(visit, found, state().store.stored(visit), None)


@pages.post("/withdraw")
def withdraw(visit_id: str) -> Response:
    """Mark what this visit stored for an issue as entered in error."""
    forms.check_origin()
    visit, found = with_reading(visit_id)
    key = request.form.get("issue", "")
    with state().store.exclusively(f"write/{visit.issuer}/{visit.patient}"):
        entries, problem = record_withdrawal(record_of(state(), visit), state().store.stored(visit), key, time.time)
        state().store.save_stored(visit, entries)
    log("withdraw", entries, problem)
    if problem is not None:
        return shown(visit, found, entries, problem)
    return make_response(redirect(url_for(".result", visit_id=visit_id), 303))


def _plan(visit: Visit, found: Reading, chosen: list[str]) -> Plan:
    resources = build(
        found.consultation,
        only=chosen,
        verifier=visit.user,
        recorded=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        release=state().reasoning().release,
    )
    return plan_for(visit, found, resources, chosen, lambda kind, right: allows(visit, kind, right))


def _seen(visit: Visit, plan: Plan) -> dict[str, write_back.Seen]:
    """How each planned resource stands in the record now; unknown where the record does not answer."""
    record, out = record_of(state(), visit), {}
    places: dict[str, str] = {}
    for item in plan.items:
        if item.can.create and item.resource.get("identifier"):
            try:
                seen = write_back.look(record, write_back.with_places(item.resource, places))
                out[item.local] = seen
                if seen.stored:
                    places[item.local] = f"{item.resource['resourceType']}/{seen.stored['id']}"
            except PatientChanged:
                raise
            except (RecordError, WriteBackError, TokenExpired):
                out[item.local] = write_back.Seen(state="unknown")
    return out


def shown(visit: Visit, found: Reading, entries: tuple[object, ...], problem: SmartPgxError | None) -> Response:
    """The page of what stands in the record from this visit, and of what went wrong."""
    view = result_view(visit, found, entries, problem, logs.correlation())  # type: ignore[arg-type]
    page = render_template("stored.html", frame=frame(state(), visit, found), view=view)
    return make_response(page, problem.status if problem else 200)


def log(what: str, entries: tuple[object, ...], problem: SmartPgxError | None) -> None:
    """A line in the log: how many entries, and what came of it."""
    logs.event(what, entries=len(entries), outcome=problem.code if problem else "done")
