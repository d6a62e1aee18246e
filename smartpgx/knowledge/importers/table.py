"""A table as an importer makes it, and how it is put on disk: the same rows always give the same bytes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field, json

from smartpgx.knowledge.schema import TableEntry


class SourceOf(Struct, frozen=True, kw_only=True):
    """Where rows come from: project, its version or commit, the files of origin, the licence of what was taken."""

    project: str
    version: str
    files: str
    licence: str

    def mapping(self) -> Mapping[str, str]:
        return {"project": self.project, "version": self.version, "files": self.files, "licence": self.licence}


class Table(Struct, frozen=True, kw_only=True):
    """One table of a release. ``path`` below the tables folder; a name ending in ``.gz`` is compressed.

    ``licence``: under which the table as a whole may be passed on. ``content``: bytes, ready made; ``count``: its rows.
    """

    path: str
    licence: str
    sources: tuple[SourceOf, ...]
    content: bytes
    count: int
    note: str | None = None


class Made(Struct, frozen=True, kw_only=True):
    """What one importer hands over: its tables, and remarks a reader of the build should see."""

    tables: tuple[Table, ...]
    remarks: tuple[str, ...] = field(default_factory=tuple)


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[bytes, int]:
    """The rows as CSV with a header line and line feeds as ends; returns bytes and the number of rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return text.getvalue().encode(), count


def jsonl_bytes(rows: Iterable[object]) -> tuple[bytes, int]:
    """One JSON object a line, keys in the order given."""
    lines = [json.encode(row) for row in rows]
    return b"".join(line + b"\n" for line in lines), len(lines)


def csv_table(
    path: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    licence: str,
    sources: tuple[SourceOf, ...],
    note: str | None = None,
) -> Table:
    """A CSV table of the release from its rows."""
    content, count = csv_bytes(columns, rows)
    return Table(path=path, licence=licence, sources=sources, content=content, count=count, note=note)


def write(table: Table, out: Path) -> TableEntry:
    """Put the table below ``out`` and describe it for the manifest; ``sha256`` is that of the file as stored."""
    stored = gzip.compress(table.content, 9, mtime=0) if table.path.endswith(".gz") else table.content
    target = out / table.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(stored)
    return TableEntry(
        path=table.path,
        rows=table.count,
        sha256=hashlib.sha256(stored).hexdigest(),
        licence=table.licence,
        sources=tuple(source.mapping() for source in table.sources),
        note=table.note,
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    """All rows of a source's CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path: Path) -> list[dict[str, object]]:
    """All objects of a source's JSON Lines file."""
    return [json.decode(line, type=dict[str, object]) for line in path.read_bytes().splitlines() if line.strip()]
