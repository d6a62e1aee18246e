"""Where the files that are not Python stand: one answer for a checkout, an editable install and the wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def place(name: str) -> Path:
    """The folder or file ``name`` (``templates``, ``static``, ``launch.json``, ``fhir_fixtures``).

    A checkout and an editable install have it beside the package; the wheel carries a copy inside the package.
    Raises FileNotFoundError where neither is there: an installation that is not complete.
    """
    beside, inside = _PACKAGE.parent / name, _PACKAGE / "_shipped" / name
    if (_PACKAGE.parent / "pyproject.toml").is_file() and beside.exists():
        return beside
    if inside.exists():
        return inside
    raise FileNotFoundError(f"{name} is neither beside the package (checkout) nor inside it (wheel)")
