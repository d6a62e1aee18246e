"""A whole release from the source files: every importer's tables, and the manifest over them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import json

from smartpgx.errors import ReleaseMissing
from smartpgx.knowledge import check
from smartpgx.knowledge.importers import cpic_alleles, cpic_guidance, fda_cyp, hiv, names, rxnorm
from smartpgx.knowledge.importers.table import Made, Table, write
from smartpgx.knowledge.schema import Manifest
from smartpgx.knowledge.shelf import MANIFEST, digest

RELEASE = "2026.11.24"
BUILT_FROM = "public sources as collected on 2026-11-24; each table names its own"


def build(shared: Path, out: Path) -> Manifest:
    """Build all tables from the source files in ``shared`` (``pgx/``, ``fhir/``, ``resistance/``) into ``out``.

    The same files give the same bytes. Raises ReleaseMissing where a source folder is not there.
    """
    source = source_folder(shared)
    pgx, fhir, resistance = source / "pgx", source / "fhir", source / "resistance"
    made = [
        cpic_alleles.build(pgx, fhir),
        cpic_guidance.build(pgx),
        fda_cyp.build(pgx),
        hiv.build(resistance),
        rxnorm.build(pgx, fhir, resistance),
        names.build(pgx, fhir, resistance),
    ]
    return write_release(made, out, release=RELEASE, built_from=BUILT_FROM)


def source_folder(shared: Path) -> Path:
    """The folder that holds ``pgx/``, ``fhir/`` and ``resistance/``: ``shared`` or its ``data/``. Raises ReleaseMissing."""
    source = shared / "data" if (shared / "data").is_dir() else shared
    for name in ("pgx", "fhir", "resistance"):
        if not (source / name).is_dir():
            raise ReleaseMissing(f"no source folder {name}/")
    return source


def write_release(made: Iterable[Made], out: Path, *, release: str, built_from: str) -> Manifest:
    """Write the tables and ``MANIFEST.json`` below ``out`` and look the release through. Raises RowInvalid."""
    tables: list[Table] = sorted((table for each in made for table in each.tables), key=lambda table: table.path)
    entries = tuple(write(table, out) for table in tables)
    manifest = Manifest(release=release, built_from=built_from, tables=entries, digest=digest(entries))
    (out / MANIFEST).write_bytes(json.format(json.encode(manifest), indent=1) + b"\n")
    check.require(out)
    return manifest
