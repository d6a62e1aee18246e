"""All benchmarks in one run: `python -m benchmarks.run`."""

from __future__ import annotations

import platform

from benchmarks import assess_charts, hiv_patterns, worker_start


def main() -> None:
    """Print one table: what, measured, aim."""
    rows = [row for part in (assess_charts, hiv_patterns, worker_start) for row in part.report()]
    width = max(len(what) for what, _, _ in rows)
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for what, measured, aim in rows:
        print(f"{what:<{width}}  {measured}  (aim: {aim})")


if __name__ == "__main__":
    main()
