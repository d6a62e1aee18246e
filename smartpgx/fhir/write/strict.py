"""The last check before anything leaves: the strict R4B models, and the invariants they do not know."""

from __future__ import annotations

import importlib
import re
from typing import Any

from smartpgx.errors import WriteRefused

_FIXED: dict[tuple[str, str], frozenset[str]] = {
    ("DetectedIssue", "status"): frozenset({"registered", "preliminary", "final", "amended", "corrected", "cancelled",
                                            "entered-in-error"}),
    ("DetectedIssue", "severity"): frozenset({"high", "moderate", "low"}),
    ("Observation", "status"): frozenset({"registered", "preliminary", "final", "amended", "corrected", "cancelled",
                                          "entered-in-error"}),
}  # fmt: skip
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def checked(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource itself, when it is valid R4B and keeps the invariants; else WriteRefused.

    The message names the resource type and the element, never a value. The models are imported on first use: they
    cost half a second that a reader of charts should not pay.
    """
    kind = resource["resourceType"]
    model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    try:
        model.model_validate(resource)
    except ValueError as problem:
        errors: list[dict[str, Any]] = getattr(problem, "errors", list)()
        where = sorted({".".join(map(str, e.get("loc", ()))) for e in errors}) or ["(unnamed element)"]
        raise WriteRefused(f"our own {kind} is not valid R4B at {', '.join(where)}") from None
    for broken in _broken_invariants(resource):
        raise WriteRefused(f"our own {kind} breaks {broken}")
    return resource


def _broken_invariants(resource: dict[str, Any]) -> list[str]:
    kind = resource["resourceType"]
    out = [f"the required codes of {element}" for (k, element), codes in _FIXED.items()
           if k == kind and resource.get(element) not in codes and element in resource]  # fmt: skip
    if kind == "DetectedIssue" and "status" not in resource:
        out.append("status 1..1")
    if "id" in resource and not _ID.fullmatch(resource["id"]):
        out.append("the form of ids")
    if kind == "Observation":
        codes = {(c["system"], c["code"]) for c in resource["code"].get("coding", [])}
        parts = {(c["system"], c["code"]) for p in resource.get("component", []) for c in p["code"].get("coding", [])}
        has_value = any(key.startswith("value") for key in resource)
        if has_value and codes & parts:
            out.append("obs-7")
        if has_value and "dataAbsentReason" in resource:
            out.append("obs-6")
    return out
