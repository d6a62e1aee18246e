"""The files of a release on disk: bytes and rows of its tables, checked against the manifest."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from smartpgx.errors import ReleaseInvalid, ReleaseMissing
from smartpgx.knowledge.schema import Manifest, TableEntry

MANIFEST = "MANIFEST.json"


class Shelf:
    """A folder with a release's tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> Manifest:
        """The manifest. Raises ReleaseMissing where there is none, ReleaseInvalid where it cannot be read."""
        try:
            return msgspec.json.decode((self.folder / MANIFEST).read_bytes(), type=Manifest)
        except FileNotFoundError as error:
            raise ReleaseMissing(f"no knowledge release in {self.folder.name}/: {MANIFEST} is not there") from error
        except msgspec.DecodeError as error:
            raise ReleaseInvalid(f"{MANIFEST} of the knowledge release cannot be read: {error}") from error

    def compare(self, manifest: Manifest) -> None:
        """Compare every table's digest with the manifest. Raises ReleaseMissing or ReleaseInvalid and names the table."""
        for entry in manifest.tables:
            if hashlib.sha256(self.stored(entry.path)).hexdigest() != entry.sha256:
                raise ReleaseInvalid(f"table {entry.path} is not the one that the manifest describes")

    def stored(self, path: str) -> bytes:
        """The bytes of a table as they lie on disk."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError as error:
            raise ReleaseMissing(f"table {path} of the knowledge release is not there") from error

    def content(self, path: str) -> bytes:
        """The bytes of a table, decompressed."""
        stored = self.stored(path)
        return gzip.decompress(stored) if path.endswith(".gz") else stored

    def rows(self, path: str) -> Iterator[list[str]]:
        """The rows of a CSV table below its header line."""
        reader = csv.reader(io.StringIO(self.content(path).decode(), newline=""))
        next(reader, None)
        return reader

    def all_rows(self, path: str) -> list[list[str]]:
        """The rows of a CSV table, its header line first."""
        return list(csv.reader(io.StringIO(self.content(path).decode(), newline="")))

    def count(self, path: str) -> int | None:
        """How many rows a table has; None for a file that is not rows."""
        if path.removesuffix(".gz").endswith(".csv"):
            return sum(1 for _ in self.rows(path))
        if path.removesuffix(".gz").endswith((".jsonl", ".txt")):
            return self.content(path).count(b"\n")
        return None

    def files(self) -> Iterator[str]:
        """Every file of the folder, as the manifest would call it."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(self.folder).as_posix()


def digest(entries: Iterable[TableEntry]) -> str:
    """SHA-256 over the tables' paths and digests, in the order of their paths."""
    lines = sorted(f"{entry.path} {entry.sha256}\n" for entry in entries)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
