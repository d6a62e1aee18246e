"""What is odd about the variants of a gene, in words, and what forbids a call from them."""

from __future__ import annotations

from smartpgx.calling.allele_names import diplotype, function_of
from smartpgx.calling.evidence import GeneEvidence
from smartpgx.calling.gene_methods import MATCHED, UNDOCUMENTED_AS_REFERENCE, why_not
from smartpgx.calling.phase import contradictory
from smartpgx.calling.star_alleles import Matched
from smartpgx.calling.tables import GeneTables, name_at
from smartpgx.domain.chart import Gap, Variant


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
    if evidence.mixed:
        return f"{gene} is reported with one copy at one position and with two at another; no pair of alleles follows from that."
    if not evidence.genotypes and not evidence.excluded:
        return f"The {gene} variants stand at no position that defines an allele; no diplotype follows from them."
    bases = ", ".join(f"{base} at {name_at(tables, index)}" for index, base in evidence.undocumented.items())
    if bases and gene not in UNDOCUMENTED_AS_REFERENCE:
        return f"{gene}: {bases} is known to no definition of an allele; no diplotype follows."
    return None


def oddities(tables: GeneTables, evidence: GeneEvidence) -> tuple[list[str], list[Gap]]:
    """Warnings and gaps for what was read and could not be taken at its word."""
    gene, odd = tables.gene, []
    told: list[Gap] = []

    def tell(wanted: str, because: str, text: str) -> None:
        odd.append(text)
        told.append(Gap(source=evidence.source, wanted=wanted, because=because, message=text))

    for index, base in evidence.undocumented.items():
        if gene in UNDOCUMENTED_AS_REFERENCE & MATCHED:
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


def notes(tables: GeneTables, found: Matched, evidence: GeneEvidence) -> list[str]:
    """Warnings about the pairs that were found."""
    gene, found_notes = tables.gene, []
    if len(found.pairs) > 1:
        others = ", ".join(diplotype(pair.alleles) for pair in found.pairs[1:4])
        more = f" and {len(found.pairs) - 4} more" if len(found.pairs) > 4 else ""
        found_notes.append(f"{gene}: {diplotype(found.pairs[0].alleles)} is not the only possibility; also {others}{more}.")
    matchable = tables.matchable
    if matchable is not None and len(matchable.wild) > 1:
        reference = matchable.cores[matchable.reference]
        if any(reference in pair.alleles for pair in found.pairs):
            found_notes.append(f"{gene} {reference} is the sequence of the reference genome; it works like *1.")
    if evidence.single:
        found_notes.append(f"{gene} is reported with a single copy.")
    return found_notes


def unassigned(tables: GeneTables, found: Matched, evidence: GeneEvidence) -> list[Gap]:
    """A gap for each possible allele that the tables assign no function to."""
    gene, rule = tables.gene, tables.rule
    if rule is None or rule.method == "none":
        return []
    shown = dict.fromkeys(name for pair in found.pairs for name in pair.alleles)
    return [
        Gap(source=evidence.source, wanted=f"{gene} {name} function", because="allele_without_function",
            message=f"{gene} {name} has no assigned function yet; unknown is not normal.")
        for name in shown
        if function_of(name, tables.rows).function is None
    ]  # fmt: skip
