"""Which position a change speaks of, in the spellings that laboratories use."""

import pytest

from smartpgx.calling.sites import Edit, Reached, SiteIndex, edit_of, trimmed
from tests.calling.charts import TABLES

INDEX = SiteIndex(TABLES.definitions)


def edit(text: str) -> Edit:
    made = edit_of(text)
    assert made is not None
    return made


def test_trimming_keeps_indels_where_vcf_writes_them() -> None:
    assert trimmed(edit("NC_000002.12:233760232:CAT:CATAT")) == Edit("NC_000002.12", 233760233, "", "AT")
    assert trimmed(edit("NC_000002.12:5:ACG:ATG")) == Edit("NC_000002.12", 6, "C", "T")
    assert trimmed(edit("NC_000002.12:5:A:A")) == Edit("NC_000002.12", 5, "", "")


@pytest.mark.parametrize("text", ["", "NC_000002.12:5:1:A", "NM_1:c.5A>G", None])
def test_what_is_no_spdi_with_letters_is_no_edit(text: str | None) -> None:
    assert edit_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "NC_000002.12:233760232:CAT:CATAT",
        "NC_000002.12:233760233::AT",
        "NC_000002.12:233760234::TA",  # as HGVS counts the repeat
        "NC_000002.12:233760248::TA",  # behind the last repeat
        "NC_000002.11:234668878:CAT:CATAT",
    ],
)
def test_a_longer_repeat_in_any_spelling(text: str) -> None:
    assert [(found.gene, found.allele) for found in INDEX.reached(edit(text))] == [("UGT1A1", "CATAT")]


def test_every_alternate_is_found_on_both_builds() -> None:
    for gene, definition in TABLES.definitions.items():
        for site in definition.sites:
            for alt in site.alts:
                for accession, pos in ((definition.refseq, site.pos), (definition.refseq37, site.pos37)):
                    if pos is not None:
                        reached = INDEX.reached(Edit(accession, pos - 1, site.ref, alt))
                        assert Reached(gene, site.index, alt) in reached, (gene, site.hgvs_g, alt)


def test_every_position_read_as_reference_is_known_as_such() -> None:
    for gene, definition in TABLES.definitions.items():
        for site in definition.sites:
            text = Edit(definition.refseq, site.pos - 1, site.ref, site.ref)
            assert (gene, site.index, site.ref) in [found[:3] for found in INDEX.read(text)], (gene, site.hgvs_g)


def test_a_window_reads_the_positions_inside_it() -> None:
    sites = [site for site in TABLES.definitions["CYP2C19"].sites if 94781858 <= site.pos <= 94781859]
    window = "A" * 8 + "CG" + "A" * 8
    read = INDEX.read(Edit("NC_000010.11", 94781849, window, window))
    assert {(found.place, found.allele) for found in read} == {(site.index, site.ref) for site in sites}


def test_a_change_of_two_neighbours_is_two_changes() -> None:
    reached = INDEX.reached(edit("NC_000010.11:94781857:CG:TA"))
    assert [(found.gene, found.allele) for found in reached] == [("CYP2C19", "T"), ("CYP2C19", "A")]


def test_other_changes_of_a_position_are_not_documented() -> None:
    assert [found.allele for found in INDEX.reached(edit("NC_000010.11:94781858:G:C"))] == [None]
    assert [found.allele for found in INDEX.reached(edit("NC_000010.11:94781850:AAAAAAAACGA:"))] == [None, None]


def test_a_change_beside_a_position_is_none_of_it() -> None:
    assert INDEX.reached(edit("NC_000010.11:94781860:A:T")) == ()
    assert INDEX.reached(edit("NC_000013.11:48041102:T:A")) == ()  # the base before an insertion
    assert INDEX.reached(edit("NC_000099.1:5:A:T")) == ()
