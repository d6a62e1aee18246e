"""Medicines: from an RxNorm code, an NDC, an ATC code or a text to the active ingredients."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from smartpgx.knowledge.schema import IngredientRow, ProductRow
from smartpgx.knowledge.shelf import Shelf

_FORM = re.compile(r"\s((?:[A-Z][a-z][A-Za-z-]*|for|of)(?: (?:[A-Z][a-z][A-Za-z-]*|for|of))*)(?: \[[^\[\]]*\])?$")
_LOCAL = ("Topical", "Ophthalmic", "Otic")
_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")

Ingredients = tuple[IngredientRow, ...]


class Medicines:
    """The medicines tables of a release. An empty tuple always means: not known here, never: no ingredient."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @cached_property
    def ingredients(self) -> Mapping[str, IngredientRow]:
        """RxCUI (or ``=name`` for a drug without one) -> ingredient; a name that only some table knows included."""
        atc: dict[str, tuple[str, ...]] = {
            rxcui: _split(codes) for _name, rxcui, codes in self._shelf.rows("drug_gene/drugs.csv")
        }
        found: dict[str, IngredientRow] = {}
        for rxcui, name, codes, _source in self._shelf.rows("medicines/ingredients.csv"):
            found[rxcui] = IngredientRow(name=name, rxcui=rxcui, atc=_split(codes) or atc.get(rxcui, ()))
        for name, kind, inside in self._names:
            if kind == "ingredient" and ";" not in inside and inside not in found:
                code = None if inside.startswith("=") else inside
                found[inside] = IngredientRow(name=name, rxcui=code, atc=atc.get(inside, ()))
        return found

    def by_rxcui(self, code: str) -> Ingredients:
        """Ingredients of any RxNorm concept we hold: ingredient, salt, brand, clinical or branded drug, pack, combination."""
        if code in self.ingredients:
            return (self.ingredients[code],)
        if code in self._combinations:
            return self._rows(self._combinations[code])
        product = self._products.get(code)
        return self._rows(product[2].split(";")) if product else ()

    def product(self, code: str) -> ProductRow | None:
        """The product, brand, salt or pack behind an RxCUI, with what its name says of dose form and completeness."""
        found = self._products.get(code)
        if found is None:
            return None
        tty, name, inside, complete = found
        form = _FORM.search(name) if tty in ("SCD", "SBD") else None
        dose_form = form.group(1) if form else None
        local = bool(dose_form) and any(word in _LOCAL for word in str(dose_form).split())
        return ProductRow(rxcui=code, tty=tty, name=name, ingredients=self._rows(inside.split(";")),
                          complete=complete == "yes" or tty == "PIN", dose_form=dose_form, local=local)  # fmt: skip

    def by_ndc(self, ndc11: str) -> Ingredients:
        """Ingredients of an 11-digit NDC, or of one in three segments, whose short segment is padded."""
        product = self.product_of_ndc(ndc11)
        return self.by_rxcui(product) if product else ()

    def product_of_ndc(self, ndc11: str) -> str | None:
        """RxCUI of the product with this NDC; None where it is not known or not an NDC (ten bare digits are ambiguous)."""
        code = _eleven_digits(ndc11).encode()
        if len(code) != 11 or not code.isdigit():
            return None
        known = _Lines(self._ndc)
        index = bisect_left(range(len(known)), code, key=known.code)
        return known.rxcui(index) if index < len(known) and known.code(index) == code else None

    def by_atc(self, code: str) -> Ingredients:
        """Ingredients that list a full (7-character) ATC code. What else a combination's code may stand for is not known here."""
        return self._rows(self._atc.get(code.strip().upper(), ()))

    def by_name(self, name: str) -> Ingredients:
        """Ingredients of a name exactly as some table has it, in any case: ingredient, salt, brand, combination, product."""
        plain = _plain(name)
        found = self._by_name.get(plain)
        if found is None:
            found = self._product_names.get(plain)
        return self._rows(found) if found else ()

    def by_text(self, text: str) -> Ingredients:
        """Ingredients named anywhere in an order's text (``Clopidogrel 75 mg tablet``, ``Plavix``): the longest names win.

        Whole words only. What else the text says is not judged here.
        """
        exact = self.by_name(text)
        if exact:
            return exact
        words = _WORD.findall(_plain(text))
        found: dict[str, None] = {}
        index = 0
        while index < len(words):
            taken = 1
            for size in range(min(self._longest_name, len(words) - index), 0, -1):
                inside = self._by_words.get(tuple(words[index : index + size]))
                if inside:
                    found.update(dict.fromkeys(inside))
                    taken = size
                    break
            index += taken
        return self._rows(found)

    def name_complete(self, name: str) -> bool:
        """False for a brand whose list of ingredients is not known to be whole."""
        return _plain(name) not in self._open_brands

    def _rows(self, keys: Iterable[str]) -> Ingredients:
        known = self.ingredients
        return tuple(known.get(key) or IngredientRow(name=key.removeprefix("="), rxcui=None) for key in keys)

    @cached_property
    def _names(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((name, kind, inside) for name, kind, inside, _source in self._shelf.rows("medicines/names.csv"))

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, _kind, inside in self._names:
            plain = _plain(name)
            found[plain] = tuple(dict.fromkeys((*found.get(plain, ()), *inside.split(";"))))
        return found

    @cached_property
    def _by_words(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        return {tuple(_WORD.findall(name)): inside for name, inside in self._by_name.items()}

    @cached_property
    def _longest_name(self) -> int:
        return max(len(words) for words in self._by_words)

    @cached_property
    def _products(self) -> Mapping[str, tuple[str, str, str, str]]:
        rows = self._shelf.rows("medicines/products.csv.gz")
        return {rxcui: (tty, name, inside, complete) for rxcui, tty, name, inside, complete, _source in rows}

    @cached_property
    def _product_names(self) -> Mapping[str, tuple[str, ...]]:
        return {_plain(name): tuple(inside.split(";")) for _tty, name, inside, _complete in self._products.values()}

    @cached_property
    def _open_brands(self) -> frozenset[str]:
        return frozenset(
            _plain(name) for tty, name, _inside, complete in self._products.values() if tty == "BN" and complete != "yes"
        )

    @cached_property
    def _combinations(self) -> Mapping[str, tuple[str, ...]]:
        rows = self._shelf.rows("medicines/combinations.csv")
        return {rxcui: tuple(inside.split(";")) for rxcui, inside, _source in rows}

    @cached_property
    def _atc(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key, row in self.ingredients.items():
            for code in row.atc:
                found[code].append(key)
        return {code: tuple(keys) for code, keys in found.items()}

    @cached_property
    def _ndc(self) -> bytes:
        return self._shelf.content("medicines/ndc.txt.gz")


class _Lines:
    """Sorted lines of one width (``ndc11,rxcui``), searched without making an object of each."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines
        self._width = lines.find(b"\n") + 1

    def __len__(self) -> int:
        return len(self._lines) // self._width if self._width else 0

    def code(self, index: int) -> bytes:
        start = index * self._width
        return self._lines[start : start + 11]

    def rxcui(self, index: int) -> str:
        start = index * self._width + 12
        return self._lines[start : start + self._width - 13].decode().strip()


def _eleven_digits(ndc: str) -> str:
    parts = ndc.strip().split("-")
    if len(parts) == 3:
        return parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2)
    return "".join(parts).replace(" ", "")


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip().lower()


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
