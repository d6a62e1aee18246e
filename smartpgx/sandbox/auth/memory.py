"""What the authorization server remembers: launches, codes, authorizations and their tokens. In memory, lost at the end."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LaunchContext:
    """What a launch is about: ``patient`` and ``user`` are ids, ``embedded`` tells that the EHR shows the patient banner."""

    patient: str | None
    user: str
    scenarios: frozenset[str] = frozenset()
    embedded: bool = False


@dataclass(frozen=True)
class LaunchTicket:
    """An EHR launch: the opaque ``launch`` value stands for this, for one client, once."""

    client_id: str
    context: LaunchContext
    expires_at: float


@dataclass
class Authorization:
    """One consent: every code, access and refresh token of one launch belongs to it."""

    client_id: str
    context: LaunchContext
    scope: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    revoked: bool = False
    seen: Counter[str] = field(default_factory=Counter)


@dataclass
class AuthorizationCode:
    """An issued code, in the shape Authlib asks for."""

    authorization: Authorization
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    nonce: str | None
    auth_time: int
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.authorization.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Token:
    """An access or refresh token. ``first`` marks those of the code exchange; ``used`` a refresh token already rotated."""

    authorization: Authorization
    scope: str
    expires_at: float
    first: bool = True
    used: bool = False

    def check_client(self, client: Any) -> bool:
        return bool(client.get_client_id() == self.authorization.client_id)

    def get_scope(self) -> str:
        return self.scope


class AuthorizationMemory:
    """Launch tickets, codes and tokens by their opaque text; each text has 256 random bits."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.launches: dict[str, LaunchTicket] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.spent_codes: dict[str, Authorization] = {}
        self.access_tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, Token] = {}
        self.nonces: set[tuple[str, str]] = set()
        self.assertions: set[tuple[str, str]] = set()

    def open_launch(self, client_id: str, context: LaunchContext, seconds: int) -> str:
        """A new opaque ``launch`` value."""
        launch = secrets.token_urlsafe(32)
        self.launches[launch] = LaunchTicket(client_id, context, self.clock() + seconds)
        return launch

    def launch(self, launch: str, client_id: str) -> LaunchTicket | None:
        """The ticket, while it is unused, in time and this client's."""
        ticket = self.launches.get(launch)
        return ticket if ticket and ticket.client_id == client_id and self.clock() < ticket.expires_at else None

    def take_code(self, code: str, client_id: str) -> AuthorizationCode | None:
        """The code, taken out for good by any attempt. A second attempt revokes what the first one brought (RFC 6749 4.1.2)."""
        if code in self.spent_codes:
            self.spent_codes[code].revoked = True
            return None
        found = self.codes.pop(code, None)
        if found is None:
            return None
        self.spent_codes[code] = found.authorization
        right = found.authorization.client_id == client_id and self.clock() < found.expires_at
        return found if right else None

    def live_refresh(self, text: str) -> Token | None:
        """A refresh token not yet rotated. One that was rotated and comes again revokes the whole authorization."""
        token = self.refresh_tokens.get(text)
        if token is None or token.authorization.revoked:
            return None
        if token.used:
            token.authorization.revoked = True
            return None
        return token

    def live_access(self, text: str) -> Token | None:
        """An access token in time and not revoked."""
        token = self.access_tokens.get(text)
        return token if token and not token.authorization.revoked and self.clock() < token.expires_at else None
