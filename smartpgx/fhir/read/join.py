"""Joining what belongs together: a sequence and the Observation about it, two reports of one variant, haplotypes and phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import structs

from smartpgx.domain.chart import Genotype, GenotypeConflict, PhaseRelation, Reference, SiteCall, Variant
from smartpgx.domain.codes import Zygosity
from smartpgx.fhir.read.findings import Findings, Sighting
from smartpgx.fhir.read.gate import Reading

_SEQUENCES = ("MolecularSequence/", "Sequence/")


def variants(findings: Findings, reading: Reading) -> tuple[tuple[Variant, ...], tuple[PhaseRelation, ...]]:
    """Each change once, with all its sources; and what is known of phase between them."""
    _describe(findings, reading)
    links = _links(reading)
    _add_pointed(findings, links)
    by_haplotype = _haplotype_zygosity(findings)
    groups = _grouped(findings.sightings, links)
    found = [_merged(group, by_haplotype, reading) for group in groups]
    _use_rest(findings, reading)
    return tuple(_variant(each) for each in found), _phase(findings, found, reading)


def _describe(findings: Findings, reading: Reading) -> None:
    """Protein names, kinds of change and classes that other Observations give for a variant."""
    by_source = _by_source(findings.sightings)
    mutated = {source for result in findings.cultures.results for mutation in result.mutations for source in mutation.source}
    for consequence in findings.consequences:
        own, *targets = consequence.source
        described = [each for target in targets for each in by_source.get(target, ())]
        for sighting in described:
            sighting.protein = sighting.protein or consequence.protein
            sighting.change = sighting.change or (consequence.change if sighting.edit is None else None)
            sighting.hgvs = tuple(dict.fromkeys((*sighting.hgvs, *consequence.hgvs)))
            sighting.source = (*sighting.source, own)
        if described or mutated & set(targets):
            reading.ledger.use(own)
        elif not any(reading.ledger.is_excluded(target) for target in targets):
            reading.ledger.gap(
                (own,),
                "the variant of a consequence",
                "not_received",
                "The variant that this consequence is about was not received or not usable.",
            )
    missing: dict[Reference, None] = {}
    for target, (significance, own) in findings.significance.items():
        for sighting in by_source.get(target, ()):
            sighting.significance = significance
            sighting.source = tuple(dict.fromkeys((*sighting.source, own)))
        reading.ledger.use(own)
        if target not in by_source and not reading.ledger.is_excluded(target):
            missing[own] = None
    for own in missing:
        reading.ledger.gap(
            (own,),
            "the variant of a classification",
            "not_received",
            "The finding that this class is about was not received or not usable.",
        )


def _by_source(sightings: Iterable[Sighting]) -> dict[Reference, list[Sighting]]:
    found: dict[Reference, list[Sighting]] = {}
    for sighting in sightings:
        for source in sighting.source:
            found.setdefault(source, []).append(sighting)
    return found


def _add_pointed(findings: Findings, links: Mapping[Reference, set[Reference]]) -> None:
    """Gene, zygosity and origin from an Observation without bases: one a sequence variant points at,
    or one derived from the sequence.
    """
    by_source = _by_source(findings.sightings)
    for reference, told in findings.gene_only.items():
        described = by_source.get(reference, [])
        for sequence in links.get(reference, ()):
            alone = by_source.get(sequence, [])
            described = described or (alone if len(alone) == 1 else [])
        for sighting in described:
            _take(sighting, told)


def _take(sighting: Sighting, told: Sighting) -> None:
    sighting.gene = told.gene or sighting.gene
    sighting.zygosity = told.zygosity or sighting.zygosity
    sighting.origin = told.origin or sighting.origin
    sighting.fraction = told.fraction if told.fraction is not None else sighting.fraction
    sighting.date = told.date or sighting.date
    sighting.source = tuple(dict.fromkeys((*sighting.source, *told.source)))
    sighting.warnings = tuple(dict.fromkeys((*sighting.warnings, *told.warnings)))


def _links(reading: Reading) -> dict[Reference, set[Reference]]:
    """Observation -> sequences it is derived from."""
    found: dict[Reference, set[Reference]] = {}
    for entry in reading.record.of("Observation"):
        if "derivedFrom" in entry.resource:
            names = {
                name for _, name in reading.record.named(entry.resource["derivedFrom"], entry) if name.startswith(_SEQUENCES)
            }
            if names:
                found[entry.reference] = names
    return found


def key(sighting: Sighting) -> str | None:
    """What a change is compared by: its SPDI on GRCh38, else as reported."""
    if sighting.known and sighting.known.same_as:
        return str(sighting.known.same_as)
    return str(sighting.edit) if sighting.edit else None


def _grouped(sightings: list[Sighting], links: Mapping[Reference, set[Reference]]) -> list[list[Sighting]]:
    """Sightings of one change; those of tumour and germline stay apart, and one of unknown origin joins what it is linked to."""
    order: dict[tuple[str, str | None], list[Sighting]] = {}
    groups: list[list[Sighting]] = []
    for sighting in sightings:
        name = key(sighting)
        if name is None:
            groups.append([sighting])
            continue
        place = (name, sighting.origin)
        if place not in order:
            order[place] = []
            groups.append(order[place])
        order[place].append(sighting)
    for (name, origin), group in order.items():
        if origin is None:
            _move(group, order.get((name, "germline")), order.get((name, "somatic")), links)
    return [group for group in groups if group]


def _move(
    unknown: list[Sighting],
    germline: list[Sighting] | None,
    somatic: list[Sighting] | None,
    links: Mapping[Reference, set[Reference]],
) -> None:
    for sighting in list(unknown):
        home = next((group for group in (germline, somatic) if group and _linked(sighting, group, links)), None) or (
            germline if not somatic else None
        )
        if home:
            unknown.remove(sighting)
            home.append(sighting)


def _linked(sighting: Sighting, group: list[Sighting], links: Mapping[Reference, set[Reference]]) -> bool:
    own = set(sighting.source)
    return any(own & (set(other.source) | {name for source in other.source for name in links.get(source, ())}) for other in group)


def _merged(group: list[Sighting], by_haplotype: Mapping[str, Zygosity], reading: Reading) -> Sighting:
    first = group[0]
    stated: set[Zygosity] = {each.zygosity for each in group if each.zygosity}
    merged = Sighting(**{name: getattr(first, name) for name in first.__struct_fields__})
    for other in group[1:]:
        _fill(merged, other)
    merged.zygosity = next(iter(stated)) if len(stated) == 1 else None
    if len(stated) > 1:
        merged.warnings = (*merged.warnings, "reports of its zygosity contradict each other")
        reading.ledger.gap(
            merged.source,
            f"zygosity of {key(merged)}",
            "contradiction",
            "Two results disagree on whether one or both copies carry this variant.",
        )
    name = key(merged)
    if not stated and name is not None and name in by_haplotype:
        merged.zygosity = by_haplotype[name]
    return merged


def _fill(merged: Sighting, other: Sighting) -> None:
    for name in ("gene", "protein", "change", "origin", "fraction", "significance", "specimen", "date"):
        if getattr(merged, name) is None:
            setattr(merged, name, getattr(other, name))
    merged.genes = merged.genes or other.genes
    for name in ("source", "warnings", "hgvs"):
        setattr(merged, name, tuple(dict.fromkeys((*getattr(merged, name), *getattr(other, name)))))


def _variant(sighting: Sighting) -> Variant:
    same_as = sighting.known.same_as if sighting.known else None
    return Variant(
        spdi=str(sighting.edit) if sighting.edit else None,
        same_as=str(same_as) if same_as else None,
        gene=sighting.gene,
        genes=sighting.genes,
        protein=sighting.protein,
        change=sighting.change,
        zygosity=sighting.zygosity,
        origin=sighting.origin,
        allele_fraction=sighting.fraction,
        hgvs=sighting.hgvs,
        significance=sighting.significance,
        specimen=sighting.specimen,
        source=sighting.source,
        date=sighting.date,
        warnings=sighting.warnings,
    )


# --- haplotypes and phase --------------------------------------------------------------------------------------------


def _pairs(findings: Findings) -> list[tuple[Reference, Reference]]:
    """The two sequences of a gene whose two haplotypes were each read from one."""
    genes: dict[str, list[Reference]] = {}
    for haplotype in findings.haplotypes:
        if len(haplotype.sequences) == 1:
            genes.setdefault(haplotype.gene, []).append(haplotype.sequences[0])
    return [(found[0], found[1]) for found in genes.values() if len(found) == 2 and found[0] != found[1]]


def _haplotype_zygosity(findings: Findings) -> dict[str, Zygosity]:
    """Zygosity of changes that stand on one, or on both, of two haplotype sequences."""
    found: dict[str, Zygosity] = {}
    for first, second in _pairs(findings):
        names = [{name for each in findings.sightings if side in each.source and (name := key(each))} for side in (first, second)]
        for name in names[0] | names[1]:
            found[name] = "homozygous" if name in names[0] & names[1] else "heterozygous"
    return found


def _phase(findings: Findings, found: list[Sighting], reading: Reading) -> tuple[PhaseRelation, ...]:
    relations: dict[PhaseRelation, None] = {}
    by_source = _by_source(found)
    for statement in findings.phase:
        members = [each for name in statement.variants for each in by_source.get(name, ())[:1]]
        pairs = list(zip(members, members[1:], strict=False)) if statement.relation == "cis" or len(members) == 2 else []
        for one, other in pairs:
            relations[_relation(statement.relation, one, other, statement.source)] = None
        if pairs:
            reading.ledger.use(*statement.source)
        elif not all(reading.ledger.is_excluded(name) for name in statement.variants):
            reading.ledger.gap(
                statement.source,
                "the phase of two variants",
                "not_received",
                "The variants whose phase is stated were not received or not usable.",
            )
    for first, second in _pairs(findings):
        sides = [
            (each, side) for each in found if each.zygosity == "heterozygous" for side in (first, second) if side in each.source
        ]
        for index, (one, here) in enumerate(sides):
            for other, there in sides[index + 1 :]:
                relations[_relation("cis" if here == there else "trans", one, other, (here, there))] = None
    return tuple(relations)


def _relation(relation: str, one: Sighting, other: Sighting, source: tuple[Reference, ...]) -> PhaseRelation:
    first, second = (f"{key(each) or ''} {each.source[0]}".strip() for each in (one, other))
    return PhaseRelation(
        relation="cis" if relation == "cis" else "trans", first=first, second=second, source=tuple(dict.fromkeys(source))
    )


def _use_rest(findings: Findings, reading: Reading) -> None:
    """Observations that name only a gene and were used by no sequence are told."""
    used = {source for sighting in findings.sightings for source in sighting.source}
    called = {source for call in (*findings.reference_calls, *findings.tested_absent) for source in call.source}
    for reference, sighting in findings.gene_only.items():
        if reference not in used | called:
            wanted = f"what changed in {sighting.gene}" if sighting.gene else "what changed"
            reading.ledger.gap(
                (reference,), wanted, "incomplete", "A variant is reported as present without saying what changed."
            )


# --- genotypes and calls ---------------------------------------------------------------------------------------------


def genotypes(findings: Findings, reading: Reading) -> tuple[tuple[Genotype, ...], tuple[GenotypeConflict, ...]]:
    """Reported genotypes, equal ones joined; two that disagree are a conflict, and neither is used."""
    kept = [each for each in findings.genotypes if not each.alleles]
    conflicts: list[GenotypeConflict] = []
    by_gene: dict[str, dict[tuple[str, ...], list[Genotype]]] = {}
    for each in findings.genotypes:
        if each.alleles:
            by_gene.setdefault(each.gene, {}).setdefault(tuple(sorted(each.alleles)), []).append(each)
    for gene, by_alleles in by_gene.items():
        joined = [_joined(group) for group in by_alleles.values()]
        if len(joined) == 1:
            kept.append(joined[0])
            continue
        source = tuple(dict.fromkeys(name for each in joined for name in each.source))
        conflicts.append(GenotypeConflict(gene=gene, values=tuple("/".join(each.alleles) for each in joined), source=source))
        reading.ledger.gap(
            source,
            f"{gene} genotype",
            "contradiction",
            f"Two results give different {gene} genotypes; neither was used. Have the laboratory settle it.",
        )
    _haplotypes(findings, kept, reading)
    return tuple(_with_copies(kept)), tuple(conflicts)


def _with_copies(kept: list[Genotype]) -> list[Genotype]:
    """A copy number reported by itself stands with the diplotype of its gene, where there is one of each."""
    alone = [each for each in kept if not each.alleles and each.copy_number is not None and not each.warnings]
    for copies in alone:
        named = [
            each for each in kept if each.gene == copies.gene and each.alleles and each.copy_number in (None, copies.copy_number)
        ]
        if len(named) == 1 and len([each for each in alone if each.gene == copies.gene]) == 1:
            source = tuple(dict.fromkeys((*named[0].source, *copies.source)))
            kept[kept.index(named[0])] = structs.replace(named[0], copy_number=copies.copy_number, source=source)
            kept.remove(copies)
    return kept


def _joined(group: list[Genotype]) -> Genotype:
    first = group[0]
    source = tuple(dict.fromkeys(name for each in group for name in each.source))
    shared = set(first.warnings).intersection(*(each.warnings for each in group))
    return (
        structs.replace(first, source=source, warnings=tuple(each for each in first.warnings if each in shared))
        if len(group) > 1
        else first
    )


def _haplotypes(findings: Findings, kept: list[Genotype], reading: Reading) -> None:
    """Haplotypes stand behind the genotype of their gene; alone they are no diplotype."""
    with_genotype = {each.gene: each for each in kept if each.alleles}
    for haplotype in findings.haplotypes:
        genotype = with_genotype.get(haplotype.gene)
        if genotype is None:
            reading.ledger.gap(
                haplotype.source,
                f"{haplotype.gene} genotype",
                "single_allele",
                "Haplotypes are reported without the genotype they make up.",
            )
        elif haplotype.allele not in genotype.alleles:
            reading.ledger.gap(
                haplotype.source,
                f"{haplotype.gene} haplotype",
                "contradiction",
                f"The haplotype {haplotype.allele} is not part of the reported {haplotype.gene} genotype.",
            )
        else:
            reading.ledger.use(*haplotype.source)


def calls(found: list[SiteCall]) -> tuple[SiteCall, ...]:
    """Equal calls joined."""
    kept: dict[tuple[str, str | None], SiteCall] = {}
    for call in found:
        name = call.spdi, call.same_as
        known = kept.get(name)
        kept[name] = structs.replace(known, source=tuple(dict.fromkeys((*known.source, *call.source)))) if known else call
    return tuple(kept.values())


def tell_contradictions(found: tuple[Variant, ...], findings: Findings, reading: Reading) -> None:
    """A change reported as present by one result and as absent by another."""
    absent = {call.same_as or call.spdi: call for call in findings.tested_absent}
    for variant in found:
        call = absent.get(variant.same_as or variant.spdi or "")
        if call is not None and variant.origin != "somatic":
            source = tuple(dict.fromkeys((*variant.source, *call.source)))
            reading.ledger.gap(
                source,
                f"the base at {variant.same_as or variant.spdi}",
                "contradiction",
                "One result reports this variant as present, another as absent.",
            )
