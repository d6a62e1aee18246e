"""What the record says about the defining positions of each gene.

Four different things: read as reference, not read, read but failed or contradicted, and a base that no definition knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from smartpgx.calling.sites import SiteIndex, edit_of, reached_at, read_at
from smartpgx.domain.chart import Chart, Fact, Reference, Structural, Variant
from smartpgx.domain.codes import Zygosity
from smartpgx.knowledge.schema import Definition, Site

Genotype = tuple[str, ...]
"""The VCF alleles at one position: two, sorted, or one where there is a single copy."""

Found = list[tuple[str, Zygosity | None]]


class Relation(Struct, frozen=True):
    """Two alleles at two positions, on one chromosome (``cis``) or on both."""

    first: tuple[int, str]
    second: tuple[int, str]
    cis: bool


class GeneEvidence(Struct, frozen=True, kw_only=True):
    """``genotypes``: position -> the genotypes that are possible there (several where zygosity is unknown).

    ``excluded``: alternates found absent at positions that stay open. ``undocumented``: position -> base. ``contradicted``:
    positions whose reports disagree (each report stays possible). ``unplaced``: variants of the gene at no defining
    position. ``structural``: structural changes that reach into the gene's positions. ``single``: one copy. ``mixed``:
    reported as single copy and as two copies.
    """

    gene: str
    genotypes: Mapping[int, tuple[Genotype, ...]] = field(default_factory=dict)
    excluded: Mapping[int, frozenset[str]] = field(default_factory=dict)
    undocumented: Mapping[int, str] = field(default_factory=dict)
    contradicted: tuple[int, ...] = ()
    relations: tuple[Relation, ...] = ()
    single: bool = False
    mixed: bool = False
    unplaced: tuple[Variant, ...] = ()
    structural: tuple[Structural, ...] = ()
    source: tuple[Reference, ...] = ()


class _Collected:
    """What was reported per position, before it is weighed."""

    def __init__(self) -> None:
        self.found: dict[int, Found] = {}
        self.read: dict[int, set[str]] = {}
        self.passed: dict[int, set[str]] = {}
        self.absent: dict[int, set[str]] = {}
        self.on_grch37: set[int] = set()
        self.undocumented: dict[int, str] = {}
        self.unplaced: list[Variant] = []
        self.structural: list[Structural] = []
        self.named: list[tuple[Variant, int, str]] = []
        self.source: dict[Reference, None] = {}

    def touch(self, fact: Fact) -> None:
        self.source.update(dict.fromkeys(fact.source))


def gather(
    chart: Chart, definitions: Mapping[str, Definition], index: SiteIndex, genes: Iterable[str]
) -> dict[str, GeneEvidence]:
    """Evidence of every gene of ``genes`` that a variant, a reference call or an absent variant speaks of."""
    collected: dict[str, _Collected] = {}
    named = frozenset(genes)
    for variant in chart.variants:
        if variant.origin != "somatic":
            _add_variant(variant, index, collected, named)
    for call in chart.reference_calls:
        for gene, place, allele, own in read_at(index, call.same_as or call.spdi):
            known = _at(collected, gene, call)
            (known.read if own else known.passed).setdefault(place, set()).add(allele or "")
            if call.spdi.startswith(f"{definitions[gene].refseq37}:"):
                known.on_grch37.add(place)
    for call in chart.tested_absent:
        for gene, place, allele, _ in reached_at(index, call.same_as or call.spdi):
            _at(collected, gene, call).absent.setdefault(place, set()).add(allele or "")
    for structural in chart.structural:
        for gene in _reaching(structural, definitions):
            _at(collected, gene, structural).structural.append(structural)
    return {gene: _weighed(gene, known, definitions.get(gene), chart) for gene, known in collected.items()}


def _at(collected: dict[str, _Collected], gene: str, fact: Fact) -> _Collected:
    known = collected.get(gene) or collected.setdefault(gene, _Collected())
    known.touch(fact)
    return known


def _add_variant(variant: Variant, index: SiteIndex, collected: dict[str, _Collected], genes: frozenset[str]) -> None:
    spelt = [spdi for spdi in (variant.same_as, variant.spdi) if spdi]
    reached = next((found for spdi in spelt if (found := reached_at(index, spdi))), ())
    for gene, place, allele, _ in reached:
        known = _at(collected, gene, variant)
        if allele is None:
            allele = known.undocumented[place] = _base_of(spelt)
        known.found.setdefault(place, []).append((allele, variant.zygosity))
        known.named.append((variant, place, allele))
    if not reached and variant.gene in genes:
        _at(collected, variant.gene, variant).unplaced.append(variant)


def _reaching(structural: Structural, definitions: Mapping[str, Definition]) -> Iterator[str]:
    """Genes whose defining positions a structural change overlaps. One base more or less is no matter."""
    ends = [end for end in (*(structural.outer or ()), *(structural.inner or ())) if end is not None]
    if not ends:
        return
    for gene, definition in definitions.items():
        for accession, places in (
            (definition.refseq, [site.pos for site in definition.sites]),
            (definition.refseq37, [site.pos37 for site in definition.sites if site.pos37]),
        ):
            if accession == structural.refseq and places and min(ends) <= max(places) and min(places) <= max(ends):
                yield gene


def _base_of(spelt: list[str]) -> str:
    edit = next(edit for edit in map(edit_of, spelt) if edit)
    return edit.inserted or f"del{edit.deleted}"


def _weighed(gene: str, known: _Collected, definition: Definition | None, chart: Chart) -> GeneEvidence:
    sites = {site.index: site for site in definition.sites} if definition else {}
    genotypes: dict[int, tuple[Genotype, ...]] = {}
    excluded: dict[int, frozenset[str]] = {}
    contradicted = []
    zygosities = {zygosity for found in known.found.values() for _, zygosity in found}
    single = "hemizygous" in zygosities and not zygosities & {"heterozygous", "homozygous"}
    for place, bases in known.passed.items():  # read within a longer stretch: counts where nothing was said of the position
        if place not in known.found:
            known.read.setdefault(place, bases)
    for place in sorted({*known.found, *known.read, *known.absent} & set(sites)):
        site = sites[place]
        absent = known.absent.get(place, set()) & set(site.alts)
        possible, agree = _possible(site, known.found.get(place, []), known.read.get(place, set()), absent)
        if site.ref_differs_on_grch37 and place in known.on_grch37 and (site.ref, site.ref) in possible:
            # There the GRCh38 base is a change, and its zygosity is not told: the other base may be the GRCh37 one.
            possible |= {_pair(site.ref, alt) for alt in site.alts}
        if possible:
            genotypes[place] = tuple(sorted({one[:1] if single else one for one in possible}))
        elif absent:
            excluded[place] = frozenset(absent)
        contradicted += [] if agree else [place]
    return GeneEvidence(
        gene=gene, genotypes=genotypes, excluded=excluded, undocumented=known.undocumented, contradicted=tuple(contradicted),
        relations=_relations(known.named, chart), single=single, mixed="hemizygous" in zygosities and not single,
        unplaced=tuple(known.unplaced), structural=tuple(known.structural), source=tuple(known.source),
    )  # fmt: skip


def _possible(site: Site, found: Found, read: set[str], absent: set[str]) -> tuple[set[Genotype], bool]:
    """The genotypes that are possible at a position, and whether all reports agree. Empty: not read."""
    reference: set[Genotype] = {(base, base) for base in read} | ({(site.ref, site.ref)} if absent >= set(site.alts) else set())
    alleles: dict[str, set[Zygosity | None]] = {}
    for allele, zygosity in found:
        alleles.setdefault(allele, set()).add(zygosity)
    alleles.pop(site.ref, None)
    if not alleles:
        return reference, len(reference) <= 1
    both = _two_alternates(alleles)
    if both:
        return {both} | reference, not reference
    possible = set(reference)
    for allele, zygosities in alleles.items():
        for zygosity in zygosities - {None} or {None}:
            possible |= _of_one(site.ref, allele, zygosity)
        if allele in absent:
            possible.add((site.ref, site.ref))
    agree = (
        len(alleles) == 1
        and not reference
        and not (absent & set(alleles))
        and all(len(z - {None}) <= 1 for z in alleles.values())
    )
    return possible, agree


def _two_alternates(alleles: Mapping[str, set[Zygosity | None]]) -> Genotype | None:
    """Two different alternates, each on one chromosome."""
    if len(alleles) == 2 and all(zygosities <= {"heterozygous", None} for zygosities in alleles.values()):
        first, second = sorted(alleles)
        return first, second
    return None


def _of_one(reference: str, allele: str, zygosity: Zygosity | None) -> set[Genotype]:
    heterozygous, homozygous = _pair(reference, allele), (allele, allele)
    if zygosity == "heterozygous":
        return {heterozygous}
    return {homozygous} if zygosity in ("homozygous", "hemizygous") else {heterozygous, homozygous}


def _pair(first: str, second: str) -> Genotype:
    return (first, second) if first <= second else (second, first)


def _relations(named: list[tuple[Variant, int, str]], chart: Chart) -> tuple[Relation, ...]:
    """Phase relations between two variants of this gene; each side is named by SPDI, or by the resource that reported it."""
    if isinstance(chart.phase, str) or not chart.phase:
        return ()
    places: dict[str, tuple[int, str]] = {}
    for variant, place, allele in named:
        for name in (*variant.source, variant.spdi, variant.same_as):
            if name:
                places[name] = (place, allele)
    found = []
    for relation in chart.phase:
        first, second = _place(relation.first, places), _place(relation.second, places)
        if first and second and first != second:
            found.append(Relation(first, second, relation.relation == "cis"))
    return tuple(dict.fromkeys(found))


def _place(name: str, places: Mapping[str, tuple[int, str]]) -> tuple[int, str] | None:
    return places.get(name) or next((places[word] for word in name.split() if word in places), None)
