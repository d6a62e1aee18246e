"""A Bundle of any type -> its resources. Only what cannot be a Bundle at all is an error; everything in it is accounted for."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import msgspec

from smartpgx.errors import NotABundle, NotJson, TooLarge, WrongFhirVersion
from smartpgx.fhir.read.elements import Json, object_, objects, text

MAX_BYTES = 64 * 2**20
_DSTU2_ONLY = frozenset({"MedicationOrder", "DiagnosticOrder", "Conformance"})


class Unwrapped(list[Json]):
    """Resources in the order received. ``urls``: fullUrl of each; ``incomplete``: the server holds pages that are not here.

    ``modified``: a modifier extension may stand somewhere in them; False only where it certainly does not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.incomplete = False
        self.modified = True


def unwrap(payload: bytes | str | Json, max_bytes: int | None = None) -> Unwrapped:
    """Resources of a Bundle, of Bundles in it, and of Parameters in it; an entry without one becomes an empty ``Entry``.

    Raises TooLarge (``max_bytes``), NotJson, NotABundle, WrongFhirVersion.
    """
    bundle = _decoded(payload, MAX_BYTES if max_bytes is None else max_bytes) if isinstance(payload, (bytes, str)) else payload
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise NotABundle("The input is JSON but not a FHIR Bundle.")
    found = Unwrapped()
    found.modified = not isinstance(payload, bytes) or b"modifierExtension" in payload or b"\\u" in payload
    _collect(bundle, found, depth=0)
    if any(text(resource.get("resourceType")) in _DSTU2_ONLY for resource in found):
        raise WrongFhirVersion("The Bundle holds resources that only FHIR DSTU2 has.")
    return found


def _decoded(payload: bytes | str, max_bytes: int) -> object:
    if len(payload) > max_bytes:
        raise TooLarge(f"The input is larger than {max_bytes // 1_000_000} MB.")
    if isinstance(payload, bytes):
        payload = payload.removeprefix(codecs.BOM_UTF8)
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJson("The input is not JSON.") from None


def _collect(bundle: Json, found: Unwrapped, depth: int) -> None:
    links = objects(bundle.get("link"))
    if any(link.get("relation") == "next" for link in links):
        found.incomplete = True
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else objects(entries):
        if not isinstance(entry, dict):
            _keep({"resourceType": "Entry"}, "", found)
            continue
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            if not _silent_answer(entry):
                _keep({"resourceType": "Entry", "response": object_(entry.get("response"))}, "", found)
        elif resource.get("resourceType") == "Bundle" and depth < 8:
            _collect(resource, found, depth + 1)
        elif resource.get("resourceType") == "Parameters" and (inner := list(_nested(resource, 0))):
            for each in inner:
                _keep(each, "", found)
        else:
            _keep(resource, text(entry.get("fullUrl")), found)


def _keep(resource: Json, url: str, found: Unwrapped) -> None:
    found.append(resource)
    found.urls.append(url)


def _silent_answer(entry: Json) -> bool:
    """An entry of a transaction's answer that only says that writing went well."""
    status = text(object_(entry.get("response")).get("status"))
    return status.startswith(("200", "201", "204")) and "resource" not in entry


def _nested(node: object, depth: int) -> Iterator[Json]:
    """Resources anywhere in Parameters."""
    if depth > 12:
        return
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "resource" and isinstance(value, dict):
                if value.get("resourceType") == "Parameters":
                    yield from _nested(value, depth + 1)
                else:
                    yield value
            elif isinstance(value, (dict, list)):
                yield from _nested(value, depth + 1)
    elif isinstance(node, list):
        for each in node:
            yield from _nested(each, depth + 1)
