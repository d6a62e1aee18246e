"""Alleles, star-allele definitions and phenotype rules: rows of the tables turned into the structs of the schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from smartpgx.knowledge.schema import AlleleRow, DefinedAllele, Definition, PhenotypeRule, Site, SiteKey
from smartpgx.knowledge.shelf import Shelf


def alleles(shelf: Shelf) -> dict[str, dict[str, AlleleRow]]:
    """Gene -> allele -> row."""
    found: dict[str, dict[str, AlleleRow]] = defaultdict(dict)
    for gene, allele, function, value, reference, structural, source in shelf.rows("drug_gene/alleles.csv"):
        found[gene][allele] = AlleleRow(
            gene=gene,
            allele=allele,
            function=function or None,
            activity_value=_value(value),
            is_reference=reference == "1",
            structural=structural == "1",
            source=source,
        )
    return dict(found)


def _value(text: str) -> float | str | None:
    if not text:
        return None
    return text if text.startswith("≥") else float(text)


def definitions(shelf: Shelf) -> dict[str, Definition]:
    """Gene -> definition, from ``genes.csv``, ``sites.csv`` and ``defined_alleles.csv``."""
    found_sites: dict[str, list[Site]] = defaultdict(list)
    for gene, index, pos, pos37, _how, rsid, ref, alts, hgvs, base37 in shelf.rows("drug_gene/sites.csv"):
        found_sites[gene].append(
            Site(index=int(index), pos=int(pos), pos37=int(pos37) if pos37 else None, rsid=rsid or None, ref=ref,
                 alts=tuple(alts.split("|")), hgvs_g=hgvs, ref_differs_on_grch37=bool(base37))
        )  # fmt: skip
    named: dict[str, list[DefinedAllele]] = defaultdict(list)
    for gene, allele, reference, bases in shelf.rows("drug_gene/defined_alleles.csv"):
        named[gene].append(DefinedAllele(name=allele, reference=reference == "1", at=_bases(bases)))
    return {row[0]: _definition(row, found_sites[row[0]], named[row[0]]) for row in shelf.rows("drug_gene/genes.csv") if row[6]}


def _bases(text: str) -> dict[int, str]:
    pairs = (item.split(":") for item in text.split(";") if item)
    return {int(index): base for index, base in pairs}


def _definition(row: list[str], found_sites: Iterable[Site], named: Iterable[DefinedAllele]) -> Definition:
    gene, _hgnc, chrom, refseq, refseq37, _strand, version, required, key_alleles, key_positions, off, off_alleles, order = row
    return Definition(
        gene=gene,
        chrom=chrom,
        refseq=refseq,
        refseq37=refseq37,
        sites=tuple(found_sites),
        alleles=tuple(named),
        version=version,
        required=_positions(required),
        key_alleles=_names(key_alleles),
        key_positions=_positions(key_positions),
        ignored_positions=_positions(off),
        ignored_alleles=_names(off_alleles),
        priorities=tuple(_priority(item) for item in _names(order)),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _positions(text: str) -> tuple[int, ...]:
    return tuple(int(item) for item in _names(text))


def _priority(text: str) -> tuple[tuple[str, ...], str]:
    pairs, pick = text.split(">")
    return tuple(pairs.split(" ")), pick


def sites(found: Mapping[str, Definition]) -> dict[tuple[str, int], tuple[SiteKey, ...]]:
    """(accession, 0-based position) -> sites, on GRCh38 and, where the position is known, on GRCh37."""
    keys: dict[tuple[str, int], tuple[SiteKey, ...]] = {}
    for gene, definition in found.items():
        for site in definition.sites:
            places: list[tuple[str, int | None, Any]] = [(definition.refseq, site.pos, 38), (definition.refseq37, site.pos37, 37)]
            for accession, pos, build in places:
                if pos is not None:
                    place = (accession, pos - 1)
                    keys[place] = (*keys.get(place, ()), SiteKey(gene=gene, site=site, build=build))
    return keys


def phenotype_rules(shelf: Shelf) -> dict[str, PhenotypeRule]:
    """Gene -> rule, from ``phenotype_rules.csv`` and ``ehr_priorities.csv``."""
    priorities: dict[str, dict[str, str]] = defaultdict(dict)
    for gene, phenotype, word in shelf.rows("drug_gene/ehr_priorities.csv"):
        priorities[gene][phenotype] = word
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for row in shelf.rows("drug_gene/phenotype_rules.csv"):
        rows[row[0]].append(row)
    return {gene: _rule(gene, lines, priorities[gene]) for gene, lines in rows.items()}


def _rule(gene: str, rows: list[list[str]], priorities: Mapping[str, str]) -> PhenotypeRule:
    return PhenotypeRule(
        gene=gene,
        method=rows[0][1],
        pairs={(row[2], row[3]): row[6] for row in rows if row[2]},
        singles={row[3]: row[6] for row in rows if row[3] and not row[2]},
        bins=tuple((float(row[4]), float(row[5]) if row[5] else None, row[6]) for row in rows if row[4]),
        ehr_priority=priorities,
    )
