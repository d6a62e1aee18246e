"""A synthetic RxNorm month of a dozen concepts: names and numbers are invented, the file layout is NLM's."""

from pathlib import Path

import pytest

from smartpgx.errors import ReleaseMissing
from smartpgx.knowledge.check import check
from smartpgx.knowledge.importers import extend
from smartpgx.knowledge.importers.rxnorm_rrf import read
from smartpgx.knowledge.release import SHIPPED, load

CONCEPTS = [
    ("9900001", "IN", "examplapine", "N"),
    ("9900002", "IN", "samplolol", "N"),
    ("9900003", "PIN", "examplapine hydrochloride", "N"),
    ("9900004", "SCDC", "examplapine 5 MG", "N"),
    ("9900005", "SCDC", "samplolol 10 MG", "N"),
    ("9900006", "SCD", "examplapine 5 MG Oral Tablet", "N"),
    ("9900007", "SCD", "examplapine 5 MG / samplolol 10 MG Oral Tablet", "O"),
    ("9900008", "SBD", "examplapine 5 MG / samplolol 10 MG Oral Tablet [Exasam]", "N"),
    ("9900009", "BN", "Exasam", "N"),
    ("9900010", "GPCK", "{7 (examplapine 5 MG Oral Tablet) / 7 (examplapine 5 MG / samplolol 10 MG Oral Tablet) } Pack", "N"),
    ("9900011", "MIN", "examplapine / samplolol", "N"),
    ("9900012", "SCD", "withdrawn 1 MG Oral Tablet", "Y"),
]
RELATIONS = [
    ("9900001", "9900003", "form_of"),
    ("9900001", "9900004", "has_ingredient"),
    ("9900002", "9900005", "has_ingredient"),
    ("9900004", "9900006", "consists_of"),
    ("9900007", "9900004", "constitutes"),
    ("9900005", "9900007", "consists_of"),
    ("9900007", "9900008", "tradename_of"),
    ("9900001", "9900009", "tradename_of"),
    ("9900009", "9900002", "has_tradename"),
    ("9900006", "9900010", "contains"),
    ("9900007", "9900010", "contains"),
    ("9900011", "9900001", "part_of"),
    ("9900002", "9900011", "has_part"),
]


@pytest.fixture
def rrf(tmp_path: Path) -> Path:
    folder = tmp_path / "rrf"
    folder.mkdir()
    conso = [
        f"{rxcui}|ENG||||||A{rxcui}||{rxcui}||RXNORM|{tty}|{rxcui}|{name}||{suppress}|4096|"
        for rxcui, tty, name, suppress in CONCEPTS
    ]
    conso.append("9900001|ENG||||||A1||||ATC|IN|N99XX01|examplapine||N||")
    conso.append("9900001|ENG||||||A2||||MTHSPL|SU|X|another source's name||N||")
    rel = [f"{one}|||RO|{other}|||{rela}|||RXNORM||||N||" for one, other, rela in RELATIONS]
    sat = [
        "9900006|||A|AUI|9900006|||NDC|RXNORM|99999000101|N||",
        "9900006|||A|AUI|9900006|||NDC|MTHSPL|99999-0001-02|N||",
        "9900012|||A|AUI|9900012|||NDC|RXNORM|99999000103|Y||",
    ]
    for name, lines in (("RXNCONSO", conso), ("RXNREL", rel), ("RXNSAT", sat)):
        (folder / f"{name}.RRF").write_text("".join(line + "\n" for line in lines))
    return folder


def test_every_kind_of_concept_comes_down_to_its_ingredients(rrf: Path):
    found = {product.rxcui: product.ingredients for product in read(rrf, "RxNorm").products}
    one, both = ("9900001",), ("9900001", "9900002")
    assert found == {
        "9900003": one,
        "9900006": one,
        "9900007": both,
        "9900008": both,
        "9900009": both,
        "9900010": both,
        "9900011": both,
    }


def test_only_the_normal_form_of_ndcs_and_only_of_products_we_hold(rrf: Path):
    assert read(rrf, "RxNorm").ndc == {"99999000101": "9900006"}


def test_a_release_with_the_month_answers_for_old_and_new(rrf: Path, tmp_path: Path):
    manifest = extend(SHIPPED, rrf, tmp_path / "out", "2026-11-03")
    assert manifest.release.endswith("+rxnorm.2026-11-03")
    assert check(tmp_path / "out") == ()
    medicines = load(tmp_path / "out").medicines
    assert [row.name for row in medicines.by_rxcui("9900008")] == ["examplapine", "samplolol"]
    assert [row.name for row in medicines.by_ndc("99999-0001-01")] == ["examplapine"]
    assert [row.name for row in medicines.by_text("Exasam tablet")] == ["examplapine", "samplolol"]
    assert [row.name for row in medicines.by_atc("N99XX01")] == ["examplapine"]
    assert [row.name for row in medicines.by_rxcui("208416")] == ["sulfamethoxazole", "trimethoprim"]
    assert medicines.by_ndc("00002298026") and medicines.by_text("islatravir")
    assert load(tmp_path / "out").drug_gene.guidance.keys() == load().drug_gene.guidance.keys()


def test_the_month_twice_gives_the_same_bytes(rrf: Path, tmp_path: Path):
    first = extend(SHIPPED, rrf, tmp_path / "one", "2026-11-03")
    second = extend(SHIPPED, rrf, tmp_path / "two", "2026-11-03")
    assert first == second


def test_an_incomplete_month_is_named(rrf: Path, tmp_path: Path):
    (rrf / "RXNSAT.RRF").unlink()
    with pytest.raises(ReleaseMissing, match=r"RXNSAT\.RRF"):
        extend(SHIPPED, rrf, tmp_path / "out", "2026-11-03")
