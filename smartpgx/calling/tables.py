"""The tables of one gene, made ready for calling."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from smartpgx.calling.definitions import Matchable
from smartpgx.calling.gene_methods import MATCHED, key_alleles
from smartpgx.calling.listed_alleles import LISTED, Names
from smartpgx.knowledge.schema import AlleleRow, Definition, PhenotypeRule, Site


class GeneTables(Struct, frozen=True, kw_only=True, eq=False):
    """The tables of one gene, with its definitions ready for matching (None where there are none)."""

    gene: str
    rows: Mapping[str, AlleleRow]
    rule: PhenotypeRule | None
    definition: Definition | None
    matchable: Matchable | None
    without_key: Matchable | None
    names: Names | None = None


def tables_of(gene: str, rows: Mapping[str, AlleleRow], rule: PhenotypeRule | None, definition: Definition | None) -> GeneTables:
    """``without_key``: for genes without a published list of key alleles, the definitions with none."""
    matchable = without = None
    if definition is not None and gene in MATCHED | LISTED:
        key, published = key_alleles(definition, rows)
        matchable = Matchable(definition, key)
        without = None if published else Matchable(definition, frozenset())
    names = Names(matchable, rows) if matchable is not None and gene in LISTED else None
    return GeneTables(
        gene=gene, rows=rows, rule=rule, definition=definition, matchable=matchable, without_key=without, names=names
    )


def site_name(site: Site) -> str:
    """The rsID, else the genomic HGVS name."""
    return site.rsid or site.hgvs_g


def name_at(tables: GeneTables, index: int) -> str:
    """Name of a defining position by its index."""
    sites = tables.definition.sites if tables.definition else ()
    return next((site_name(site) for site in sites if site.index == index), f"position {index}")
