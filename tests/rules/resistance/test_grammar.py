"""The condition language: every form, what it means, and how a mistake is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from smartpgx.errors import RowInvalid
from smartpgx.knowledge.asi import compile_algorithm
from smartpgx.knowledge.asi.expressions import Highest, Scored, ScoreFrom, holds
from smartpgx.knowledge.asi.grammar import parse, parse_boolean
from smartpgx.knowledge.asi.letters import ALPHABET, mask, unmask
from tests.rules.resistance.asi_files import asi, levelled, scored
from tests.rules.resistance.naive import Found, Pair, booleans, findings


def judged(condition: str, **found: str) -> bool:
    """``judged("41L", p41="L")``"""
    return holds(parse_boolean(condition, "test"), {int(at[1:]): mask(letters) for at, letters in found.items()})


@pytest.mark.parametrize(
    ("condition", "found", "holds"),
    [
        ("41L", {"p41": "L"}, True),
        ("41L", {}, False),
        ("M41L", {"p41": "L"}, True),
        ("184V", {"p184": "MV"}, True),
        ("215FY", {"p215": "Y"}, True),
        ("67D", {"p67": "d"}, False),
        ("67d", {"p67": "d"}, True),
        ("67d", {"p67": "D"}, False),
        ("69i", {"p69": "i"}, True),
        ("69i", {"p69": "I"}, False),
        ("41L AND 215FY", {"p41": "L"}, False),
        ("41L AND 215FY", {"p41": "L", "p215": "F"}, True),
        ("41L OR 215FY", {"p215": "F"}, True),
        ("41L OR 67N AND 70R", {"p41": "L"}, False),
        ("41L OR (67N AND 70R)", {"p41": "L"}, True),
        ("EXCLUDE 184IV", {}, True),
        ("EXCLUDE 184IV", {"p184": "V"}, False),
        ("41L AND EXCLUDE 184IV", {"p41": "L", "p184": "I"}, False),
        ("EXCLUDE (41L OR 67N)", {"p67": "N"}, False),
        ("101 NOT EHN", {}, True),
        ("101 NOT EHN", {"p101": "P"}, True),
        ("101 NOT EHN", {"p101": "EP"}, False),
        ("101(NOT EHN)", {"p101": "E"}, False),
        ("NOT 101EHN", {}, False),
        ("NOT 101EHN", {"p101": "E"}, False),
        ("NOT 101EHN", {"p101": "EP"}, True),
        ("NOT K101EHN", {"p101": "Q"}, True),
        ("SELECT ATLEAST 2 FROM (41L, 67N, 70R)", {"p41": "L", "p70": "R"}, True),
        ("SELECT ATLEAST 2 FROM (41L,67N,70R)", {"p41": "L"}, False),
        ("SELECT ATLEAST 0 FROM (1P)", {}, True),
        ("SELECT EXACTLY 1 FROM (41L, 67N)", {"p41": "L", "p67": "N"}, False),
        ("SELECT EXACTLY 0 FROM (41L, 67N)", {}, True),
        ("SELECT NOTMORETHAN 1 FROM (41L, 67N)", {}, True),
        ("SELECT NOTMORETHAN 1 FROM (41L, 67N)", {"p41": "L", "p67": "N"}, False),
        ("SELECT ATLEAST 1 AND NOTMORETHAN 1 FROM (41L, 67N)", {"p67": "N"}, True),
        ("SELECT ATLEAST 1 AND NOTMORETHAN 1 FROM (41L, 67N)", {"p41": "L", "p67": "N"}, False),
        ("148HKR AND SELECT ATLEAST 1 FROM (74I, 140S)", {"p148": "H", "p74": "I"}, True),
        ("(SELECT ATLEAST 1 FROM (65NR,74IV) AND 184IV)", {"p65": "R", "p184": "V"}, True),
        ("SELECT ATLEAST 1 FROM (41L AND 67N, 70R)", {"p41": "L", "p67": "N"}, True),
    ],
)
def test_a_condition_means(condition: str, found: dict[str, str], holds: bool) -> None:
    assert judged(condition, **found) is holds


def test_a_score_has_negative_and_decimal_numbers_and_maxima() -> None:
    statement = parse("SCORE FROM(41L => 15, MAX ( 184V => -10, (41L AND 215FY) => 2.5 ), 65R => -0.25)", "test")
    assert isinstance(statement, ScoreFrom)
    first, highest, last = statement.items
    assert isinstance(first, Scored) and first.value == 15
    assert isinstance(highest, Highest) and [item.value for item in highest.items] == [-10, 2.5]
    assert isinstance(last, Scored) and last.value == -0.25


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("41L AND", "character 8 ('the end'): a mutation like 41L expected"),
        ("41L XOR 67N", "character 5 ('XOR 67N'): nothing more expected"),
        ("41B", "character 1 ('41B')"),
        ("(41L", "')' expected"),
        ("41L)", "character 4 (')'): nothing more expected"),
        ("SELECT ATLEAST 1.5 FROM (41L)", "a whole number expected"),
        ("SELECT 1 FROM (41L)", "'ATLEAST' expected"),
        ("SELECT ATLEAST 1 FROM 41L", "'(' expected"),
        ("SCORE FROM (41L)", "'=>' expected"),
        ("SCORE FROM (41L => x)", "a score expected"),
        ("101 NOT xyz", "amino-acid letters expected"),
        ("41L & 67N", "is not a token of the language"),
        ("(" * 60 + "41L" + ")" * 60, "brackets too deep"),
        ("EXCLUDE " * 60 + "41L", "brackets too deep"),
        ("SCORE FROM (" + "MAX(" * 60 + "41L => 1" + ")" * 61, "brackets too deep"),
    ],
)
def test_a_mistake_names_drug_rule_and_place(condition: str, told: str) -> None:
    with pytest.raises(RowInvalid) as refused:
        parse(condition, "drug ABC, rule 2")
    assert refused.value.message.startswith("drug ABC, rule 2, character ")
    assert told in refused.value.message


def test_a_mistake_in_a_file_names_its_rule() -> None:
    with pytest.raises(RowInvalid, match="drug ABC, rule 2, character 7"):
        compile_algorithm(asi(levelled("41L"), scored("SCORE 41L")))


@given(booleans, findings)
@settings(max_examples=300, deadline=None)
def test_a_parsed_condition_agrees_with_the_function_it_was_made_with(pair: Pair, found: Found) -> None:
    text, judge = pair
    bits = {position: mask(letters) for position, letters in found.items()}
    assert holds(parse_boolean(text, "test"), bits) is judge(found)


def test_letters_and_bits_are_the_same_thing() -> None:
    assert unmask(mask(ALPHABET)) == ALPHABET
    assert mask("D") != mask("d")
