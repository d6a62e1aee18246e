"""A search request, parsed strictly: what is not understood is refused, never ignored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smartpgx.sandbox.definitions import resource_types, search_parameters
from smartpgx.sandbox.record.outcome import FhirError
from smartpgx.sandbox.search.match import Criterion, check, split

MOST = 200
PLAIN_PARAMETERS = {"patient", "subject", "_id", "code", "identifier", "_format"}
JSON_FORMATS = {"json", "application/json", "application/fhir+json"}


@dataclass(frozen=True)
class Inclusion:
    """One _include or _revinclude: ``source`` type, its reference parameter, and the ``target`` type or ""."""

    source: str
    parameter: str
    target: str
    iterate: bool


@dataclass
class Query:
    """A parsed search. ``count`` is resources a page, None where not asked; ``sort`` holds (parameter, descending)."""

    resource_type: str
    criteria: list[Criterion] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    includes: list[Inclusion] = field(default_factory=list)
    revincludes: list[Inclusion] = field(default_factory=list)
    count: int | None = None
    summary: str = ""
    total: str = ""
    elements: tuple[str, ...] = ()


def parse(resource_type: str, pairs: Iterable[tuple[str, str]], base: str, *, plain: bool = False) -> Query:
    """The query of ``pairs``. Raises FhirError 400. ``plain`` takes only the few parameters every server has."""
    query = Query(resource_type)
    for key, text in pairs:
        name, _, modifier = key.partition(":")
        if plain and key not in PLAIN_PARAMETERS:
            raise FhirError(400, "not-supported", f"Search parameter {key!r} is not supported for {resource_type}.")
        if name in CONTROLS:
            CONTROLS[name](query, text, modifier)
        else:
            query.criteria.append(_criterion(resource_type, name, modifier, text, base))
    return query


def _criterion(resource_type: str, name: str, modifier: str, text: str, base: str) -> Criterion:
    parameter = search_parameters(resource_type).get(name)
    if parameter is None:
        known = ", ".join(sorted(search_parameters(resource_type)))
        raise FhirError(400, "not-supported", f"Unknown search parameter {name!r} for {resource_type}. Known: {known}.")
    criterion = Criterion(name, modifier, parameter, tuple(split(text, ",")), base)
    check(criterion)
    return criterion


def _count(query: Query, text: str, modifier: str) -> None:
    if not text.isdigit():
        raise FhirError(400, "value", "_count needs a whole number.")
    query.count = min(int(text), MOST)


def _sort(query: Query, text: str, modifier: str) -> None:
    for key in text.split(","):
        name = key.removeprefix("-")
        if name not in search_parameters(query.resource_type):
            raise FhirError(400, "not-supported", f"_sort by {name!r} is not supported for {query.resource_type}.")
        query.sort.append((name, key.startswith("-")))


def _inclusion(text: str, modifier: str) -> Inclusion:
    if modifier not in ("", "iterate"):
        raise FhirError(400, "not-supported", f"Modifier :{modifier} is not supported for inclusion.")
    source, parameter, target = ([*text.split(":"), "", ""])[:3]
    row = search_parameters(source).get(parameter) if source in resource_types() else None
    if row is None or row.kind != "reference" or (target and target not in row.targets):
        raise FhirError(400, "not-supported", f"Inclusion {text!r} names no reference parameter.")
    return Inclusion(source, parameter, target, modifier == "iterate")


def _include(query: Query, text: str, modifier: str) -> None:
    query.includes.append(_inclusion(text, modifier))


def _revinclude(query: Query, text: str, modifier: str) -> None:
    query.revincludes.append(_inclusion(text, modifier))


def _summary(query: Query, text: str, modifier: str) -> None:
    _one_of("_summary", text, ("count", "false"))
    query.summary = text


def _total(query: Query, text: str, modifier: str) -> None:
    _one_of("_total", text, ("none", "estimate", "accurate"))
    query.total = text


def _elements(query: Query, text: str, modifier: str) -> None:
    query.elements = tuple(text.split(","))


def _format(query: Query, text: str, modifier: str) -> None:
    if text.replace(" ", "+") not in JSON_FORMATS:
        raise FhirError(406, "not-supported", "Only JSON is spoken here.")


def _pretty(query: Query, text: str, modifier: str) -> None:
    _one_of("_pretty", text, ("true", "false"))


def _one_of(name: str, text: str, allowed: Sequence[str]) -> None:
    if text not in allowed:
        raise FhirError(400, "not-supported", f"{name} takes {', '.join(allowed)}.")


CONTROLS = {
    "_count": _count,
    "_sort": _sort,
    "_include": _include,
    "_revinclude": _revinclude,
    "_summary": _summary,
    "_total": _total,
    "_elements": _elements,
    "_format": _format,
    "_pretty": _pretty,
}
