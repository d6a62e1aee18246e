"""A knowledge release: its manifest, and its tables, each read when it is first asked for."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

from smartpgx.knowledge.drug_gene import DrugGene
from smartpgx.knowledge.medicines import Medicines
from smartpgx.knowledge.resistance import Resistance
from smartpgx.knowledge.schema import Manifest
from smartpgx.knowledge.shelf import Shelf

SHIPPED = Path(__file__).parent / "tables"


class Knowledge:
    """What the field knows, as one release. Reading a table happens once, at its first use."""

    def __init__(self, shelf: Shelf, manifest: Manifest) -> None:
        self.shelf = shelf
        self.manifest = manifest

    @cached_property
    def drug_gene(self) -> DrugGene:
        return DrugGene(self.shelf)

    @cached_property
    def medicines(self) -> Medicines:
        return Medicines(self.shelf)

    @cached_property
    def resistance(self) -> Resistance:
        return Resistance(self.shelf)


def load(path: Path | None = None) -> Knowledge:
    """The release in ``path``, or the shipped one. Compares digests only; ``check`` looks into the rows.

    Raises ReleaseMissing or ReleaseInvalid.
    """
    return _load((path or SHIPPED).resolve())


@lru_cache(maxsize=8)
def _load(folder: Path) -> Knowledge:
    shelf = Shelf(folder)
    manifest = shelf.manifest()
    shelf.compare(manifest)
    return Knowledge(shelf, manifest)
