"""Facts collected while reading, before what belongs together is joined."""

from __future__ import annotations

from msgspec import Struct, field

from smartpgx.domain.chart import (
    Biomarker,
    Genotype,
    Hla,
    LabImplication,
    LocalVariant,
    Measurement,
    Phenotype,
    Reference,
    SiteCall,
    Structural,
)
from smartpgx.domain.codes import Origin, Zygosity
from smartpgx.fhir.read.cultures import Cultures
from smartpgx.notation.sites import Known
from smartpgx.notation.spdi import Spdi


class Sighting(Struct, kw_only=True):
    """One sequence change or gene-level finding as one resource states it. ``edit`` and ``known``: None without bases."""

    source: tuple[Reference, ...]
    edit: Spdi | None = None
    known: Known | None = None
    gene: str | None = None
    genes: tuple[str, ...] = ()
    protein: str | None = None
    change: str | None = None
    zygosity: Zygosity | None = None
    origin: Origin | None = None
    fraction: float | None = None
    hgvs: tuple[str, ...] = ()
    significance: str | None = None
    specimen: Reference | None = None
    date: str | None = None
    warnings: tuple[str, ...] = ()


class PhaseStatement(Struct, frozen=True, kw_only=True):
    """What one Observation says of the phase of the variants of other resources."""

    relation: str
    variants: tuple[Reference, ...]
    source: tuple[Reference, ...]


class Haplotype(Struct, frozen=True, kw_only=True):
    """A reported haplotype, with the sequences it was read from."""

    gene: str
    allele: str
    source: tuple[Reference, ...]
    sequences: tuple[Reference, ...] = ()


class Findings(Struct, kw_only=True):
    """What readers of results add to; ``join`` makes the lists of the chart from it."""

    sightings: list[Sighting] = field(default_factory=list)
    gene_only: dict[Reference, Sighting] = field(default_factory=dict)
    reference_calls: list[SiteCall] = field(default_factory=list)
    tested_absent: list[SiteCall] = field(default_factory=list)
    local_variants: list[LocalVariant] = field(default_factory=list)
    structural: list[Structural] = field(default_factory=list)
    genotypes: list[Genotype] = field(default_factory=list)
    phenotypes: list[Phenotype] = field(default_factory=list)
    hla: list[Hla] = field(default_factory=list)
    phase: list[PhaseStatement] = field(default_factory=list)
    haplotypes: list[Haplotype] = field(default_factory=list)
    biomarkers: list[Biomarker] = field(default_factory=list)
    lab_implications: list[LabImplication] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    cultures: Cultures = field(default_factory=Cultures)
    consequences: list[Sighting] = field(default_factory=list)
    significance: dict[Reference, tuple[str, Reference]] = field(default_factory=dict)
