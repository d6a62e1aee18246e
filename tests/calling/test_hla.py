"""HLA: presence tests, typings, and what they leave unsaid."""

from smartpgx.domain.chart import Chart
from tests.calling.charts import call, diplotype, gaps, stated, typed


def test_a_presence_test_answers_one_allele_only() -> None:
    one = call(Chart(hla=(typed("HLA-B*57:01"), typed("HLA-B*58:01", present=False))), "HLA-B")
    assert (one.status, one.lookup, one.basis) == ("called", ("*57:01 positive", "*58:01 negative"), "presence")
    assert one.candidates[0].lookup == one.lookup
    assert one.diplotype is None


def test_a_complete_typing_answers_every_allele() -> None:
    one = call(Chart(genotypes=(diplotype("HLA-B", "*57:01", "*15:02"),)), "HLA-B")
    assert one.diplotype == "*15:02/*57:01"
    assert set(one.lookup or ()) == {"*15:02 positive", "*57:01 positive", "*15:11 negative", "*58:01 negative"}


def test_further_fields_and_suffixes_are_ignored() -> None:
    one = call(Chart(genotypes=(diplotype("HLA-B", "*57:01:01G", "*07:02"),)), "HLA-B")
    assert "*57:01 positive" in (one.lookup or ())
    assert "*15:02 negative" in (one.lookup or ())


def test_one_field_says_neither_yes_nor_no() -> None:
    chart = Chart(genotypes=(diplotype("HLA-B", "*57", "*15"),))
    one = call(chart, "HLA-B")
    assert one.lookup == ("*58:01 negative",)
    assert len(one.warnings) == 2
    assert gaps(chart)


def test_one_typed_allele_is_present_and_nothing_is_absent() -> None:
    one = call(Chart(genotypes=(diplotype("HLA-B", "*15:02"),)), "HLA-B")
    assert (one.lookup, one.diplotype) == (("*15:02 positive",), "*15:02")


def test_present_and_absent_at_once_is_neither() -> None:
    chart = Chart(hla=(typed("HLA-B*57:01"), typed("HLA-B*57:01", present=False)))
    one = call(chart, "HLA-B")
    assert (one.status, one.lookup) == ("not_called", ())
    assert [gap.because for gap in gaps(chart)] == ["contradiction"]


def test_genes_stay_apart_and_a_status_in_words_counts() -> None:
    chart = Chart(hla=(typed("HLA-A*31:01", present=False),), phenotypes=(stated("HLA-B", "*15:02 positive"),))
    assert call(chart, "HLA-A").lookup == ("*31:01 negative",)
    assert call(chart, "HLA-B").lookup == ("*15:02 positive",)
