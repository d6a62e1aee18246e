"""Distil the published R4 definitions into the one small table the sandbox checks and searches by.

    python -m smartpgx.sandbox.definitions.build FOLDER > smartpgx/sandbox/definitions/r4.json

FOLDER holds HL7's definition files of R4 4.0.1 (hl7.org/fhir/downloads.html, CC0): profiles-resources.json,
profiles-types.json, valuesets.json, v3-codesystems.json, search-parameters.json, compartmentdefinition-patient.json.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

RESOURCE_TYPES = [
    "AllergyIntolerance",
    "Binary",
    "BodyStructure",
    "CarePlan",
    "CareTeam",
    "Communication",
    "Condition",
    "Consent",
    "Coverage",
    "DetectedIssue",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "Group",
    "Immunization",
    "List",
    "Location",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "MolecularSequence",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "ServiceRequest",
    "Specimen",
    "Substance",
    "Task",
]
PROFILE = "http://hl7.org/fhir/StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System."
CORRECTED = {("DetectedIssue", "status"): "http://hl7.org/fhir/ValueSet/observation-status"}
"""Required bindings as release 4.0.1 states them, where a definition file names another release's value set."""
SEARCHABLE = {"token", "reference", "date", "string", "uri"}


def resources(path: Path) -> list[Json]:
    """The resources of one definition Bundle."""
    return [entry["resource"] for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]]


def element_row(element: Json) -> Json:
    """``min``, ``many`` and, where they apply, ``types``, ``targets``, ``codes`` (value set), ``like`` (structure)."""
    row: Json = {"min": element["min"], "many": element["max"] == "*"}
    types = [kind["code"].removeprefix(SYSTEM).replace("String", "string") for kind in element.get("type", [])]
    targets = {url.removeprefix(PROFILE) for kind in element.get("type", []) for url in kind.get("targetProfile", [])}
    binding = element.get("binding", {})
    if types:
        row["types"] = types
    if targets and "Resource" not in targets:
        row["targets"] = sorted(targets)
    if binding.get("strength") == "required" and set(types) & {"code", "Coding", "CodeableConcept"}:
        row["codes"] = binding["valueSet"].split("|")[0]
    if "contentReference" in element:
        row["like"] = element["contentReference"].removeprefix("#")
    return row


def structures(definition: Json) -> dict[str, dict[str, Json]]:
    """Structure path (``Observation``, ``Observation.component``) -> element name -> row."""
    found: dict[str, dict[str, Json]] = {}
    for element in definition["snapshot"]["element"][1:]:
        parent, _, name = element["path"].rpartition(".")
        if element["max"] != "0":
            found.setdefault(parent, {})[name] = element_row(element)
    return found


class CodeLists:
    """Resolves the value sets whose codes the definition files list; a set that cannot be listed is None."""

    def __init__(self, published: Iterable[Json]) -> None:
        self.by_url = {resource["url"]: resource for resource in published if "url" in resource}

    def codes(self, url: str) -> list[str] | None:
        includes = self.by_url.get(url, {}).get("compose", {}).get("include", [])
        lists = [self._included(include) for include in includes]
        if not lists or any(part is None for part in lists):
            return None
        return sorted({code for part in lists for code in part or ()})

    def _included(self, include: Json) -> list[str] | None:
        if "filter" in include:
            return None
        if "valueSet" in include:
            parts = [self.codes(url) for url in include["valueSet"]]
            return None if None in parts else [code for part in parts for code in part or ()]
        if "concept" in include:
            return [concept["code"] for concept in include["concept"]]
        system = self.by_url.get(include["system"], {})
        return list(_concepts(system.get("concept", []))) if system.get("content") == "complete" else None


def _concepts(concepts: Iterable[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _concepts(concept.get("concept", []))


class Paths:
    """Turns a search expression into the JSON keys it walks, choice elements spelled out."""

    def __init__(self, types: dict[str, dict[str, Json]]) -> None:
        self.types = types

    def of(self, expression: str, resource_type: str) -> list[list[str]] | None:
        """None where the expression is more than a path; alternatives of other resource types are left out."""
        paths: list[list[str]] = []
        for alternative in expression.split(" | "):
            text = re.sub(r"\.where\(resolve\(\) is \w+\)$", "", alternative.strip())
            cast = re.fullmatch(r"\(?([\w.]+) as (\w+)\)?|([\w.]+)\.as\((\w+)\)", text)
            path, kind = (cast[1] or cast[3], cast[2] or cast[4]) if cast else (text, None)
            head, _, rest = path.partition(".")
            if head not in (resource_type, "Resource"):
                continue
            if not re.fullmatch(r"[\w.]+", rest):
                return None
            paths += self._walk(resource_type, rest.split("."), kind)
        return paths or None

    def _walk(self, structure: str, steps: list[str], kind: str | None) -> list[list[str]]:
        elements, name = self.types[structure], steps[0]
        if name not in elements:
            row = elements[name + "[x]"]
            kinds = [kind] if kind and len(steps) == 1 else row["types"]
            return [[name + one[0].upper() + one[1:], *([] if len(steps) == 1 else steps[1:])] for one in kinds]
        if len(steps) == 1:
            return [[name]]
        row = elements[name]
        inner = row.get("like") or (f"{structure}.{name}" if f"{structure}.{name}" in self.types else row["types"][0])
        return [[name, *rest] for rest in self._walk(inner, steps[1:], kind)]


def search_parameters(published: Iterable[Json], types: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """Resource type -> parameter -> ``type``, ``paths`` and, for references, ``targets``."""
    walker, found = Paths(types), {name: {} for name in RESOURCE_TYPES}  # type: tuple[Paths, dict[str, dict[str, Json]]]
    for parameter in published:
        bases = RESOURCE_TYPES if parameter["base"] == ["Resource"] else parameter["base"]
        for base in set(bases) & set(RESOURCE_TYPES):
            paths = walker.of(parameter.get("expression", ""), base) if parameter["type"] in SEARCHABLE else None
            if paths is None:
                print(f"left out: {base}.{parameter['code']} ({parameter['type']})", file=sys.stderr)
                continue
            row: Json = {"type": parameter["type"], "paths": paths}
            restricted = re.search(r"resolve\(\) is (\w+)", parameter.get("expression", ""))
            if parameter["type"] == "reference":
                row["targets"] = [restricted[1]] if restricted else sorted(set(parameter["target"]) & set(RESOURCE_TYPES))
            found[base][parameter["code"]] = row
    return {name: dict(sorted(parameters.items())) for name, parameters in found.items()}


def build(folder: Path) -> Json:
    """The whole table. Raises KeyError or OSError where a definition file is not what it should be."""
    published = {
        resource["name"]: resource
        for name in ("profiles-types.json", "profiles-resources.json")
        for resource in resources(folder / name)
        if resource["resourceType"] == "StructureDefinition" and resource.get("derivation") != "constraint"
    }
    wanted = [*RESOURCE_TYPES, *(name for name, row in published.items() if row["kind"] == "complex-type")]
    types = {path: rows for name in wanted for path, rows in structures(published[name]).items()}
    for (path, name), value_set in CORRECTED.items():
        types[path][name]["codes"] = value_set
    lists = CodeLists([*resources(folder / "valuesets.json"), *resources(folder / "v3-codesystems.json")])
    bound = sorted({row["codes"] for rows in types.values() for row in rows.values() if "codes" in row})
    compartment = json.loads((folder / "compartmentdefinition-patient.json").read_text(encoding="utf-8"))["resource"]
    return {
        "release": published["Observation"]["fhirVersion"],
        "source": "HL7 FHIR R4 definitions, hl7.org/fhir/downloads.html, CC0",
        "resources": RESOURCE_TYPES,
        "types": types,
        "codes": {url: codes for url in bound if (codes := lists.codes(url)) is not None},
        "search": search_parameters(resources(folder / "search-parameters.json"), types),
        "compartment": {row["code"]: row["param"] for row in compartment if row["code"] in RESOURCE_TYPES and "param" in row},
    }


if __name__ == "__main__":
    json.dump(build(Path(sys.argv[1])), sys.stdout, separators=(",", ":"), sort_keys=True)
