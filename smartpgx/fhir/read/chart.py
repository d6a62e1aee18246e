"""All resources of one patient -> the chart. Content never raises: it becomes a fact, a gap, an exclusion, or out of scope."""

from __future__ import annotations

from collections.abc import Sequence

from smartpgx.domain.chart import Allergy, Chart, Condition, Consent, Medication, Tumour
from smartpgx.fhir.read import conditions, consent, cultures, join, medications, patient, reports, sequences
from smartpgx.fhir.read.elements import Json, object_, objects, text
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.gate import Reading, admitted, is_own_output, refused_by_modifier, specimen_of_other
from smartpgx.fhir.read.identity import choose, why_not_mine
from smartpgx.fhir.read.ledger import Ledger
from smartpgx.fhir.read.observations import dispatch, tasks
from smartpgx.fhir.read.references import Entry, Record
from smartpgx.fhir.read.tables import tables
from smartpgx.knowledge.release import Knowledge

MEDICATION_KINDS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
_SEQUENCE_KINDS = ("MolecularSequence", "Sequence")
_READ = frozenset({
    "Patient", "Consent", "Observation", "DiagnosticReport", "DocumentReference", "Condition", "Procedure",
    "AllergyIntolerance", "Specimen", "Medication",
    "Task", "OperationOutcome", "Entry", *MEDICATION_KINDS, *_SEQUENCE_KINDS,
})  # fmt: skip
_UNREADABLE = frozenset({"GenomicStudy", "MolecularDefinition", "MedicationUsage", "Unknown"})


def read_chart(resources: Sequence[Json], knowledge: Knowledge, *, patient: str | None = None) -> Chart:
    """Reads plain JSON resources of one patient (as ``bundle.unwrap`` gives them).

    ``patient``: id, needed only where the resources hold several Patients. Raises PatientUnclear, and nothing else.
    """
    record = Record(resources, getattr(resources, "urls", ()), modified=getattr(resources, "modified", True))
    person = choose(record, patient)
    reading = Reading(record, tables(knowledge), Ledger(), person)
    if getattr(resources, "incomplete", False):
        reading.ledger.gap(
            (), "further results", "not_received", "The server has further pages of results that were not received."
        )
    return _Reader(reading).chart()


class _Reader:
    """Reads in the order things depend on each other: consent first, organisms before their results, joins last."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.record = reading.record
        self.ledger = reading.ledger
        self.findings = Findings()
        self.conditions: list[Condition] = []
        self.tumours: list[Tumour] = []
        self.allergies: list[Allergy] = []
        self.medications: list[Medication] = []

    def chart(self) -> Chart:
        consented = consent.read(self.record.of("Consent"), self.reading)
        self._patients()
        self._answers()
        self._reports(consented)
        observations = self._admitted_observations(consented)
        for entry, kind in observations:
            dispatch.read(entry, kind, self.reading, self.findings)
        self._sequences(consented)
        self._clinical()
        for entry in self.record.of("Task"):
            if entry.container is None and consented.genetic != "deny" and admitted(entry, self.reading):
                tasks.read(entry, self.reading, self.findings)
        self._others()
        return self._assembled(consented)

    def _patients(self) -> None:
        for entry in self.record.of("Patient"):
            if entry.container is None:
                if entry.reference == self.reading.person.reference:
                    self.ledger.use(entry.reference)
                else:
                    self.ledger.exclude(entry, "other_patient")

    def _answers(self) -> None:
        """What a server said instead of a resource."""
        for entry in self.record.of("Entry"):
            self.ledger.gap(entry, "a resource", "not_received", "The Bundle has an entry without a resource.")
        for entry in self.record.of("OperationOutcome"):
            grave = any(
                text(issue.get("severity")) in ("fatal", "error", "warning") for issue in objects(entry.resource.get("issue"))
            )
            if grave and entry.container is None:
                self.ledger.gap(
                    entry,
                    "results of a search",
                    "refused_by_server",
                    "The server reported a problem instead of results; something may be missing.",
                )

    # --- results -----------------------------------------------------------------------------------------------------

    def _reports(self, consented: Consent) -> None:
        for entry in self.record.of("DiagnosticReport"):
            if entry.container is None and admitted(entry, self.reading, result=True):
                if consented.genetic == "deny" and reports.is_genetic(entry):
                    self.ledger.exclude(entry, "withheld")
                else:
                    reports.read(entry, self.reading)
        for entry in self.record.of("DocumentReference"):
            if entry.container is None and admitted(entry, self.reading):
                if consented.genetic == "deny" and reports.is_genetic(entry):
                    self.ledger.exclude(entry, "withheld")
                else:
                    reports.read_document(entry, self.reading)

    def _admitted_observations(self, consented: Consent) -> list[tuple[Entry, str]]:
        """Observations to be read with their kinds: organisms first, so that results know what they belong to."""
        found: list[tuple[Entry, str]] = []
        for entry in self.record.of("Observation"):
            if entry.container is not None and self.ledger.is_excluded(entry.container.reference):
                continue
            if not admitted(entry, self.reading, result=True):
                continue
            kind = dispatch.kind_of(entry.resource)
            if kind is None:
                continue
            if kind in dispatch.GENETIC and consented.genetic == "deny" and not self._of_pathogen(entry):
                self.ledger.exclude(entry, "withheld")
                continue
            if kind == "organism":
                specimens = {name for _, name in self.record.named(entry.resource.get("specimen"), entry)}
                self.findings.cultures.specimens |= specimens
            found.append((entry, kind))
        return sorted(found, key=lambda each: each[1] != "organism")

    def _of_pathogen(self, entry: Entry) -> bool:
        """Whether a result with a genetic code is a pathogen's: then consent on the patient's genes does not concern it."""
        cultured = {
            name
            for other in self.record.of("Observation")
            if dispatch.kind_of(other.resource) == "organism"
            for _, name in self.record.named(other.resource.get("specimen"), other)
        }
        return any(name in cultured for _, name in self.record.named(entry.resource.get("specimen"), entry))

    def _sequences(self, consented: Consent) -> None:
        supported = self._supported_sequences()
        for entry in self.record.of(*_SEQUENCE_KINDS):
            if entry.container is not None or not self._sequence_admitted(entry, supported):
                continue
            if consented.genetic == "deny" and not sequences.is_pathogen(entry, self.findings, self.reading):
                self.ledger.exclude(entry, "withheld")
                continue
            sequences.read(entry, self.reading, self.findings)

    def _supported_sequences(self) -> dict[str, bool]:
        """Sequence -> whether an Observation that may be read is derived from it (False: only withdrawn ones are)."""
        found: dict[str, bool] = {}
        for entry in self.record.of("Observation"):
            for _, name in self.record.named(entry.resource.get("derivedFrom"), entry):
                if name.startswith(tuple(f"{kind}/" for kind in _SEQUENCE_KINDS)):
                    found[name] = found.get(name, False) or not self.ledger.is_excluded(entry.reference)
        return found

    def _sequence_admitted(self, entry: Entry, supported: dict[str, bool]) -> bool:
        """A sequence has no status: it is withdrawn with the Observations derived from it; they may also say whose it is."""
        if (
            supported.get(entry.reference) is False
            and why_not_mine(entry, self.record, self.reading.person) is None
            and self._withdrawn(entry)
        ):
            self.ledger.exclude(entry, "entered_in_error")
            return False
        if (
            not object_(entry.resource.get("patient"))
            and not object_(entry.resource.get("subject"))
            and self._is_mine(entry, supported)
        ):
            return not refused_by_modifier(entry, self.reading)
        if not admitted(entry, self.reading):
            return False
        if specimen_of_other(entry, self.reading):
            self.ledger.exclude(entry, "other_subject")
            return False
        return True

    def _withdrawn(self, entry: Entry) -> bool:
        statuses = {
            text(other.resource.get("status"))
            for other in self.record.of("Observation")
            for _, name in self.record.named(other.resource.get("derivedFrom"), other)
            if name == entry.reference
        }
        return bool(statuses) and statuses <= {"entered-in-error", "cancelled"}

    def _is_mine(self, entry: Entry, supported: dict[str, bool]) -> bool:
        if supported.get(entry.reference):
            return True
        specimens = [found for found, _ in self.record.named(entry.resource.get("specimen"), entry) if found]
        return any(why_not_mine(each, self.record, self.reading.person) is None for each in specimens)

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _clinical(self) -> None:
        for entry in self.record.of("Condition"):
            if entry.container is None:
                condition, tumour, transplant = conditions.read_condition(entry, self.reading)
                self.conditions += [condition] if condition else []
                self.tumours += [tumour] if tumour else []
                self.findings.measurements += [transplant] if transplant else []
        for entry in self.record.of("Procedure"):
            if entry.container is None and (transplant := conditions.read_procedure(entry, self.reading)):
                self.findings.measurements.append(transplant)
        for entry in self.record.of("AllergyIntolerance"):
            if entry.container is None and (allergy := conditions.read_allergy(entry, self.reading)):
                self.allergies.append(allergy)
        for entry in self.record.of(*MEDICATION_KINDS):
            if entry.container is None and (medication := medications.read(entry, self.reading)):
                self.medications.append(medication)

    def _others(self) -> None:
        """Types that no reader knows: excluded when not the patient's, a gap when they may matter, else out of scope."""
        for kind, entries in self.record.by_kind.items():
            if kind in _READ:
                continue
            for entry in entries:
                if entry.container is None:
                    self._other(entry, kind)

    def _other(self, entry: Entry, kind: str) -> None:
        resource = entry.resource
        if is_own_output(resource):
            self.ledger.exclude(entry, "own_output")
            return
        if text(resource.get("status")) == "entered-in-error":
            self.ledger.exclude(entry, "entered_in_error")
            return
        pointed = object_(resource.get("subject")) or object_(resource.get("patient"))
        if pointed and (reason := why_not_mine(entry, self.record, self.reading.person)) in ("other_patient",):
            self.ledger.exclude(entry, str(reason))
        elif kind in _UNREADABLE:
            self.ledger.gap(entry, kind, "unsupported", f"A resource of type {kind} was received and is not read.")

    def _assembled(self, consented: Consent) -> Chart:
        findings, reading, ledger = self.findings, self.reading, self.ledger
        isolates, measured = cultures.join(findings.cultures, reading)
        found, phase = join.variants(findings, reading)
        reported, conflicts = join.genotypes(findings, reading)
        join.tell_contradictions(found, findings, reading)
        reference_calls, absent = join.calls(findings.reference_calls), join.calls(findings.tested_absent)
        lists = (
            found,
            findings.local_variants,
            reference_calls,
            absent,
            findings.structural,
            reported,
            findings.phenotypes,
            findings.hla,
            phase,
            findings.biomarkers,
            self.tumours,
            isolates,
            findings.lab_implications,
            findings.measurements,
        )
        for facts in lists:
            ledger.use_facts(facts)
        ledger.use(
            *(isolate.specimen for isolate in isolates if isolate.specimen), *(each.specimen for each in found if each.specimen)
        )
        return Chart(
            patient=patient.read(reading.person),
            variants=found,
            local_variants=tuple(findings.local_variants),
            reference_calls=reference_calls,
            tested_absent=absent,
            structural=tuple(findings.structural),
            genotypes=reported,
            genotypes_conflict=conflicts,
            phenotypes=tuple(findings.phenotypes),
            hla=tuple(findings.hla),
            phase=phase or "unknown",
            biomarkers=tuple(findings.biomarkers),
            tumours=tuple(self.tumours),
            isolates=isolates,
            susceptibility=measured,
            lab_implications=tuple(findings.lab_implications),
            medications=tuple(self.medications),
            allergies=tuple(self.allergies),
            conditions=tuple(self.conditions),
            measurements=tuple(findings.measurements),
            consent=consented,
            excluded=tuple(ledger.excluded),
            accounted=ledger.accounted(self.record),
            gaps=tuple(ledger.gaps),
        )
