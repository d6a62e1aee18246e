"""Which genes are called from variants, and which alleles stay possible while their positions are not read."""

from __future__ import annotations

from collections.abc import Mapping

from smartpgx.knowledge.schema import AlleleRow, Definition

MATCHED = frozenset(
    {
        *("ABCG2", "CFTR", "CYP2B6", "CYP2C19", "CYP2C9", "CYP2D6", "CYP3A4", "CYP3A5", "CYP4F2"),
        *("G6PD", "IFNL3", "NAT2", "NUDT15", "SLCO1B1", "TPMT", "UGT1A1", "VKORC1"),
    }
)
"""Genes whose alleles the matcher calls. The others have arithmetic of their own."""

COPIES_VARY = frozenset({"CYP2D6"})
"""Genes that small variants leave open: deletion, duplication and hybrids are not seen in them."""

UNDOCUMENTED_AS_REFERENCE = frozenset({"CACNA1S", "DPYD", "G6PD", "NUDT15", "RYR1", "TPMT"})
"""Genes of toxicity: a base that no definition knows is read as reference and flagged, so that the rest of the call stands."""

ALTERED = (
    "No function", "Decreased function", "Increased function", "Malignant Hyperthermia associated",
    "I/Deficient with CNSHA", "II/Deficient", "III/Deficient",
)  # fmt: skip


def key_alleles(definition: Definition, rows: Mapping[str, AlleleRow]) -> tuple[frozenset[str], bool]:
    """Alleles that stay possible while their positions are not read, and whether a published list names them.

    Source: AMP tier 1 alleles. Where there is no list for a gene, every allele of known altered function (every allele
    where no function is known): so that one position that was read never makes a gene normal.
    """
    if definition.key_alleles:
        return frozenset(definition.key_alleles), True
    altered = frozenset(name for name, row in rows.items() if row.function in ALTERED)
    return altered or frozenset(rows), False


def why_not(gene: str) -> str:
    """Why the variants of a gene give no call."""
    if gene in ("HLA-A", "HLA-B"):
        return f"{gene} alleles are not called from variants. A reported typing is read."
    return f"Calling {gene} from variants is not supported in this release. A reported diplotype is read."
