"""HIV mutation patterns scored per second, ours against sierra-local's scorer, on one file and the same patterns."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from smartpgx.knowledge.release import load
from smartpgx.rules.resistance.asi import score
from tests.rules.resistance.sierra_local import Pattern, patterns, scorer

PATTERNS = 3000
Report = list[tuple[str, str, str]]


def report() -> Report:
    """Rows of (what, measured, aim). The best of three rounds each, taken in turns."""
    algorithm = load().resistance.hivdb
    made = list(patterns(algorithm, PATTERNS, seed=1))
    rounds: list[Callable[[], float]] = [lambda: _seconds(made, lambda gene, found: score(algorithm, gene, found))]
    try:
        import sierralocal  # noqa: F401
    except ImportError:
        ours = min(rounds[0]() for _ in range(3))
        return [("HIV patterns", f"{len(made) / ours:,.0f} per second; sierra-local is not installed", "10 times sierra-local")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "HIVDB_10.2.xml"
        path.write_bytes(load().resistance.hivdb_xml)
        theirs = scorer(path)
        rounds.append(lambda: _seconds(made, theirs))
        taken = [[run() for run in rounds] for _ in range(3)]
    ours, other = (min(column) for column in zip(*taken, strict=True))
    return [
        ("HIV patterns, smartpgx", f"{len(made) / ours:,.0f} per second", "1,000 in 0.2 s"),
        ("HIV patterns, sierra-local", f"{len(made) / other:,.0f} per second", ""),
        ("HIV patterns, ratio", f"{other / ours:.1f} times", "10 times"),
    ]


def _seconds(made: Sequence[Pattern], run: Callable[[str, dict[int, str]], Any]) -> float:
    began = time.perf_counter()
    for gene, found in made:
        run(gene, found)
    return time.perf_counter() - began


if __name__ == "__main__":
    for what, measured, aim in report():
        print(f"{what:<32}{measured}" + (f"  (aim: {aim})" if aim else ""))
