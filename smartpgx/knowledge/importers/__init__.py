"""One module per source: turns that source's published files into our tables.

``build`` makes a whole release, ``extend`` adds a site's RxNorm month to one, ``differences`` compares our CPIC rows with
CPIC's own table.
"""

from pathlib import Path

from smartpgx.knowledge.importers.cpic_compare import compare, report
from smartpgx.knowledge.importers.release import build, source_folder
from smartpgx.knowledge.importers.rxnorm_rrf import extend


def differences(shared: Path, target: Path) -> None:
    """Write the comparison of our CPIC rows with CPIC's table of 2026-08 to ``target`` (Markdown)."""
    target.write_text(report(compare(source_folder(shared) / "pgx")), encoding="utf-8")


__all__ = ["build", "differences", "extend"]
