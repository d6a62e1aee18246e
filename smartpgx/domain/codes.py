"""The closed vocabularies of the contract, as types."""

from __future__ import annotations

from typing import Literal

Area = Literal["drug_gene", "resistance", "susceptibility", "tumour", "prevention"]
AREAS: tuple[Area, ...] = ("drug_gene", "resistance", "susceptibility", "tumour", "prevention")

Status = Literal["avoid", "change", "monitor", "standard", "no_result"]
STATUSES: tuple[Status, ...] = ("avoid", "change", "monitor", "standard", "no_result")
"""Strongest first."""

ActionCode = Literal[
    "STANDARD", "AVOID", "CONTRAINDICATED", "ALTERNATIVE", "DOSE_DECREASE", "DOSE_INCREASE", "TITRATE", "MONITOR",
    "FURTHER_TEST", "ALGORITHM", "INFORM", "NO_REC",
]  # fmt: skip

Zygosity = Literal["heterozygous", "homozygous", "hemizygous", "heteroplasmic", "homoplasmic"]
Origin = Literal["germline", "somatic"]
GeneStatus = Literal["called", "ambiguous", "indeterminate", "not_called", "not_tested"]
GeneBasis = Literal["variants", "diplotype", "phenotype", "activity_score", "presence"]
Letter = Literal["S", "I", "R", "U", "SDD", "NS"]
DrugBasis = Literal["measured", "predicted", "expected", "conflict"]
Outcome = Literal["used", "excluded", "gap", "out_of_scope"]
IssueCode = Literal["GEN", "LAB"]
Consented = Literal["permit", "deny", "not_stated"]
SecondaryFindings = Literal["opted_in", "opted_out", "not_asked"]
NoResultReason = Literal["not tested", "indeterminate", "guideline silent", "not in any guideline"]
