"""The published ASI files: all compile, and scores agree with two evaluators that are not ours or not the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartpgx.knowledge.asi import compile_algorithm
from smartpgx.knowledge.release import load
from smartpgx.notation.hiv_mutations import parse
from smartpgx.rules.resistance.asi import DrugScore, comments, score
from tests.rules.resistance.asi_files import HIV, published
from tests.rules.resistance.naive import Found, Scorer
from tests.rules.resistance.sierra_local import patterns, scorer
from tests.shared import SHARED, needs_shared

CASES = SHARED / "practice" / "cases" / "resistance"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="LEFT OUT: no practice cases beside the checkout")


@needs_shared
@pytest.mark.parametrize(
    ("name", "virus", "drugs"),
    [
        ("HIVDB_10.2", "HIV-1", 28),
        ("HIVDB_9.4", "HIV-1", 26),
        ("HIVDB_8.9-1", "HIV-1", 24),
        ("HIVDB-HIV2_9.0", "HIV-2", 19),
        ("Rega_10.0", "HIV-1", 23),
        ("ANRS_34", "HIV-1", 25),
    ],
)
def test_every_published_file_compiles(name: str, virus: str, drugs: int) -> None:
    algorithm = published(name)
    assert algorithm.virus == virus
    assert sum(len(gene.drugs) for gene in algorithm.genes.values()) == drugs


@needs_shared
def test_the_shipped_algorithm_scores_as_the_published_one() -> None:
    shipped = load().resistance.hivdb
    assert shipped.genes == published("HIVDB_10.2").genes
    assert not any(comment.text for comment in shipped.comments.values())


@needs_shared
def test_the_placeholder_for_hepatitis_b_says_nothing() -> None:
    algorithm = compile_algorithm((HIV.parent / "viruses" / "StanfordHBV_0.2.xml").read_bytes())
    assert algorithm.virus == "HBV"
    assert {one.letter for one in score(algorithm, "RT", {204: "V"})} == {"U"}


def drug(name: str, found: Found, algorithm: str, gene: str = "RT") -> DrugScore:
    return next(one for one in score(published(algorithm), gene, found) if one.drug == name)


@needs_shared
@pytest.mark.parametrize(
    ("algorithm", "gene", "name", "found", "level", "letter"),
    [
        ("Rega_10.0", "RT", "AZT", {41: "L", 210: "W", 215: "Y"}, 6, "R"),
        ("Rega_10.0", "RT", "AZT", {41: "L", 210: "W", 215: "Y", 184: "V"}, 4, "I"),
        ("Rega_10.0", "RT", "AZT", {}, 1, "S"),
        ("Rega_10.0", "RT", "D4T", {67: "d"}, 6, "R"),
        ("Rega_10.0", "PR", "LPV/r", {}, 2, "S"),
        ("Rega_10.0", "PR", "DRV/r", {50: "V", 76: "V", 54: "M"}, 6, "R"),
        ("ANRS_34", "RT", "ABC", {41: "L", 67: "N"}, 2, "I"),
        ("ANRS_34", "RT", "ABC", {41: "L", 67: "N", 210: "W"}, 3, "R"),
        ("ANRS_34", "RT", "ABC", {}, 1, "S"),
        ("ANRS_34", "RT", "3TC", {184: "MV"}, 3, "R"),
    ],
)
def test_rega_and_anrs_judge(algorithm: str, gene: str, name: str, found: Found, level: int, letter: str) -> None:
    result = drug(name, found, algorithm, gene)
    assert (result.level, result.letter) == (level, letter)


PLACES = [41, 44, 62, 65, 67, 69, 70, 74, 77, 100, 103, 116, 138, 151, 181, 184, 190, 210, 215, 219, 230]
HIVDB_RT = st.dictionaries(
    st.sampled_from(PLACES), st.text(st.sampled_from("LDVRNEGFYMIWQKCAHSTid"), min_size=1, max_size=2), max_size=9
)


@cache
def naive() -> Scorer:
    return Scorer((HIV / "HIVDB_10.2.xml").read_bytes())


@needs_shared
@given(HIVDB_RT)
@settings(max_examples=60, deadline=None)
def test_hivdb_scores_agree_with_the_naive_evaluator(found: Found) -> None:
    for one in score(published("HIVDB_10.2"), "RT", found):
        assert one.score == naive().score(one.drug, found), one.drug


@needs_shared
@pytest.mark.filterwarnings("ignore")
def test_scores_agree_with_sierra_local_on_three_thousand_patterns() -> None:
    pytest.importorskip("sierralocal", reason="LEFT OUT: sierralocal is not installed")
    algorithm, other = published("HIVDB_10.2"), scorer(HIV / "HIVDB_10.2.xml")
    for gene, found in patterns(algorithm, 3000, seed=10):
        ours = {one.drug: one.score for one in score(algorithm, gene, found)}
        assert ours == other(gene, found), (gene, found)


def cases(name: str) -> Iterator[dict[str, Any]]:
    with (CASES / f"{name}.jsonl").open() as lines:
        yield from map(json.loads, lines)


def letters(mutations: list[str], gene: str) -> Found:
    consensus, found = load().resistance.hiv_consensus[gene], dict[int, str]()
    for text in mutations:
        read = parse(text)
        assert read is not None, text
        rest = "".join(letter for letter in read.letters if letter != consensus[read.position - 1])
        found[read.position] = found.get(read.position, "") + rest
    return found


def plain(name: str) -> str:
    return name.removesuffix("/r").replace("LMV", "3TC")


@needs_shared
@needs_cases
@pytest.mark.parametrize("name", ["hivdb_10.2_sierra", "hivdb_10.2_sierralocal", "hivdb_8.9-1_patterns"])
def test_scores_levels_and_partial_scores_of_other_peoples_expectations(name: str) -> None:
    for row in cases(name):
        found = {
            plain(one.drug): one
            for one in score(published(f"HIVDB_{row['version']}"), row["gene"], letters(row["mutations"], row["gene"]))
        }
        for wanted, expect in row["expect"].items():
            one = found[plain(wanted)]
            assert (one.score, one.level, one.letter) == (expect["score"], expect["level"], expect.get("sir", one.letter)), row[
                "id"
            ]
            if "partial" in expect:
                assert sorted(part.value or 0 for part in one.partials) == sorted(expect["partial"].values()), row["id"]


@needs_shared
@needs_cases
def test_comments_of_other_peoples_expectations() -> None:
    algorithm = published("HIVDB_8.9-1")
    for row in cases("hivdb_8.9-1_comments"):
        found = letters(row["mutations"], row["gene"])
        fired = {one.id for one in comments(algorithm, row["gene"], found, score(algorithm, row["gene"], found))}
        assert fired == set(row["expect_comments"]), row["id"]
