"""What each Bundle of the contract means, as a pharmacist would say it."""

from __future__ import annotations

from typing import NamedTuple

Gene = tuple[str, str, str | None, str | None, float | None]
"""Gene, status, diplotype, phenotype, activity score."""


class Expected(NamedTuple):
    """``issues``: drug, code, status. ``silent``: drug and reason of ``no_result``. ``gaps``: wanted and because."""

    genes: tuple[Gene, ...] = ()
    issues: tuple[tuple[str, str, str], ...] = ()
    silent: tuple[tuple[str, str], ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()
    excluded: tuple[str, ...] = ()


POOR: tuple[Gene, ...] = (("CYP2C19", "called", "*2/*2", "Poor Metabolizer", None),)
OPEN: tuple[Gene, ...] = (("CYP2C19", "ambiguous", None, None, None),)
AVOID_CLOPIDOGREL = (("clopidogrel", "GEN", "avoid"),)
SILENT_ON_INTERMEDIATE = (("clopidogrel", "guideline silent"),)
NOT_COMPUTED = (("CYP2D6 current phenotype", "not_computed"),)
CODEINE_HOME: tuple[Gene, ...] = (("CYP2D6", "called", "*1/*4", "Intermediate Metabolizer", 1.0),)
MYCOBACTERIUM = (("resistance of Mycobacterium tuberculosis", "no_rules"),)

EXPECTED: dict[str, Expected] = {
    "drug-gene-diplotype": Expected(POOR, AVOID_CLOPIDOGREL),
    "drug-gene-phenotype": Expected((("CYP2D6", "called", None, "Poor Metabolizer", None),), (("codeine", "GEN", "avoid"),)),
    "drug-gene-activity-score": Expected(
        (("DPYD", "called", None, "Intermediate Metabolizer", 1.0),), (("capecitabine", "GEN", "change"),)
    ),
    "drug-gene-hla": Expected(
        (("HLA-B", "called", None, None, None),), (("abacavir", "GEN", "avoid"),), (("abacavir", "not tested"),)
    ),
    "drug-gene-two-genes": Expected(
        (
            ("CYP2C19", "called", "*1/*17", "Rapid Metabolizer", None),
            ("CYP2D6", "called", "*4/*4", "Poor Metabolizer", 0.0),
        ),
        (("amitriptyline", "GEN", "avoid"),),
    ),
    "drug-gene-phenoconversion": Expected((("CYP2D6", "called", "*1/*1", "Normal Metabolizer", 2.0),), gaps=NOT_COMPUTED),
    "medication-home": Expected(CODEINE_HOME, (("codeine", "GEN", "monitor"),), gaps=NOT_COMPUTED),
    "medication-statement": Expected(CODEINE_HOME, (("codeine", "GEN", "monitor"),), gaps=NOT_COMPUTED),
    "variants-observation": Expected(OPEN, AVOID_CLOPIDOGREL, SILENT_ON_INTERMEDIATE),
    "variants-molecular-sequence": Expected(OPEN, AVOID_CLOPIDOGREL, SILENT_ON_INTERMEDIATE),
    "sequence-zygosity-by-pointer": Expected(OPEN, AVOID_CLOPIDOGREL, SILENT_ON_INTERMEDIATE),
    "variants-absent": Expected(
        (("DPYD", "not_called", None, None, None),),
        silent=(("fluorouracil", "indeterminate"),),
        gaps=(("DPYD diplotype", "not_enough_read"),),
    ),
    "variants-grch37": Expected(POOR, AVOID_CLOPIDOGREL),
    "variants-hgvs": Expected(POOR, AVOID_CLOPIDOGREL),
    "variants-spdi": Expected(POOR, AVOID_CLOPIDOGREL),
    "sequence-zygosity-by-observation": Expected(POOR, AVOID_CLOPIDOGREL),
    "variants-phase": Expected(
        (("NUDT15", "not_tested", None, None, None), ("TPMT", "called", "*3B/*3C", "Poor Metabolizer", None)),
        (("azathioprine", "GEN", "avoid"),),
    ),
    "sequence-per-haplotype": Expected(
        (("NUDT15", "not_tested", None, None, None), ("TPMT", "called", "*1/*3A", "Intermediate Metabolizer", None)),
        (("azathioprine", "GEN", "change"),),
    ),
    "hiv-mutations": Expected(issues=(("lamivudine", "LAB", "monitor"),)),
    "host-and-pathogen": Expected((("HLA-B", "called", None, None, None),), (("abacavir", "GEN", "avoid"),)),
    "hiv-sequence": Expected(
        silent=(("lamivudine", "not tested"),),
        gaps=(("mutations of HIV-1 by sequence", "not_translated"), ("HIV-1 genotype", "not_tested")),
    ),
    "test-first": Expected((("DPYD", "not_tested", None, None, None),), silent=(("capecitabine", "not tested"),)),
    "nothing-genetic": Expected(
        tuple((gene, "not_tested", None, None, None) for gene in ("CYP2B6", "CYP2C19", "SLCO1B1")),
        silent=(("clopidogrel", "not tested"), ("sertraline", "not tested"), ("simvastatin", "not tested")),
    ),
    "order-codings": Expected(POOR, AVOID_CLOPIDOGREL),
    "order-medication-reference": Expected(POOR, AVOID_CLOPIDOGREL),
    "own-output": Expected(
        (("CYP2C19", "not_tested", None, None, None),), silent=(("clopidogrel", "not tested"),), excluded=("own_output",)
    ),
    "consent-denied": Expected(gaps=(("genetic results", "withheld"),), excluded=("withheld",)),
    "germline-pathogenic": Expected(gaps=(("prevention", "no_rules"),)),
    "germline-secondary-opt-out": Expected(),
    "tumour-variant": Expected(gaps=(("tumour therapies", "no_rules"),)),
    "tb-variants": Expected(gaps=MYCOBACTERIUM),
}
