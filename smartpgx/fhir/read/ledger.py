"""What became of every resource: facts, gaps and exclusions are written here, and the count adds up by construction."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.domain.chart import Excluded, Fact, Gap, Reference
from smartpgx.domain.codes import Outcome
from smartpgx.fhir.read.references import Entry, Record

_ORDER: tuple[Outcome, ...] = ("excluded", "gap", "used", "out_of_scope")


class Ledger:
    """Collects the parts of a chart while resources are read."""

    def __init__(self) -> None:
        self.gaps: list[Gap] = []
        self.excluded: list[Excluded] = []
        self._used: set[Reference] = set()
        self._gapped: set[Reference] = set()
        self._left_out: set[Reference] = set()

    def use(self, *sources: Reference) -> None:
        """Marks resources as used."""
        self._used.update(_top(source) for source in sources)

    def use_facts(self, facts: Iterable[Fact]) -> None:
        """Marks what facts came from as used."""
        for fact in facts:
            self.use(*fact.source)

    def gap(self, source: Entry | Iterable[Reference], wanted: str, because: str, message: str) -> None:
        """Something that was there and could not be used with certainty."""
        names = (source.reference,) if isinstance(source, Entry) else tuple(source)
        self._gapped.update(_top(name) for name in names)
        self.gaps.append(Gap(source=names, wanted=wanted, because=because, message=message))

    def exclude(self, entry: Entry, reason: str) -> None:
        """A resource that is not evidence about this patient, and why."""
        self._left_out.add(entry.top)
        self.excluded.append(Excluded(source=(entry.reference,), reason=reason))

    def is_excluded(self, reference: Reference) -> bool:
        return _top(reference) in self._left_out

    def outcome(self, reference: Reference) -> Outcome:
        """Excluded before gap before used before out of scope."""
        if reference in self._left_out:
            return "excluded"
        if reference in self._gapped:
            return "gap"
        return "used" if reference in self._used else "out_of_scope"

    def accounted(self, record: Record) -> dict[str, dict[Outcome, int]]:
        """Resources received by type and outcome, copies of one resource included."""
        found: dict[str, dict[Outcome, int]] = {}
        for entry in (*record.entries, *record.copies):
            counts = found.setdefault(entry.kind, {})
            outcome = self.outcome(entry.reference)
            counts[outcome] = counts.get(outcome, 0) + 1
        return {
            kind: {outcome: counts[outcome] for outcome in _ORDER if outcome in counts} for kind, counts in sorted(found.items())
        }


def _top(reference: Reference) -> Reference:
    return reference.partition("#")[0]
