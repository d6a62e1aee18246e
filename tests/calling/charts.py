"""Charts for tests of the calling floor, written from positions of the definitions."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.calling.genes import call_genes
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart, Gap, Genotype, Hla, PhaseRelation, Phenotype, SiteCall, Variant
from smartpgx.domain.codes import Zygosity
from smartpgx.knowledge import release
from smartpgx.knowledge.schema import Site

TABLES = release.load().drug_gene
ONE_SOURCE = ("Observation/o",)


def site(gene: str, name: str) -> Site:
    """A defining position by rsID."""
    return next(site for site in TABLES.definitions[gene].sites if site.rsid == name)


def spdi(gene: str, where: Site, alt: str, ref: str | None = None) -> str:
    return f"{TABLES.definitions[gene].refseq}:{where.pos - 1}:{ref or where.ref}:{alt}"


def found(gene: str, name: str, alt: str | None = None, zygosity: Zygosity | None = "heterozygous") -> Variant:
    where = site(gene, name)
    text = spdi(gene, where, alt or where.alts[0])
    return Variant(spdi=text, same_as=text, gene=gene, zygosity=zygosity, source=(f"Observation/{name}-{alt}",))


def reference(gene: str, where: Site) -> SiteCall:
    text = spdi(gene, where, where.ref)
    return SiteCall(spdi=text, same_as=text, gene=gene, source=(f"Observation/{gene}-{where.index}",))


def absent(gene: str, name: str, alt: str | None = None) -> SiteCall:
    where = site(gene, name)
    text = spdi(gene, where, alt or where.alts[0])
    return SiteCall(spdi=text, same_as=text, gene=gene, source=(f"Observation/{name}",))


def panel(gene: str, *variants: Variant, hidden: Iterable[str] = (), **more: object) -> Chart:
    """Every position of a gene read: ``variants`` there, reference elsewhere; ``hidden`` (rsIDs) not read."""
    taken = {int((v.spdi or "").split(":")[1]) for v in variants}
    rest = [s for s in TABLES.definitions[gene].sites if s.pos - 1 not in taken and s.rsid not in set(hidden)]
    return Chart(variants=variants, reference_calls=tuple(reference(gene, s) for s in rest), **more)  # type: ignore[arg-type]


def phased(relation: str, first: Variant, second: Variant) -> PhaseRelation:
    return PhaseRelation(relation=relation, first=first.same_as or "", second=second.same_as or "")  # type: ignore[arg-type]


def call(chart: Chart, gene: str) -> GeneCall:
    calls, _ = call_genes(chart, TABLES)
    return next(one for one in calls if one.gene == gene)


def gaps(chart: Chart) -> tuple[Gap, ...]:
    return call_genes(chart, TABLES)[1]


def pairs(one: GeneCall) -> list[str | None]:
    return [candidate.diplotype for candidate in one.candidates]


def diplotype(gene: str, *alleles: str, copy_number: int | None = None) -> Genotype:
    return Genotype(gene=gene, alleles=alleles, raw="/".join(alleles), copy_number=copy_number, source=ONE_SOURCE)


def stated(gene: str, phenotype: str | None = None, score: float | str | None = None) -> Phenotype:
    return Phenotype(gene=gene, phenotype=phenotype, activity_score=score, source=ONE_SOURCE)


def typed(allele: str, present: bool = True, complete: bool = False) -> Hla:
    return Hla(allele=allele, present=present, complete=complete, source=ONE_SOURCE)
