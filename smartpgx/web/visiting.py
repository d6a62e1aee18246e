"""The pages of a visit: what to do now, and why."""

from __future__ import annotations

import time

from flask import Blueprint, abort, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from smartpgx import errors
from smartpgx.domain.visit import Reading, Visit
from smartpgx.errors import PatientChanged, SmartPgxError
from smartpgx.web import forms
from smartpgx.web.bearer import allows
from smartpgx.web.failures import page
from smartpgx.web.reading import Progress, reading_of
from smartpgx.web.state import open_visit, state
from smartpgx.web.views_frame import frame
from smartpgx.web.views_issue import issue_view
from smartpgx.web.views_overview import overview_view
from smartpgx.web.views_progress import progress_view
from smartpgx.web.views_recorded import RecordedView, recorded_view

pages = Blueprint("visiting", __name__, url_prefix="/visit/<visit_id>")


@pages.get("/")
def overview(visit_id: str) -> Response:
    """What to do now; or how far the reading is; or why it failed."""
    visit = open_visit(visit_id)
    found = reading_of(state(), visit)
    if isinstance(found, Reading):
        view, recorded = overview_view(visit, found), _recorded(visit, found)
        return make_response(render_template("overview.html", frame=_frame(visit, found), view=view, recorded=recorded))
    return _waiting(visit, found)


@pages.get("/issue/<key>")
def issue(visit_id: str, key: str) -> Response:
    """One issue with its reasons, step by step."""
    visit, found = with_reading(visit_id)
    view = issue_view(visit, found, key)
    if view is None:
        abort(404)
    recorded = _recorded(visit, found)
    return make_response(render_template("issue.html", frame=_frame(visit, found), view=view, recorded=recorded))


@pages.post("/again")
def again(visit_id: str) -> Response:
    """Read the record anew."""
    visit = open_visit(visit_id)
    forms.check_origin()
    state().store.forget_reading(visit)
    return make_response(redirect(url_for(".overview", visit_id=visit_id), 303))


@pages.post("/end")
def end(visit_id: str) -> Response:
    """Forget everything of this visit now."""
    visit = open_visit(visit_id)
    forms.check_origin()
    state().store.end(visit.id)
    return make_response(render_template("ended.html"))


class NotReadYet(SmartPgxError):
    """A page below the overview was opened before the record was read."""

    code = "visit.not-read-yet"
    status = 409
    next_step = "Open the overview of this visit first."


def with_reading(visit_id: str) -> tuple[Visit, Reading]:
    """The visit and its reading, waited for a little. Raises what made it fail."""
    visit = open_visit(visit_id)
    found = reading_of(state(), visit)
    if isinstance(found, Progress):
        raise failure_of(found) or NotReadYet("the record is still being read")
    return visit, found


def failure_of(progress: Progress) -> SmartPgxError | None:
    """The error that ended a reading, as it was raised in its thread."""
    if progress.failed is None:
        return None
    kinds = {k.code: k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, SmartPgxError)}
    return kinds.get(progress.failed, SmartPgxError)(progress.message or "the record could not be read", said=progress.said)


def _waiting(visit: Visit, progress: Progress) -> Response:
    problem = failure_of(progress)
    if problem is not None:
        return page(problem, read_again=url_for(".again", visit_id=visit.id))
    response = make_response(render_template("connecting.html", view=progress_view(visit, progress, time.time())))
    response.headers["Refresh"] = "1"
    return response


def _recorded(visit: Visit, found: Reading) -> RecordedView:
    return recorded_view(visit, found, state().store.stored(visit), lambda kind, right: allows(visit, kind, right))


def _frame(visit: Visit, found: Reading) -> object:
    g.patient_shown = True
    return frame(state(), visit, found)


@pages.app_errorhandler(PatientChanged)
def patient_changed(problem: PatientChanged) -> Response:
    """A hard stop: nothing of the earlier patient stays."""
    visit = getattr(g, "visit", None)
    if visit is not None:
        state().store.end(visit.id)
        g.visit = None
    return page(problem)
