"""Tasks in which the laboratory recommends something about a medicine."""

from __future__ import annotations

from smartpgx.domain.chart import LabImplication
from smartpgx.fhir.read.elements import codings, day, object_, words
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.gate import Reading
from smartpgx.fhir.read.references import Entry

_ADVICE = frozenset({"LA26421-0", "LA26422-8", "LA26423-6"})


def read(entry: Entry, reading: Reading, findings: Findings) -> None:
    """The laboratory's own advice, for the medicine of the implication it rests on; other Tasks are out of scope."""
    if not any(coding.code in _ADVICE for coding in codings(entry.resource.get("code"))):
        return
    advice = words(entry.resource.get("code"))
    reason = reading.record.find(object_(entry.resource.get("reasonReference")), entry)
    rests_on = [each for each in findings.lab_implications if reason is not None and reason.reference in each.source]
    if not rests_on:
        reading.ledger.gap(
            entry,
            "the laboratory's advice",
            "incomplete",
            "This recommendation of the laboratory does not say about which medicine.",
        )
        return
    date = day(entry.resource.get("authoredOn"))
    findings.lab_implications.append(
        LabImplication(drug=rests_on[0].drug, implication=advice, source=(entry.reference,), date=date)
    )
