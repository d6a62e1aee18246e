"""What is asked of the record, in which order, and within which bound.

First wave: who it is, what the patient consents to, medicines, conditions, allergies. Second wave, genetics only where
consent permits: results by code lists, reports, sequences, specimens; then what reports and panels point to. "All
laboratory results" is never asked for: results under codes that no list names are found only through a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from smartpgx.domain.visit import Abilities
from smartpgx.fhir.capabilities import includes
from smartpgx.fhir.client import Search
from smartpgx.fhir.write.identity import ISSUE_SYSTEM, value_under
from smartpgx.settings import SiteCodes

LOINC = "http://loinc.org"
TBD_CODES = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
SERVICE_SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"

PAGE_SIZE = 100
CODES_AT_ONCE = 25
"""So that the address of a search stays below 2,000 characters."""
FOLLOW_DEPTH = 4
FOLLOW_LIMIT = 300

GENETIC_LOINC = (
    "84413-4", "84414-2", "69548-6", "82120-7",  # genotype, haplotype, variant, phase (genomics-reporting 3.0.0)
    "53040-2", "51961-1", "83009-1", "51968-6",  # effect on metabolism, efficacy, risk allele, overall (STU1, STU2)
    "53034-5",  # allelic state as an Observation beside a MolecularSequence
    "13303-3", "13298-5", "57290-9", "57979-7",  # HLA typings and presence (the package's examples)
    "79716-7", "79713-4", "79714-2", "79715-9", "79719-1", "79722-5",  # gene phenotypes; the reader checks gene by text
    "40425-1", "50398-7", "93193-1", "94231-8",  # laboratory catalogue names
    "53041-0", "55233-1",  # region studied, master panel
)  # fmt: skip
"""LOINC codes of ``codes.csv`` of the FHIR data collection. Those with secondary evidence only widen the search."""
GENETIC_TBD = ("therapeutic-implication", "diagnostic-implication", "molecular-consequence", "molecular-biomarker")

MICROBIOLOGY_LOINC = ("53798-5", "73695-9", "81122-4", "48559-9", "30554-0", "33630-5")
"""HIV genotype results and sequences; deprecated and unconfirmed ones serve as aliases when reading."""

MEASUREMENT_LOINC = ("29463-7",)
"""Body weight. Others join when a rule uses them and their code is verified."""

REPORT_LOINC = ("51969-4", "55233-1", "53798-5")
REPORT_SECTIONS = {"genetic": ("GE",), "microbiology": ("MB", "MCB", "VR")}
"""HL7 table 0074: genetics; microbiology, mycobacteriology, virology (hl7.terminology.r4 7.0.1)."""

FOLLOWED = {
    "DiagnosticReport": ("result", "specimen"),
    "Observation": ("hasMember", "derivedFrom", "specimen"),
    "MolecularSequence": ("specimen",),
    "MedicationRequest": ("medicationReference",),
    "MedicationStatement": ("medicationReference",),
    "MedicationAdministration": ("medicationReference",),
    "MedicationDispense": ("medicationReference",),
    "Specimen": ("parent",),
}
"""Which elements of which resource point to something a reader needs."""
FOLLOWED_TYPES = frozenset({"Observation", "Specimen", "MolecularSequence", "Medication"})


def first_wave(patient: str, abilities: Abilities) -> tuple[Search, ...]:
    """Consent, medicines, conditions, allergies, and the measurements that doses depend on."""
    orders = _of_patient("orders", "MedicationRequest", patient, _medication("MedicationRequest", abilities))
    statements = _of_patient("statements", "MedicationStatement", patient, _medication("MedicationStatement", abilities))
    return (
        _of_patient("consents", "Consent", patient),
        orders,
        statements,
        _of_patient("conditions", "Condition", patient),
        _of_patient("allergies", "AllergyIntolerance", patient),
        *_by_codes("measurements", "Observation", patient, _tokens(LOINC, MEASUREMENT_LOINC), genetic=False, pages=2),
    )


def second_wave(patient: str, site: SiteCodes, *, genetics: bool) -> tuple[Search, ...]:
    """Results by code lists, reports by section and code, sequences, specimens; without the genetic ones after a refusal.

    Site reports may hold genetic results, so they count as genetic.
    """
    genetic_codes = (*_tokens(LOINC, GENETIC_LOINC), *_tokens(TBD_CODES, GENETIC_TBD), *site.genetic)
    reports = (*_tokens(LOINC, REPORT_LOINC), *site.reports)
    searches = (
        *_by_codes("genetic_results", "Observation", patient, genetic_codes, genetic=True),
        *_by_codes("microbiology_results", "Observation", patient, _micro(site), genetic=False),
        _section("genetic_reports", patient, "genetic", genetic=True),
        *_by_codes("coded_reports", "DiagnosticReport", patient, reports, genetic=True),
        _section("microbiology_reports", patient, "microbiology", genetic=False),
        _of_patient("sequences", "MolecularSequence", patient, genetic=True),
        _of_patient("specimens", "Specimen", patient),
        own_issues(patient),
    )
    return tuple(s for s in searches if genetics or not s.genetic)


def own_issues(patient: str) -> Search:
    """What this app stored for a patient, up to date. Most of it is genetic, so it is asked for only where genetics is."""
    return Search(
        what="own_issues",
        resource="DetectedIssue",
        params=(("patient", patient), ("identifier", f"{ISSUE_SYSTEM}|"), ("_count", str(PAGE_SIZE))),
        droppable=("_count", "identifier"),
        genetic=True,
        bound={"count": PAGE_SIZE},
        keep=lambda resource: value_under(resource, ISSUE_SYSTEM) is not None,
        fresh=True,
    )


def withheld(patient: str, site: SiteCodes) -> tuple[Search, ...]:
    """The searches that a refusal, or a consent that could not be read, leaves out."""
    return tuple(s for s in second_wave(patient, site, genetics=True) if s.genetic)


def to_follow(resources: Iterable[dict[str, Any]], have: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Type and id of what the resources point to and that is not there yet, in order, each once."""
    known = set(have)
    out: dict[tuple[str, str], None] = {}
    for resource in resources:
        for element in FOLLOWED.get(str(resource.get("resourceType")), ()):
            value = resource.get(element)
            for item in value if isinstance(value, list) else [value]:
                target = _target(item)
                if target and target[0] in FOLLOWED_TYPES and target not in known:
                    out[target] = None
    return list(out)


def _target(reference: Any) -> tuple[str, str] | None:
    """Type and id of a reference; an absolute one counts by its tail: our own server is asked, never another."""
    text = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(text, str) or text.startswith(("#", "urn:")):
        return None
    parts = text.split("/_history/")[0].rstrip("/").split("/")
    return (parts[-2], parts[-1]) if len(parts) >= 2 and parts[-1] and parts[-2].isalpha() else None


def _of_patient(
    what: str, resource: str, patient: str, extra: Sequence[tuple[str, str]] = (), *, genetic: bool = False
) -> Search:
    params = (("patient", patient), *extra, ("_count", str(PAGE_SIZE)))
    return Search(what=what, resource=resource, params=params, genetic=genetic, bound={"count": PAGE_SIZE})


def _medication(resource: str, abilities: Abilities) -> tuple[tuple[str, str], ...]:
    include = f"{resource}:medication"
    return (("_include", include),) if includes(abilities, resource, include) else ()


def _by_codes(what: str, resource: str, patient: str, codes: Sequence[str], *, genetic: bool, pages: int = 20) -> list[Search]:
    """One search per CODES_AT_ONCE codes; a code is never dropped, so a server that refuses the list is told of."""
    chunks = [codes[n : n + CODES_AT_ONCE] for n in range(0, len(codes), CODES_AT_ONCE)]
    return [
        Search(
            what=what,
            resource=resource,
            params=(("patient", patient), ("code", ",".join(chunk)), ("_count", str(PAGE_SIZE))),
            droppable=("_count",),
            genetic=genetic,
            bound={"codes": len(chunk), "count": PAGE_SIZE},
            pages=pages,
        )
        for chunk in chunks
    ]


def _section(what: str, patient: str, area: str, *, genetic: bool) -> Search:
    sections = REPORT_SECTIONS[area]
    category = ",".join(_tokens(SERVICE_SECTION, sections))
    params = (("patient", patient), ("category", category), ("_count", str(PAGE_SIZE)))
    bound: dict[str, str | int] = {"sections": ", ".join(sections), "count": PAGE_SIZE}
    return Search(
        what=what,
        resource="DiagnosticReport",
        params=params,
        droppable=("_count", "category"),
        genetic=genetic,
        bound=bound,
        keep=lambda report: _is_of(report, sections),
    )


def _is_of(report: Mapping[str, Any], sections: Sequence[str]) -> bool:
    """Whether a report belongs to a section, for a server that cannot be asked by category."""
    for category in report.get("category") or ():
        for coding in category.get("coding") or () if isinstance(category, dict) else ():
            if isinstance(coding, dict) and coding.get("system") == SERVICE_SECTION and coding.get("code") in sections:
                return True
    return False


def _micro(site: SiteCodes) -> tuple[str, ...]:
    return (*_tokens(LOINC, MICROBIOLOGY_LOINC), *site.microbiology)


def _tokens(system: str, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{system}|{code}" for code in codes)
