"""Which gene an Observation is about: component 48018-6, R4-core extension, the code's name, the words in front of an allele."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from smartpgx.fhir.read.elements import Json, codings, object_, text
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation import genes

_HGNC_SYSTEMS = (
    "http://www.genenames.org",
    "https://www.genenames.org",
    "http://www.genenames.org/geneid",
    "urn:oid:2.16.840.1.113883.6.281",
)
GENE_OF_CODE = {
    "79716-7": "CYP2C9", "79713-4": "TPMT", "79714-2": "CYP2C19", "79715-9": "CYP2D6", "79719-1": "DPYD", "79722-5": "SLCO1B1",
    "40425-1": "CYP2D6", "50398-7": "CYP2D6",
}  # fmt: skip
"""LOINC codes of one gene: 79716-7 from the R4 examples, 40425-1 and 50398-7 from a laboratory's catalogue."""
SECONDARY = frozenset({"79713-4", "79714-2", "79715-9", "79719-1", "79722-5"})
"""Codes whose gene rests on secondary sources that contradict each other: they decide nothing on their own."""


class Gene(NamedTuple):
    """``symbol`` None when unknown or contradictory (``problem``). ``others``: further genes named beside it (fusions)."""

    symbol: str | None
    others: tuple[str, ...] = ()
    problem: str | None = None
    warnings: tuple[str, ...] = ()


def gene_of(view: View, prefix: str | None = None) -> Gene:
    """The gene of an Observation. A component leads over the code, with a warning; without one, a disagreement is a problem."""
    stated = [_stated(each.get("valueCodeableConcept") or each.get("valueString")) for each in view.components.get("48018-6", ())]
    if extension := view.extension_concept("observation-geneticsGene"):
        stated.append(_stated(extension))
    if wrong := next((each for each in stated if each.problem), None):
        return wrong
    symbols = list(dict.fromkeys(each.symbol for each in stated if each.symbol))
    by_code = _of_code(view)
    if symbols:
        return _by_component(symbols, prefix, by_code)
    in_text = genes_in(view.code_name)
    return _by_words(prefix, in_text, by_code)


def _by_component(symbols: list[str], prefix: str | None, by_code: tuple[str, ...]) -> Gene:
    first, others = symbols[0], tuple(symbols[1:])
    if prefix and prefix not in symbols:
        return Gene(None, problem=f"the component names {first}, the result {prefix}")
    chosen = prefix or first
    warnings = tuple(f"the code is that of {each}; the component names {chosen}" for each in by_code if each not in symbols)
    return Gene(chosen, tuple(each for each in (first, *others) if each != chosen), warnings=warnings)


def _by_words(prefix: str | None, in_text: tuple[str, ...], by_code: tuple[str, ...]) -> Gene:
    candidates = dict.fromkeys(each for each in (prefix, *in_text, *by_code) if each)
    if len(candidates) > 1 and prefix and not by_code and prefix in in_text:
        return Gene(prefix)
    if len(candidates) > 1:
        return Gene(None, problem=f"its code and text name different genes ({', '.join(candidates)})")
    return Gene(next(iter(candidates), None))


def _of_code(view: View) -> tuple[str, ...]:
    """Genes that the coded names of the Observation's code speak of (the text aside)."""
    found: dict[str, None] = {}
    for coding in view.code:
        named = genes_in(coding.display)
        if (symbol := GENE_OF_CODE.get(coding.code)) and coding.code not in SECONDARY:
            found[symbol] = None
        found.update(dict.fromkeys(named))
    return tuple(found)


@lru_cache(maxsize=4096)
def genes_in(words: str) -> tuple[str, ...]:
    """Known human genes that a name speaks of."""
    return genes.mentioned(words)


def _stated(value: object) -> Gene:
    """A gene as a component or extension states it; number and name must agree."""
    if isinstance(value, str):
        return Gene(_symbol(value))
    concept: Json = object_(value)
    by_number: set[str] = set()
    by_name: set[str] = set()
    unknown = False
    for system, code, display in codings(concept):
        if system.casefold().rstrip("/") in _HGNC_SYSTEMS or code.upper().startswith("HGNC:"):
            symbol = genes.symbol_of_number(code) or (_symbol(code) if not code.upper().removeprefix("HGNC:").isdigit() else None)
            by_number |= {symbol} if symbol else set()
            unknown = unknown or not symbol
        _add_symbol(by_name, display)
    _add_symbol(by_name, text(concept.get("text")))
    if len(by_number | by_name) > 1:
        return Gene(None, problem=f"its gene number and name disagree ({', '.join(sorted(by_number | by_name))})")
    symbol = next(iter(by_number or by_name), None)
    if unknown and symbol and genes.number_of(symbol):
        return Gene(None, problem=f"its gene number is not the one of {symbol}")
    return Gene(symbol)


def _add_symbol(found: set[str], name: str) -> None:
    if symbol := _symbol(name):
        found.add(symbol)


def _symbol(name: str) -> str | None:
    said = name.strip()
    if genes.looks_like_symbol(said):
        return said
    named: Iterable[str] = genes_in(said)
    return next(iter(named), None)
