"""What becomes of an isolate: drugs, comments, warnings and gaps. One test per thing that toys get wrong."""

from __future__ import annotations

import pytest

from smartpgx.domain.called import DrugCall, IsolateCall
from smartpgx.domain.chart import Determinant, Gap, Isolate, Organism
from smartpgx.knowledge.asi import compile_algorithm
from smartpgx.rules.resistance.judge import judge_isolates
from tests.rules.resistance.asi_files import asi, levelled, published, scored
from tests.rules.resistance.charts import chart, isolate, tables
from tests.shared import needs_shared


def judged(*isolates: Isolate, asi_files: tuple[bytes, ...] = ()) -> tuple[IsolateCall, tuple[Gap, ...]]:
    calls, gaps = judge_isolates(chart(*isolates), tables(), [compile_algorithm(xml) for xml in asi_files])
    return calls[0], gaps


def drug(call: IsolateCall, code: str, version: str = "10.2") -> DrugCall:
    return next(one for one in call.drugs if one.drug.code == code and one.algorithm and one.algorithm.version == version)


def test_lamivudine_goes_by_its_common_abbreviation_and_ingredient() -> None:
    call, gaps = judged(isolate(RT="M184V"))
    one = drug(call, "3TC")
    assert (one.drug.name, one.drug.rxcui, one.drug_class) == ("lamivudine", "68244", "NRTI")
    assert (one.score, one.level, one.interpretation, one.basis) == (60, 5, "R", "predicted")
    assert one.level_text == "High-Level Resistance"
    assert [(effect.name, effect.score, effect.source) for effect in one.determinants] == [("M184V", 60, "HIVDB 10.2")]
    assert not gaps


def test_a_negative_score_is_told_as_more_susceptible() -> None:
    call, _ = judged(isolate(RT="M184V"))
    assert [effect.effect for effect in drug(call, "TDF").determinants] == ["increases susceptibility"]


def test_both_prodrugs_of_tenofovir_have_the_entry_of_tdf() -> None:
    call, _ = judged(isolate(RT="K65R"))
    names = {one.drug.name: one.score for one in call.drugs if one.drug.code == "TDF"}
    assert names == {"tenofovir disoproxil": 45, "tenofovir alafenamide": 45}


def test_a_list_reported_as_none_is_a_sequenced_gene_and_a_gene_not_reported_has_no_drugs() -> None:
    call, _ = judged(isolate(PR=""))
    assert {one.drug_class for one in call.drugs} == {"PI"}
    assert {one.interpretation for one in call.drugs} == {"S"}


@pytest.mark.parametrize("spelled", ["M184MV", "M184M/V", "184V", "RT:M184V", "p.Met184Val"])
def test_spellings_that_mean_the_same_score_the_same(spelled: str) -> None:
    call, _ = judged(isolate(RT=spelled))
    assert drug(call, "3TC").score == 60


def test_a_mixture_is_shown_whole() -> None:
    call, _ = judged(isolate(RT="M184MIV"))
    (effect,) = drug(call, "3TC").determinants
    assert effect.name == "M184MIV"


def test_two_reports_of_one_position_are_one_mixture() -> None:
    call, _ = judged(isolate(RT="M184V, M184I"))
    (effect,) = drug(call, "3TC").determinants
    assert (effect.name, effect.score) == ("M184VI", 60)


@pytest.mark.parametrize("spelled", ["T69ins", "T69_SS", "T69i", "T69Insertion", "T69SSS", "S68ins", "K70_S", "D67i"])
def test_an_insertion_between_67_and_70_is_one_at_69(spelled: str) -> None:
    call, _ = judged(isolate(RT=spelled))
    assert drug(call, "AZT").score == 60
    assert "RT69i" in {comment.id for comment in call.comments}


def test_a_deletion_stays_at_its_codon_and_is_no_aspartate() -> None:
    call, _ = judged(isolate(RT="D67del"))
    assert drug(call, "AZT").score == 30
    assert drug(call, "AZT").determinants[0].name == "D67del"


def test_an_undecided_codon_counts_for_nothing_and_is_told() -> None:
    call, _ = judged(isolate(RT="K103X"))
    assert drug(call, "EFV").score == 0
    assert any("K103X" in warning and "not decided" in warning for warning in call.warnings)


def test_a_stop_counts_for_nothing_and_is_told() -> None:
    call, _ = judged(isolate(RT="W88*"))
    assert {one.score for one in call.drugs} == {0}
    assert any("stop codon" in warning for warning in call.warnings)


def test_apobec_mutations_are_told_and_scored() -> None:
    call, _ = judged(isolate(RT="M184I, M230I"))
    assert drug(call, "3TC").score == 60
    assert any("APOBEC" in warning and "suspect the sequence" in warning for warning in call.warnings)


def test_what_cannot_be_read_is_a_gap_and_takes_susceptible_away_but_not_resistant() -> None:
    call, gaps = judged(isolate(RT="M184V, garbage"))
    assert [(gap.because, gap.wanted) for gap in gaps] == [("unreadable", "RT garbage")]
    assert drug(call, "3TC").interpretation == "R"
    efavirenz = drug(call, "EFV")
    assert (efavirenz.interpretation, efavirenz.score, efavirenz.basis) == ("U", None, None)


def test_a_position_beyond_the_gene_cannot_be_read() -> None:
    _, gaps = judged(isolate(PR="L900M"))
    assert [gap.because for gap in gaps] == ["unreadable"]


def test_a_wild_type_that_is_not_the_consensus_is_told() -> None:
    call, _ = judged(isolate(RT="K184V"))
    assert any("K is given as wild type where the subtype B consensus has M" in warning for warning in call.warnings)


def test_the_consensus_letter_reported_as_a_change_is_no_finding() -> None:
    call, gaps = judged(isolate(IN="N232D"))
    assert {one.score for one in call.drugs} == {0}
    assert not gaps


def test_a_mutation_without_any_rule_is_named() -> None:
    call, gaps = judged(isolate(PR="L63P, D30N"))
    assert [(gap.because, gap.wanted) for gap in gaps] == [("no_rule", "rules for PR L63P")]
    assert drug(call, "NFV").interpretation == "R"


def test_a_determinant_reported_for_the_virus_is_named() -> None:
    found = Isolate(
        organism=isolate().organism, sequenced=("RT",), genes=(Determinant(name="blaKPC", source=("Observation/g",)),)
    )
    _, gaps = judged(found)
    assert [(gap.because, gap.source) for gap in gaps] == [("no_rule", ("Observation/g",))]


def test_a_gene_without_rules_is_named() -> None:
    _, gaps = judged(isolate(gp41="G36D"))
    assert [(gap.because, gap.wanted) for gap in gaps] == [("no_rules", "rules for gp41")]


def test_an_isolate_without_a_genotype_is_not_susceptible() -> None:
    call, gaps = judged(isolate())
    assert not call.drugs
    assert [gap.because for gap in gaps] == ["not_tested"]


@pytest.mark.parametrize(
    ("organism", "because"),
    [
        (Organism(text="Klebsiella pneumoniae", snomed="56415008"), "no_rules"),
        (Organism(text="Human immunodeficiency virus type 2"), "type_not_stated"),
        (Organism(text="HIV"), "type_not_stated"),
        (None, "organism_not_stated"),
    ],
)
def test_another_organism_is_not_judged_and_not_passed_over(organism: Organism | None, because: str) -> None:
    call, gaps = judged(isolate(organism, RT="M184V"))
    assert (call.organism, call.drugs, call.specimen) == (organism, (), "Specimen/s")
    assert [gap.because for gap in gaps] == [because]


@pytest.mark.parametrize(
    "text", ["HIV-1", "HIV1", "Human immunodeficiency virus 1", "Human immunodeficiency virus type 1 (organism)"]
)
def test_hiv_1_is_known_by_its_name(text: str) -> None:
    call, _ = judged(isolate(Organism(text=text), RT=""))
    assert call.drugs


def test_comments_carry_their_mutations_and_no_words() -> None:
    call, _ = judged(isolate(RT="M184V", IN="Q148H, G140S"))
    found = {comment.id: (comment.parameters.get("mutations"), comment.text) for comment in call.comments}
    assert found["RT184VI"] == ("M184V", None)
    assert found["IN148HKR"] == ("Q148H", None)
    assert any(identifier.startswith("DTG") for identifier in found)


def test_another_algorithm_stands_beside_the_shipped_one() -> None:
    call, _ = judged(isolate(RT="M184V"), asi_files=(asi(levelled("184V")),))
    assert (drug(call, "ABC").interpretation, drug(call, "ABC").score) == ("I", 15)
    other = drug(call, "ABC", "1")
    assert (other.interpretation, other.score, other.drug.name) == ("R", None, "abacavir")
    assert other.determinants[0].name == "M184V"


def test_the_comments_of_a_given_file_are_in_its_own_words() -> None:
    text = "<COMMENT_STRING id='c'><TEXT>$listMutsIn{103(NOT N)} is odd.</TEXT></COMMENT_STRING>"
    words = f"<COMMENT_DEFINITIONS>{text}</COMMENT_DEFINITIONS>"
    rules = (
        "<MUTATION_COMMENTS><GENE><NAME>RT</NAME><RULE><CONDITION>103ACD</CONDITION>"
        "<ACTIONS><COMMENT ref='c'/></ACTIONS></RULE></GENE></MUTATION_COMMENTS>"
    )
    call, _ = judged(isolate(RT="K103A"), asi_files=(asi(levelled("184V"), comments=words, more=rules),))
    assert [comment.text for comment in call.comments if comment.algorithm.name == "TEST"] == ["K103A is odd."]


def test_an_algorithm_for_another_virus_is_refused_aloud() -> None:
    xml = asi(scored("SCORE FROM (184V => 60)")).replace(b"<ALGNAME>TEST", b"<ALGNAME>StanfordHBV")
    call, gaps = judged(isolate(RT="M184V"), asi_files=(xml,))
    assert {one.algorithm.name for one in call.drugs if one.algorithm} == {"HIVDB"}
    assert [gap.because for gap in gaps] == ["other_virus"]


def test_the_same_algorithm_twice_is_shown_once() -> None:
    call, gaps = judged(isolate(RT="M184V"), asi_files=(asi(levelled("184V")), asi(levelled("184V"))))
    assert len([one for one in call.drugs if one.algorithm and one.algorithm.name == "TEST"]) == 1
    assert [gap.because for gap in gaps] == ["same_algorithm"]


@needs_shared
def test_anrs_names_its_dosings_and_tenofovirs_apart() -> None:
    calls, _ = judge_isolates(chart(isolate(RT="K65R", IN="", PR="")), tables(), [published("ANRS_34")])
    codes = {one.drug.code: one.drug.name for one in calls[0].drugs if one.algorithm and one.algorithm.name == "ANRS"}
    assert codes["DTG_QD"] == codes["DTG_BID"] == "dolutegravir"
    assert codes["DRV/r_QD"] == "darunavir"
    assert (codes["TDF"], codes["TAF"]) == ("tenofovir disoproxil", "tenofovir alafenamide")
    assert codes["3TC"] == "lamivudine"
