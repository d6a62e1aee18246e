"""The connecting page: which steps are done, which one is waited for."""

from __future__ import annotations

from msgspec import Struct

from smartpgx.domain.visit import Visit
from smartpgx.web.reading import STEPS, Progress
from smartpgx.web.views_frame import signed_in

SLOW_SECONDS = 10
_WORDS = {
    "patient": "Opening the patient",
    "first": "Reading consent, medicines, conditions, allergies",
    "second": "Reading genetic and resistance results",
    "following": "Following reports and panels",
    "assessing": "Comparing with published guidance",
}


class ProgressView(Struct, frozen=True, kw_only=True):
    steps: tuple[tuple[str, str], ...]
    slow: str
    visit_id: str


def progress_view(visit: Visit, progress: Progress, now: float) -> ProgressView:
    """Each step with ``done``, ``now`` or ``waiting``."""
    at = STEPS.index(progress.step) if progress.step in STEPS else 0
    marks = ["done" if n < at else "now" if n == at else "waiting" for n in range(len(STEPS))]
    steps = [(f"Found {visit.issuer_name}", "done"), (signed_in(visit), "done")]
    steps += [(_WORDS[s], m) for s, m in zip(STEPS, marks, strict=True)]
    slow = f"{_WORDS[progress.step]} takes longer than usual." if now - progress.moved > SLOW_SECONDS else ""
    return ProgressView(steps=tuple(steps), slow=slow, visit_id=visit.id)
