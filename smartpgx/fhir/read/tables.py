"""What reading needs of a knowledge release, indexed once per release."""

from __future__ import annotations

from functools import lru_cache

from smartpgx.knowledge.release import Knowledge
from smartpgx.notation.allele_names import AlleleNames
from smartpgx.notation.drugs import MedicineTable
from smartpgx.notation.phenotypes import PhenotypeTerms
from smartpgx.notation.sites import Sites


class Tables:
    """Allele names, phenotype terms, known sites and medicines of one release."""

    def __init__(self, knowledge: Knowledge) -> None:
        drug_gene = knowledge.drug_gene
        self.names = AlleleNames(drug_gene.alleles)
        self.terms = PhenotypeTerms(drug_gene.phenotype_rules)
        self.sites = Sites(drug_gene.definitions)
        self.guideline_genes = frozenset(drug_gene.alleles)
        self.medicines: MedicineTable = knowledge.medicines


@lru_cache(maxsize=8)
def tables(knowledge: Knowledge) -> Tables:
    """The indexes of a release; made at the first use of the release."""
    return Tables(knowledge)
