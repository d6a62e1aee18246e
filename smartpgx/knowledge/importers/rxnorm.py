"""RxNorm products and NDC codes: which active ingredients a product, brand, salt or pack holds.

Two roads lead here: the tables collected from RxNorm's Current Prescribable Content, and (``rxnorm_rrf``) a site's own month.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from smartpgx.knowledge import licences
from smartpgx.knowledge.importers import atc, origins
from smartpgx.knowledge.importers.table import Made, SourceOf, Table, csv_table, read_csv

_BRAND = re.compile(r"\[([^\[\]]+)\]$")
_PACK_PART = re.compile(r"\d+ (?:\([^()]*\) )?\(((?:[^()]|\([^()]*\))*)\)")
_SALT = re.compile(r"^(.+) (?:hydrochloride|sulfate|acetate|phosphate|sodium)$")
_UNTRUSTED = "public FHIR test data (indexed copies)"
_SALT_NAMED_OTHERWISE = {"266856": "40254", "11118": "40254"}
"""Divalproex sodium and valproic acid are forms of valproate."""


class Product(Struct, frozen=True, kw_only=True):
    """A RxNorm concept that stands for something orderable. ``complete``: yes, no, unknown: are all ingredients listed?"""

    rxcui: str
    tty: str
    name: str
    ingredients: tuple[str, ...]
    complete: str
    source: str


class Contents(Struct, frozen=True, kw_only=True):
    """Products, ingredients by RxCUI (``name``, ATC codes, source), NDC to product, other names of ingredients."""

    products: tuple[Product, ...]
    ingredients: Mapping[str, tuple[str, tuple[str, ...], str]]
    ndc: Mapping[str, str]
    synonyms: tuple[tuple[str, str], ...] = ()


def build(pgx: Path, fhir: Path, resistance: Path) -> Made:
    """Tables from ``rxnorm_products.csv``, ``rxnorm_ndc.csv.gz``, ``drug_ingredients.csv`` and the ATC codes of two sources."""
    sources = (
        origins.rxnorm("fhir/rxnorm_products.csv, fhir/rxnorm_ndc.csv.gz, fhir/drug_ingredients.csv"),
        origins.rxnorm_value_sets("fhir/rxnorm_products.csv, fhir/drug_ingredients.csv"),
        origins.cpic_data("pgx/drugs.csv, fhir/drug_ingredients.csv (ATC)"),
        origins.hivfacts("resistance/hiv/drugs_hiv.csv (ATC)"),
    )
    return Made(tables=tables(read_contents(fhir, atc.codes(pgx, fhir, resistance)), sources))


def read_contents(fhir: Path, codes: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> Contents:
    """What the collected tables say, with the ATC codes given.

    Salts are filed under their base, brands and packs completed from their products.
    """
    rows = [row for row in read_csv(fhir / "rxnorm_products.csv") if row["source"] != _UNTRUSTED]
    listed = read_csv(fhir / "drug_ingredients.csv")
    base = _bases({row["ingredient_rxcui"]: row["name"] for row in listed})
    named = {row["ingredient_rxcui"]: row["ingredient_name"].lower() for row in rows if row["source"].startswith("RxNorm")}
    ingredients = {
        rxcui: (named.get(rxcui, row["name"].lower()), codes.get(rxcui, ()), row["source"])
        for row in listed
        if (rxcui := row["ingredient_rxcui"]) not in base and " / " not in row["name"]
    }
    synonyms = [(row["name"].lower(), row["ingredient_rxcui"]) for row in listed if row["ingredient_rxcui"] in ingredients]
    products = _products(rows, base)
    with gzip.open(fhir / "rxnorm_ndc.csv.gz", "rt") as file:
        next(file)
        ndc = dict(line.rstrip("\n").split(",") for line in file)
    return Contents(products=complete_from_parts(products), ingredients=ingredients, ndc=ndc, synonyms=tuple(synonyms))


def _bases(names: Mapping[str, str]) -> dict[str, str]:
    """Salts that stand in the list as if they were ingredients, to the ingredient they are a salt of."""
    by_name = {name.lower(): rxcui for rxcui, name in names.items()}
    found = dict(_SALT_NAMED_OTHERWISE)
    for rxcui, name in names.items():
        match = _SALT.match(name.lower())
        if match and match.group(1) in by_name:
            found[rxcui] = by_name[match.group(1)]
    return found


def _products(rows: Iterable[Mapping[str, str]], base: Mapping[str, str]) -> list[Product]:
    grouped: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        grouped[row["product_rxcui"]].append(row)
    found = []
    for rxcui, group in grouped.items():
        first = group[0]
        if first["tty"] == "IN" and " / " in first["product_name"]:
            continue
        ingredients = {base.get(row["ingredient_rxcui"], row["ingredient_rxcui"]) for row in group}
        complete = {row["all_ingredients_listed"] for row in group}
        tty = "PIN" if first["tty"] == "IN" and rxcui in base else first["tty"]
        found.append(
            Product(
                rxcui=rxcui,
                tty=tty,
                name=first["product_name"],
                ingredients=tuple(sorted(ingredients, key=int)),
                complete="no" if "no" in complete else "unknown" if "unknown" in complete else "yes",
                source=first["source"],
            )
        )
    return found


def complete_from_parts(products: Iterable[Product]) -> tuple[Product, ...]:
    """Brands get the ingredients of their branded products, packs those of their parts, where all of these are known."""
    listed = list(products)
    parts = {product.name: product for product in listed if product.tty in ("SCD", "SBD")}
    branded: dict[str, list[Product]] = defaultdict(list)
    for product in listed:
        if product.tty == "SBD" and (match := _BRAND.search(product.name)):
            branded[match.group(1)].append(product)
    return tuple(sorted((_completed(each, parts, branded) for each in listed), key=lambda product: int(product.rxcui)))


def _completed(product: Product, parts: Mapping[str, Product], branded: Mapping[str, list[Product]]) -> Product:
    if product.tty == "BN":
        inside: list[Product | None] = list(branded.get(product.name, ()))
    elif product.tty in ("GPCK", "BPCK"):
        inside = [parts.get(name) for name in _PACK_PART.findall(product.name)]
    else:
        return product
    known = [part for part in inside if part is not None]
    ingredients = {*product.ingredients, *(rxcui for part in known for rxcui in part.ingredients)}
    sets = {part.ingredients for part in known}
    same = product.tty != "BN" or len(sets) == 1
    whole = bool(known) and same and len(known) == len(inside) and all(part.complete == "yes" for part in known)
    return Product(rxcui=product.rxcui, tty=product.tty, name=product.name, ingredients=tuple(sorted(ingredients, key=int)),
                   complete="yes" if whole else "unknown", source=product.source)  # fmt: skip


def tables(contents: Contents, sources: tuple[SourceOf, ...]) -> tuple[Table, ...]:
    """The three medicines tables that come from RxNorm."""
    ingredients = [
        (rxcui, name, "|".join(listed), origin)
        for rxcui, (name, listed, origin) in sorted(contents.ingredients.items(), key=lambda item: int(item[0]))
    ]
    rows = [
        (each.rxcui, each.tty, each.name, ";".join(each.ingredients), each.complete, each.source)
        for each in contents.products
        if each.tty != "IN"
    ]
    note = "complete=no or unknown: the product may hold more ingredients than are listed; never conclude that one is absent."
    return (
        csv_table(
            "medicines/ingredients.csv",
            ("rxcui", "name", "atc", "source"),
            ingredients,
            licence=licences.PUBLIC_DOMAIN,
            sources=sources,
        ),
        csv_table(
            "medicines/products.csv.gz",
            ("rxcui", "tty", "name", "ingredients", "complete", "source"),
            rows,
            licence=licences.PUBLIC_DOMAIN,
            sources=sources,
            note=note,
        ),
        _ndc(contents.ndc, sources),
    )


def _ndc(ndc: Mapping[str, str], sources: tuple[SourceOf, ...]) -> Table:
    width = max((len(rxcui) for rxcui in ndc.values()), default=1)
    lines = [f"{code},{ndc[code]:<{width}}\n" for code in sorted(ndc)]
    note = f"ndc11,rxcui without a header: sorted lines of {12 + width + 1} bytes each, searched by bisection."
    content = "".join(lines).encode()
    return Table(
        path="medicines/ndc.txt.gz", licence=licences.PUBLIC_DOMAIN, sources=sources, content=content, count=len(lines), note=note
    )
