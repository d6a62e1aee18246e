"""A site's own RxNorm month (RXNCONSO, RXNREL, RXNSAT) added to a release: newer products, more NDCs, more names.

Relations are read by the term types at their ends (SCD and SCDC, SCDC and IN, ...), so that it does not matter in which
direction a line is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from smartpgx.errors import ReleaseMissing
from smartpgx.knowledge import licences
from smartpgx.knowledge.importers.names import names_table, rxnorm_names
from smartpgx.knowledge.importers.release import write_release
from smartpgx.knowledge.importers.rxnorm import Contents, Product, tables
from smartpgx.knowledge.importers.table import Made, SourceOf, Table
from smartpgx.knowledge.schema import Manifest
from smartpgx.knowledge.shelf import Shelf

PARTS: Mapping[str, tuple[str, ...]] = {
    "PIN": ("IN",),
    "MIN": ("IN",),
    "BN": ("IN",),
    "SCDC": ("IN",),
    "SCD": ("SCDC", "IN"),
    "SBD": ("SCD", "SCDC", "IN"),
    "GPCK": ("SCD",),
    "BPCK": ("SBD", "SCD"),
}
"""Term type to the term types it is made of."""

PRODUCTS = ("PIN", "MIN", "BN", "SCD", "SBD", "GPCK", "BPCK")
FILES = ("RXNCONSO.RRF", "RXNREL.RRF", "RXNSAT.RRF")
_KEPT = ("N", "O")
"""SUPPRESS values: current, and obsolete, because old orders still carry obsolete codes."""


def _lines(rrf: Path, name: str) -> Iterator[list[str]]:
    with (rrf / name).open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\r\n").split("|")


def read(rrf: Path, source: str) -> Contents:
    """Products, ingredients and NDCs of the month in ``rrf``. Raises ReleaseMissing where one of the three files is not there."""
    for name in FILES:
        if not (rrf / name).is_file():
            raise ReleaseMissing(f"no {name} in the RxNorm folder")
    concepts, atc = _concepts(rrf)
    parts = _parts(rrf, {rxcui: tty for rxcui, (tty, _name) in concepts.items()})
    ingredients = {
        rxcui: (name.lower(), tuple(sorted(atc.get(rxcui, ()))), source) for rxcui, (tty, name) in concepts.items() if tty == "IN"
    }
    products = []
    for rxcui, (tty, name) in concepts.items():
        inside = sorted(_ingredients(rxcui, parts, concepts), key=int) if tty in PRODUCTS else []
        if inside:
            products.append(Product(rxcui=rxcui, tty=tty, name=name, ingredients=tuple(inside), complete="yes", source=source))
    ndc = _ndc(rrf, {product.rxcui for product in products})
    return Contents(products=tuple(products), ingredients=ingredients, ndc=ndc)


def _concepts(rrf: Path) -> tuple[dict[str, tuple[str, str]], dict[str, set[str]]]:
    """RxCUI to (term type, name), and RxCUI to ATC codes."""
    concepts: dict[str, tuple[str, str]] = {}
    atc: dict[str, set[str]] = defaultdict(set)
    for row in _lines(rrf, "RXNCONSO.RRF"):
        rxcui, sab, tty, code, name, suppress = row[0], row[11], row[12], row[13], row[14], row[16]
        if sab == "RXNORM" and suppress in _KEPT and (tty == "IN" or tty in PARTS):
            concepts[rxcui] = (tty, name)
        elif sab == "ATC" and len(code) == 7:
            atc[rxcui].add(code)
    return concepts, atc


def _parts(rrf: Path, ttys: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in _lines(rrf, "RXNREL.RRF"):
        one, other, sab = row[0], row[4], row[10]
        if sab != "RXNORM" or one not in ttys or other not in ttys:
            continue
        for whole, part in ((one, other), (other, one)):
            if ttys[part] in PARTS.get(ttys[whole], ()):
                found[whole].add(part)
    return found


def _ingredients(rxcui: str, parts: Mapping[str, Collection[str]], concepts: Mapping[str, tuple[str, str]]) -> set[str]:
    if concepts[rxcui][0] == "IN":
        return {rxcui}
    return {inside for part in parts.get(rxcui, ()) for inside in _ingredients(part, parts, concepts)}


def _ndc(rrf: Path, products: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _lines(rrf, "RXNSAT.RRF"):
        rxcui, name, sab, value = row[0], row[8], row[9], row[10]
        if name == "NDC" and sab == "RXNORM" and len(value) == 11 and value.isdigit() and rxcui in products:
            found[value] = rxcui
    return found


def extend(release: Path, rrf: Path, out: Path, month: str) -> Manifest:
    """The release in ``release`` with its medicines tables united with an RxNorm month, written to ``out``.

    The month's rows win. ``month`` as NLM names it (``2026-11-03``). Raises ReleaseMissing or RowInvalid.
    """
    shelf = Shelf(release)
    manifest = shelf.manifest()
    source = SourceOf(project="NLM RxNorm", version=month, files=", ".join(FILES), licence=licences.PUBLIC_DOMAIN)
    mine = read(rrf, f"RxNorm {month}")
    contents = _united(shelf, mine)
    rows = {(name, inside): (kind, origin) for name, kind, inside, origin in shelf.rows("medicines/names.csv")}
    rows |= {(name.lower(), inside): (kind, origin) for kind, name, inside, origin in rxnorm_names(mine)}
    earlier = {entry.path: tuple(SourceOf(**each) for each in entry.sources) for entry in manifest.tables}
    new = tables(contents, (*earlier["medicines/products.csv.gz"], source))
    made = Made(tables=(*new, names_table(rows, (*earlier["medicines/names.csv"], source))))
    replaced = {table.path for table in made.tables}
    kept = tuple(
        Table(path=entry.path, licence=entry.licence, sources=earlier[entry.path], content=shelf.content(entry.path),
              count=entry.rows, note=entry.note)
        for entry in manifest.tables
        if entry.path not in replaced
    )  # fmt: skip
    built_from = f"release {manifest.release} and the RxNorm month {month}"
    return write_release([made, Made(tables=kept)], out, release=f"{manifest.release}+rxnorm.{month}", built_from=built_from)


def _united(shelf: Shelf, mine: Contents) -> Contents:
    products = {
        rxcui: Product(rxcui=rxcui, tty=tty, name=name, ingredients=tuple(inside.split(";")), complete=complete, source=source)
        for rxcui, tty, name, inside, complete, source in shelf.rows("medicines/products.csv.gz")
    }
    products |= {product.rxcui: product for product in mine.products}
    ingredients = {
        rxcui: (name, tuple(filter(None, atc.split("|"))), source)
        for rxcui, name, atc, source in shelf.rows("medicines/ingredients.csv")
    }
    for rxcui, (name, atc, source) in mine.ingredients.items():
        ingredients[rxcui] = (name, atc or ingredients.get(rxcui, ("", (), ""))[1], source)
    lines = (line.split(",") for line in shelf.content("medicines/ndc.txt.gz").decode().splitlines())
    ndc = {code: rxcui.strip() for code, rxcui in lines} | dict(mine.ndc)
    return Contents(products=tuple(sorted(products.values(), key=lambda each: int(each.rxcui))), ingredients=ingredients, ndc=ndc)
