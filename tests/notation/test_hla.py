import pytest

from smartpgx.notation.hla import allele, genotype_list, is_gl_string, mentioned


@pytest.mark.parametrize(
    ("text", "gene", "name"),
    [
        ("HLA-B*57:01", None, "HLA-B*57:01"),
        ("HLA-B*57:01:01:01", None, "HLA-B*57:01"),
        ("HLA-B*57:01:01G", None, "HLA-B*57:01"),
        ("B*57:01", None, "HLA-B*57:01"),
        ("HLA-B*5701", None, "HLA-B*57:01"),
        ("*57:01", "HLA-B", "HLA-B*57:01"),
        ("*57:01", None, None),
        ("HLA-B*57", None, None),
        ("HLA-B*57:01N", None, None),
        ("HLA-B*57:XX", None, None),
        ("HLA-A*31:01", "HLA-B", None),
        ("HLA-B*15:123", None, "HLA-B*15:123"),
    ],
)
def test_two_fields_or_nothing(text: str, gene: str | None, name: str | None) -> None:
    found = allele(text, gene)
    assert (str(found) if found else None) == name


def test_the_allele_a_test_is_named_after() -> None:
    assert str(mentioned("HLA-B*57:01 [Presence]")) == "HLA-B*57:01"
    assert mentioned("HLA-B*57:01 and HLA-B*58:01 [Presence]") is None
    assert mentioned("HLA-B*15:021") is None or str(mentioned("HLA-B*15:021")) != "HLA-B*15:02"


def test_plus_joins_and_stroke_is_ambiguity() -> None:
    assert [str(each) for each in genotype_list("HLA-B*57:01:01+HLA-B*07:02").alleles] == ["HLA-B*57:01", "HLA-B*07:02"]
    assert genotype_list("hla#3.23.0#HLA-B*57:01/HLA-B*57:03+HLA-B*07:02").problem == "several"
    assert [str(each) for each in genotype_list("HLA-A*24:02/HLA-A*24:02:03+HLA-A*01:01").alleles] == [
        "HLA-A*24:02",
        "HLA-A*01:01",
    ]
    assert is_gl_string("hla#3.23.0#HLA-B*57:01")
