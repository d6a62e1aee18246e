"""Where the sandbox's folders lie: beside the package in a checkout or editable install, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

from smartpgx.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent.parent


def place(name: str, package: Path = PACKAGE) -> Path:
    """``fhir_fixtures``, ``templates``, ``static`` or ``launch.json``. Raises SettingsError when it lies nowhere."""
    for candidate in (package / "_shipped" / name, package.parent / name):
        if candidate.exists():
            return candidate
    raise SettingsError(f"{name} is neither beside nor inside the installed package.")
