"""Reads the record once per visit, beside the request, so that the page can say what it waits for."""

from __future__ import annotations

import threading
import time

from msgspec import Struct, structs

from smartpgx.consult import consult
from smartpgx.domain.visit import Reading, Visit
from smartpgx.errors import PatientChanged, SmartPgxError
from smartpgx.web import logs
from smartpgx.web.bearer import allows, record_of
from smartpgx.web.state import State

PATIENCE_SECONDS = 3.0
"""How long a request waits before it shows the connecting page."""
STALE_SECONDS = 240
"""A reading that has not moved for so long belongs to a worker that ended."""
STEPS = ("patient", "first", "second", "following", "assessing")


class Progress(Struct, frozen=True, kw_only=True):
    """How far a reading is. ``failed``: the code of the error that ended it."""

    step: str = STEPS[0]
    began: float
    moved: float
    failed: str | None = None
    message: str | None = None
    said: str | None = None


def reading_of(state: State, visit: Visit) -> Reading | Progress:
    """The visit's reading; it is started when there is none, and waited for a little."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = state.store.reading(visit)
        if found is not None:
            return found
        progress = _started(state, visit)
        if progress.failed or time.monotonic() > deadline:
            return progress
        time.sleep(0.05)


def _started(state: State, visit: Visit) -> Progress:
    with state.store.exclusively(f"start/{visit.id}"):
        progress = state.store.progress(visit, Progress)
        now = time.time()
        if progress is None or (not progress.failed and now - progress.moved > STALE_SECONDS):
            progress = Progress(began=now, moved=now)
            state.store.save_progress(visit, progress)
            threading.Thread(target=_read, args=(state, visit, progress), daemon=True, name="reading").start()
        return progress


def _read(state: State, visit: Visit, progress: Progress) -> None:
    def step(name: str) -> None:
        nonlocal progress
        progress = structs.replace(progress, step=name, moved=time.time())
        state.store.save_progress(visit, progress)

    try:
        made = consult(
            record_of(state, visit),
            visit.patient,
            state.settings.site_codes,
            lambda resource, right: allows(visit, resource, right),
            state.reasoning(),
            step=step,
        )
        state.store.save_reading(visit, made)
        _log(made, progress.began)
    except PatientChanged:
        state.store.end(visit.id)
    except SmartPgxError as problem:
        failed = structs.replace(progress, failed=problem.code, message=problem.message, said=problem.said)
        state.store.save_progress(visit, failed)
        logs.event("reading", outcome=problem.code)
    except Exception as problem:
        logs.unexpected(problem)
        state.store.save_progress(
            visit, structs.replace(progress, failed="smartpgx", message="something went wrong inside this app")
        )


def _log(made: Reading, began: float) -> None:
    outcomes = [a.outcome for a in made.asked]
    logs.event(
        "reading",
        outcome="complete" if made.complete else "incomplete",
        questions=len(outcomes),
        unanswered=sum(o not in ("complete", "withheld") for o in outcomes),
        resources=made.received,
        issues=len(made.consultation.issues),
        gaps=len(made.consultation.gaps),
        ms=round((time.time() - began) * 1000),
    )
