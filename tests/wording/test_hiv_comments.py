"""Our words for the comments of the shipped algorithm: complete, faithful in drugs, numbers and mutations, and ours."""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest

from smartpgx.knowledge.release import load
from smartpgx.wording.hiv_comments import catalogue
from tests.shared import SHARED, needs_shared

SOURCE = SHARED / "data" / "resistance" / "hiv" / "conditional_comments_hiv1.csv"
DRUGS = [
    *("LEN", "GS-CA1", "RAL", "EVG", "DTG", "BIC", "CAB", "ATV", "DRV", "FPV", "IDV", "LPV", "NFV", "SQV", "TPV"),
    *("ABC", "AZT", "d4T", "DDI", "FTC", "3TC", "XTC", "TDF", "TFV", "ISL", "islatravir"),
    *("DOR", "EFV", "ETR", "NVP", "RPV", "DPV", "DLV"),
]
LONGEST_RUN = 7

OMITTED: dict[str, set[str]] = {}
"""Comment id -> drugs, numbers or mutations of the source that our text leaves out on purpose. None so far."""


@cache
def source() -> dict[str, str]:
    with SOURCE.open(encoding="utf-8-sig") as lines:
        return {row["id"]: row["text"] for row in csv.DictReader(lines)}


def facts(text: str) -> set[str]:
    """Drugs, numbers and mutations a text speaks of."""
    text = re.sub(r"\$listMutsIn\{[^}]*\}", "", text)
    drugs = {drug for drug in DRUGS if re.search(rf"(?<![A-Za-z]){re.escape(drug)}(?![A-Za-z])", text, re.IGNORECASE)}
    numbers = set(re.findall(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", text))
    return drugs | numbers | set(re.findall(r"\b[A-Z]\d+[A-Z]*", text))


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9]+(?:[./'-][A-Za-z0-9]+)*", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    spoken = words(text)
    return {tuple(spoken[at : at + LONGEST_RUN + 1]) for at in range(len(spoken) - LONGEST_RUN)}


def test_every_comment_of_the_shipped_algorithm_has_a_text_and_no_text_is_idle() -> None:
    assert set(catalogue()) == set(load().resistance.hivdb.comments)
    assert len(catalogue()) == 262


def test_texts_are_sentences() -> None:
    for identifier, text in catalogue().items():
        assert text[0].isupper() and text.endswith("."), identifier
        assert "  " not in text and " ." not in text, identifier


def test_a_comment_on_any_other_change_at_a_position_names_the_patients_own() -> None:
    asking = {identifier for identifier, text in catalogue().items() if "{mutations}" in text}
    assert len(asking) == 62


@needs_shared
def test_the_same_comments_ask_for_the_patients_own_change_as_in_the_source() -> None:
    for identifier, text in source().items():
        assert ("$listMutsIn" in text) == ("{mutations}" in catalogue()[identifier]), identifier
        assert ("highly unusual" in text) == ("highly unusual" in catalogue()[identifier]), identifier


@needs_shared
@pytest.mark.parametrize("gene", ["CA", "PR", "RT", "IN", "DTG", "DRV"])
def test_drugs_numbers_and_mutations_are_those_of_the_source(gene: str) -> None:
    for identifier, text in source().items():
        if identifier.startswith(gene):
            said, ours = facts(text), facts(catalogue()[identifier])
            assert said - ours == OMITTED.get(identifier, set()), identifier
            spelled_out = {name for name in ours - said if re.fullmatch(r"[A-Z]\d+[A-Z]", name)}
            assert ours - said <= spelled_out, identifier


@needs_shared
def test_qualifiers_of_polymorphism_and_role_are_kept() -> None:
    for identifier, text in source().items():
        ours = catalogue()[identifier].lower()
        for theirs, mine in (
            ("accessory", "accessory"),
            ("in vitro", "in vitro"),
            ("highly polymorphic", "highly polymorphic"),
            ("extremely rare", "extremely rare"),
            ("uncommon", "uncommon"),
            ("hypermutation", "hypermutation"),
            ("weakly", "weakly"),
            ("subtype", "subtype"),
        ):
            assert (theirs in text.lower()) <= (mine in ours), (identifier, theirs)
        assert bool(re.search(r"non-?polymorphic", text)) <= ("nonpolymorphic" in ours), identifier


@needs_shared
def test_no_run_of_words_is_taken_from_the_source() -> None:
    theirs = {run for text in source().values() for run in runs(text)}
    for identifier, text in catalogue().items():
        assert not runs(text) & theirs, identifier
