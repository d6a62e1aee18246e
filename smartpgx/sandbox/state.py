"""One running sandbox: its store, its authorization server, the faults set for everyone, the log tests read."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from flask import current_app

from smartpgx.errors import SettingsError
from smartpgx.sandbox import scenarios
from smartpgx.sandbox.auth.memory import LaunchContext
from smartpgx.sandbox.auth.server import SmartAuthorizationServer
from smartpgx.sandbox.config import SandboxClient, SandboxConfig
from smartpgx.sandbox.record.outcome import Json
from smartpgx.sandbox.record.store import ResourceStore
from smartpgx.sandbox.scenarios import Scenario
from smartpgx.sandbox.search.pages import Pages
from smartpgx.sandbox.stories import CLINICIAN, Story, load

EXTENSION = "smartpgx.sandbox"
LOG_LENGTH = 2000


@dataclass
class Sandbox:
    """State of one run. ``faults`` are scenarios set for every caller, also without a token."""

    config: SandboxConfig
    store: ResourceStore = field(init=False)
    stories: tuple[Story, ...] = field(init=False)
    offered: tuple[Scenario, ...] = field(init=False)
    authorization: SmartAuthorizationServer = field(init=False)
    pages: Pages = field(init=False)
    faults: frozenset[str] = frozenset()
    log: deque[Json] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    started: str = ""
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    search_cache: dict[tuple[str, str], tuple[float, Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = datetime.fromtimestamp(self.config.clock(), UTC).isoformat(timespec="seconds")
        self.authorization = SmartAuthorizationServer(self.config)
        self.reset()

    def reset(self) -> None:
        """Back to the seeded record. Launches and tokens stay."""
        self.store = ResourceStore(self.config.clock)
        told = load(self.store, self.config.fixtures)
        self.stories, self.offered = _chosen(self.config.scenarios, told)
        self.pages = Pages(self.config.fhir_base)
        self.search_cache.clear()
        self.log.clear()
        self.faults = frozenset()

    def client(self, client_id: str | None = None) -> SandboxClient:
        """The registered app, or the first one. Raises KeyError."""
        if client_id is None:
            return self.config.clients[0]
        return {client.client_id: client for client in self.config.clients}[client_id]

    def open_launch(self, client: SandboxClient, patient: str, faults: frozenset[str], *, embedded: bool) -> str:
        """A new ``launch`` value for a patient and this client."""
        chosen = None if "no_patient" in faults else patient
        context = LaunchContext(chosen, CLINICIAN["id"], faults, embedded)
        return self.authorization.memory.open_launch(client.client_id, context, self.config.launch_seconds)


def _chosen(names: Sequence[str], told: tuple[Story, ...]) -> tuple[tuple[Story, ...], tuple[Scenario, ...]]:
    """The stories listed and the faults offered; where none of a kind is named, all of it. Raises SettingsError."""
    by_slug = {story.slug: story for story in told}
    for name in names:
        if name not in by_slug and name not in scenarios.NAMES:
            near = difflib.get_close_matches(name, [*by_slug, *scenarios.NAMES], 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SettingsError(f"sandbox.scenarios: {name!r} is neither a story of fhir_fixtures nor a fault.{hint}")
    stories = tuple(by_slug[name] for name in names if name in by_slug)
    faults = tuple(row for row in scenarios.ALL if row.name in names)
    return stories or told, faults or scenarios.ALL


def current() -> Sandbox:
    """The sandbox of the running application."""
    return cast(Sandbox, current_app.extensions[EXTENSION])
