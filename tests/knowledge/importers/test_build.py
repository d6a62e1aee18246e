from pathlib import Path

import pytest

from smartpgx.errors import ReleaseMissing
from smartpgx.knowledge.importers import build, differences
from smartpgx.knowledge.importers.cpic_compare import compare
from smartpgx.knowledge.release import SHIPPED
from smartpgx.knowledge.shelf import Shelf
from tests.shared import ROOT, SHARED, needs_shared


@needs_shared
def test_rebuilding_gives_the_shipped_bytes(tmp_path: Path):
    manifest = build(SHARED, tmp_path)
    assert manifest == Shelf(SHIPPED).manifest()
    for path in Shelf(SHIPPED).files():
        assert (tmp_path / path).read_bytes() == (SHIPPED / path).read_bytes(), path


@needs_shared
def test_the_comparison_page_is_the_importers(tmp_path: Path):
    differences(SHARED, tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == (ROOT / "docs/cpic-differences.md").read_text()


@needs_shared
def test_our_rows_beside_cpics_own():
    found = compare(SHARED / "data/pgx")
    assert (found.rows, found.compared, found.same) == (2217, 2115, 2102)
    alone = {each.drug for each in found.differences if each.what == "no counterpart" and "xN" not in each.conditions}
    assert alone == {"ondansetron", "tropisetron"}
    assert not [each for each in found.differences if each.what in ("strength", "not here")]
    assert max(len(part.split()) for each in found.differences for part in each.detail.split("'")) <= 8


@needs_shared
def test_no_text_of_cpic_is_in_the_tables():
    import csv

    with (SHARED / "data/pgx/recommendation_texts.csv").open() as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    shelf = Shelf(SHIPPED)
    shipped = "\n".join(shelf.content(path).decode() for path in shelf.files())
    assert [text for text in texts if len(text) > 60 and text[:60] in shipped] == []


def test_a_missing_source_folder_is_named(tmp_path: Path):
    with pytest.raises(ReleaseMissing, match="pgx/"):
        build(tmp_path, tmp_path / "out")
