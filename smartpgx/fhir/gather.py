"""Runs the search plan: six questions at a time, each accounted for, nothing genetic before consent permits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from msgspec import structs

from smartpgx.domain.codes import Consented
from smartpgx.domain.visit import Abilities, Asked
from smartpgx.fhir.capabilities import abilities_of, offers
from smartpgx.fhir.client import Found, Record, Search
from smartpgx.fhir.connection import MAX_AT_ONCE
from smartpgx.fhir.recorded import cited_by_ours, is_own_implication
from smartpgx.fhir.search_plan import FOLLOW_DEPTH, FOLLOW_LIMIT, first_wave, second_wave, to_follow, withheld
from smartpgx.settings import SiteCodes

Allows = Callable[[str, str], bool]
"""Whether the granted scopes give a right (``r``, ``s``) on a resource type."""
ConsentOf = Callable[[Sequence[dict[str, Any]]], Consented]
"""Reads the consents of the first wave."""
Step = Callable[[str], None]
"""Told what begins: ``patient``, ``first``, ``second``, ``following``."""


class Gathered:
    """All that arrived, by type and id, and the account of every question."""

    def __init__(self, abilities: Abilities) -> None:
        self.abilities = abilities
        self.asked: list[Asked] = []
        self._resources: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def resources(self) -> list[dict[str, Any]]:
        return list(self._resources.values())

    def keys(self) -> Iterable[tuple[str, str]]:
        """Type and id of all that arrived."""
        return self._resources.keys()

    def take(self, found: Iterable[Found]) -> None:
        """Add resources (each once) and accounts."""
        for one in found:
            self.asked.append(one.asked)
            self.add(one.resources)

    def add(self, resources: Iterable[dict[str, Any]]) -> None:
        for resource in resources:
            key = (str(resource.get("resourceType")), str(resource.get("id") or f"no-id-{len(self._resources)}"))
            self._resources.setdefault(key, resource)


def gather(
    record: Record, patient: str, site: SiteCodes, allows: Allows, consent_of: ConsentOf, step: Step = lambda _: None
) -> Gathered:
    """Everything the plan asks for about one patient. A question that fails is accounted for and the rest goes on.

    Raises RecordError or TokenExpired where not even the Patient could be read (without a name on the page there is no
    advice), and PatientChanged: every other trouble stands in ``asked``.
    """
    step("patient")
    person = record.read("Patient", patient).body or {}
    gathered = Gathered(abilities_of(record))
    with ThreadPoolExecutor(MAX_AT_ONCE) as pool:
        ask = _Asking(record, gathered, allows, pool)
        asked = Asked(what="patient", resource="Patient", outcome="complete", received=1)
        gathered.take([Found(resources=(person,), asked=asked)])
        step("first")
        ask.all(first_wave(patient, gathered.abilities))
        ask.follow(("MedicationRequest", "MedicationStatement"))
        outcome = _consented(gathered, consent_of)
        step("second")
        if outcome is not None:
            gathered.take(_left_out(withheld(patient, site), outcome))
        ask.all(second_wave(patient, site, genetics=outcome is None))
        step("following")
        ask.follow()
        ask.own(patient)
    return gathered


class _Asking:
    def __init__(self, record: Record, gathered: Gathered, allows: Allows, pool: ThreadPoolExecutor) -> None:
        self._record, self._gathered, self._allows, self._pool = record, gathered, allows, pool

    def all(self, searches: Sequence[Search]) -> None:
        self._gathered.take(self._pool.map(self._one, searches))

    def follow(self, only: Sequence[str] | None = None) -> None:
        """Fetch what is pointed to and not there, up to FOLLOW_DEPTH steps and FOLLOW_LIMIT resources."""
        received = missed = 0
        tried: set[tuple[str, str]] = set()
        over = False
        for _ in range(FOLLOW_DEPTH):
            sources = [r for r in self._gathered.resources if only is None or r.get("resourceType") in only]
            targets = [t for t in to_follow(sources, self._gathered.keys()) if t not in tried and self._allows(t[0], "r")]
            over = over or len(tried) + len(targets) > FOLLOW_LIMIT
            targets = targets[: FOLLOW_LIMIT - len(tried)]
            if not targets:
                break
            tried.update(targets)
            found = list(self._pool.map(lambda t: self._record.ask("followed", *t), targets))
            for one in found:
                self._gathered.add(one.resources)
                received, missed = received + len(one.resources), missed + (not one.resources)
        if tried:
            reason = "follow_limit" if over else "some_missing" if missed else None
            self._gathered.asked.append(
                Asked(
                    what="followed", resource="*", bound={"references": len(tried)}, received=received,
                    outcome="incomplete" if reason else "complete", reason=reason,
                )
            )  # fmt: skip

    def own(self, patient: str) -> None:
        """Read the Observations of ours that our own issues cite, as far as no search brought them."""
        known = set(self._gathered.keys())
        cited = [t for t in cited_by_ours(self._gathered.resources) if t not in known and self._allows(t[0], "r")]
        found = list(self._pool.map(lambda t: self._record.ask("own_implications", *t, fresh=True), cited))
        ours = [r for f in found for r in f.resources if is_own_implication(r, patient)]
        self._gathered.add(ours)
        failed = next((f.asked for f in found if f.asked.outcome not in ("complete", "not_found")), None)
        if cited:
            bound: dict[str, str | int] = {"references": len(cited)}
            self._gathered.asked.append(
                structs.replace(failed, bound=bound, received=len(ours)) if failed else
                Asked(what="own_implications", resource="Observation", bound=bound, outcome="complete", received=len(ours))
            )  # fmt: skip

    def _one(self, search: Search) -> Found:
        if offers(self._gathered.abilities, search.resource, "search-type") == "no":
            return _unasked(search, "not_offered")
        if not self._allows(search.resource, "s"):
            return _unasked(search, "not_granted")
        return self._record.search(search)


def _consented(gathered: Gathered, consent_of: ConsentOf) -> Any:
    """None where genetics may be asked for; else the outcome of all genetic questions.

    An EHR without Consent, or one that gives no right to it, keeps consents elsewhere: nothing stated. One that should
    have answered and did not leaves it open, and then nothing genetic is asked for.
    """
    consents = next(a for a in gathered.asked if a.what == "consents")
    if consents.outcome in ("not_granted", "not_offered", "not_found"):
        return None
    if consent_of(gathered.resources) == "deny":
        return "withheld"
    return None if consents.outcome == "complete" else "held_back"


def _left_out(searches: Iterable[Search], outcome: Any) -> list[Found]:
    return [_unasked(s, outcome) for s in searches]


def _unasked(search: Search, outcome: Any) -> Found:
    return Found(resources=(), asked=Asked(what=search.what, resource=search.resource, bound=search.bound, outcome=outcome))
