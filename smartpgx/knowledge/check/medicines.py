"""The medicines tables: every ingredient known, codes well formed, NDCs sorted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from smartpgx.knowledge.check.faults import Fault, Line, lines, repeated, unknown
from smartpgx.knowledge.shelf import Shelf

INGREDIENTS = ("rxcui", "name", "atc", "source")
PRODUCTS = ("rxcui", "tty", "name", "ingredients", "complete", "source")
NAMES = ("name", "kind", "ingredients", "source")
COMBINATIONS = ("rxcui", "ingredients", "source")
TTYS = ("PIN", "MIN", "BN", "SCD", "SBD", "GPCK", "BPCK")
KINDS = ("ingredient", "salt", "brand", "combination")
NDC = "medicines/ndc.txt.gz"
_ATC = re.compile(r"[A-Z]\d\d[A-Z]{0,2}(\d\d)?")


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Faults of ingredients, products, names, combinations and NDCs."""
    ingredients, wrong = lines(shelf, "medicines/ingredients.csv", INGREDIENTS)
    names, wrong_names = lines(shelf, "medicines/names.csv", NAMES)
    combinations, wrong_combinations = lines(shelf, "medicines/combinations.csv", COMBINATIONS)
    products, wrong_products = lines(shelf, "medicines/products.csv.gz", PRODUCTS)
    yield from (*wrong, *wrong_names, *wrong_combinations, *wrong_products)
    yield from repeated(ingredients, ("rxcui",))
    for line in ingredients:
        yield from line.number("rxcui")
        yield from _atc(line)
    known = {line["rxcui"] for line in ingredients} | {line["ingredients"] for line in names if line["kind"] == "ingredient"}
    for line in names:
        yield from line.known("kind", KINDS, "kind")
        yield from _inside(line, known)
    for line in combinations:
        yield from line.number("rxcui")
        yield from _inside(line, known)
    yield from repeated(products, ("rxcui",))
    for line in products:
        yield from line.known("tty", TTYS, "term type")
        yield from line.known("complete", ("yes", "no", "unknown"), "answer")
        yield from _inside(line, known)
    yield from _ndc(shelf, {line["rxcui"] for line in products})


def _atc(line: Line) -> Iterator[Fault]:
    for code in filter(None, line["atc"].split("|")):
        if not _ATC.fullmatch(code):
            yield line.fault("atc", f"{code!r} is not an ATC code")


def _inside(line: Line, known: Collection[str]) -> Iterator[Fault]:
    if not line["source"]:
        yield line.fault("source", "no source")
    for key in line["ingredients"].split(";"):
        if key not in known:
            yield line.fault("ingredients", unknown("ingredient", key, ()))


def _ndc(shelf: Shelf, products: Collection[str]) -> Iterator[Fault]:
    rows = shelf.content(NDC).split(b"\n")[:-1]
    width, before = len(rows[0]) if rows else 0, b""
    for index, row in enumerate(rows, start=1):
        code, _, rxcui = row.partition(b",")
        if len(row) != width or len(code) != 11 or not code.isdigit():
            yield Fault(file=NDC, row=index, column="ndc11", message="not an 11-digit NDC in a line of the common width")
        elif code <= before:
            yield Fault(file=NDC, row=index, column="ndc11", message="not in order, so that searching would miss it")
        elif rxcui.decode().strip() not in products:
            yield Fault(file=NDC, row=index, column="rxcui", message=unknown("product", rxcui.decode().strip(), ()))
        before = code
