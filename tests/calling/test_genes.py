"""One entry per gene with any result, and none for a gene that nobody looked at."""

from smartpgx.calling.genes import call_genes
from smartpgx.domain.chart import Chart, Genotype, GenotypeConflict, PhaseRelation, Variant
from tests.calling.charts import TABLES, call, diplotype, found, gaps, panel, spdi, stated, typed


def test_no_result_is_no_entry() -> None:
    assert call_genes(Chart(), TABLES) == ((), ())


def test_genes_come_in_order_each_once() -> None:
    chart = Chart(
        genotypes=(diplotype("TPMT", "*1", "*1"), diplotype("CYP2C19", "*1", "*2")),
        phenotypes=(stated("CYP2C19", "Intermediate Metabolizer"),),
        hla=(typed("HLA-B*57:01", present=False),),
    )
    assert [one.gene for one in call_genes(chart, TABLES)[0]] == ["CYP2C19", "HLA-B", "TPMT"]


def test_a_result_that_could_not_be_read_is_not_called_and_told() -> None:
    chart = Chart(genotypes=(Genotype(gene="CYP2D6", raw="(*1/*4)xN", source=("Observation/x",)),))
    one = call(chart, "CYP2D6")
    assert (one.status, one.candidates, one.source) == ("not_called", (), ("Observation/x",))
    assert [gap.because for gap in gaps(chart)] == ["unreadable"]


def test_a_result_that_could_not_be_read_leaves_the_word_to_the_variants() -> None:
    seen = panel("CYP2C9")
    raw = Genotype(gene="CYP2C9", raw="see report", source=("Observation/x",))
    assert call(Chart(reference_calls=seen.reference_calls, genotypes=(raw,)), "CYP2C9").diplotype == "*1/*1"


def test_two_typings_that_disagree_lead_nowhere() -> None:
    conflict = GenotypeConflict(gene="HLA-B", values=("*57:01/*07:02", "*15:02/*07:02"), source=("Observation/x",))
    one = call(Chart(genotypes_conflict=(conflict,)), "HLA-B")
    assert (one.status, one.lookup) == ("not_called", None)


def test_a_conflict_stays_one_beside_variants() -> None:
    conflict = GenotypeConflict(gene="CYP2C9", values=("*1/*1", "*2/*2"), source=("Observation/x",))
    chart = panel("CYP2C9", genotypes_conflict=(conflict,))
    assert call(chart, "CYP2C9").status == "not_called"


def test_one_copy_here_and_two_there_is_no_call() -> None:
    seen = (found("CYP2C9", "rs1799853", zygosity="hemizygous"), found("CYP2C9", "rs1057910"))
    one = call(panel("CYP2C9", *seen), "CYP2C9")
    assert (one.status, one.candidates) == ("not_called", ())


def test_only_variants_off_the_defining_positions_are_no_call() -> None:
    rare = Variant(
        spdi="NC_000010.11:94942300:A:T", same_as="NC_000010.11:94942300:A:T", gene="CYP2C9", source=("Observation/v",)
    )
    one = call(Chart(variants=(rare,)), "CYP2C9")
    assert (one.status, one.candidates) == ("not_called", ())
    assert one.source == ("Observation/v",)


def test_a_mitochondrial_variant_outside_the_table_is_nothing_and_normal_risk_is_said_only_when_found() -> None:
    off = Variant(spdi="NC_012920.1:72:A:G", source=("Observation/v",))
    assert call_genes(Chart(variants=(off,)), TABLES)[0] == ()
    harmless = Variant(spdi="NC_012920.1:826:A:G", gene="MT-RNR1", source=("Observation/v",))
    risk = Variant(spdi="NC_012920.1:1493:C:T", gene="MT-RNR1", source=("Observation/w",))
    assert call(Chart(variants=(harmless,)), "MT-RNR1").phenotype == "normal risk of aminoglycoside-induced hearing loss"
    both = call(Chart(variants=(harmless, risk)), "MT-RNR1")
    assert (both.diplotype, len(both.functions)) == ("m.1494C>T", 2)


def test_a_third_base_stays_possible_beside_a_contradiction() -> None:
    where = next(site for site in TABLES.definitions["TPMT"].sites if site.rsid == "rs1142345")
    three = [found("TPMT", "rs1142345", "C", "homozygous"), found("TPMT", "rs1142345", "G")]
    chart = panel("TPMT", *three)
    assert spdi("TPMT", where, "C") == three[0].spdi
    one = call(chart, "TPMT")
    assert one.phenotype is None
    assert any(gap.because == "contradiction" for gap in gaps(chart))


def test_phase_between_other_genes_or_unknown_variants_is_ignored() -> None:
    seen = found("CYP2C9", "rs1057910")
    relation = PhaseRelation(relation="cis", first=seen.spdi or "", second="NC_000001.11:5:A:T")
    assert call(panel("CYP2C9", seen, phase=(relation,)), "CYP2C9").diplotype == "*1/*3"
