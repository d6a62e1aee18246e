"""The manifest against the files: every table there, as described, with its sources and an allowed licence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from smartpgx.errors import KnowledgeError
from smartpgx.knowledge.check.faults import Fault, unknown
from smartpgx.knowledge.licences import ALLOWED
from smartpgx.knowledge.schema import Manifest, TableEntry
from smartpgx.knowledge.shelf import MANIFEST, Shelf, digest


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Faults of the manifest. A table that is not there has the column ``path``."""
    try:
        manifest = shelf.manifest()
    except KnowledgeError as error:
        yield Fault(file=MANIFEST, column="path", message=error.message)
        return
    for entry in manifest.tables:
        yield from _entry(shelf, entry)
    yield from _strays(shelf, manifest)
    if digest(manifest.tables) != manifest.digest:
        yield Fault(file=MANIFEST, column="digest", message="the digest is not the one over these tables")


def _entry(shelf: Shelf, entry: TableEntry) -> Iterator[Fault]:
    try:
        stored = shelf.stored(entry.path)
    except KnowledgeError as error:
        yield Fault(file=MANIFEST, column="path", message=error.message)
        return
    if hashlib.sha256(stored).hexdigest() != entry.sha256:
        yield Fault(file=entry.path, column="sha256", message="the file is not the one that the manifest describes")
    if (count := shelf.count(entry.path)) is not None and count != entry.rows:
        yield Fault(file=entry.path, column="rows", message=f"{count} rows, the manifest says {entry.rows}")
    for licence in (entry.licence, *(source.get("licence", "") for source in entry.sources)):
        if licence not in ALLOWED:
            yield Fault(file=entry.path, column="licence", message=unknown("licence", licence, ALLOWED))
    if not entry.sources or not all(
        source.get("project") and source.get("version") and source.get("files") for source in entry.sources
    ):
        yield Fault(file=entry.path, column="sources", message="a source needs project, version and files")


def _strays(shelf: Shelf, manifest: Manifest) -> Iterator[Fault]:
    listed = {entry.path for entry in manifest.tables} | {MANIFEST}
    for path in shelf.files():
        if path not in listed:
            yield Fault(file=path, message="the manifest does not know this file")
