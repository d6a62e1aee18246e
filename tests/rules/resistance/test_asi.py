"""Scores, levels and letters of small files, one trap each, and of random conditions against a second evaluator."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings

from smartpgx.errors import RowInvalid
from smartpgx.knowledge.asi import compile_algorithm
from smartpgx.rules.resistance.asi import DrugScore, comments, score
from tests.rules.resistance.asi_files import asi, levelled, scored
from tests.rules.resistance.naive import Found, Pair, booleans, findings


def one(*rules: str, found: dict[int, str] | None = None, **parts: str) -> DrugScore:
    (result,) = score(compile_algorithm(asi(*rules, **parts)), "RT", found or {})
    return result


def test_singles_and_their_combination_all_count() -> None:
    result = one(scored("SCORE FROM (41L => 5, 215Y => 10, 41L AND 215FY => 10)"), found={41: "L", 215: "Y"})
    assert (result.score, result.level, result.letter) == (25, 2, "I")
    assert sum(partial.value or 0 for partial in result.partials) == result.score


def test_of_a_maximum_only_the_highest_counts_and_a_mixture_counts_once() -> None:
    result = one(scored("SCORE FROM (MAX(184V => 30, 184I => 20), 65R => 5)"), found={184: "IV"})
    assert (result.score, result.letter, len(result.partials)) == (30, "R", 1)


def test_a_maximum_of_negative_numbers_is_negative() -> None:
    assert one(scored("SCORE FROM (41L => 15, MAX(184V => -10, 184I => -20))"), found={184: "V"}).score == -10


def test_a_maximum_without_any_is_zero() -> None:
    assert one(scored("SCORE FROM (41L => 15, MAX(184V => -10))")).score == 0


def test_levels_come_from_the_range_of_the_rule_itself() -> None:
    ranges = "(-INF TO 0.99 => 1, 1 TO 1.99 => 2, 2 TO INF => 3)"
    rule = scored("SCORE FROM (41L => 0.75, 67N => 0.25, 70R => 1.25)", ranges)
    assert one(rule, found={41: "L"}).level == 1
    assert one(rule, found={41: "L", 67: "N"}).level == 2
    assert one(rule, found={41: "L", 70: "R"}).level == 3


@pytest.mark.parametrize(("points", "level"), [("9", 1), ("10", 2), ("29", 2), ("30", 3), ("-50", 1), ("9.5", 1)])
def test_ranges_are_closed_and_open_below(points: str, level: int) -> None:
    assert one(scored(f"SCORE FROM (41L => {points}, 67N => 1)"), found={41: "L"}).level == level


def test_of_several_rules_the_highest_level_wins() -> None:
    rules = levelled("41L", 2), levelled("67N", 3), levelled("70R", 1)
    assert one(*rules, found={41: "L", 70: "R"}).level == 2
    assert one(*rules, found={41: "L", 67: "N"}).level == 3


def test_of_several_scores_the_highest_level_wins() -> None:
    rules = scored("SCORE FROM (41L => 10)"), scored("SCORE FROM (41L => 30)")
    assert one(*rules, found={41: "L"}).score == 30


def test_level_rules_of_a_scored_drug_are_ignored() -> None:
    assert one(scored("SCORE FROM (41L => 10)"), levelled("41L", 3), found={41: "L"}).level == 2


def test_without_a_rule_that_fires_the_default_level_holds() -> None:
    assert one(levelled("41L")).level == 1
    assert one(levelled("41L"), default="<DEFAULT_LEVEL>2</DEFAULT_LEVEL>").level == 2
    assert one(levelled("41L"), default="").level == 1
    assert one(levelled("41L")).score is None


def test_a_rule_that_needs_no_finding_fires_on_wild_type() -> None:
    assert one(levelled("SELECT ATLEAST 0 FROM (1P)", 2)).level == 2
    assert one(levelled("EXCLUDE 184IV", 2)).level == 2


@pytest.mark.parametrize("rules", [(), (scored("SCORE FROM (41L => 0, MAX(67N => 0, 67G => 0))"),)])
def test_a_drug_without_rules_or_with_nothing_but_zeros_is_unknown_never_susceptible(rules: tuple[str, ...]) -> None:
    result = one(*rules, found={41: "L"})
    assert (result.letter, result.score, result.level) == ("U", None, None)


def test_a_gene_that_the_algorithm_does_not_know_has_no_drugs() -> None:
    assert score(compile_algorithm(asi(levelled("41L"))), "IN", {41: "L"}) == ()


def test_a_compiled_algorithm_can_go_to_another_process() -> None:
    algorithm = compile_algorithm(asi(scored("SCORE FROM (41L => 10, EXCLUDE 67N => 1)")))
    assert pickle.loads(pickle.dumps(algorithm)) == algorithm


@given(booleans, findings)
@settings(max_examples=300, deadline=None)
def test_the_index_finds_every_condition_that_holds_and_no_other(pair: Pair, found: Found) -> None:
    text, judge = pair
    assert one(levelled(text), found=found).level == (3 if judge(found) else 1)
    assert one(scored(f"SCORE FROM ({text} => 7)"), found=found).score == (7 if judge(found) else 0)


COMMENTS = """<COMMENT_DEFINITIONS>
  <COMMENT_STRING id="c41"><TEXT>About 41.</TEXT><SORT_TAG>1</SORT_TAG></COMMENT_STRING>
  <COMMENT_STRING id="del"><TEXT>Deletion.</TEXT></COMMENT_STRING>
  <COMMENT_STRING id="high"><TEXT>High level.</TEXT></COMMENT_STRING>
</COMMENT_DEFINITIONS>"""
RULES = """<MUTATION_COMMENTS><GENE><NAME>RT</NAME>
  <RULE><CONDITION>41LM</CONDITION><ACTIONS><COMMENT ref="c41"/></ACTIONS></RULE>
  <RULE><CONDITION>67d OR 68d</CONDITION><ACTIONS><COMMENT ref="del"/></ACTIONS></RULE>
</GENE></MUTATION_COMMENTS>
<RESULT_COMMENTS><RESULT_COMMENT_RULE>
  <DRUG_LEVEL_CONDITIONS><DRUG_LEVEL_CONDITION><DRUG_NAME>ABC</DRUG_NAME>{compared}</DRUG_LEVEL_CONDITION></DRUG_LEVEL_CONDITIONS>
  <LEVEL_ACTION><COMMENT ref="high"/></LEVEL_ACTION>
</RESULT_COMMENT_RULE></RESULT_COMMENTS>"""


@pytest.mark.parametrize(
    ("compared", "fires"),
    [
        ("<EQ>3</EQ>", True),
        ("<EQ>2</EQ>", False),
        ("<NEQ>2</NEQ>", True),
        ("<GT>2</GT>", True),
        ("<GTE>3</GTE>", True),
        ("<LT>3</LT>", False),
        ("<LTE>3</LTE>", True),
        ("<GT>1</GT><LT>3</LT>", False),
    ],
)
def test_comments_fire_on_mutations_and_on_levels(compared: str, fires: bool) -> None:
    algorithm = compile_algorithm(asi(levelled("41L"), comments=COMMENTS, more=RULES.format(compared=compared)))
    found = {41: "L", 68: "d"}
    fired = [one.id for one in comments(algorithm, "RT", found, score(algorithm, "RT", found))]
    assert fired == ["c41", "del", *(["high"] if fires else [])]


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (b"<ALGORITHM", "not well-formed"),
        (b"<html/>", "begins with <html>"),
        (b"<ALGORITHM><ALGNAME>x</ALGNAME></ALGORITHM>", "<DEFINITIONS> is missing"),
        (asi(head='<!DOCTYPE ALGORITHM [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), "entities are refused"),
        (asi(head='<!DOCTYPE ALGORITHM [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "entities are refused"),
        (asi(scored("SCORE FROM (41L => 1)", "(1 TO 9 => 1, 5 TO 12 => 2)")), "score ranges overlap at 5"),
        (asi(scored("SCORE FROM (41L => 1)", "(9 TO 1 => 1)")), "ends before it begins"),
        (asi(scored("SCORE FROM (41L => 1)", "(1 - 9)")), "is not a score range"),
        (asi(levelled("41L", 7)), "drug ABC, rule 1: level 7 is not defined"),
        (asi("<RULE><CONDITION> </CONDITION></RULE>"), "drug ABC, rule 1: <CONDITION> is missing"),
        (asi("<RULE><CONDITION>41L</CONDITION><ACTIONS/></RULE>"), "drug ABC, rule 1: <ACTIONS/LEVEL> is missing"),
        (asi(default="<DEFAULT_LEVEL>9</DEFAULT_LEVEL>"), "DEFAULT_LEVEL: level 9 is not defined"),
        (asi(more="<DRUG><NAME>XYZ</NAME></DRUG>"), "drug XYZ: it is in no <DRUGCLASS>"),
        (asi(levelled("41L")).replace(b"<SIR>R<", b"<SIR>X<"), "LEVEL_DEFINITION 3: <SIR> is 'X'"),
        (asi(levelled("41L")).replace(b"<ORDER>3<", b"<ORDER>three<"), "is 'three', not a whole number"),
        (asi(levelled("41L")).replace(b"LEVEL_DEFINITION", b"LEVELS"), "<LEVEL_DEFINITION> is missing"),
        (asi(levelled("41L")).replace(b"<DRUGCLASSLIST>NRTI<", b"<DRUGCLASSLIST>PI<"), "gene RT: drug class 'PI' is not defined"),
        (asi("<RULE><CONDITION>SCORE FROM (41L =&gt; 1)</CONDITION><ACTIONS/></RULE>"), "a score needs a <SCORERANGE>"),
        (asi(scored("SCORE FROM (41L => 1)")).replace(b"GLOBALRANGE>", b"RANGE>"), "it uses the <GLOBALRANGE>, which is missing"),
        (
            asi(comments=COMMENTS, more=RULES.format(compared="").replace(' ref="c41"', "")),
            "comments of RT, rule 1: it refers to no comment",
        ),
        (asi(more=RULES.format(compared="<EQ>3</EQ>")), "comment 'c41' is referred to and not defined"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(xml: bytes, told: str) -> None:
    with pytest.raises(RowInvalid) as refused:
        compile_algorithm(xml)
    assert told in refused.value.message


def test_a_file_of_any_size_is_not_taken() -> None:
    with pytest.raises(RowInvalid, match="more than 20,000,000 is refused"):
        compile_algorithm(b" " * 20_000_001)


def test_an_outer_dtd_is_named_in_published_files_and_never_fetched() -> None:
    head = '<!DOCTYPE ALGORITHM SYSTEM "http://127.0.0.1:1/ASI2.3.dtd">'
    assert compile_algorithm(asi(levelled("41L"), head=head)).name == "TEST"
