"""Faults a scenario puts before the FHIR interface."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from flask import Response

from smartpgx.sandbox.record.outcome import FhirError

LOGIN_PAGE = "<!doctype html><title>Portal</title><p>Please sign in to the portal.</p>"
BUSY_TIMES = 2


class Interrupted(Exception):
    """Ends a request with an answer that is not FHIR."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def strike(faults: Iterable[str], slow_seconds: float, seen: Counter[str] | None = None) -> None:
    """Raises or waits as the scenarios say; ``seen`` counts what happens only at first."""
    active = frozenset(faults)
    if "slow" in active:
        time.sleep(slow_seconds)
    if "down" in active:
        raise Interrupted(Response("The service is down for maintenance.", 503, {"Retry-After": "30"}, mimetype="text/plain"))
    if "html" in active:
        raise Interrupted(Response(LOGIN_PAGE, 200, mimetype="text/html"))
    if "429" in active and seen is not None and seen["busy"] < BUSY_TIMES:
        seen["busy"] += 1
        raise FhirError(429, "throttled", "Too many requests.", headers={"Retry-After": "1"})


def strike_write(faults: Iterable[str]) -> None:
    """Raises FhirError 422 where writing is refused."""
    if "write_422" in faults:
        raise FhirError(422, "business-rule", "This entry is not built for filing in this record.")


def lose_answer(faults: Iterable[str]) -> None:
    """After a write: raises where the answer is lost on the way."""
    if "write_lost" in faults:
        raise Interrupted(Response("Gateway timeout.", 504, mimetype="text/plain"))
