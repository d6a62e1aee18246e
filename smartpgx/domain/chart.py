"""Everything known about one patient: facts by kind, gaps, exclusions, and what became of every resource received.

Each fact names the resources it came from in ``source``: ``Type/id``, or ``Type/id#contained``. The shapes are those of
the facts document (``smartpgx.facts/1``). msgspec structs rather than dataclasses: as frozen, a few times cheaper to
make, and the JSON Schema of the documents is exported from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from smartpgx.domain.codes import Consented, Letter, Origin, Outcome, SecondaryFindings, Zygosity

Reference = str
"""``Type/id`` as received; ``Type/id#contained`` for a contained resource."""


class Fact(Struct, frozen=True, kw_only=True):
    """What every fact has. ``date`` is the day it is about (ISO, as precise as reported), if stated."""

    source: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()
    date: str | None = None


class Patient(Struct, frozen=True, kw_only=True):
    """The person the chart is about. Names and identifiers stay outside the core."""

    reference: Reference | None = None
    birth_date: str | None = None
    sex: str | None = None
    deceased: bool | None = None


class Variant(Fact, frozen=True, kw_only=True):
    """One sequence change or gene-level finding that was found.

    ``spdi`` is 0-based on the accession reported, ``same_as`` its SPDI on GRCh38 where the site tables know it (equal to
    ``spdi`` when that already is GRCh38). ``allele_fraction`` is 0..1.
    """

    spdi: str | None = None
    same_as: str | None = None
    gene: str | None = None
    genes: tuple[str, ...] = ()
    protein: str | None = None
    change: str | None = None
    zygosity: Zygosity | None = None
    origin: Origin | None = None
    allele_fraction: float | None = None
    hgvs: tuple[str, ...] = ()
    significance: str | None = None
    specimen: Reference | None = None


class SiteCall(Fact, frozen=True, kw_only=True):
    """A site that was read: ``spdi`` with deleted = inserted (reference found), or the alternate reported Absent."""

    spdi: str
    same_as: str | None = None
    gene: str | None = None


class LocalVariant(Fact, frozen=True, kw_only=True):
    """An edit on a literal or unknown reference, fully justified. Never used by rules."""

    pos0: int
    ref: str
    alt: str


class Structural(Fact, frozen=True, kw_only=True):
    """A structural change with its ranges as reported. ``coordinate_system`` 0 or 1."""

    refseq: str | None = None
    type: str | None = None
    inner: tuple[float | None, float | None] | None = None
    outer: tuple[float | None, float | None] | None = None
    coordinate_system: int | None = None
    copy_number: float | None = None


class Genotype(Fact, frozen=True, kw_only=True):
    """A reported diplotype. ``alleles``: two canonical names, one for a single copy, none when only ``raw`` is certain.

    ``copy_number``: total gene copies where the laboratory gives a number without saying which allele is multiplied.
    """

    gene: str
    alleles: tuple[str, ...] = ()
    raw: str = ""
    copy_number: int | None = None


class GenotypeConflict(Fact, frozen=True, kw_only=True):
    """Two germline results of one gene that disagree. Neither is used."""

    gene: str
    values: tuple[str, ...]


class Phenotype(Fact, frozen=True, kw_only=True):
    """A reported phenotype in the standard term, or an activity score (number, or text with a comparator)."""

    gene: str
    phenotype: str | None = None
    activity_score: float | str | None = None


class Hla(Fact, frozen=True, kw_only=True):
    """One HLA allele (``HLA-B*57:01``), looked for and found or not. ``complete``: from a full typing of its locus."""

    allele: str
    present: bool
    complete: bool = False


class PhaseRelation(Fact, frozen=True, kw_only=True):
    """``cis`` or ``trans`` between two variants, each named by its SPDI on GRCh38 and the resource that reported it."""

    relation: Literal["cis", "trans"]
    first: str
    second: str


class Biomarker(Fact, frozen=True, kw_only=True):
    name: str
    value: float | str | None = None
    unit: str | None = None


class Tumour(Fact, frozen=True, kw_only=True):
    condition: Mapping[str, str | None]


class Organism(Struct, frozen=True, kw_only=True):
    text: str
    snomed: str | None = None


class Mutation(Struct, frozen=True, kw_only=True):
    """A pathogen's change as reported: gene (``RT``, ``rpoB``) and change (``M184V``, ``p.Ser450Leu``)."""

    gene: str
    change: str
    source: tuple[Reference, ...] = ()
    allele_fraction: float | None = None


class NotDetected(Struct, frozen=True, kw_only=True):
    target: str
    method: str | None = None
    source: tuple[Reference, ...] = ()


class Determinant(Struct, frozen=True, kw_only=True):
    """A resistance gene or target that a test found. ``method``, ``coverage`` and ``identity`` (per cent) as reported."""

    name: str
    method: str | None = None
    coverage: float | None = None
    identity: float | None = None
    source: tuple[Reference, ...] = ()


class Susceptibility(Fact, frozen=True, kw_only=True):
    """A measured result. ``mic`` in mg/L."""

    drug_text: str
    rxcui: str | None = None
    interpretation: Letter | None = None
    standard: str | None = None
    mic: float | None = None
    organism_text: str | None = None
    specimen: Reference | None = None


class Isolate(Fact, frozen=True, kw_only=True):
    """One organism from one specimen. ``sequenced``: genes a report speaks of, also when it found "None"."""

    organism: Organism | None = None
    specimen: Reference | None = None
    collected: str | None = None
    mutations: tuple[Mutation, ...] = ()
    sequenced: tuple[str, ...] = ()
    genes: tuple[Determinant, ...] = ()
    not_detected: tuple[NotDetected, ...] = ()
    susceptibility: tuple[Susceptibility, ...] = ()


class LabImplication(Fact, frozen=True, kw_only=True):
    """Advice that the laboratory itself reported: shown beside ours, never merged. ``drug``: RxNorm ingredient."""

    drug: str
    implication: str


class Ingredient(Struct, frozen=True, kw_only=True):
    """An active ingredient; ``rxcui`` is the RxNorm IN, None where there is none."""

    name: str
    rxcui: str | None = None


class Medication(Fact, frozen=True, kw_only=True):
    """One order, home medicine, administration or dispense, with the states the contract names.

    ``local``: put on the skin, into the eye, ear or nose, so that guidance on the drug in the body does not speak of it.
    """

    ingredients: tuple[Ingredient, ...] = ()
    active: bool | None = None
    ordered: bool = False
    proposed: bool = False
    held: bool = False
    reported: bool = False
    prohibited: bool = False
    prn: bool = False
    dose: Mapping[str, float | str] | None = None
    last: str | None = None
    unresolved: bool = False
    local: bool = False
    text: str = ""


class Allergy(Fact, frozen=True, kw_only=True):
    substance: str
    ingredients: tuple[Ingredient, ...] = ()
    criticality: str | None = None
    reaction: str | None = None


class Condition(Fact, frozen=True, kw_only=True):
    text: str
    codes: tuple[tuple[str, str], ...] = ()
    clinical_status: str | None = None


class Measurement(Fact, frozen=True, kw_only=True):
    """pregnancy, weight (kg), height (cm), eGFR (mL/min/1.73m2), INR, transplant."""

    name: str
    value: float | str | None = None
    unit: str | None = None


class Consent(Struct, frozen=True, kw_only=True):
    genetic: Consented = "not_stated"
    secondary_findings: SecondaryFindings = "not_asked"
    source: tuple[Reference, ...] = ()


class Excluded(Struct, frozen=True, kw_only=True):
    source: tuple[Reference, ...]
    reason: str


class Gap(Struct, frozen=True, kw_only=True):
    """Something a rule would have wanted and we could not use with certainty.

    ``wanted`` in the field's words ("CYP2D6 copy number"); ``because`` a short reason code ("not_tested",
    "unreadable", "contradiction", ...); ``message`` one sentence for a reader, what is odd and what to do.
    """

    source: tuple[Reference, ...] = ()
    wanted: str
    because: str
    message: str


class Chart(Struct, frozen=True, kw_only=True):
    """One patient as we could read them. ``accounted`` adds up to the resources received, always."""

    patient: Patient = field(default_factory=Patient)
    variants: tuple[Variant, ...] = ()
    local_variants: tuple[LocalVariant, ...] = ()
    reference_calls: tuple[SiteCall, ...] = ()
    tested_absent: tuple[SiteCall, ...] = ()
    structural: tuple[Structural, ...] = ()
    genotypes: tuple[Genotype, ...] = ()
    genotypes_conflict: tuple[GenotypeConflict, ...] = ()
    phenotypes: tuple[Phenotype, ...] = ()
    hla: tuple[Hla, ...] = ()
    phase: Literal["unknown"] | tuple[PhaseRelation, ...] = "unknown"
    biomarkers: tuple[Biomarker, ...] = ()
    tumours: tuple[Tumour, ...] = ()
    isolates: tuple[Isolate, ...] = ()
    susceptibility: tuple[Susceptibility, ...] = ()
    lab_implications: tuple[LabImplication, ...] = ()
    medications: tuple[Medication, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    consent: Consent = field(default_factory=Consent)
    excluded: tuple[Excluded, ...] = ()
    accounted: Mapping[str, Mapping[Outcome, int]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
