"""Every name under which one of our tables knows a drug, so that an order written as text finds its ingredients."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from smartpgx.knowledge import licences
from smartpgx.knowledge.importers import origins
from smartpgx.knowledge.importers.cpic_guidance import drug_list
from smartpgx.knowledge.importers.rxnorm import Contents, read_contents
from smartpgx.knowledge.importers.table import Made, SourceOf, Table, csv_table, read_csv

_BRAND = re.compile(r"\[([^\[\]]+)\]$")
_JOIN = re.compile(r" ?/ ?| and ")
_NLM_CODES = ("RxNorm Prescribable", "eCQM", "CPIC")
_UNNUMBERED = {"ataluren", "bucindolol", "lumiracoxib", "ramosetron", "ribostamycin"}
"""Single drugs of the drug list without an RxNorm code."""

_NOT_ORDERED = {"grapefruit juice", "oral contraceptives", "piperine", "tobacco (smoking)"}
"""Entries of FDA's table that are not one drug."""


def build(pgx: Path, fhir: Path, resistance: Path) -> Made:
    """The names and combinations tables, over all sources of drug names."""
    contents = read_contents(fhir)
    known = {name: rxcui for rxcui, (name, *_rest) in contents.ingredients.items()}
    combinations = _combinations(pgx, resistance, contents, known)
    return Made(tables=(_names(pgx, resistance, contents, known), combinations))


def _names(pgx: Path, resistance: Path, contents: Contents, known: Mapping[str, str]) -> Table:
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for kind, name, ingredients, source in (
        *rxnorm_names(contents),
        *_drug_list_names(pgx, contents, known),
        *_interaction_names(pgx, known),
        *_hiv_names(resistance),
    ):
        found.setdefault((name.strip().lower(), ingredients), (kind, source))
    sources = (
        origins.rxnorm("fhir/rxnorm_products.csv"),
        origins.pypgx("pgx/drugs.csv"),
        origins.cpic_data("pgx/drugs.csv"),
        origins.cpic_api("pgx/cpic_pairs_2026-08.csv"),
        origins.fda_cyp("pgx/cyp_inhibitors_inducers.csv"),
        origins.hivfacts("resistance/hiv/drugs_hiv.csv"),
    )
    return names_table(found, sources)


def names_table(found: Mapping[tuple[str, str], tuple[str, str]], sources: tuple[SourceOf, ...]) -> Table:
    """The names table from (name, ingredients) -> (kind, source)."""
    rows = [(name, kind, ingredients, source) for (name, ingredients), (kind, source) in sorted(found.items())]
    columns = ("name", "kind", "ingredients", "source")
    note = "ingredients: RxCUIs joined by ;, or the name itself (=name) of a drug that RxNorm does not number."
    return csv_table("medicines/names.csv", columns, rows, licence=licences.MIT, sources=sources, note=note)


def rxnorm_names(contents: Contents) -> Iterator[tuple[str, str, str, str]]:
    """Kind, name, ingredients and source of every name that RxNorm products, brands and ingredients give."""
    for product in contents.products:
        joined = ";".join(product.ingredients)
        if product.tty == "PIN":
            yield ("salt", product.name, joined, "RxNorm")
        elif product.tty == "BN":
            yield ("brand", product.name, joined, "RxNorm")
        elif product.tty == "IN":
            yield ("ingredient", product.name, joined, "RxNorm")
        elif product.tty == "SBD" and (match := _BRAND.search(product.name)):
            yield ("brand", match.group(1), joined, "RxNorm")
    for rxcui, (name, *_rest) in contents.ingredients.items():
        yield ("ingredient", name, rxcui, "RxNorm")
    for name, rxcui in contents.synonyms:
        yield ("ingredient", name, rxcui, "RxNorm")


def _drug_list_names(pgx: Path, contents: Contents, known: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    salts = {product.rxcui: ";".join(product.ingredients) for product in contents.products if product.tty == "PIN"}
    for name, (rxcui, _atc) in drug_list(pgx).items():
        parts = components(name, known)
        if len(parts) > 1:
            yield ("combination", name, ";".join(parts), "drug list")
        elif rxcui:
            yield ("salt" if rxcui in salts else "ingredient", name, salts.get(rxcui, rxcui), "drug list")
        elif name in _UNNUMBERED:
            yield ("ingredient", name, f"={name}", "drug list")


def _interaction_names(pgx: Path, known: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for row in read_csv(pgx / "cyp_inhibitors_inducers.csv"):
        name, codes = row["drug"].lower(), row["rxcui"]
        if row["role"] not in ("inhibitor", "inducer") or name in known or name in _NOT_ORDERED:
            continue
        kind = "combination" if ";" in codes else "ingredient"
        yield (kind, name, ";".join(sorted(codes.split(";"), key=int)) if codes else f"={name}", "FDA interactions table")


def _hiv_names(resistance: Path) -> Iterator[tuple[str, str, str, str]]:
    for row in read_csv(resistance / "hiv" / "drugs_hiv.csv"):
        name = row["base_ingredient"]
        if name != "tenofovir":
            yield ("ingredient", name, row["rxcui"] or f"={name}", "HIVDB")


def components(name: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """RxCUIs of a combination written with ``/`` or ``and``, salts dropped; empty where one part is not known."""
    parts = [part.strip() for part in _JOIN.split(name.lower())]
    found = [known.get(part) or known.get(part.rsplit(" ", 1)[0]) for part in parts]
    return tuple(sorted((rxcui for rxcui in found if rxcui), key=int)) if len(parts) > 1 and all(found) else ()


def _combinations(pgx: Path, resistance: Path, contents: Contents, known: Mapping[str, str]) -> Table:
    """RxNorm codes of whole combinations (MIN) to the ingredients, where a product of RxNorm holds just these."""
    rows: set[tuple[str, str, str]] = set()
    whole = {product.ingredients for product in contents.products if product.complete == "yes"}
    for name, (rxcui, _drug_atc) in drug_list(pgx).items():
        parts = components(name, known)
        if len(parts) > 1 and rxcui:
            rows.add((rxcui, ";".join(parts), "drug list"))
    for row in read_csv(resistance / "drugs.csv"):
        inside = row["ingredient_rxcuis"].split(";")
        if not row["rxcui"] or not row["rxcui_source"].startswith(_NLM_CODES) or len(inside) < 2 or "?" in inside:
            continue
        parts = tuple(sorted(inside, key=int))
        if parts in whole:
            rows.add((row["rxcui"], ";".join(parts), "RxNorm MIN"))
    columns = ("rxcui", "ingredients", "source")
    sources = (origins.rxnorm("resistance/drugs.csv (codes of RxNorm), fhir/rxnorm_products.csv"), origins.pypgx("pgx/drugs.csv"))
    note = "RxNorm codes of combinations; the components are RxNorm ingredients, the same as in a product of RxNorm."
    return csv_table(
        "medicines/combinations.csv", columns, sorted(rows), licence=licences.PUBLIC_DOMAIN, sources=sources, note=note
    )
