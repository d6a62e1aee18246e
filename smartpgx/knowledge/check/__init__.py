"""The whole release looked through: when it is built, and by ``smartpgx doctor``. A worker that starts compares digests only.

Every fault names file, row (line of the file), column and, where a name is unknown, the nearest one that is known.
"""

from __future__ import annotations

from pathlib import Path

from smartpgx.errors import ReleaseInvalid, RowInvalid
from smartpgx.knowledge.check import drug_gene, manifest, medicines, readings, resistance
from smartpgx.knowledge.check.faults import Fault
from smartpgx.knowledge.shelf import Shelf

SHOWN = 20


def check(folder: Path) -> tuple[Fault, ...]:
    """All faults of the release in ``folder``; empty when it holds together."""
    shelf = Shelf(folder)
    faults = list(manifest.faults(shelf))
    if any(fault.column == "path" for fault in faults):
        return tuple(faults)
    for part in (drug_gene, readings, medicines, resistance):
        faults.extend(part.faults(shelf))
    return tuple(faults)


def require(folder: Path) -> None:
    """Raise RowInvalid (or ReleaseInvalid for the manifest alone) that lists the first faults."""
    faults = check(folder)
    if not faults:
        return
    shown = "\n".join(str(fault) for fault in faults[:SHOWN])
    more = f"\n... and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    only_manifest = all(fault.file == "MANIFEST.json" for fault in faults)
    raise (ReleaseInvalid if only_manifest else RowInvalid)(f"{len(faults)} faults in the knowledge release:\n{shown}{more}")


__all__ = ["Fault", "check", "require"]
