"""The status words, and the one place where views ask wording for sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smartpgx.domain.advice import Alternative, Issue, Recommendation, TraceStep
from smartpgx.domain.codes import STATUSES, Status

STATUS_WORDS: Mapping[Status, str] = {
    "avoid": "Avoid",
    "change": "Change",
    "monitor": "Monitor",
    "standard": "Standard",
    "no_result": "No result",
}


def rank(status: Status) -> int:
    """0 for the strongest."""
    return STATUSES.index(status)


def issue_summary(issue: Issue, recs: Sequence[Recommendation]) -> str:
    """One sentence on an issue."""
    from smartpgx.wording import advice

    return advice.issue_summary(issue, list(recs))


def summary(rec: Recommendation) -> str:
    """One sentence on a recommendation."""
    from smartpgx.wording import advice

    return advice.summary(rec)


def detail(rec: Recommendation) -> str:
    """A few more."""
    from smartpgx.wording import advice

    return advice.detail(rec)


def alternative(alt: Alternative) -> str:
    """Why another drug would do for this patient, or would not."""
    from smartpgx.wording import advice

    return advice.alternative_why(alt)


def step(one: TraceStep) -> str:
    """One step of the reasons."""
    from smartpgx.wording import trace

    return trace.text(one)
