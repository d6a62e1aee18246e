"""One launch: who opened the app, for whom, with what rights, and what was read for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from smartpgx.domain.advice import Consultation
from smartpgx.domain.chart import Gap

Epoch = float
"""Seconds since 1970, UTC."""


class Tokens(Struct, frozen=True, kw_only=True):
    """What the authorization server gave. Never leaves the server; ``scopes`` are those granted."""

    access_token: str
    expires_at: Epoch
    refresh_token: str | None = None
    scopes: tuple[str, ...] = ()


class Visit(Struct, frozen=True, kw_only=True):
    """One launch. ``id`` stands in the path; ``browser`` is the value only the browser that launched can show.

    ``issuer`` is the EHR's canonical address, ``base`` its FHIR base as registered. ``user`` is the signed-in
    person's reference (``Practitioner/1``), None where no id_token proved it. ``tokens`` None: a server without
    sign-in. ``asked_scopes`` are compared with ``tokens.scopes``.
    """

    id: str
    browser: str
    issuer: str
    issuer_name: str
    base: str
    patient: str
    user: str | None = None
    user_name: str | None = None
    encounter: str | None = None
    tokens: Tokens | None = None
    asked_scopes: tuple[str, ...] = ()
    need_patient_banner: bool = True
    intent: str | None = None
    created: Epoch
    expires: Epoch


AskedOutcome = Literal[
    "complete", "incomplete", "not_granted", "not_offered", "withheld", "held_back", "denied", "unreachable", "busy",
    "garbled", "refused", "not_found",
]  # fmt: skip
"""``not_granted``: the scope was not given; ``not_offered``: the server does not know the type; ``withheld``: the
patient's consent forbids; ``held_back``: consent could not be read, so nothing genetic was asked for."""


class Asked(Struct, frozen=True, kw_only=True):
    """One question to the record: what, within which bound, and what came of it. Worded in ``wording.record``.

    ``what`` is a key of the search plan; ``bound`` says the limits (codes, pages, counts) as parameters of the sentence;
    ``dropped`` names the parameters the server refused; ``quirks`` the rows of ``fhir.dialects`` that were met.
    """

    what: str
    resource: str
    bound: Mapping[str, str | int] = field(default_factory=dict)
    outcome: AskedOutcome
    received: int = 0
    reason: str | None = None
    dropped: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()


class Abilities(Struct, frozen=True, kw_only=True):
    """What a FHIR server says it can do, from its CapabilityStatement, by resource type.

    ``known`` false: it could not be read, so nothing is excluded and nothing is promised.
    """

    known: bool = False
    software: str | None = None
    fhir_version: str | None = None
    interactions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    includes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    conditional_create: frozenset[str] = frozenset()


class Banner(Struct, frozen=True, kw_only=True):
    """Whom the page is about, as the record names them; shown, never reasoned with."""

    name: str | None = None
    birth_date: str | None = None
    gender: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    deceased: bool = False


class Recorded(Struct, frozen=True, kw_only=True):
    """A DetectedIssue of ours as it stood in the record when it was read. Never evidence.

    ``value`` is that of our identifier, ``identified`` its identifiedDateTime, ``text`` its code text. ``issue``: the id of
    the current issue it is the entry of; empty when it no longer holds. ``differs``: what would be written now says
    something else. ``implications``: references of the Observations of ours that it cites.
    """

    id: str
    version: str | None = None
    status: str
    value: str
    identified: str | None = None
    text: str = ""
    issue: str = ""
    differs: bool = False
    implications: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Whether the record still presents it as valid."""
        return self.status not in WITHDRAWN


class Reading(Struct, frozen=True, kw_only=True):
    """What one reading of the record gave, and all that was asked for it. ``gaps``: what could not be fetched.

    ``recorded``: what we stored earlier, as far as it could be asked for.
    """

    consultation: Consultation
    banner: Banner = Banner()
    asked: tuple[Asked, ...] = ()
    gaps: tuple[Gap, ...] = ()
    abilities: Abilities = Abilities()
    received: int = 0
    recorded: tuple[Recorded, ...] = ()
    read_at: Epoch

    @property
    def complete(self) -> bool:
        """Whether everything this record offers arrived; false forbids the words "nothing to do".

        A type the server does not offer (most have no MolecularSequence) is no unread part, but for those nothing can be
        said without. Our own entries are no evidence, so it does not depend on them.
        """
        return all(
            a.outcome in ("complete", "withheld") or (a.outcome == "not_offered" and a.resource not in INDISPENSABLE)
            for a in self.asked
            if a.what not in OWN
        )


OWN = ("own_issues", "own_implications")
"""Questions for what we stored ourselves."""
WITHDRAWN = ("entered-in-error", "cancelled")
"""Statuses of an entry that no longer counts."""
INDISPENSABLE = ("Observation", "MedicationRequest")


class StoredEntry(Struct, frozen=True, kw_only=True):
    """A resource of ours in the record, after it was read back. ``issue``: the id of the issue it belongs to."""

    resource: str
    id: str
    version: str | None = None
    did: Literal["created", "updated", "unchanged", "withdrawn", "cancelled"]
    issue: str
    address: str
    at: Epoch
