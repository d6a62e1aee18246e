import csv

import pytest

from smartpgx.notation import builds
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize("word", ["GRCh38", "GRCh 38", "hg38", "b38", "GRCh38.p13", "LA26806-2"])
def test_words_for_grch38(word: str) -> None:
    assert builds.build_word(word) == 38


@pytest.mark.parametrize("word", ["GRCh37", "GRCh 37", "hg19", "b37", "GRCh37.p13", "LA14029-5"])
def test_words_for_grch37(word: str) -> None:
    assert builds.build_word(word) == 37


@pytest.mark.parametrize("word", ["", "hg18", "NCBI36", "T2T-CHM13", "38", "GRCh3"])
def test_other_words_are_unknown(word: str) -> None:
    assert builds.build_word(word) is None


def test_chromosome_words() -> None:
    assert [builds.chromosome_word(word) for word in ("10", "chr10", "Chromosome X", "M", "chr23", "ten")] == [
        "10",
        "10",
        "X",
        "MT",
        None,
        None,
    ]


def test_accessions_of_both_builds() -> None:
    assert builds.accession("10", 38) == "NC_000010.11"
    assert builds.accession("10", 37) == "NC_000010.10"
    assert builds.build("NC_000019.8") is None


@needs_shared
def test_accessions_agree_with_the_gene_table() -> None:
    with (SHARED / "data/fhir/gene_refseq.csv").open() as file:
        for row in csv.DictReader(file):
            name = row["chromosome"].replace("MT", "M").replace("M", "MT")
            for column, build in (("nc_grch37", 37), ("nc_grch38", 38)):
                if row[column]:
                    assert builds.accession(name, build) == row[column]  # type: ignore[arg-type]
