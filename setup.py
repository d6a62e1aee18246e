"""Carries templates, static files, fixtures and launch.json of the top level into the wheel; the rest is pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("templates", "static", "fhir_fixtures", "launch.json")


class BuildWithPlaces(build_py):
    """Copies what stands beside the package into ``smartpgx/_shipped``; an editable install needs no copy."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "smartpgx" / "_shipped"
        for name in SHIPPED:
            source = Path(__file__).resolve().parent / name
            if source.is_dir():
                shutil.copytree(source, target / name, dirs_exist_ok=True)
            elif source.is_file():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target / name)


setup(cmdclass={"build_py": BuildWithPlaces})
