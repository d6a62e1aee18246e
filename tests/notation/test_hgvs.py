import pytest

from smartpgx.notation import hgvs
from smartpgx.notation.hgvs import Edit


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("V600E", "p.Val600Glu"),
        ("p.V600E", "p.Val600Glu"),
        ("NP_004324.2:p.(Val600Glu)", "p.Val600Glu"),
        ("p.Ser1982fs", "p.Ser1982fs"),
        ("p.R97Pfs*23", "p.Arg97ProfsTer23"),
        ("NP_006594.3:p.S1178*", "p.Ser1178Ter"),
        ("p.E746_A750del", "p.Glu746_Ala750del"),
        ("p.A767_V769dup", "p.Ala767_Val769dup"),
        ("p.Met1?", "p.Met1?"),
        ("p.Val600=", "p.Val600="),
        ("c.1A>G", None),
        ("splicing defect", None),
        ("*1/*2", None),
    ],
)
def test_protein_changes_meet_in_one_spelling(text: str, normalised: str | None) -> None:
    assert hgvs.protein(text) == normalised


def test_no_change_is_no_variant() -> None:
    assert hgvs.is_no_change("p.Val600=")
    assert not hgvs.is_no_change("p.Val600Glu")


@pytest.mark.parametrize(
    ("change", "edit"),
    [
        ("94781859G>A", Edit(94781858, 94781859, "G", "A")),
        ("100_102del", Edit(99, 102, None, "")),
        ("100_102delACG", Edit(99, 102, "ACG", "")),
        ("100_102delACGT", None),
        ("5_6insAA", Edit(5, 5, "", "AA")),
        ("5_7insAA", None),
        ("100_102delinsAT", Edit(99, 102, None, "AT")),
        ("7dup", Edit(7, 7, "", None)),
        ("10+2del", None),
        ("10-2A>G", None),
        ("(?_5)_(9_?)del", None),
        ("100TA[6]", None),
    ],
)
def test_genomic_changes(change: str, edit: Edit | None) -> None:
    assert hgvs.genomic(change) == edit


def test_a_hyphen_in_an_accession_is_read() -> None:
    assert hgvs.parse("NG-007726.3:g.5G>A") == hgvs.Hgvs("NG_007726.3", "g", "5G>A")
