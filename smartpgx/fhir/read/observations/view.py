"""An Observation opened once: its codes, components by code, value words, specimen and source."""

from __future__ import annotations

from functools import cached_property

from smartpgx.domain.chart import Reference
from smartpgx.fhir.read.elements import (
    LOINC,
    Json,
    all_words,
    codings,
    effective,
    extensions,
    object_,
    objects,
    quantity,
    text,
    value_of,
    value_words,
    words,
)
from smartpgx.fhir.read.gate import Reading, status_warnings
from smartpgx.fhir.read.references import Entry
from smartpgx.notation.drugs import Coding

TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"


_STANDARD = frozenset({"", LOINC, "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1", TBD})


def is_standard(coding: Coding) -> bool:
    """Whether a code is a LOINC code or one of the IG's provisional ones (or says nothing of its system)."""
    return bool(coding.code) and (coding.system in _STANDARD or "tbd-codes" in coding.system)


class View:
    """What readers ask of an Observation. Components are found by LOINC or tbd code, whatever their order or number."""

    def __init__(self, entry: Entry, reading: Reading) -> None:
        self.entry = entry
        self.reading = reading
        self.resource: Json = entry.resource
        self.code = codings(self.resource.get("code"))
        self.warnings = status_warnings(self.resource)

    @property
    def source(self) -> tuple[Reference, ...]:
        return (self.entry.reference,)

    @cached_property
    def date(self) -> str | None:
        return effective(self.resource)

    @cached_property
    def code_words(self) -> str:
        """Everything the code says, for recognising local codes."""
        return " | ".join(all_words(self.resource.get("code")))

    @cached_property
    def code_name(self) -> str:
        return words(self.resource.get("code"))

    @cached_property
    def components(self) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {}
        for each in objects(self.resource.get("component")):
            for code in dict.fromkeys(coding.code for coding in codings(each.get("code")) if is_standard(coding)):
                found.setdefault(code, []).append(each)
        return found

    @cached_property
    def named_components(self) -> list[tuple[str, Json]]:
        """Components with their lower-case names, for those without a code we know."""
        return [(words(each.get("code")).casefold(), each) for each in objects(self.resource.get("component"))]

    def component(self, code: str) -> Json:
        """The first component of a code, or an empty one."""
        return next(iter(self.components.get(code, ())), {})

    def component_words(self, code: str) -> list[str]:
        return value_words(self.component(code))

    def component_codings(self, code: str) -> list[Coding]:
        return codings(self.component(code).get("valueCodeableConcept"))

    def component_quantity(self, code: str) -> tuple[float | None, str, str]:
        return quantity(self.component(code).get("valueQuantity"))

    @cached_property
    def value_kind(self) -> str:
        return value_of(self.resource)[0]

    @cached_property
    def value(self) -> object:
        return value_of(self.resource)[1]

    @cached_property
    def value_words(self) -> list[str]:
        return value_words(self.resource)

    @cached_property
    def value_codings(self) -> list[Coding]:
        return codings(self.value) if self.value_kind == "CodeableConcept" else []

    @cached_property
    def interpretations(self) -> list[str]:
        """Codes and words of ``interpretation``, upper case."""
        return [said.upper() for each in objects(self.resource.get("interpretation")) for said in all_words(each)]

    @cached_property
    def specimens(self) -> list[tuple[Entry | None, Reference]]:
        return list(self.reading.record.named(self.resource.get("specimen"), self.entry))

    @cached_property
    def derived_from(self) -> list[tuple[Entry | None, Reference]]:
        return list(self.reading.record.named(self.resource.get("derivedFrom"), self.entry))

    @cached_property
    def members(self) -> list[tuple[Entry | None, Reference]]:
        return list(self.reading.record.named(self.resource.get("hasMember"), self.entry))

    def extension_concept(self, name: str) -> Json:
        """``valueCodeableConcept`` of an R4-core genetics extension (``observation-geneticsGene``)."""
        return next((object_(each.get("valueCodeableConcept")) for each in extensions(self.resource, name)), {})

    @property
    def method(self) -> str | None:
        return words(self.resource.get("method")) or None

    def gap(self, wanted: str, because: str, message: str) -> None:
        self.reading.ledger.gap(self.entry, wanted, because, message)

    @cached_property
    def notes(self) -> list[str]:
        return [text(each.get("text")) for each in objects(self.resource.get("note"))]
