"""What is odd about the variants of a gene, in words, and what forbids a call from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smartpgx.calling.allele_names import diplotype
from smartpgx.calling.evidence import GeneEvidence
from smartpgx.calling.gene_methods import COPIES_VARY, UNDOCUMENTED_AS_REFERENCE, why_not
from smartpgx.calling.listed_alleles import Listing
from smartpgx.calling.phase import contradictory
from smartpgx.calling.star_alleles import Explained
from smartpgx.calling.tables import GeneTables, name_at, site_name
from smartpgx.domain.chart import Gap, Variant
from smartpgx.knowledge.schema import Site


def refusal(tables: GeneTables, evidence: GeneEvidence) -> str | None:
    """Why no call may follow from these variants, whatever else was read; None when one may."""
    gene = tables.gene
    if tables.matchable is None:
        return why_not(gene)
    if evidence.structural:
        return f"A structural change reaches into {gene}; what it does to the alleles is not known, so no diplotype follows."
    vague = next((variant for variant in evidence.unplaced if not variant.spdi), None)
    if vague is not None:
        return f"{gene}: {described(vague)} could not be placed on the genome; no diplotype is safe without it."
    required = [site_name(site) for site in _required(tables) if site.index not in evidence.genotypes]
    if required:
        return f"{gene}: {', '.join(required)} must be read for a call and was not."
    if evidence.mixed:
        return f"{gene} is reported with one copy at one position and with two at another; no pair of alleles follows from that."
    if not evidence.genotypes and not evidence.excluded:
        return f"The {gene} variants stand at no position that defines an allele; no diplotype follows from them."
    bases = ", ".join(f"{base} at {name_at(tables, index)}" for index, base in evidence.undocumented.items())
    if bases and gene not in UNDOCUMENTED_AS_REFERENCE:
        return f"{gene}: {bases} is known to no definition of an allele; no diplotype follows."
    return None


def _required(tables: GeneTables) -> list[Site]:
    definition = tables.definition
    return [site for site in definition.sites if site.pos in definition.required] if definition else []


def oddities(tables: GeneTables, evidence: GeneEvidence) -> tuple[list[str], list[Gap]]:
    """Warnings and gaps for what was read and could not be taken at its word."""
    gene, odd = tables.gene, []
    told: list[Gap] = []

    def tell(wanted: str, because: str, text: str) -> None:
        odd.append(text)
        told.append(Gap(source=evidence.source, wanted=wanted, because=because, message=text))

    for index, base in evidence.undocumented.items():
        if gene in UNDOCUMENTED_AS_REFERENCE and tables.matchable is not None:
            text = f"{gene}: {base} at {name_at(tables, index)} is in no definition and read as reference; its effect is unknown."
            tell(f"{gene} {name_at(tables, index)}", "undocumented_base", text)
    for index in evidence.contradicted:
        tell(
            f"{gene} {name_at(tables, index)}",
            "contradiction",
            f"{gene}: reports of {name_at(tables, index)} disagree; each stays possible.",
        )
    if contradictory(evidence.relations):
        tell(f"{gene} phase", "contradiction", f"{gene}: the reported phase relations contradict each other and are not used.")
    for variant in evidence.unplaced:
        if not variant.spdi:
            continue
        text = f"{gene}: {described(variant)} stands at no position that defines an allele; the call leaves it out."
        odd.append(text)
        told.append(Gap(source=variant.source, wanted=f"{gene} variant", because="no_defining_position", message=text))
    return odd, told


def described(variant: Variant) -> str:
    """A variant as the report writes it."""
    return next(iter(variant.hgvs), None) or variant.spdi or variant.protein or variant.change or "a variant"


def notes(tables: GeneTables, pairs: Sequence[Explained], evidence: GeneEvidence) -> list[str]:
    """Warnings about the pairs that were found."""
    gene, found_notes = tables.gene, []
    if len(pairs) > 1:
        others = ", ".join(diplotype(pair.alleles) for pair in pairs[1:4])
        more = f" and {len(pairs) - 4} more" if len(pairs) > 4 else ""
        found_notes.append(f"{gene}: {diplotype(pairs[0].alleles)} is not the only possibility; also {others}{more}.")
    if gene in COPIES_VARY:
        found_notes.append(f"{gene} from small variants is provisional: deletions, duplications and hybrids stay unseen.")
    matchable = tables.matchable
    if matchable is not None and len(matchable.wild) > 1:
        reference = matchable.cores[matchable.reference]
        if any(reference in pair.alleles for pair in pairs):
            found_notes.append(f"{gene} {reference} is the sequence of the reference genome; it works like *1.")
    if evidence.single:
        found_notes.append(f"{gene} is reported with a single copy.")
    return found_notes


def listing_notes(tables: GeneTables, found: Listing) -> list[str]:
    """Warnings about changes that may stand together on a chromosome."""
    gene, told = tables.gene, []
    tag = tables.names.tag if tables.names else None
    if not found.ways[0].exact:
        told.append(
            f"{gene}: phase is not known; the two lowest of {', '.join(found.found)} are taken to be on different chromosomes."
        )
    if tag:
        causal, tagging = name_at(tables, tag.causal[0]), name_at(tables, tag.tagging[0])
        if found.tag_alone:
            told.append(f"{gene} {tag.name} follows from {tagging} alone; {causal}, which decides, was not read.")
        if found.tag_apart:
            told.append(f"{gene}: {tagging} is changed without {causal}, which decides; it does not count.")
    if any(way.assumed for way in found.ways):
        told.append(f"{gene}: positions of key alleles were not read; {found.ways[0].text} is not the only possibility.")
    return told


def unassigned(tables: GeneTables, shown: Iterable[str], evidence: GeneEvidence) -> list[Gap]:
    """A gap for each possible allele that the tables assign no function to."""
    gene, rule = tables.gene, tables.rule
    if rule is None or rule.method == "none":
        return []
    names = [name for name in dict.fromkeys(shown) if name in tables.rows and tables.rows[name].function is None]
    text = "has no assigned function yet; unknown is not normal."
    return [
        Gap(
            source=evidence.source,
            wanted=f"{gene} {name} function",
            because="allele_without_function",
            message=f"{gene} {name} {text}",
        )
        for name in names
    ]
