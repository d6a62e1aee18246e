"""Resistance knowledge: the HIV drugs, the shipped algorithm, the consensus sequences and mutation types."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from smartpgx.knowledge.schema import HivDrugRow
from smartpgx.knowledge.shelf import Shelf

if TYPE_CHECKING:
    from smartpgx.knowledge.asi import AsiAlgorithm

HIVDB = "resistance/HIVDB_10.2.xml"


class MutationType(Struct, frozen=True, kw_only=True):
    """HIVDB's class of a mutation: ``type`` Major, Accessory, NRTI, NNRTI or Other; ``amino_acids`` as one string."""

    gene: str
    drug_class: str
    position: int
    amino_acids: str
    type: str
    unusual: bool = False


class CommentCondition(Struct, frozen=True, kw_only=True):
    """When a comment of the shipped algorithm applies. ``condition``: ``184VI`` or ``DTG=5``."""

    id: str
    gene: str
    drug_class: str
    condition_type: str
    condition: str


class Resistance:
    """The resistance tables of a release. Each attribute is read at its first use."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @cached_property
    def hiv_drugs(self) -> tuple[HivDrugRow, ...]:
        """HIV drugs in the order of the algorithm; both forms of tenofovir stand under TDF."""
        return tuple(
            HivDrugRow(code=code, asi_names=tuple(asi.split("|")), name=name, rxcui=rxcui or None,
                       atc=(atc,) if atc else (), drug_class=drug_class, ingredients=(name,))
            for code, asi, name, rxcui, atc, drug_class, _source in self._shelf.rows("resistance/hiv_drugs.csv")
        )  # fmt: skip

    @cached_property
    def hivdb_xml(self) -> bytes:
        """The default algorithm file, HIVDB 10.2, its comment texts emptied."""
        return self._shelf.content(HIVDB)

    @cached_property
    def hivdb(self) -> AsiAlgorithm:
        """The default algorithm, compiled."""
        from smartpgx.knowledge.asi import compile_algorithm

        return compile_algorithm(self.hivdb_xml)

    @cached_property
    def hiv_consensus(self) -> Mapping[str, str]:
        """Gene (PR, RT, IN, CA) -> subtype B consensus amino acids."""
        return {gene: sequence for gene, _range, sequence in self._shelf.rows("resistance/hiv_consensus.csv")}

    @cached_property
    def hiv_mutation_types(self) -> tuple[MutationType, ...]:
        """HIVDB's mutation types by position and amino acids."""
        return tuple(
            MutationType(
                gene=gene, drug_class=drug_class, position=int(position), amino_acids=acids, type=kind, unusual=odd == "1"
            )
            for gene, drug_class, position, acids, kind, odd in self._shelf.rows("resistance/hiv_mutation_types.csv")
        )

    @cached_property
    def hiv_comments(self) -> Mapping[str, CommentCondition]:
        """Comment id -> when it applies."""
        return {
            id_: CommentCondition(id=id_, gene=gene, drug_class=drug_class, condition_type=kind, condition=condition)
            for id_, gene, drug_class, kind, condition, _date in self._shelf.rows("resistance/hiv_comments.csv")
        }
