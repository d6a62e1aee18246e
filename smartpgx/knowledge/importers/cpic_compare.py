"""Our CPIC rows beside CPIC's own table of 2026-08: what differs, by ids, conditions and a few words, never a sentence."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, json

from smartpgx.knowledge.importers.cpic_guidance import conditions, current_rows
from smartpgx.knowledge.importers.table import read_csv

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<[^>]+>")
_COMMENT = "other considerations"
_WORDS_SHOWN = 4

Row = Mapping[str, str]


class Difference(Struct, frozen=True, kw_only=True):
    """One row that is not the same there. ``what``: no counterpart, strength, text, not here; ``detail``: ours and theirs."""

    drug: str
    conditions: str
    population: str
    ours: str
    theirs: str
    what: str
    detail: str = ""


class Comparison(Struct, frozen=True, kw_only=True):
    """``compared`` rows have a counterpart; ``same`` of them agree in conditions, strength and wording (comments aside)."""

    rows: int
    compared: int
    same: int
    differences: tuple[Difference, ...]


def compare(pgx: Path) -> Comparison:
    """Compare ``recommendations.csv`` (current CPIC rows) with ``cpic_recommendations_2026-08.csv``."""
    texts = {row["id"]: row["text"] for row in read_csv(pgx / "recommendation_texts.csv")}
    texts |= {row["id"]: row["text"] for row in read_csv(pgx / "cpic_texts_2026-08.csv")}
    theirs = {_key(row, "lookup"): row for row in read_csv(pgx / "cpic_recommendations_2026-08.csv")}
    ours = current_rows(pgx)
    found: list[Difference] = []
    compared = same = 0
    for row in ours:
        other = theirs.pop(_key(row, "conditions"), None)
        if other is None:
            found.append(_difference(row, None, "no counterpart"))
            continue
        compared += 1
        here = list(_row(row, other, texts))
        same += not here
        found += here
    found += [_difference({**row, "rec_id": "", "conditions": row["lookup"]}, row, "not here") for row in theirs.values()]
    return Comparison(rows=len(ours), compared=compared, same=same, differences=tuple(found))


def _key(row: Row, column: str) -> tuple[str, str, str]:
    held = json.encode(conditions({"conditions": row[column]})).decode()
    return row["drug"], held, row["population"].strip()


def _row(row: Row, other: Row, texts: Mapping[str, str]) -> Iterator[Difference]:
    if row["classification"].lower() != other["classification"].lower():
        yield _difference(row, other, "strength", f"{row['classification']} / {other['classification']}")
    if not other["recommendation_text_id"]:
        yield _difference(row, other, "text", f"{row['text_id']}; CPIC gives no text")
        return
    ours = words(texts[row["text_id"]])
    wanted = words(texts[other["recommendation_text_id"]])
    if ours[: len(wanted)] != wanted:
        change = "; ".join(_changes(ours, wanted))
        yield _difference(row, other, "text", f"{row['text_id']} / {other['recommendation_text_id']}: {change}")


def words(text: str) -> list[str]:
    """The words of a text in lower case, without marks and tags."""
    return _WORD.findall(_TAG.sub(" ", unicodedata.normalize("NFKC", text)).lower())


def _changes(ours: list[str], theirs: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        comment = " ".join(ours[first : first + 2]) == _COMMENT
        if kind != "equal" and not comment:
            yield f"{_few(ours[first:last])!r} / {_few(theirs[start:end])!r}"


def _few(found: list[str]) -> str:
    return " ".join(found[:_WORDS_SHOWN]) + (" ..." if len(found) > _WORDS_SHOWN else "")


def _difference(row: Row, other: Row | None, what: str, detail: str = "") -> Difference:
    held = "; ".join(f"{gene} {' and '.join(values)}" for gene, values in conditions(row).items())
    return Difference(drug=row["drug"], conditions=held, population=row["population"].strip(), ours=row["rec_id"],
                      theirs=other["cpic_id"] if other else "", what=what, detail=detail)  # fmt: skip


def report(found: Comparison) -> str:
    """The comparison as a Markdown page with counts first and one line per difference."""
    kinds = Counter(each.what for each in found.differences)
    silent = Counter(each.drug for each in found.differences if each.what == "no counterpart" and "xN" not in each.conditions)
    lines = [
        "# Our CPIC rows and CPIC's own table of 2026-08-13",
        "",
        "Written by the importer (`smartpgx.knowledge.importers.differences`). Rows are matched by drug, conditions and",
        "population; texts are compared word by word without case and marks, and only up to the comments that CPIC",
        "keeps in a column of its own.",
        "",
        "| | rows |",
        "|---|---|",
        f"| current CPIC rows here | {found.rows} |",
        f"| with a counterpart | {found.compared} |",
        f"| of these the same in conditions, population, strength and wording | {found.same} |",
        *(f"| differences: {kind} | {count} |" for kind, count in sorted(kinds.items())),
        "",
        f'Without a counterpart: the "xN combinations" rows (input errors, never advice) and {", ".join(sorted(silent))}.',
        "",
        "| drug | conditions | population | ours | CPIC | what | ours / CPIC |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in found.differences:
        cells = (each.drug, each.conditions, each.population, each.ours, each.theirs, each.what, each.detail)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
