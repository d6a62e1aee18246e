"""DiagnosticReports and documents: what they hold that no Observation says, and results of theirs that were not received."""

from __future__ import annotations

import re

from smartpgx.fhir.read.elements import all_words, codings, objects, text, words
from smartpgx.fhir.read.gate import Reading, is_own_output
from smartpgx.fhir.read.references import Entry, contained

_GENETIC_CODES = frozenset({"51969-4", "81247-9", "55233-1", "55232-3", "53039-4", "94076-7"})
_GENETIC = re.compile(
    r"pharmacogen|genetic|genomic|\bpgx\b|\bhla\b|sequencing|\bexome\b|mutation|molecular|tumou?r profil|genotyp|"
    r"\bcyp2|\bgene\b|hereditary",
    re.IGNORECASE,
)
_MICROBIOLOGY = re.compile(r"microbio|culture|susceptib|resistance|\bhiv\b|mycobact|tubercul", re.IGNORECASE)


def is_genetic(entry: Entry) -> bool:
    """Whether a report or document is about genetics: by code, category or name."""
    resource = entry.resource
    concepts = [*objects(resource.get("code")), *objects(resource.get("category")), *objects(resource.get("type"))]
    for coding in (each for concept in concepts for each in codings(concept)):
        if coding.code in _GENETIC_CODES or (coding.code == "GE" and "0074" in coding.system):
            return True
    return any(_GENETIC.search(said) for concept in concepts for said in all_words(concept)) or bool(
        _GENETIC.search(text(resource.get("description")))
    )


def read(entry: Entry, reading: Reading) -> None:
    """One admitted report: nothing structured is a gap; a result that was not received is a gap."""
    resource = entry.resource
    genetic = is_genetic(entry)
    relevant = genetic or any(_MICROBIOLOGY.search(said) for said in all_words(resource.get("code")))
    results = list(reading.record.named(resource.get("result"), entry))
    missing = [name for found, name in results if found is None]
    named = words(resource.get("code")) or "a report"
    observations = any(inner.kind == "Observation" for inner in contained(entry))
    if missing and relevant:
        reading.ledger.gap(entry, named, "not_received", f"{len(missing)} results of this report were not received.")
    elif relevant and not results and not observations:
        form = (
            "as a document only"
            if objects(resource.get("presentedForm"))
            else "in words only"
            if text(resource.get("conclusion"))
            else "without results"
        )
        reading.ledger.gap(entry, named, "nothing_structured", f"This report was received {form}; open it in the record.")
    elif relevant:
        reading.ledger.use(entry.reference)


def read_document(entry: Entry, reading: Reading) -> None:
    """A DocumentReference about genetics: its content is not read."""
    if is_genetic(entry) and not is_own_output(entry.resource):
        reading.ledger.gap(
            entry,
            words(entry.resource.get("type")) or "a document",
            "nothing_structured",
            "A genetic document is on file and was not read; open it in the record.",
        )
