"""Functions and values to phenotypes: every row of CPIC's diplotype tables, and what the tables leave to arithmetic."""

import csv

import pytest

from smartpgx.calling.allele_names import as_score, function_of
from smartpgx.calling.phenotype import by_score, interpret, total
from tests.calling.charts import TABLES
from tests.shared import SHARED, needs_shared

TABLE_FOLDER = SHARED / "data" / "pgx" / "diplotype_phenotype"


def meant(gene: str, *alleles: str) -> tuple[str | None, float | str | None]:
    rows = TABLES.alleles[gene]
    reading = interpret(TABLES.phenotype_rules[gene], [function_of(allele, rows) for allele in alleles])
    return reading.phenotype, reading.activity_score


@needs_shared
def test_every_row_of_the_diplotype_tables_is_reproduced() -> None:
    wrong, checked = [], 0
    for path in sorted(TABLE_FOLDER.glob("*.csv")):
        aliases = TABLES.allele_aliases.get(path.stem, {})
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                names = [aliases.get(name, name) for name in (row["allele1"], row["allele2"]) if name]
                checked += 1
                if meant(path.stem, *names) != (row["phenotype"], as_score(row["activity_score"])):
                    wrong.append((path.stem, names))
    assert (checked, wrong) == (51667, [])


@pytest.mark.parametrize(
    ("gene", "alleles", "phenotype", "score"),
    [
        ("CYP2D6", ("*1", "*4"), "Intermediate Metabolizer", 1.0),
        ("CYP2D6", ("*10", "*10"), "Intermediate Metabolizer", 0.5),
        ("CYP2D6", ("*1", "*10"), "Normal Metabolizer", 1.25),
        ("CYP2D6", ("*4x2", "*4"), "Poor Metabolizer", 0.0),
        ("CYP2D6", ("*10x3", "*4"), "Intermediate Metabolizer", 0.75),
        ("CYP2D6", ("*1x2", "*4"), "Normal Metabolizer", 2.0),
        ("CYP2D6", ("*1", "*4x2"), "Intermediate Metabolizer", 1.0),
        ("CYP2D6", ("*1x3", "*1"), "Ultrarapid Metabolizer", 4.0),
        ("CYP2D6", ("*1xN", "*1"), "Ultrarapid Metabolizer", ">=3.0"),
        ("CYP2D6", ("*1x≥3", "*1"), "Ultrarapid Metabolizer", ">=4.0"),
        ("CYP2D6", ("*4xN", "*1"), "Intermediate Metabolizer", 1.0),
        ("CYP2D6", ("*10xN", "*10"), "Indeterminate", ">=0.75"),
        ("CYP2D6", ("*36+*10", "*1"), "Normal Metabolizer", 1.25),
        ("CYP2D6", ("*68+*4", "*1"), "Intermediate Metabolizer", 1.0),
        ("CYP2D6", ("*13+*1", "*4"), "Intermediate Metabolizer", 1.0),
        ("CYP2C9", ("*2", "*3"), "Poor Metabolizer", 0.5),
        ("CYP2C9", ("*1", "*3"), "Intermediate Metabolizer", 1.0),
        ("CYP2C19", ("*2", "*17"), "Intermediate Metabolizer", None),
        ("CYP2C19", ("*1", "*17"), "Rapid Metabolizer", None),
        ("CYP2C19", ("*1", "*9"), "Likely Intermediate Metabolizer", None),
        ("CYP3A5", ("*3", "*3"), "Poor Metabolizer", None),
        ("SLCO1B1", ("*1", "*14"), "Normal Function", None),
        ("RYR1", ("Reference", "Reference"), "Uncertain Susceptibility", None),
        ("CACNA1S", ("Reference", "c.520C>T"), "Malignant Hyperthermia Susceptibility", None),
        ("G6PD", ("B (reference)",), "Normal", None),
        ("MT-RNR1", ("m.1555A>G",), "increased risk of aminoglycoside-induced hearing loss", None),
        ("VKORC1", ("rs9923231 reference (C)", "rs9923231 variant (T)"), "-1639 AG", None),
        ("IFNL3", ("rs12979860 reference (C)", "rs12979860 variant (T)"), "unfavorable response genotype", None),
    ],
)
def test_known_traps(gene: str, alleles: tuple[str, ...], phenotype: str, score: float | str | None) -> None:
    assert meant(gene, *alleles) == (phenotype, score)


@pytest.mark.parametrize(("gene", "allele"), [("CYP2C19", "*40"), ("CYP2C9", "*76"), ("NUDT15", "*10"), ("CYP2D6", "*999")])
def test_an_allele_without_function_is_never_normal(gene: str, allele: str) -> None:
    for other in ("*1", "*2", "*3"):
        assert meant(gene, other, allele)[0] == "Indeterminate"


def test_ryr1_needs_one_associated_allele_whatever_the_other_is() -> None:
    associated = next(name for name, row in TABLES.alleles["RYR1"].items() if row.function == "Malignant Hyperthermia associated")
    uncertain = next(name for name, row in TABLES.alleles["RYR1"].items() if row.function == "Uncertain function")
    assert meant("RYR1", associated, uncertain)[0] == "Malignant Hyperthermia Susceptibility"


def test_one_allele_of_a_gene_with_two_copies_is_no_score() -> None:
    assert meant("CYP2D6", "*1") == ("Indeterminate", None)


def test_a_missing_value_is_not_zero() -> None:
    assert total([1.0, None]) is None
    assert total([">=2.0", 0.5]) == ">=2.5"


def test_a_score_between_two_bins_is_no_phenotype() -> None:
    rule = TABLES.phenotype_rules["CYP2D6"]
    assert by_score(rule, 1.1) is None
    assert by_score(rule, 1.0) == "Intermediate Metabolizer"
    assert by_score(rule, ">=2.5") == "Ultrarapid Metabolizer"
    assert by_score(rule, ">1.0") == "Indeterminate"
