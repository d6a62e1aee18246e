"""`assess` on charts of 300 resources and of 20,000 Observations, against `json.loads` of the same bytes."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from benchmarks.charts import chart
from smartpgx.cli.answer import answer
from smartpgx.cli.options import Asked
from smartpgx.domain.scope import Scope

ASKED = Asked(command="assess", today="2026-10-02", scope=Scope())


def median_ms(what: Callable[[], object], times: int) -> float:
    """Median wall time in milliseconds, after one run that is not counted."""
    what()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        spent.append(time.perf_counter() - began)
    return 1000 * statistics.median(spent)


def report() -> list[tuple[str, str, str]]:
    """Rows of (what, measured, aim)."""
    rows = []
    for size, times, aim in ((300, 40, "within 5x of json.loads"), (20_001, 3, "no aim stated")):
        payload = chart(size)
        ours = median_ms(lambda payload=payload: answer(ASKED, payload), times)  # type: ignore[misc]
        peer = median_ms(lambda payload=payload: json.loads(payload), times)  # type: ignore[misc]
        what = f"assess, {size} resources ({len(payload) // 1000} kB)"
        rows.append((what, f"{ours:.1f} ms; json.loads {peer:.1f} ms; {ours / peer:.1f}x", aim))
    return rows
