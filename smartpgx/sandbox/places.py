"""Where the sandbox's folders lie: beside the package in a checkout or editable install, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

from smartpgx.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent.parent
INSTALLED = {"fhir_fixtures": "_fixtures", "templates": "_templates", "static": "_static"}


def place(name: str, package: Path = PACKAGE) -> Path:
    """Folder ``fhir_fixtures``, ``templates`` or ``static``. Raises SettingsError when it lies nowhere."""
    for folder in (package / INSTALLED[name], package.parent / name):
        if folder.is_dir():
            return folder
    raise SettingsError(f"The folder {name} is neither beside nor inside the installed package.")
