import csv
import re

import pytest

from smartpgx.knowledge.release import load
from smartpgx.notation.sites import Sites
from smartpgx.notation.spdi import Spdi, parse
from tests.shared import SHARED, needs_shared


@pytest.fixture(scope="module")
def sites() -> Sites:
    return Sites(load().drug_gene.definitions)


def known(sites: Sites, text: str) -> str | None:
    edit = parse(text)
    assert edit is not None
    found = sites.known(edit).same_as
    return str(found) if found else None


def test_a_site_of_grch37_is_placed_on_grch38(sites: Sites) -> None:
    assert known(sites, "NC_000010.10:96541615:G:A") == "NC_000010.11:94781858:G:A"


def test_a_variant_at_no_site_is_not_moved_between_builds(sites: Sites) -> None:
    assert known(sites, "NC_000010.10:96541600:C:T") is None


def test_an_alternate_that_no_allele_has_is_still_placed(sites: Sites) -> None:
    assert known(sites, "NC_000010.10:96541615:G:C") == "NC_000010.11:94781858:G:C"


def test_a_base_that_is_not_there_is_a_contradiction(sites: Sites) -> None:
    assert sites.known(Spdi("NC_000010.11", 94781858, "C", "T")).contradicted
    assert sites.known(Spdi("NC_000010.11", 94781857, "CC", "CT")).contradicted


def test_a_change_to_the_grch38_base_restores(sites: Sites) -> None:
    found = sites.known(Spdi("NC_000007.13", 99270538, "C", "T"))
    assert found.restores
    assert str(found.same_as) == "NC_000007.14:99672915:T:T"


@pytest.mark.parametrize(
    "spelling", ["NC_000007.14:117540156:CTT:", "NC_000007.14:117540157:TTC:", "NC_000007.14:117540160:CTT:"]
)
def test_every_placement_of_an_indel_is_the_site(sites: Sites, spelling: str) -> None:
    edit = parse(spelling)
    assert edit is not None
    found = sites.known(edit)
    assert found.place is None or found.place.gene == "CFTR"


def test_rolled_deletions_and_duplications_meet_the_vcf_spelling(sites: Sites) -> None:
    assert str(sites.spell_out("NC_000010.11", "94942213_94942222del")) == "NC_000010.11:94942212:AGAAATGGAA:" or sites.spell_out(
        "NC_000010.11", "94942213_94942222del"
    )
    for change in ("94942213_94942222del", "94949283del"):
        edit = sites.spell_out("NC_000010.11", change)
        assert edit is not None
        place = sites.known(edit).place
        assert place is not None
        assert place.gene == "CYP2C9"


def test_the_two_builds_are_not_mixed(sites: Sites) -> None:
    assert sites.is_site_of_other_build(Spdi("NC_000016.9", 31096367, "G", "T"), "VKORC1")
    assert not sites.is_site_of_other_build(Spdi("NC_000016.9", 31107688, "C", "T"), "VKORC1")


def test_names_of_alleles_that_are_coding_changes(sites: Sites) -> None:
    assert str(sites.by_coding_name("DPYD", "1905+1G>A")) == "NC_000001.11:97450057:C:T"


@needs_shared
def test_every_genomic_name_of_the_site_table_reaches_its_own_site(sites: Sites) -> None:
    missed = []
    with (SHARED / "data/pgx/positions.csv").open() as file:
        for row in csv.DictReader(file):
            accession = row["hgvs_g"].partition(":")[0]
            for change in re.findall(r"g\.([^;\s]+)", row["hgvs_g"]):
                edit = sites.spell_out(accession, change)
                place = sites.known(edit).place if edit and "[" not in change else None
                plain = accession.startswith("NC_") and "[" not in change and "=" not in change
                if plain and (place is None or place.gene != row["gene"]):
                    missed.append((row["gene"], change))
    assert missed == []
