"""Every spelling of a diplotype that field notes and laboratories know, and what must not be read as one."""

import pytest

from smartpgx.knowledge.release import load
from smartpgx.notation.allele_names import AlleleNames
from smartpgx.notation.phenotypes import PhenotypeTerms
from smartpgx.notation.star_alleles import Reported, parse


@pytest.fixture(scope="module")
def names() -> AlleleNames:
    return AlleleNames(load().drug_gene.alleles)


@pytest.fixture(scope="module")
def terms() -> PhenotypeTerms:
    return PhenotypeTerms(load().drug_gene.phenotype_rules)


def read(text: str, gene: str | None, names: AlleleNames, terms: PhenotypeTerms) -> Reported:
    return parse(text, gene, names, terms.is_phenotype)


@pytest.mark.parametrize(
    ("gene", "text", "alleles"),
    [
        ("CYP2C19", "*1/*2", ("*1", "*2")),
        ("CYP2C19", "CYP2C19*1/*2", ("*1", "*2")),
        ("CYP2C19", "CYP2C19 *1 / CYP2C19 *2", ("*1", "*2")),
        ("CYP2C19", "*1|*17", ("*1", "*17")),
        ("CYP2C19", "*1/*2 (Intermediate Metabolizer)", ("*1", "*2")),
        ("CYP2C19", "*1/*2 IM", ("*1", "*2")),
        ("CYP2C19", "*2A/*17", ("*2", "*17")),
        ("CYP2C19", "Genotype: *1/*2", ("*1", "*2")),
        ("CYP2C19", '"CYP2C19 *1/*2', ("*1", "*2")),
        ("CYP2D6", "*1x2/*4", ("*1x2", "*4")),
        ("CYP2D6", "*1/*4x3", ("*1", "*4x3")),
        ("CYP2D6", "*1xN/*4", ("*1xN", "*4")),
        ("CYP2D6", "*10×2/*4", ("*10x2", "*4")),
        ("CYP2D6", "*36+*10/*41", ("*36+*10", "*41")),
        ("CYP2D6", "*4+*68/*1", ("*68+*4", "*1")),
        ("CYP2D6", "*2.001/*4", ("*2", "*4")),
        ("DPYD", "c.1905+1G>A (*2A)/Reference", ("c.1905+1G>A (*2A)", "Reference")),
        ("DPYD", "*2A/*1", ("c.1905+1G>A (*2A)", "Reference")),
        ("DPYD", "NM_000110.4:c.1905+1G>A/c.2846A>T", ("c.1905+1G>A (*2A)", "c.2846A>T")),
        ("TPMT", "*1/*3A", ("*1", "*3A")),
        ("UGT1A1", "*1/*80+*28", ("*1", "*80+*28")),
        ("UGT1A1", "(TA)6/(TA)7", ("*1", "*28")),
        ("VKORC1", "rs9923231 C/T", ("rs9923231 reference (C)", "rs9923231 variant (T)")),
        ("VKORC1", "-1639 G/A", ("rs9923231 reference (C)", "rs9923231 variant (T)")),
        ("VKORC1", "A/A", ("rs9923231 variant (T)", "rs9923231 variant (T)")),
        ("G6PD", "B (reference)/A- 202A_376G", ("B (reference)", "A- 202A_376G")),
        ("G6PD", "B (reference)", ("B (reference)",)),
        ("MT-RNR1", "m.1555A>G", ("m.1555A>G",)),
    ],
)
def test_read(gene: str, text: str, alleles: tuple[str, ...], names: AlleleNames, terms: PhenotypeTerms) -> None:
    found = read(text, gene, names, terms)
    assert (found.alleles, found.problem) == (alleles, None)


@pytest.mark.parametrize(
    ("gene", "text", "problem"),
    [
        ("CYP2D6", "(*1/*4)xN", "which_allele_is_multiplied"),
        ("CYP2C19", "*1/*4 or *17/*4", "several"),
        ("CYP2C19", "*1/*2, *17", "several"),
        ("CYP2C19", "*1/*2/*17", "several"),
        ("CYP2C19", "No call", "no_call"),
        ("CYP2C19", "Indeterminate", "no_call"),
        ("CYP2C19", "*2/*2 not detected", "unreadable"),
        ("CYP2C19", "not *2/*2", "unreadable"),
        ("CYP2C19", "*1/*2?", "unreadable"),
        ("CYP2C19", "*1/unknown", "no_call"),
        ("CYP2C19", "*2", "single_allele"),
        ("CYP2D6", "*1/*4, duplication", "unreadable"),
        ("CYP2C19", "CYP2C19*1/CYP2C9*2", "two_genes"),
        ("CYP2C19", "heterozygous", "unreadable"),
        ("CYP2C19", "", "empty"),
    ],
)
def test_not_read(gene: str, text: str, problem: str, names: AlleleNames, terms: PhenotypeTerms) -> None:
    found = read(text, gene, names, terms)
    assert found.problem == problem
    assert problem == "single_allele" or found.alleles == ()


def test_copies_without_an_allele_are_a_number_only(names: AlleleNames, terms: PhenotypeTerms) -> None:
    assert read("(*1/*4)x3", "CYP2D6", names, terms).copy_number == 3


def test_the_gene_may_stand_in_front_only(names: AlleleNames, terms: PhenotypeTerms) -> None:
    assert read("CYP2C19*2/*2", None, names, terms).gene == "CYP2C19"


def test_an_old_name_whose_number_means_another_allele_is_kept(names: AlleleNames, terms: PhenotypeTerms) -> None:
    found = read("*1B/*5", "SLCO1B1", names, terms)
    assert found.alleles == ("*1B", "*5")
    assert "not in the allele tables" in " ".join(found.warnings)


@pytest.mark.parametrize(
    ("gene", "words", "term"),
    [
        ("CYP2D6", "Extensive metabolizer", "Normal Metabolizer"),
        ("CYP2D6", "EM", "Normal Metabolizer"),
        ("CYP2D6", "Poor Metabolizer (PM)", "Poor Metabolizer"),
        ("CYP2D6", "CYP2D6 poor metaboliser", "Poor Metabolizer"),
        ("CYP2D6", "Rapid metabolizer", None),
        ("CYP2C19", "Rapid metabolizer", "Rapid Metabolizer"),
        ("CYP2C19", "likely intermediate metabolizer", "Likely Intermediate Metabolizer"),
        ("CYP2D6", "Not a poor metabolizer", None),
        ("CYP2D6", "Poor to intermediate metabolizer", None),
        ("CYP2D6", "No poor metabolizer alleles detected", None),
        ("SLCO1B1", "Decreased function", "Decreased Function"),
        ("G6PD", "Deficient", "Deficient"),
        ("CYP2D6", "Indeterminate", "Indeterminate"),
        ("CYP2D6", "", None),
    ],
)
def test_phenotype_words(gene: str, words: str, term: str | None, terms: PhenotypeTerms) -> None:
    assert terms.term(gene, words) == term
