"""Every command that the documentation shows is one that exists, with the options it has."""

import re
import shlex

import pytest

from smartpgx.cli.main import EPILOG, parser
from tests.shared import ROOT

FENCE = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands():
    blocks = [block for page in PAGES for block in FENCE.findall(page.read_text(encoding="utf-8"))]
    lines = [line.strip().removeprefix("$ ") for block in (*blocks, EPILOG) for line in block.splitlines()]
    for line in dict.fromkeys(lines):
        if line.startswith("smartpgx "):
            yield re.split(r"\s{2,}", line)[0]


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_a_documented_command_is_accepted(line):
    words = shlex.split(line, comments=True)[1:]
    assert callable(parser().parse_args(words).run)


def test_readme_shows_the_three_stages():
    shown = {line.split()[1] for line in commands()}
    assert {"read", "assess", "write", "fixtures", "serve", "schema"} <= shown


@pytest.mark.parametrize("words", [["--help"], ["assess", "--help"], ["fixtures", "load", "--help"], ["serve", "--help"]])
def test_help_is_there_and_fits_a_terminal(words, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: smartpgx")
    assert max(map(len, said.splitlines())) <= 100
