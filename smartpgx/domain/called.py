"""What calling makes of the facts: one entry per gene, one per isolate, and per drug of an isolate."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from smartpgx.domain.chart import Organism, Reference
from smartpgx.domain.codes import DrugBasis, GeneBasis, GeneStatus, Letter

Score = float | str
"""An activity score: a number, or text with a comparator (``>=4.0``) when the copy number is only bounded."""


class AlleleFunction(Struct, frozen=True, kw_only=True):
    allele: str
    function: str | None = None
    activity_value: Score | None = None


class Candidate(Struct, frozen=True, kw_only=True):
    """One genotype that explains the data. ``lookup``: the statuses or genotype names guidance may be keyed by."""

    diplotype: str | None
    phenotype: str | None = None
    activity_score: Score | None = None
    lookup: tuple[str, ...] = ()


class Current(Struct, frozen=True, kw_only=True):
    """The phenotype after phenoconversion, and the medicines that cause it (ingredient names)."""

    phenotype: str | None
    activity_score: Score | None = None
    caused_by: tuple[str, ...] = ()


class GeneCall(Struct, frozen=True, kw_only=True):
    """What is known of one gene. Field meanings: contract, section 3, ``genes[]``.

    ``candidates`` best first; one element when called. Rules give advice per candidate; what all share is certain.
    """

    gene: str
    status: GeneStatus
    diplotype: str | None = None
    candidates: tuple[Candidate, ...] = ()
    lookup: str | tuple[str, ...] | None = None
    phenotype: str | None = None
    activity_score: Score | None = None
    ehr_priority: str | None = None
    current: Current | None = None
    basis: GeneBasis | None = None
    functions: tuple[AlleleFunction, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    source: tuple[Reference, ...] = ()


class Algorithm(Struct, frozen=True, kw_only=True):
    """``version`` as the file spells it (``10.2``, ``8.9-1``)."""

    name: str
    version: str


class Drug(Struct, frozen=True, kw_only=True):
    """A medicine by its RxNorm ingredient name; combinations join components with ``/``. ``code``: HIVDB abbreviation."""

    name: str
    rxcui: str | None = None
    code: str | None = None


class Effect(Struct, frozen=True, kw_only=True):
    """One determinant behind a verdict: its name as reported, what it does, its score, and the source table."""

    name: str
    effect: str
    score: float | None = None
    source: str


class DrugCall(Struct, frozen=True, kw_only=True):
    """One drug for one isolate by one algorithm. Contract, section 3, ``isolates[].drugs[]``."""

    drug: Drug
    drug_class: str = field(name="class")
    interpretation: Letter
    basis: DrugBasis | None = None
    score: float | None = None
    level: int | None = None
    level_text: str | None = None
    grade: int | None = None
    determinants: tuple[Effect, ...] = ()
    algorithm: Algorithm | None = None


class Comment(Struct, frozen=True, kw_only=True):
    """A comment of the algorithm that fired. ``parameters`` fill the sentence, which wording makes from ``id``.

    ``text`` holds the algorithm file's own text only for a file a user gave with ``--asi``.
    """

    id: str
    algorithm: Algorithm
    parameters: Mapping[str, str] = {}
    text: str | None = None


class RegimenDrug(Struct, frozen=True, kw_only=True):
    drug: Drug
    order: tuple[Reference, ...] = ()
    interpretation: Letter = "U"


class Remark(Struct, frozen=True, kw_only=True):
    """What the regimen as a whole makes one say: a code and its parameters, worded in wording."""

    code: str
    parameters: Mapping[str, str] = {}


class Regimen(Struct, frozen=True, kw_only=True):
    drugs: tuple[RegimenDrug, ...] = ()
    fully_active: int = 0
    remarks: tuple[Remark, ...] = ()


class IsolateCall(Struct, frozen=True, kw_only=True):
    organism: Organism | None = None
    specimen: Reference | None = None
    collected: str | None = None
    drugs: tuple[DrugCall, ...] = ()
    regimen: Regimen | None = None
    comments: tuple[Comment, ...] = ()
    warnings: tuple[str, ...] = ()
    source: tuple[Reference, ...] = ()
