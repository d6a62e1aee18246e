"""Checking a resource against the R4 definitions before it is stored, as strictly as a validating server.

Checked: required and unknown elements, cardinality, JSON types, one value[x], required bindings, reference targets that
exist and are of an allowed type, and the invariants obs-6, obs-7 and ref-1. Not checked: profiles, terminology beyond
required bindings, the other invariants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from smartpgx.sandbox.definitions import resource_types, table
from smartpgx.sandbox.record.outcome import Fault, Json
from smartpgx.sandbox.record.primitives import fits, is_primitive
from smartpgx.sandbox.record.walk import local_target

Exists = Callable[[str, str], bool]
Row = dict[str, Any]


def faults(resource: Json, exists: Exists, base: str) -> list[Fault]:
    """Everything wrong with ``resource``; ``exists`` tells whether a referenced resource is there."""
    kind = resource["resourceType"]
    checker = Checker(resource, exists, base)
    return [*checker.structure(resource, kind, kind), *_invariants(resource)]


class Checker:
    """Walks one resource along the definition table."""

    def __init__(self, resource: Json, exists: Exists, base: str) -> None:
        contained = resource.get("contained")
        self._contained = {one.get("id") for one in contained if isinstance(one, dict)} if isinstance(contained, list) else set()
        self._exists, self._base = exists, base

    def structure(self, node: Any, name: str, where: str) -> Iterator[Fault]:
        """Faults of an object that should be structure ``name``."""
        if not isinstance(node, dict):
            yield Fault("structure", f"{where} has to be an object.", where)
            return
        if not node:
            yield Fault("structure", f"{where} is empty.", where)
        rows = table()["types"][name]
        known = _json_names(rows)
        for key in node:
            if key == "resourceType" and name in resource_types():
                continue
            if key.removeprefix("_") not in known:
                yield Fault("structure", f"{where} has no element {key!r}.", f"{where}.{key}")
        for element, row in rows.items():
            yield from self._element(node, name, element, row, where)

    def _element(self, node: Json, name: str, element: str, row: Row, where: str) -> Iterator[Fault]:
        keys = [key for key in _keys(element, row) if key in node or f"_{key}" in node]
        plain = element.removesuffix("[x]")
        if not keys and row["min"]:
            yield Fault("required", f"{where}.{plain} is required.", f"{where}.{plain}")
        if len(keys) > 1:
            yield Fault("structure", f"{where} may have only one of {', '.join(keys)}.", f"{where}.{plain}")
        for key in keys:
            if key in node:
                kind = key if element == plain else _choice(key, plain, row)
                yield from self._values(node[key], name, element, row, kind, f"{where}.{key}")

    def _values(self, value: Any, name: str, element: str, row: Row, kind: str, where: str) -> Iterator[Fault]:
        if row["many"] != isinstance(value, list):
            yield Fault("structure", f"{where} has to be {'a list' if row['many'] else 'a single value'}.", where)
            return
        if value == []:
            yield Fault("structure", f"{where} is an empty list.", where)
        inner = row.get("like") or (f"{name}.{element}" if f"{name}.{element}" in table()["types"] else None)
        declared = kind if element.endswith("[x]") else (row.get("types") or [""])[0]
        for position, one in enumerate(value if row["many"] else [value]):
            spot = f"{where}[{position}]" if row["many"] else where
            yield from self._value(one, inner or declared, row, spot)

    def _value(self, value: Any, kind: str, row: Row, where: str) -> Iterator[Fault]:
        if kind == "Resource":
            yield from self._inner_resource(value, where)
        elif is_primitive(kind):
            if value is not None and not fits(kind, value):
                yield Fault("value", f"{where} is not a valid {kind}.", where)
            elif kind == "code" and not _listed(row, [value]):
                yield Fault("code-invalid", f"{where}: {value!r} is not in the required value set {row['codes']}.", where)
        else:
            yield from self.structure(value, kind, where)
            if kind == "Reference" and isinstance(value, dict):
                yield from self._reference(value, row, where)
            codes = _codes(value) if kind in ("CodeableConcept", "Coding") else []
            if codes and not _listed(row, codes):
                yield Fault("code-invalid", f"{where} has no code of the required value set {row['codes']}.", where)

    def _inner_resource(self, value: Any, where: str) -> Iterator[Fault]:
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if kind in resource_types():
            yield from self.structure(value, kind, where)
        else:
            yield Fault("structure", f"{where} is no resource of a known type.", where)

    def _reference(self, value: Json, row: Row, where: str) -> Iterator[Fault]:
        text = value.get("reference")
        if text is None:
            return
        if isinstance(text, str) and text.startswith("#"):
            if text[1:] not in self._contained and text != "#":
                yield Fault("invariant", f"{where}: {text} is not contained (ref-1).", where)
            return
        target = local_target(text, self._base)
        if target is None or target.resource_type not in resource_types():
            yield Fault("not-supported", f"{where}: only references to resources of this server are taken.", where)
        elif target.resource_type not in row.get("targets", [target.resource_type]):
            yield Fault("value", f"{where} may not name a {target.resource_type}.", where)
        elif not self._exists(*target):
            yield Fault("not-found", f"{where}: the referenced {target.resource_type} does not exist.", where)


def _keys(element: str, row: Row) -> list[str]:
    if not element.endswith("[x]"):
        return [element]
    return [element[:-3] + kind[0].upper() + kind[1:] for kind in row["types"]]


def _json_names(rows: dict[str, Row]) -> set[str]:
    return {key for element, row in rows.items() for key in _keys(element, row)}


def _choice(key: str, plain: str, row: Row) -> str:
    kinds: list[str] = row["types"]
    return next(kind for kind in kinds if plain + kind[0].upper() + kind[1:] == key)


def _codes(value: Any) -> list[Any]:
    codings = value.get("coding", [value]) if isinstance(value, dict) else []
    return [coding.get("code") for coding in codings if isinstance(coding, dict)] if isinstance(codings, list) else []


def _listed(row: Row, codes: list[Any]) -> bool:
    allowed = table()["codes"].get(row.get("codes"))
    return allowed is None or any(code in allowed for code in codes)


def _invariants(resource: Json) -> Iterator[Fault]:
    if resource["resourceType"] != "Observation":
        return
    has_value = any(key.startswith("value") for key in resource)
    if has_value and "dataAbsentReason" in resource:
        yield Fault("invariant", "A value and dataAbsentReason exclude each other (obs-6).", "Observation")
    parts = resource.get("component")
    components = [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
    if has_value and any(one.get("code") == resource.get("code") for one in components):
        yield Fault("invariant", "A component repeats the code of an Observation with a value (obs-7).", "Observation")
