"""A fault of a table, and the small checks that many columns share."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from smartpgx.knowledge.shelf import Shelf


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong and where. ``row``: line of the file, 1 is the header; None for the file as a whole."""

    file: str
    row: int | None = None
    column: str | None = None
    message: str

    def __str__(self) -> str:
        place = ", ".join(
            filter(None, (self.file, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""))
        )
        return f"{place}: {self.message}"


class Line(Struct, frozen=True, kw_only=True):
    """One row of a table under check, by column name."""

    file: str
    row: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, message: str) -> Fault:
        return Fault(file=self.file, row=self.row, column=column, message=message)

    def known(self, column: str, names: Collection[str], what: str) -> Iterator[Fault]:
        """A fault unless the cell is one of ``names``."""
        if self[column] not in names:
            yield self.fault(column, unknown(what, self[column], names))

    def number(self, column: str, *, empty: bool = False) -> Iterator[Fault]:
        """A fault unless the cell is a whole number (or empty, where that is allowed)."""
        if not (self[column].isdigit() or (empty and not self[column])):
            yield self.fault(column, f"{self[column]!r} is not a whole number")

    def flag(self, column: str) -> Iterator[Fault]:
        """A fault unless the cell is 0 or 1."""
        yield from self.known(column, ("0", "1"), "flag")


def unknown(what: str, name: str, names: Collection[str]) -> str:
    """``unknown gene 'CYP2C91', did you mean 'CYP2C9'?``."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    hint = f", did you mean {close[0]!r}?" if close else ""
    return f"unknown {what} {name!r}{hint}"


def lines(shelf: Shelf, path: str, columns: Sequence[str]) -> tuple[list[Line], list[Fault]]:
    """The rows of a CSV table; rows of another width than ``columns`` are faults and left out."""
    found, faults = [], []
    header, *rows = shelf.all_rows(path) or [[]]
    if header != list(columns):
        faults.append(Fault(file=path, row=1, message=f"the header is {','.join(header)!r}, expected {','.join(columns)!r}"))
        return [], faults
    for index, row in enumerate(rows, start=2):
        if len(row) == len(columns):
            found.append(Line(file=path, row=index, cells=dict(zip(columns, row, strict=True))))
        else:
            faults.append(Fault(file=path, row=index, message=f"{len(row)} cells, expected {len(columns)}"))
    return found, faults


def repeated(table: Sequence[Line], columns: Sequence[str]) -> Iterator[Fault]:
    """Rows that have the same cells in ``columns`` as an earlier row."""
    seen: dict[tuple[str, ...], int] = {}
    for line in table:
        key = tuple(line[column] for column in columns)
        if key in seen:
            yield line.fault(columns[0], f"says {' '.join(key)} again, as row {seen[key]} does")
        seen.setdefault(key, line.row)
