"""People made from the definitions: what is true of them must stay possible, whatever the report leaves out."""

from __future__ import annotations

import random
from collections.abc import Mapping

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from smartpgx.calling.allele_names import core_name, diplotype
from smartpgx.calling.definitions import EITHER_BASE
from smartpgx.calling.gene_methods import MATCHED
from smartpgx.calling.genes import call_genes
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart, PhaseRelation, SiteCall, Variant
from smartpgx.knowledge.schema import DefinedAllele, Definition
from tests.calling.charts import TABLES, call, pairs

QUICK = settings(max_examples=120, deadline=None, derandomize=True)
NORMAL = {"Normal Metabolizer", "Normal Function"}
Haplotype = Mapping[int, str]


class Person(msgspec.Struct, frozen=True):
    gene: str
    names: tuple[str, str]
    haplotypes: tuple[Haplotype, Haplotype]

    @property
    def truth(self) -> str:
        return diplotype(tuple(core_name(name) for name in self.names))


@st.composite
def people(draw: st.DrawFn) -> Person:
    gene = draw(st.sampled_from(sorted(MATCHED)))
    alleles = TABLES.definitions[gene].alleles
    first, second = draw(st.sampled_from(alleles)), draw(st.sampled_from(alleles))
    definition = TABLES.definitions[gene]
    return Person(gene, (first.name, second.name), (draw(haplotypes(definition, first)), draw(haplotypes(definition, second))))


@st.composite
def haplotypes(draw: st.DrawFn, definition: Definition, allele: DefinedAllele) -> Haplotype:
    found = {}
    for site in definition.sites:
        base = allele.at.get(site.index, site.ref)
        either = EITHER_BASE.get(base) if base not in (site.ref, *site.alts) else None
        found[site.index] = draw(st.sampled_from(sorted(set(either) & {site.ref, *site.alts}))) if either else base
    return found


def chart(
    person: Person, *, build: int = 38, hidden: frozenset[int] = frozenset(), zygosity: bool = True, phase: bool = False
) -> Chart:
    definition = TABLES.definitions[person.gene]
    variants, read, sides = [], [], []
    for site in definition.sites:
        accession, pos = (definition.refseq, site.pos) if build == 38 else (definition.refseq37, site.pos37 or 0)
        bases = [haplotype[site.index] for haplotype in person.haplotypes]
        if site.index in hidden:
            continue
        where = f"{accession}:{pos - 1}:{site.ref}:"
        if set(bases) == {site.ref}:
            read.append(SiteCall(spdi=where + site.ref, same_as=where + site.ref if build == 38 else None))
        for base in sorted(set(bases) - {site.ref}):
            kind = None if not zygosity else ("homozygous" if bases[0] == bases[1] else "heterozygous")
            variants.append(Variant(spdi=where + base, same_as=where + base if build == 38 else None, zygosity=kind))  # type: ignore[arg-type]
            if bases[0] != bases[1]:
                sides.append((where + base, bases.index(base)))
    relations = tuple(
        PhaseRelation(relation="cis" if here == there else "trans", first=one, second=two)
        for (one, here), (two, there) in zip(sides, sides[1:], strict=False)
    )
    return Chart(variants=tuple(variants), reference_calls=tuple(read), phase=relations if phase and relations else "unknown")


@QUICK
@given(people())
def test_the_true_pair_is_among_the_candidates(person: Person) -> None:
    assert person.truth in pairs(call(chart(person), person.gene))


@QUICK
@given(people())
def test_the_build_makes_no_difference(person: Person) -> None:
    sites = TABLES.definitions[person.gene].sites
    apart = frozenset(site.index for site in sites if site.pos37 is None or site.ref_differs_on_grch37)
    one, other = (call(chart(person, build=build, hidden=apart), person.gene) for build in (37, 38))
    assert pairs(one) == pairs(other)


@QUICK
@given(people())
def test_with_unknown_zygosity_the_true_pair_stays_possible(person: Person) -> None:
    one = call(chart(person, zygosity=False), person.gene)
    assert one.status == "not_called" or person.truth in pairs(one)


@QUICK
@given(people())
def test_phase_only_narrows_and_keeps_the_true_pair(person: Person) -> None:
    with_phase, without = call(chart(person, phase=True), person.gene), call(chart(person), person.gene)
    assert person.truth in pairs(with_phase)
    assert set(pairs(with_phase)) <= set(pairs(without))


@QUICK
@given(people(), st.randoms(use_true_random=False))
def test_the_order_of_resources_makes_no_difference(person: Person, chance: random.Random) -> None:
    straight = chart(person, phase=True)
    turned = msgspec.structs.replace(
        straight,
        variants=tuple(chance.sample(straight.variants, len(straight.variants))),
        reference_calls=tuple(chance.sample(straight.reference_calls, len(straight.reference_calls))),
        phase=straight.phase if isinstance(straight.phase, str) else tuple(chance.sample(straight.phase, len(straight.phase))),
    )
    assert _told(call(straight, person.gene)) == _told(call(turned, person.gene))


def _told(one: GeneCall) -> tuple[object, ...]:
    return one.status, one.candidates, one.diplotype, one.phenotype, one.missing, one.warnings


@QUICK
@given(people(), st.data())
def test_hiding_a_key_position_never_makes_an_altered_gene_certainly_normal(person: Person, data: st.DataObject) -> None:
    definition = TABLES.definitions[person.gene]
    key = [allele for allele in definition.alleles if core_name(allele.name) in definition.key_alleles]
    listed = sorted({index for allele in key for index in allele.at}) or [site.index for site in definition.sites]
    hidden = frozenset(data.draw(st.sets(st.sampled_from(listed), min_size=1)))
    truth = call(chart(person), person.gene)
    calls, _ = call_genes(chart(person, hidden=hidden), TABLES)
    for one in calls:
        certainly_normal = one.status == "called" and one.phenotype in NORMAL
        assert not certainly_normal or truth.phenotype in {*NORMAL, "Indeterminate", None}


@QUICK
@given(people(), st.data())
def test_what_is_hidden_is_named(person: Person, data: st.DataObject) -> None:
    sites = TABLES.definitions[person.gene].sites
    apart = [site for site in sites if len(site.ref) == 1]
    sites = tuple(site for site in apart if not any(o.pos <= site.pos < o.pos + len(o.ref) for o in sites if o is not site))
    hidden = data.draw(st.sets(st.sampled_from([site.index for site in sites]), max_size=max(0, len(sites) - 1)))
    calls, _ = call_genes(chart(person, hidden=frozenset(hidden)), TABLES)
    for one in calls:
        assert {site.rsid or site.hgvs_g for site in sites if site.index in hidden} <= set(one.missing)
