"""DPYD, RYR1 and CACNA1S: changes that may stand together on one chromosome, and the lowest function of each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartpgx.domain.chart import Chart
from tests.calling.charts import TABLES, absent, call, found, gaps, pairs, panel, phased

HAPB3 = "c.1129-5923C>G, c.1236G>A (HapB3)"
INTRONIC, EXONIC = "rs75017182", "rs56038477"


def test_one_change_is_written_with_the_reference() -> None:
    one = call(panel("DPYD", found("DPYD", "rs3918290")), "DPYD")
    assert (one.status, one.diplotype, one.activity_score) == ("called", "c.1905+1G>A (*2A)/Reference", 1.0)
    assert one.phenotype == "Intermediate Metabolizer"
    assert call(panel("DPYD"), "DPYD").diplotype == "Reference/Reference"


def test_without_phase_the_two_lowest_lead_and_the_milder_way_is_kept() -> None:
    one = call(panel("DPYD", found("DPYD", "rs3918290"), found("DPYD", "rs67376798"), found("DPYD", "rs1801265")), "DPYD")
    assert (one.status, one.lookup, one.activity_score) == ("ambiguous", "c.1905+1G>A (*2A)/c.2846A>T", 0.5)
    assert one.phenotype == "Poor Metabolizer"
    assert {f.allele for f in one.functions} >= {"c.1905+1G>A (*2A)", "c.2846A>T", "c.85T>C (*9A)"}
    assert [c.activity_score for c in one.candidates] == [0.5, 1.0]
    assert one.warnings


@pytest.mark.parametrize(
    ("relation", "text", "score"),
    [("cis", "[c.1905+1G>A (*2A) + c.2846A>T]/Reference", 1.0), ("trans", "c.1905+1G>A (*2A)/c.2846A>T", 0.5)],
)
def test_phase_decides(relation: str, text: str, score: float) -> None:
    first, second = found("DPYD", "rs3918290"), found("DPYD", "rs67376798")
    one = call(panel("DPYD", first, second, phase=(phased(relation, first, second),)), "DPYD")
    assert (one.status, one.diplotype, one.activity_score) == ("called", text, score)


def test_a_homozygous_change_counts_twice() -> None:
    one = call(panel("DPYD", found("DPYD", "rs67376798", zygosity="homozygous"), found("DPYD", "rs1801265")), "DPYD")
    assert (one.activity_score, one.lookup) == (1.0, "c.2846A>T/c.2846A>T")


def test_the_intronic_site_of_hapb3_decides() -> None:
    both = call(panel("DPYD", found("DPYD", INTRONIC), found("DPYD", EXONIC)), "DPYD")
    assert (both.diplotype, both.activity_score, both.warnings) == (f"{HAPB3}/Reference", 1.5, ())
    exonic = call(panel("DPYD", found("DPYD", EXONIC)), "DPYD")
    assert (exonic.diplotype, exonic.activity_score) == ("Reference/Reference", 2.0)
    assert INTRONIC in " ".join(exonic.warnings)
    alone = call(panel("DPYD", found("DPYD", EXONIC), hidden=[INTRONIC]), "DPYD")
    assert (alone.diplotype, alone.activity_score) == (f"{HAPB3}/Reference", 1.5)
    assert INTRONIC in " ".join(alone.warnings)
    intronic = call(panel("DPYD", found("DPYD", INTRONIC), hidden=[EXONIC]), "DPYD")
    assert intronic.diplotype == "c.1129-5923C>G/Reference"


def test_hapb3_that_was_not_read_is_not_normal() -> None:
    one = call(panel("DPYD", hidden=[INTRONIC, EXONIC]), "DPYD")
    assert (one.status, one.diplotype, one.phenotype) == ("ambiguous", None, None)
    assert any(HAPB3 in (pair or "") for pair in pairs(one))


def test_one_absent_site_is_not_normal() -> None:
    chart = Chart(tested_absent=(absent("DPYD", "rs3918290"),))
    one = call(chart, "DPYD")
    assert (one.status, one.candidates, one.phenotype) == ("not_called", (), None)
    assert gaps(chart)


def test_a_finding_stands_although_other_key_positions_were_not_read() -> None:
    one = call(Chart(variants=(found("DPYD", "rs3918290", zygosity="homozygous"),)), "DPYD")
    assert (one.activity_score, one.phenotype) == (0.0, "Poor Metabolizer")
    heterozygous = call(Chart(variants=(found("DPYD", "rs3918290"),)), "DPYD")
    assert heterozygous.phenotype is None
    assert {c.phenotype for c in heterozygous.candidates} == {"Intermediate Metabolizer", "Poor Metabolizer"}


def test_unknown_zygosity_keeps_both() -> None:
    one = call(panel("DPYD", found("DPYD", "rs3918290", zygosity=None)), "DPYD")
    assert {c.activity_score for c in one.candidates} == {0.0, 1.0}


def test_no_malignant_hyperthermia_variant_is_uncertain_never_safe() -> None:
    assert call(panel("CACNA1S"), "CACNA1S").phenotype == "Uncertain Susceptibility"
    one = call(panel("CACNA1S", found("CACNA1S", "rs772226819")), "CACNA1S")
    assert (one.diplotype, one.phenotype) == ("c.520C>T/Reference", "Malignant Hyperthermia Susceptibility")
    hidden = call(panel("CACNA1S", hidden=["rs772226819"]), "CACNA1S")
    assert (hidden.status, hidden.phenotype) == ("ambiguous", None)
    assert call(panel("RYR1", found("RYR1", "rs118192178", "T")), "RYR1").diplotype == "c.7522C>T/Reference"


def test_nat2_needs_its_positions_and_has_an_order_of_its_own() -> None:
    refused = call(panel("NAT2", hidden=["rs1801279"]), "NAT2")
    assert refused.status == "not_called"
    assert "rs1801279" in refused.missing
    one = call(panel("NAT2", found("NAT2", "rs1801279"), found("NAT2", "rs1799930"), found("NAT2", "rs1208")), "NAT2")
    assert one.diplotype == "*6/*46"
    assert {"*1/*15", "*14/*34"} <= set(pairs(one))


def test_g6pd_counts_alleles_not_gender() -> None:
    one = call(panel("G6PD", found("G6PD", "rs5030868", zygosity="hemizygous")), "G6PD")
    assert (one.phenotype, "/" in (one.diplotype or "/")) == ("Deficient", False)
    woman = call(panel("G6PD", found("G6PD", "rs5030868")), "G6PD")
    assert woman.phenotype == "Variable"


def test_a_change_at_the_place_of_a_left_out_one_still_counts() -> None:
    one = call(panel("G6PD", found("G6PD", "rs5030869", zygosity="hemizygous")), "G6PD")
    assert (one.diplotype, one.phenotype) == ("Chatham", "Deficient")


@st.composite
def dpyd_people(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Two chromosomes, each rsID -> base, with up to three single changes on each."""
    changes = [(s.rsid, s.alts[0]) for s in TABLES.definitions["DPYD"].sites if s.rsid not in (None, EXONIC)]
    one = st.lists(st.sampled_from(changes), max_size=3).map(dict)
    return draw(one), draw(one)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(dpyd_people())
def test_the_true_score_is_possible_and_the_leading_one_is_never_milder(strands: tuple[dict[str, str], dict[str, str]]) -> None:
    variants = []
    for name in sorted({*strands[0], *strands[1]}):
        both = all(name in strand for strand in strands)
        base = next(strand[name] for strand in strands if name in strand)
        variants.append(found("DPYD", name, base, "homozygous" if both else "heterozygous"))
    truth = sum(_lowest(strand) for strand in strands)
    one = call(panel("DPYD", *variants, hidden=[EXONIC]), "DPYD")
    assert truth in [candidate.activity_score for candidate in one.candidates]
    assert isinstance(one.activity_score, float) and one.activity_score <= truth


def _lowest(strand: dict[str, str]) -> float:
    definition = TABLES.definitions["DPYD"]
    sites = {site.rsid: site.index for site in definition.sites}
    values = [
        TABLES.alleles["DPYD"][allele.name].activity_value
        for allele in definition.alleles
        if len(allele.at) == 1 and any(allele.at == {sites[name]: base} for name, base in strand.items())
    ]
    return min((float(value) for value in values if value is not None), default=1.0)
