"""The documents say what is there: links lead somewhere, commands are understood, every command is named."""

import re
import shlex

import pytest

from smartpgx.cli.main import parser
from tests.shared import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
BLOCK = re.compile(r"```\n(.*?)```", re.S)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    for target, _ in LINK.findall(document.read_text()):
        assert "://" in target or (document.parent / target).exists(), target


def commands():
    for document in DOCUMENTS:
        for block in BLOCK.findall(document.read_text()):
            for line in block.splitlines():
                if line.startswith("smartpgx "):
                    yield pytest.param(line.split(" #")[0].strip(), id=line.split(" #")[0].strip())


@pytest.mark.parametrize("line", list(commands()))
def test_every_shown_command_is_understood(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DIR", "SOURCES", "RELEASE", "RRF"):
        (tmp_path / name).mkdir()
    (tmp_path / "other.xml").touch()
    parser().parse_args(shlex.split(line)[1:])


def test_the_readme_names_every_command():
    subcommands = next(a for a in parser()._actions if a.dest == "command").choices
    readme = (ROOT / "README.md").read_text() + (ROOT / "docs/knowledge.md").read_text()
    assert [name for name in subcommands if not re.search(rf"smartpgx {name}|make {name}", readme)] == []


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.M)):
        assert re.search(rf"^{target}:", makefile, re.M), target
