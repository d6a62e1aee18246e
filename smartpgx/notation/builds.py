"""Chromosome, genome build and accession: one names the other two. Positions are never moved between builds here.

Accessions: NCBI RefSeq of GRCh37 and GRCh38, as in the gene table of the reference set (vcf2fhir, cpic-data).
"""

from __future__ import annotations

import re
from typing import Literal

Build = Literal[37, 38]

_VERSIONS_38 = {
    "1": 11, "2": 12, "3": 12, "4": 12, "5": 10, "6": 12, "7": 14, "8": 11, "9": 12, "10": 11, "11": 10, "12": 12,
    "13": 11, "14": 9, "15": 10, "16": 10, "17": 11, "18": 10, "19": 10, "20": 11, "21": 9, "22": 11, "X": 11, "Y": 10,
}  # fmt: skip
_NUMBERS = {name: (23 if name == "X" else 24 if name == "Y" else int(name)) for name in _VERSIONS_38}
MITOCHONDRIAL = "NC_012920.1"
MITOCHONDRIAL_LENGTH = 16569

_ACCESSIONS: dict[tuple[str, Build], str] = {("MT", 37): MITOCHONDRIAL, ("MT", 38): MITOCHONDRIAL}
for _name, _version in _VERSIONS_38.items():
    _ACCESSIONS[_name, 38] = f"NC_{_NUMBERS[_name]:06d}.{_version}"
    _ACCESSIONS[_name, 37] = f"NC_{_NUMBERS[_name]:06d}.{_version - 1}"
_MEANINGS: dict[str, tuple[str, Build]] = {accession: key for key, accession in _ACCESSIONS.items()}

_BUILD_WORD = re.compile(r"(?:(?:grch|b|hs)\s*(37|38)|hg\s*(19|38))(?:[._ ]?(?:p\d+|\d))?", re.IGNORECASE)
_CHROMOSOME_WORD = re.compile(r"(?:chromosome|chr)?\s*0*(\d{1,2}|x|y|mt?)", re.IGNORECASE)
_ASSEMBLY_ANSWERS: dict[str, Build] = {"LA14029-5": 37, "LA26806-2": 38}


def accession(chromosome: str, build: Build) -> str | None:
    """RefSeq accession of a chromosome (``10``, ``X``, ``MT``) on a build."""
    return _ACCESSIONS.get((chromosome, build))


def chromosome(refseq: str) -> str | None:
    """Chromosome of a RefSeq accession of either build; None for anything else."""
    found = _MEANINGS.get(refseq)
    return found[0] if found else None


def build(refseq: str) -> Build | None:
    """37 or 38; None for an accession of neither. The mitochondrial sequence is the same in both and counts as 38."""
    found = _MEANINGS.get(refseq)
    return found[1] if found else None


def build_word(text: str) -> Build | None:
    """``GRCh38``, ``GRCh 37``, ``hg19``, ``b37``, ``GRCh38.p13``, a LOINC answer; None for a word we do not know."""
    words = text.strip()
    if words in _ASSEMBLY_ANSWERS:
        return _ASSEMBLY_ANSWERS[words]
    match = _BUILD_WORD.fullmatch(words)
    if match is None:
        return None
    return 38 if (match[1] or match[2]) == "38" else 37


def chromosome_word(text: str) -> str | None:
    """``10``, ``chr10``, ``Chromosome X``, ``M`` -> ``10``, ``X``, ``MT``; None for anything else."""
    match = _CHROMOSOME_WORD.fullmatch(text.strip())
    if match is None:
        return None
    name = match[1].upper()
    name = "MT" if name.startswith("M") else name
    return name if (name, 38) in _ACCESSIONS else None
