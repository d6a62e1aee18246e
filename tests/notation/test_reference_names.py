"""The gene's reference allele, as laboratories and other tools write it."""

import pytest

from smartpgx.knowledge.release import load
from smartpgx.notation.allele_names import AlleleNames


@pytest.mark.parametrize(("gene", "written", "name"), [
    ("CFTR", "Reference", "ivacaftor non-responsive CFTR sequence"),
    ("DPYD", "Reference", "Reference"),
    ("DPYD", "*1", "Reference"),
])  # fmt: skip
def test_reference_is_the_row_that_the_table_calls_reference(gene: str, written: str, name: str):
    table = load().drug_gene.alleles
    named = AlleleNames(table).name(gene, written)
    assert (named.name, named.known) == (name, True)
    assert table[gene][named.name].is_reference
