"""Patient: what rules need of a person, and nothing that names one."""

from __future__ import annotations

from smartpgx.domain.chart import Patient
from smartpgx.fhir.read.elements import day, text
from smartpgx.fhir.read.identity import Person


def read(person: Person) -> Patient:
    """Birth date, administrative sex and death, where they are stated."""
    resource = person.entry.resource if person.entry else {}
    deceased = resource.get("deceasedBoolean")
    died = day(resource.get("deceasedDateTime"))
    return Patient(
        reference=person.reference,
        birth_date=day(resource.get("birthDate")),
        sex=text(resource.get("gender")) or None,
        deceased=True if died else deceased if isinstance(deceased, bool) else None,
    )
