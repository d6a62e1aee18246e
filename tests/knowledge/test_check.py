"""Each fault is seeded into a copy of the shipped release and must be found with file, row and column."""

from pathlib import Path

import pytest

from smartpgx.errors import RowInvalid
from smartpgx.knowledge.check import check, require
from smartpgx.knowledge.check.readings import contradictions
from smartpgx.knowledge.release import SHIPPED
from tests.knowledge.copies import copy, replace

READINGS = "drug_gene/readings.jsonl"
T2 = '{"text_id":"T2","only_for":null,"kind":"advice","status":"avoid","actions":[{"code":"AVOID"}]'


def test_the_shipped_release_has_no_fault():
    assert check(SHIPPED) == ()


SEEDED = [
    ("drug_gene/guidance.csv", "CPIC,abacavir,", "CPIC,abacavirr,", "drug", "unknown drug 'abacavirr', did you mean 'abacavir'?"),
    ("drug_gene/guidance.csv", '{""HLA-B""', '{""HLA-C""', "conditions", "unknown gene 'HLA-C', did you mean 'HLA-B'?"),
    ("drug_gene/guidance.csv", "*57:01 positive", "*57:01 positiv", "conditions", "did you mean '*57:01 positive'?"),
    ("drug_gene/guidance.csv", "Rapid Metabolizer", "Rapid Metaboliser", "conditions", "did you mean 'Rapid Metabolizer'?"),
    ("drug_gene/guidance.csv", ",general,Strong,T1,", ",general,Strnog,T1,", "strength", "did you mean 'Strong'?"),
    ("drug_gene/guidance.csv", ",general,Strong,T1,", ",,Strong,T1,", "population", "general where there is none"),
    ("drug_gene/guidance.csv", ",Strong,T1,", ",Strong,T9999,", "text_id", "unknown text 'T9999'"),
    ("drug_gene/guidance.csv", "PA166296759,CPIC", "PA166296758,CPIC", "id", "as row 2 does"),
    ("drug_gene/alleles.csv", "CYP2C19,*2,No function", "CYP2C19,*2,No funktion", "function", "did you mean 'No function'?"),
    ("drug_gene/alleles.csv", "CYP2C19,*3,", "CYP2C91,*3,", "gene", "unknown gene 'CYP2C91', did you mean"),
    (
        "drug_gene/alleles.csv",
        "CYP2D6,*10,Decreased function,0.25",
        "CYP2D6,*10,Decreased function,a quarter",
        "activity_value",
        "neither",
    ),
    ("drug_gene/sites.csv", ",rs4244285,G,A,", ",rs4244285,G,Z,", "alts", "'Z' is not a sequence"),
    ("drug_gene/defined_alleles.csv", "CYP2C19,*2,0,12:G", "CYP2C19,*2,0,99:G", "bases", "there is no site 99 of CYP2C19"),
    ("drug_gene/genes.csv", "*2|*3|*17", "*2|*3|*177", "key_alleles", "unknown allele '*177', did you mean '*17'?"),
    (
        "drug_gene/allele_aliases.csv",
        'Telti/Kobe,"Telti, Kobe"',
        "Telti/Kobe,Telti Kobe",
        "allele",
        "did you mean 'Telti, Kobe'?",
    ),
    ("drug_gene/interactions.csv", ",inhibitor,strong,", ",inhibitor,stronk,", "strength", "did you mean 'strong'?"),
    (READINGS, '"unit":"mg/day"', '"unit":"mg/dya"', "actions", "unknown unit 'mg/dya', did you mean 'mg/day'?"),
    (READINGS, '{"code":"AVOID"}', '{"code":"AVIOD"}', "actions", "unknown code 'AVIOD', did you mean 'AVOID'?"),
    (READINGS, '"basis":"start"', '"bais":"start"', "actions", "unknown parameter 'bais', did you mean 'basis'?"),
    (READINGS, T2, T2.replace("[{", '[{"code":"STANDARD"},{'), "actions", "STANDARD beside AVOID without a condition"),
    (READINGS, T2, T2.replace('"advice"', '"no_statement"'), "actions", "no advice can come from it"),
    (READINGS, T2, T2.replace('"advice"', '"input_error"'), "status", "no advice can come from it"),
    ("medicines/ingredients.csv", "32968,clopidogrel,B01AC04", "32968,clopidogrel,B01-AC04", "atc", "is not an ATC code"),
    ("medicines/names.csv", "plavix,brand,32968", "plavix,brand,99999999", "ingredients", "unknown ingredient '99999999'"),
    ("medicines/products.csv.gz", ",BN,Plavix,", ",BM,Plavix,", "tty", "unknown term type 'BM'"),
    ("medicines/ndc.txt.gz", "00002298026", "99999999999", "ndc11", "not in order"),
    ("resistance/hiv_drugs.csv", "3TC,LMV|3TC", "3TTC,LMV|3TC", "code", "did you mean '3TC'?"),
    ("resistance/HIVDB_10.2.xml", "<TEXT></TEXT>", "<TEXT>L56I has been seen</TEXT>", "TEXT", "texts are not shipped"),
    ("resistance/HIVDB_10.2.xml", "<SIR>S</SIR>", "<SIR>Q</SIR>", None, "does not compile"),
    ("resistance/hiv_mutation_types.csv", "RT,NRTI,40,", "TR,NRTI,40,", "gene", "unknown gene 'TR'"),
]


@pytest.mark.parametrize(("path", "old", "new", "column", "message"), SEEDED, ids=lambda value: str(value)[:40])
def test_a_seeded_fault_is_found_where_it_is(tmp_path: Path, path: str, old: str, new: str, column: str | None, message: str):
    folder = copy(tmp_path)
    row = replace(folder, path, old, new)
    found = [fault for fault in check(folder) if fault.file == path and fault.column == column]
    assert any(message in fault.message for fault in found), [str(fault) for fault in check(folder)][:5]
    if "ndc" in path:
        row += 1  # the line after the misplaced one is the one out of order
    assert column is None or any(fault.row == row for fault in found), (row, found)
    with pytest.raises(RowInvalid, match="faults in the knowledge release"):
        require(folder)


def test_a_row_of_another_width_is_a_fault(tmp_path: Path):
    folder = copy(tmp_path)
    row = replace(folder, "drug_gene/drugs.csv", "abacavir,190521", "abacavir 190521")
    assert [fault.row for fault in check(folder) if fault.file == "drug_gene/drugs.csv"][0] == row


def test_a_file_the_manifest_does_not_know_and_a_licence_we_may_not_ship(tmp_path: Path):
    folder = copy(tmp_path)
    (folder / "drug_gene/extra.csv").write_text("a\n")
    manifest = folder / "MANIFEST.json"
    manifest.write_text(manifest.read_text().replace('"CC0-1.0"', '"GPL-2.0"', 1))
    found = {(fault.file, fault.column) for fault in check(folder)}
    assert ("drug_gene/extra.csv", None) in found
    assert "licence" in {column for _file, column in found}
    with pytest.raises(RowInvalid, match="extra"):
        require(folder)


@pytest.mark.parametrize(
    ("actions", "refused"),
    [
        ([{"code": "STANDARD"}, {"code": "AVOID"}], True),
        ([{"code": "STANDARD"}, {"code": "CONTRAINDICATED"}], True),
        ([{"code": "STANDARD"}, {"code": "AVOID", "unless": "no alternative"}], False),
        ([{"code": "STANDARD", "when": "single dose"}, {"code": "AVOID"}], False),
        ([{"code": "STANDARD"}, {"code": "AVOID", "of": "codeine"}], False),
        ([{"code": "DOSE_INCREASE", "basis": "start"}, {"code": "DOSE_DECREASE", "basis": "start"}], True),
        ([{"code": "DOSE_INCREASE"}, {"code": "DOSE_DECREASE"}], True),
        ([{"code": "DOSE_INCREASE", "basis": "start"}, {"code": "DOSE_DECREASE", "basis": "maintenance"}], False),
        ([{"code": "DOSE_INCREASE", "when": "level low"}, {"code": "DOSE_DECREASE"}], False),
    ],
)
def test_contradictions_within_one_reading(actions, refused):
    assert bool(list(contradictions(actions))) is refused
