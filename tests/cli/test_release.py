"""The commands that look after the knowledge release, run as a site would."""

from pathlib import Path

import pytest

from smartpgx.cli.main import main
from smartpgx.knowledge.release import SHIPPED, load
from tests.shared import ROOT, SHARED, needs_shared

CONSO = (
    "9900001|ENG||||||A1||9900001||RXNORM|IN|9900001|examplapine||N|4096|\n"
    "9900002|ENG||||||A2||9900002||RXNORM|PIN|9900002|examplapine hydrochloride||N|4096|\n"
)
REL = "9900001|||RO|9900002|||form_of|||RXNORM||||N||\n"


@pytest.fixture
def rrf(tmp_path: Path) -> Path:
    folder = tmp_path / "rrf"
    folder.mkdir()
    for name, content in (("RXNCONSO", CONSO), ("RXNREL", REL), ("RXNSAT", "")):
        (folder / f"{name}.RRF").write_text(content)
    return folder


@pytest.mark.parametrize("release", ["shipped", str(SHIPPED)])
def test_extend_writes_a_release_that_knows_the_month(release: str, rrf: Path, tmp_path: Path, capsys):
    out = tmp_path / "out"
    assert main(["knowledge", "extend", release, str(rrf), str(out), "--month", "2026-11"]) == 0
    assert "+rxnorm.2026-11:" in capsys.readouterr().out
    medicines = load(out).medicines
    assert [row.name for row in medicines.by_text("examplapine hydrochloride 5 mg")] == ["examplapine"]
    assert [row.name for row in medicines.by_text("Plavix")] == ["clopidogrel"]


@pytest.mark.parametrize("month", ["November", "2026-13", "2026", "2026-11; rm"])
def test_extend_wants_a_month(month: str, rrf: Path, tmp_path: Path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["knowledge", "extend", "shipped", str(rrf), str(tmp_path / "out"), "--month", month])
    assert stopped.value.code == 2
    assert "2026-11" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_extend_without_the_files_or_the_release_says_which(rrf: Path, tmp_path: Path, capsys):
    (rrf / "RXNREL.RRF").unlink()
    assert main(["knowledge", "extend", "shipped", str(rrf), str(tmp_path / "out"), "--month", "2026-11"]) == 1
    assert "RXNREL.RRF" in capsys.readouterr().err
    assert main(["knowledge", "extend", str(tmp_path / "none"), str(rrf), str(tmp_path / "out"), "--month", "2026-11"]) == 1
    assert "knowledge.release-missing" in capsys.readouterr().err


@needs_shared
def test_differences_writes_the_page_of_the_documentation(tmp_path: Path):
    page = tmp_path / "page.md"
    assert main(["knowledge", "differences", str(SHARED), str(page)]) == 0
    assert page.read_text() == (ROOT / "docs/cpic-differences.md").read_text()


def test_differences_without_sources_says_so(tmp_path: Path, capsys):
    assert main(["knowledge", "differences", str(tmp_path), str(tmp_path / "page.md")]) == 1
    assert "pgx/" in capsys.readouterr().err
