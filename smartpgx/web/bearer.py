"""A visit's right to read the record, renewed when it ends, for all threads and workers at once."""

from __future__ import annotations

import time

from msgspec import structs

from smartpgx.domain.visit import Tokens, Visit
from smartpgx.errors import LaunchRefused, TokenExpired
from smartpgx.fhir.client import Record
from smartpgx.fhir.connection import Bearer, Connection, NoSignIn
from smartpgx.smart import scopes, tokens
from smartpgx.web.state import State


class VisitBearer:
    """The access token of one visit. Renewal happens once, whoever notices first."""

    def __init__(self, state: State, visit: Visit, held: Tokens) -> None:
        self._state, self._visit, self._tokens = state, visit, held

    def token(self) -> str:
        """The token as last known here."""
        return self._tokens.access_token

    def renew(self, spent: str) -> str:
        """Newer than ``spent``: another thread's, another worker's, or a new one. Raises TokenExpired, PatientChanged."""
        store = self._state.store
        with store.exclusively(f"refresh/{self._visit.id}"):
            visit = store.again(self._visit.id)
            held = visit.tokens or self._tokens
            if held.access_token == spent:
                held = self._ask(held)
                store.save(structs.replace(visit, tokens=held))
        self._tokens = held
        return held.access_token

    def ready_to_write(self) -> None:
        """A write is never repeated, so a token about to end is renewed before it."""
        if tokens.expired(self._tokens) and self._tokens.refresh_token:
            self.renew(self._tokens.access_token)

    def _ask(self, held: Tokens) -> Tokens:
        issuer = self._state.issuer_of(self._visit)
        if issuer is None:
            raise TokenExpired("the EHR of this visit is no longer on the list of this app")
        try:
            endpoints = self._state.discovery.endpoints(issuer)
        except LaunchRefused as problem:
            raise TokenExpired(f"the sign-in has ended and could not be renewed: {problem.message}") from None
        return tokens.renew(issuer, endpoints, held, self._visit.patient, self._state.settings.redirect_uri, time.time())


def record_of(state: State, visit: Visit) -> Record:
    """The record this visit may see."""
    bearer: Bearer = VisitBearer(state, visit, visit.tokens) if visit.tokens else NoSignIn()
    return Record(Connection(visit.base, bearer))


def allows(visit: Visit, resource: str, right: str) -> bool:
    """Whether the visit's granted scopes give a right; everything on a server without sign-in."""
    return visit.tokens is None or scopes.allows(visit.tokens.scopes, resource, right)
