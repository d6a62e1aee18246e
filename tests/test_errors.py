"""Codes are permanent, documented, and drawn in the tree."""

import re

import pytest

from smartpgx import errors
from tests.shared import ROOT


def _all(kind: type[errors.SmartPgxError]) -> list[type[errors.SmartPgxError]]:
    return [kind, *(sub for child in kind.__subclasses__() if child.__module__ == errors.__name__ for sub in _all(child))]


KINDS = _all(errors.SmartPgxError)


def test_every_class_has_a_code_of_its_own():
    codes = [kind.__dict__.get("code") for kind in KINDS]
    assert None not in codes
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_code_is_documented_under_its_anchor(kind):
    text = (ROOT / "docs/errors.md").read_text()
    assert f'<a id="{kind.code}"></a>`{kind.code}`' in text
    assert kind("x").help == f"docs/errors.md#{kind.code}"


def test_documentation_names_no_code_that_does_not_exist():
    text = (ROOT / "docs/errors.md").read_text()
    assert set(re.findall(r'<a id="([^"]+)">', text)) == {kind.code for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_tree_at_the_top_shows_every_class(kind):
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__)
    assert kind("x").next_step.endswith(".")
