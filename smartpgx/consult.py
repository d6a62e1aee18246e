"""The one use case: consent gate, fetch, read, assess, record what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from smartpgx.domain.advice import Consultation
from smartpgx.domain.chart import Chart, Gap
from smartpgx.domain.codes import Consented
from smartpgx.domain.scope import Scope
from smartpgx.domain.visit import OWN, Asked, Banner, Reading
from smartpgx.fhir.client import Record
from smartpgx.fhir.gather import Allows, Step, gather
from smartpgx.fhir.recorded import recorded
from smartpgx.fhir.write_back import ability
from smartpgx.settings import SiteCodes
from smartpgx.wording import record as words

if TYPE_CHECKING:
    from smartpgx.knowledge.release import Knowledge

Read = Callable[[Sequence[dict[str, Any]], str], Chart]
Assess = Callable[[Chart, date], Consultation]


class Reasoning(Struct, frozen=True, kw_only=True):
    """How resources become a chart, and a chart advice. ``release`` names the knowledge behind it."""

    read: Read
    assess: Assess
    release: str = ""


def reasoning(knowledge: Knowledge, scope: Scope | None = None) -> Reasoning:
    """The product's own readers and rules over one knowledge release."""
    from smartpgx.fhir.read.chart import read_chart
    from smartpgx.rules.assess import assess

    return Reasoning(
        read=lambda resources, patient: read_chart(resources, knowledge, patient=patient),
        assess=lambda chart, today: assess(chart, knowledge, scope or Scope(), today),
        release=str(knowledge.manifest.release),
    )


def consult(
    record: Record,
    patient: str,
    site: SiteCodes,
    allows: Allows,
    how: Reasoning,
    *,
    step: Step = lambda _: None,
    now: Callable[[], float] = time.time,
) -> Reading:
    """Read one patient's record and answer. What could not be read is named and the rest goes on.

    Raises what ``gather`` raises: without the Patient there is no advice.
    """
    gathered = gather(record, patient, site, allows, lambda resources: _consent(how.read(resources, patient)), step)
    resources = gathered.resources
    person = next(r for r in resources if r.get("resourceType") == "Patient")
    step("assessing")
    at = now()
    consultation = how.assess(how.read(resources, patient), datetime.fromtimestamp(at, UTC).date())
    return Reading(
        consultation=consultation,
        banner=banner(person),
        asked=tuple(gathered.asked),
        gaps=tuple(_gap(a) for a in gathered.asked if a.outcome not in ("complete", "withheld") and a.what not in OWN),
        abilities=gathered.abilities,
        received=len(resources),
        recorded=recorded(resources, consultation, record.base, lambda kind: ability(gathered.abilities, allows, kind).create),
        read_at=at,
    )


def banner(person: Mapping[str, Any]) -> Banner:
    """Name, birth date, gender and labelled identifiers of a Patient, as far as they can be shown."""
    names = [n for n in person.get("name") or () if isinstance(n, dict)]
    name = next((n for n in names if n.get("use") == "official"), names[0] if names else {})
    given = " ".join(str(g) for g in name.get("given") or () if g)
    family = str(name["family"]) if name.get("family") else ""
    shown = ", ".join(p for p in (family.upper(), given) if p) or str(name.get("text") or "")
    identifiers = []
    for one in person.get("identifier") or ():
        if isinstance(one, dict) and one.get("value"):
            kind = one.get("type")
            kind = kind if isinstance(kind, dict) else {}
            codes = [c for c in kind.get("coding") or () if isinstance(c, dict)]
            label = kind.get("text") or next((c.get("display") or c.get("code") for c in codes), None) or "Identifier"
            identifiers.append((str(label), str(one["value"])))
    born, gender = person.get("birthDate"), person.get("gender")
    return Banner(
        name=shown or None,
        birth_date=born if isinstance(born, str) else None,
        gender=gender if isinstance(gender, str) else None,
        identifiers=tuple(identifiers[:3]),
        deceased=bool(person.get("deceasedBoolean") or person.get("deceasedDateTime")),
    )


def _consent(chart: Chart) -> Consented:
    return chart.consent.genetic


def _gap(asked: Asked) -> Gap:
    return Gap(wanted=words.subject(asked.what), because=asked.outcome, message=words.not_seen(asked))
