import re

from smartpgx.knowledge.release import load

KNOWN = load().resistance


def test_every_drug_of_the_algorithm_has_its_row():
    codes = {row.code for row in KNOWN.hiv_drugs}
    assert len(codes) == 28
    assert {"BIC", "CAB", "DOR", "LEN", "TDF", "3TC"} <= codes


def test_names_of_the_algorithm_files():
    by_name = {row.name: row for row in KNOWN.hiv_drugs}
    assert by_name["lamivudine"].asi_names == ("LMV", "3TC")
    assert "DRV" in by_name["darunavir"].asi_names and by_name["darunavir"].code == "DRV/r"
    assert {row.rxcui for row in KNOWN.hiv_drugs if row.code == "TDF"} == {"300195", "1721603", "117466"}


def test_the_shipped_algorithm_compiles_and_carries_no_text():
    assert KNOWN.hivdb is KNOWN.hivdb
    assert re.findall(rb"<TEXT>(.+?)</TEXT>", KNOWN.hivdb_xml) == []
    assert len(re.findall(rb"<COMMENT_STRING ", KNOWN.hivdb_xml)) == 262 == len(KNOWN.hiv_comments)
    assert KNOWN.hiv_comments["DTGHigh"].condition == "DTG=5"


def test_consensus_sequences():
    assert {gene: len(sequence) for gene, sequence in KNOWN.hiv_consensus.items()} == {"PR": 99, "RT": 560, "IN": 288, "CA": 231}
    assert KNOWN.hiv_consensus["RT"][183] == "M"
    assert len(KNOWN.hiv_mutation_types) == 267
