"""Start of a web worker: seconds until the app object exists with its knowledge release open, and resident memory."""

from __future__ import annotations

import subprocess
import sys

PROBE = """
import time; began = time.perf_counter()
from smartpgx.web import create_app
app = create_app()
from smartpgx.knowledge.release import load
load().manifest
spent = time.perf_counter() - began
import datetime, resource
from smartpgx.cli.answer import answer
from smartpgx.cli.options import Asked
from smartpgx.domain.scope import Scope
from benchmarks.charts import chart
answer(Asked(command="assess", today="2026-10-02", scope=Scope()), chart(300))
print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
"""


def report() -> list[tuple[str, str, str]]:
    """Rows of (what, measured, aim): the median of five starts."""
    found = sorted(tuple(map(float, subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
                             .stdout.split())) for _ in range(5))  # fmt: skip
    start, memory = found[2]
    return [("worker start", f"{start:.2f} s", "1.5 s"), ("worker memory after its first chart", f"{memory:.0f} MB", "200 MB")]
