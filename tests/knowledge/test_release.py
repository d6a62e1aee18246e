import subprocess
import sys
from pathlib import Path

import pytest

from smartpgx.errors import ReleaseInvalid, ReleaseMissing
from smartpgx.knowledge.licences import ALLOWED
from smartpgx.knowledge.release import SHIPPED, load
from smartpgx.knowledge.shelf import Shelf, digest
from tests.knowledge.copies import copy

MANIFEST = Shelf(SHIPPED).manifest()


def test_the_shipped_release_loads_once():
    assert load() is load(SHIPPED)
    assert load().manifest.digest == digest(MANIFEST.tables)


def test_a_changed_table_is_refused_when_a_worker_starts(tmp_path: Path):
    folder = copy(tmp_path)
    (folder / "drug_gene/drugs.csv").write_text("drug,rxcui,atc\n")
    with pytest.raises(ReleaseInvalid, match=r"drug_gene/drugs\.csv"):
        load(folder)


def test_a_missing_table_is_named(tmp_path: Path):
    folder = copy(tmp_path)
    (folder / "resistance/hiv_drugs.csv").unlink()
    with pytest.raises(ReleaseMissing, match=r"resistance/hiv_drugs\.csv"):
        load(folder)


def test_no_release_at_all(tmp_path: Path):
    with pytest.raises(ReleaseMissing, match=r"MANIFEST\.json"):
        load(tmp_path)


@pytest.mark.parametrize("entry", MANIFEST.tables, ids=lambda entry: entry.path)
def test_every_table_says_where_it_comes_from_and_may_be_passed_on(entry):
    assert entry.licence in ALLOWED
    assert entry.sources
    for source in entry.sources:
        assert source["licence"] in ALLOWED
        assert source["project"] and source["version"] and source["files"]
    assert entry.rows > 0


def test_share_alike_content_makes_its_table_share_alike():
    for entry in MANIFEST.tables:
        if any(source["licence"].startswith("CC-BY-SA") for source in entry.sources):
            assert entry.licence.startswith("CC-BY-SA"), entry.path


def test_row_counts_of_the_tables_that_must_be_whole():
    rows = {entry.path: entry.rows for entry in MANIFEST.tables}
    assert rows["drug_gene/guidance.csv"] == 2217
    assert rows["drug_gene/defined_alleles.csv"] == 1317
    assert rows["drug_gene/sites.csv"] == 1201
    assert rows["medicines/ndc.txt.gz"] == 117352
    assert rows["resistance/HIVDB_10.2.xml"] == 262


def test_nothing_is_read_before_it_is_asked_for():
    code = "from smartpgx.knowledge.release import load; print(sorted(set(vars(load())) & {'drug_gene', 'medicines'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
