"""What the rules need of the resistance tables: the interface the loaded release fulfils."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from smartpgx.knowledge.asi import AsiAlgorithm
from smartpgx.knowledge.schema import HivDrugRow


class ResistanceTables(Protocol):
    """``hivdb``: the shipped algorithm; ``hiv_consensus``: gene -> subtype B consensus amino acids, 1-based."""

    @property
    def hiv_drugs(self) -> tuple[HivDrugRow, ...]: ...
    @property
    def hivdb(self) -> AsiAlgorithm: ...
    @property
    def hiv_consensus(self) -> Mapping[str, str]: ...
