"""Every spelling of an HIV mutation that must be read, and those that must not."""

from __future__ import annotations

import pytest

from smartpgx.notation.hiv_mutations import gene, parse


@pytest.mark.parametrize(
    ("text", "named", "wild", "position", "letters"),
    [
        ("M184V", None, "M", 184, "V"),
        ("m184v", None, "M", 184, "V"),
        ("184V", None, None, 184, "V"),
        ("RT:M184V", "RT", "M", 184, "V"),
        ("RT_M184V", "RT", "M", 184, "V"),
        ("integrase: N155H", "IN", "N", 155, "H"),
        ("p.Met184Val", None, "M", 184, "V"),
        ("p.M184V", None, "M", 184, "V"),
        ("M184MV", None, "M", 184, "MV"),
        ("M184M/V", None, "M", 184, "MV"),
        ("T215T/Y", None, "T", 215, "TY"),
        ("M184MIV", None, "M", 184, "MIV"),
        ("T69_SS", None, "T", 69, "i"),
        ("T69S_SS", None, "T", 69, "Si"),
        ("T69SSS", None, "T", 69, "Si"),
        ("T69ins", None, "T", 69, "i"),
        ("t69ins", None, "T", 69, "i"),
        ("T69insSS", None, "T", 69, "i"),
        ("T69i", None, "T", 69, "i"),
        ("T69_", None, "T", 69, "i"),
        ("K70#", None, "K", 70, "i"),
        ("T69Insertion", None, "T", 69, "i"),
        ("T69del", None, "T", 69, "d"),
        ("T69-", None, "T", 69, "d"),
        ("T69d", None, "T", 69, "d"),
        ("T69~", None, "T", 69, "d"),
        ("T69Deletion", None, "T", 69, "d"),
        ("T69D", None, "T", 69, "D"),
        ("T69I", None, "T", 69, "I"),
        ("W88*", None, "W", 88, "*"),
        ("W88Stop", None, "W", 88, "*"),
        ("K103X", None, "K", 103, "X"),
    ],
)
def test_a_spelling_is_read(text: str, named: str | None, wild: str | None, position: int, letters: str) -> None:
    read = parse(text)
    assert read is not None
    assert (read.gene, read.wild_type, read.position, read.letters) == (named, wild, position, letters)


@pytest.mark.parametrize(
    "text",
    ["", "M184", "184", "foo", "M184?", "B184V", "M184B", "t69d", "T69DEL", "T69INS", "env:M184V", "M0V", "M1840V", "ins69"],
)
def test_what_is_not_certain_is_not_read(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("name", "known"),
    [("reverse transcriptase", "RT"), ("HIV-1 protease", "PR"), ("INT", "IN"), ("capsid", "CA"), ("gp41", None), ("", None)],
)
def test_genes_go_by_many_names(name: str, known: str | None) -> None:
    assert gene(name) == known
