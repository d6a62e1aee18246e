import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpgx.notation.spdi import Spdi, justify, parse, trim

REFERENCE = "GCACACAT"


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("NC_000010.11:94781858:G:A", Spdi("NC_000010.11", 94781858, "G", "A")),
        ("NC_000001.10:5::AT", Spdi("NC_000001.10", 5, "", "AT")),
        ("NC_000001.10:5:at:-", Spdi("NC_000001.10", 5, "AT", "")),
        ("NC_000001.10:5:3:A", None),
        ("NC_000001.10:5:N:A", None),
        ("NC_000001.10:5::", None),
        ("NC_000010.11:g.94781859G>A", None),
        ("rs4244285", None),
    ],
)
def test_texts(text: str, edit: Spdi | None) -> None:
    assert parse(text) == edit


@pytest.mark.parametrize(
    ("given", "trimmed"),
    [
        (Spdi("x", 10, "CG", "CA"), Spdi("x", 11, "G", "A")),
        (Spdi("x", 10, "GCA", "G"), Spdi("x", 11, "CA", "")),
        (Spdi("x", 10, "CACACA", "CACA"), Spdi("x", 10, "CA", "")),
        (Spdi("x", 10, "G", "G"), Spdi("x", 10, "G", "G")),
    ],
)
def test_shared_ends_are_dropped_and_a_reference_call_stays(given: Spdi, trimmed: Spdi) -> None:
    assert trim(given) == trimmed


def test_a_deletion_in_a_repeat_is_one_edit_from_whichever_copy_it_was_written() -> None:
    spelled = [Spdi("x", position, "CA", "") for position in (1, 3, 5)] + [Spdi("x", 2, "AC", "")]
    assert {str(justify(each, REFERENCE)) for each in spelled} == {"x:1:CACACA:CACA"}


def test_bases_that_the_reference_does_not_have_are_refused() -> None:
    assert justify(Spdi("x", 0, "CA", ""), REFERENCE) is None


@given(st.text("AC", min_size=4, max_size=14), st.data())
def test_all_spellings_of_one_indel_justify_to_one_form(reference: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(reference) - 1))
    end = data.draw(st.integers(start + 1, len(reference)))
    first = Spdi("x", start, reference[start:end], "")
    result = reference[:start] + reference[end:]
    same = [
        Spdi("x", at, reference[at : at + end - start], "")
        for at in range(len(reference) - (end - start) + 1)
        if reference[:at] + reference[at + end - start :] == result
    ]
    assert {justify(each, reference) for each in same} == {justify(first, reference)}
