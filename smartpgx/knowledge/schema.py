"""The shapes of our tables: one struct per kind of row, as the loaded release hands them to calling and rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from smartpgx.domain.advice import Action, Source
from smartpgx.domain.codes import Status

# --- drug_gene -------------------------------------------------------------------------------------------------------


class AlleleRow(Struct, frozen=True, kw_only=True):
    """One allele of a gene. ``function`` None: defined, but without an assigned function (unknown, never normal).

    ``activity_value``: number, ``>=n`` text, or None (n/a).
    """

    gene: str
    allele: str
    function: str | None = None
    activity_value: float | str | None = None
    is_reference: bool = False
    structural: bool = False
    source: str = ""


class Site(Struct, frozen=True, kw_only=True):
    """A defining position. ``pos``/``pos37``: 1-based, VCF style (padded indels) on GRCh38 and GRCh37."""

    index: int
    pos: int
    pos37: int | None
    rsid: str | None
    ref: str
    alts: tuple[str, ...]
    hgvs_g: str
    ref_differs_on_grch37: bool = False


class SiteKey(Struct, frozen=True, kw_only=True):
    """A defining site of a gene as found on one build: its key in ``DrugGene.sites`` holds accession and 0-based position."""

    gene: str
    site: Site
    build: Literal[37, 38]


class DefinedAllele(Struct, frozen=True, kw_only=True):
    """A star allele: site index -> VCF allele (an either-base letter stays as it is). Unlisted sites have the reference.

    ``core``: indexes of the defining subset when that is smaller than all listed.
    """

    name: str
    reference: bool = False
    at: Mapping[int, str] = field(default_factory=dict)
    core: tuple[int, ...] | None = None


class Definition(Struct, frozen=True, kw_only=True):
    """Star-allele definitions of one gene. ``refseq``/``refseq37``: NC_ accessions of the two builds."""

    gene: str
    chrom: str
    refseq: str
    refseq37: str
    sites: tuple[Site, ...]
    alleles: tuple[DefinedAllele, ...]
    version: str
    required: tuple[int, ...] = ()
    key_alleles: tuple[str, ...] = ()
    key_positions: tuple[int, ...] = ()
    ignored_positions: tuple[int, ...] = ()
    ignored_alleles: tuple[str, ...] = ()
    priorities: tuple[tuple[tuple[str, ...], str], ...] = ()


class PhenotypeRule(Struct, frozen=True, kw_only=True):
    """How two functions or values give a phenotype.

    ``method``: function_pair, activity_score, single_allele, presence, genotype, none. ``pairs``: (function,
    function) sorted -> phenotype. ``bins``: (low, high or None, phenotype), bounds inclusive. ``undetermined``: phenotype
    where a value is n/a.
    """

    gene: str
    method: str
    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    singles: Mapping[str, str] = field(default_factory=dict)
    bins: tuple[tuple[float, float | None, str], ...] = ()
    undetermined: str = "Indeterminate"
    ehr_priority: Mapping[str, str] = field(default_factory=dict)


class GuidanceRow(Struct, frozen=True, kw_only=True):
    """One published recommendation: whom it is for, and what it makes the clinician do (as read twice and settled).

    ``conditions``: gene -> lookup value, or several at once (all must hold); the value is a phenotype, a score ("0.5", "≥4.0",
    "n/a"), an allele status ("*57:01 positive"), a genotype, or "No Result". ``kind``: advice, no_action_needed,
    no_statement, input_error. ``text_id``/``implication_ids`` point at the source's texts, which are not shipped.
    """

    id: str
    source: Source
    drug: str
    rxcui: str | None = None
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    population: str = "general"
    strength: str | None = None
    status: Status
    kind: Literal["advice", "no_action_needed", "no_statement", "input_error"]
    actions: tuple[Action, ...] = ()
    text_id: str = ""
    implication_id: str = ""
    conditions_in_text: tuple[str, ...] = ()
    sure: bool = True
    note: str | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """What one source text makes the clinician do. ``only_for``: the one drug this reading is about, where texts are shared."""

    text_id: str
    only_for: str | None = None
    kind: Literal["advice", "no_action_needed", "no_statement", "input_error"]
    status: Status
    actions: tuple[Mapping[str, Any], ...]
    conditions_in_text: tuple[str, ...] = ()
    sure: bool = True
    note: str | None = None
    read: str = ""


class Interaction(Struct, frozen=True, kw_only=True):
    """FDA: a drug inhibits or induces an enzyme, or is a substrate of it. ``strength``: strong, moderate, weak or None.

    ``enzyme``: as FDA writes it (CYP3A means CYP3A4 and CYP3A5). ``rxcuis``: all needed, where it is a combination.
    ``footnotes``: numbers of FDA's footnotes, which may limit the row.
    """

    drug: str
    rxcuis: tuple[str, ...] = ()
    enzyme: str
    role: Literal["inhibitor", "inducer", "substrate", "sensitive substrate"]
    strength: str | None = None
    footnotes: tuple[str, ...] = ()


class Relation(Struct, frozen=True, kw_only=True):
    """A published gene-drug relation. Levels as CPIC (A to D) and ClinPGx (1A to 4) give them; ``source``: which list."""

    gene: str
    drug: str
    cpic_level: str | None = None
    clinpgx_level: str | None = None
    used_for_recommendation: bool | None = None
    source: str = ""


class DrugRow(Struct, frozen=True, kw_only=True):
    """A drug of the guidance tables: RxNorm ingredient (MIN for combinations), ATC, the genes it is known with.

    ``relations``: gene -> best level of a published relation (CPIC or ClinPGx), also where no rule is shipped.
    ``ingredients``: RxCUIs that must all be present, more than one for a combination.
    """

    name: str
    rxcui: str | None = None
    atc: tuple[str, ...] = ()
    relations: Mapping[str, str] = field(default_factory=dict)
    ingredients: tuple[str, ...] = ()


# --- medicines -------------------------------------------------------------------------------------------------------


class IngredientRow(Struct, frozen=True, kw_only=True):
    name: str
    rxcui: str | None = None
    atc: tuple[str, ...] = ()


class ProductRow(Struct, frozen=True, kw_only=True):
    """A product, brand, salt or pack. ``complete`` False: it may hold more ingredients than are listed.

    ``dose_form``: from the RxNorm name (``Oral Tablet``), None for brands, salts and packs. ``local``: put on the skin, into the
    eye or the ear, so that guidance about the body's exposure does not speak of it.
    """

    rxcui: str
    tty: str
    name: str
    ingredients: tuple[IngredientRow, ...]
    complete: bool
    dose_form: str | None = None
    local: bool = False


# --- resistance ------------------------------------------------------------------------------------------------------


class HivDrugRow(Struct, frozen=True, kw_only=True):
    """``code``: abbreviation users see (3TC); ``asi_names``: what algorithm files call it (LMV, TDF, DRV/r)."""

    code: str
    asi_names: tuple[str, ...]
    name: str
    rxcui: str | None = None
    atc: tuple[str, ...] = ()
    drug_class: str
    ingredients: tuple[str, ...] = ()


# --- manifest --------------------------------------------------------------------------------------------------------


class TableEntry(Struct, frozen=True, kw_only=True):
    """One table of the release, with what its licence and provenance demand to be said."""

    path: str
    rows: int
    sha256: str
    licence: str
    sources: tuple[Mapping[str, str], ...]
    note: str | None = None


class Manifest(Struct, frozen=True, kw_only=True):
    release: str
    built_from: str
    tables: tuple[TableEntry, ...]
    digest: str
    extra: Mapping[str, Any] = field(default_factory=dict)
