"""What the pages of one app share: settings, the visit store, and the reasoning, loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app, g, session
from msgspec import Struct

from smartpgx.consult import Reasoning, reasoning
from smartpgx.domain.visit import Visit
from smartpgx.knowledge.release import load
from smartpgx.settings import Issuer, Settings
from smartpgx.smart.discovery import Discovery
from smartpgx.smart.issuers import AllowList
from smartpgx.store.visits import VisitStore


class State(Struct, frozen=True, kw_only=True):
    settings: Settings
    allow_list: AllowList
    discovery: Discovery
    store: VisitStore
    reasoning: Callable[[], Reasoning]

    def issuer_of(self, visit: Visit) -> Issuer | None:
        """The settings of the EHR a visit came from; None without sign-in, or when it left the list meanwhile."""
        return self.allow_list.by_form(visit.issuer)


def lazily(knowledge: Any, folder: Path | None) -> Callable[[], Reasoning]:
    """The reasoning, made once, when the first visit needs it: a worker starts fast."""

    @cache
    def made() -> Reasoning:
        if isinstance(knowledge, Reasoning):
            return knowledge
        return reasoning(knowledge if knowledge is not None else load(folder))

    return made


def state() -> State:
    """The state of the app that serves this request."""
    found: State = current_app.extensions["smartpgx"]
    return found


def open_visit(visit_id: str) -> Visit:
    """The visit in the path, for this browser only; frames of its EHR may show the answer. Raises VisitUnknown."""
    visit = state().store.open(visit_id, session.get("browser"))
    g.visit = visit
    g.frame_origins = frame_origins(state().issuer_of(visit))
    return visit


def frame_origins(issuer: Issuer | None) -> tuple[str, ...]:
    """Who may show a page of this issuer in a frame."""
    return issuer.frame_origins if issuer else ()
