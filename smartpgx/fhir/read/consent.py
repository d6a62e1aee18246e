"""Consent: whether genetic data may be used, and whether secondary findings are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smartpgx.domain.chart import Consent
from smartpgx.fhir.read.elements import Json, codings, object_, objects, text
from smartpgx.fhir.read.gate import Reading, admitted
from smartpgx.fhir.read.references import Entry

_CARE = frozenset({"TREAT", "ETREAT", "CAREMGT", "PATADMIN", "HOPERAT", "PUBHLTH", "CLINTRCH_CARE"})
_SECONDARY = "secondary-finding"


def read(entries: Iterable[Entry], reading: Reading) -> Consent:
    """The patient's active consents. A refusal outweighs a permission."""
    genetic: set[str] = set()
    secondary: set[str] = set()
    sources: list[str] = []
    for entry in entries:
        if not admitted(entry, reading):
            continue
        if text(entry.resource.get("status")) != "active":
            continue
        said_genetic, said_secondary = _genetic(entry.resource), _secondary(entry.resource)
        if said_genetic or said_secondary:
            sources.append(entry.reference)
            reading.ledger.use(entry.reference)
        genetic |= said_genetic
        secondary |= said_secondary
    return Consent(
        genetic="deny" if "deny" in genetic else "permit" if "permit" in genetic else "not_stated",
        secondary_findings="opted_out" if "deny" in secondary else "opted_in" if "permit" in secondary else "not_asked",
        source=tuple(sources),
    )


def _genetic(resource: Json) -> set[str]:
    """``deny`` or ``permit`` of provisions labelled GDIS; those that concern research only say nothing here."""
    if "research" in {coding.code for coding in codings(resource.get("scope"))}:
        return set()
    return {verdict for verdict, provision in _provisions(resource) if _labelled(provision) and _for_care(provision)}


def _labelled(provision: Json) -> bool:
    return any(text(each.get("code")) == "GDIS" for each in objects(provision.get("securityLabel")))


def _for_care(provision: Json) -> bool:
    purposes = {text(each.get("code")) for each in objects(provision.get("purpose"))} - {""}
    return not purposes or bool(purposes & _CARE)


def _secondary(resource: Json) -> set[str]:
    if "treatment" not in {coding.code for coding in codings(resource.get("scope"))}:
        return set()
    return {verdict for verdict, provision in _provisions(resource) if _names_secondary(provision)}


def _names_secondary(provision: Json) -> bool:
    return any(_SECONDARY in coding.system for concept in objects(provision.get("code")) for coding in codings(concept))


def _provisions(resource: Json) -> Iterator[tuple[str, Json]]:
    """Every provision with its verdict; a nested one without a type is an exception to a permission, and so a refusal."""
    base = object_(resource.get("provision"))
    stack = [(base, text(base.get("type")) or _by_policy(resource))]
    seen = 0
    while stack and seen < 200:
        seen += 1
        provision, verdict = stack.pop()
        if verdict in ("deny", "permit"):
            yield verdict, provision
        stack += [(inner, text(inner.get("type")) or "deny") for inner in objects(provision.get("provision"))]


def _by_policy(resource: Json) -> str:
    """What a root provision without a type means: the policy it refines."""
    rules = {coding.code for coding in codings(resource.get("policyRule"))}
    return "deny" if "OPTOUT" in rules else "permit" if "OPTIN" in rules else ""
