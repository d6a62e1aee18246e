"""The factory: everything the app needs is handed in, or read from the environment."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_wtf import CSRFProtect

from smartpgx import settings as configuration
from smartpgx.consult import Reasoning
from smartpgx.knowledge.release import Knowledge
from smartpgx.places import place
from smartpgx.settings import Settings
from smartpgx.smart.discovery import Discovery
from smartpgx.smart.issuers import AllowList
from smartpgx.store.keys import key_for
from smartpgx.store.visits import VisitStore, in_files
from smartpgx.web import cancelling, failures, headers, launching, logs, open_server, visiting, writing
from smartpgx.web.state import State, lazily

COOKIE = "smartpgx"


def create_app(
    settings: Settings | None = None, store: VisitStore | None = None, knowledge: Knowledge | Reasoning | None = None
) -> Flask:
    """The app. Without arguments settings come from launch.json and the environment; raises SettingsError at once.

    ``knowledge`` may be a loaded release, or (in tests) a Reasoning that stands for readers and rules.
    """
    settings = settings or configuration.load()
    key = key_for(settings.secret_key, settings.store_dir)
    app = Flask("smartpgx.web", template_folder=str(place("templates")), static_folder=str(place("static")))
    app.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_COOKIE_SAMESITE="Lax" if settings.plain_http else "None",
        SESSION_COOKIE_PARTITIONED=not settings.plain_http,
        PERMANENT_SESSION_LIFETIME=timedelta(days=1),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the Origin check of web.writing is stricter and works in frames
        MAX_CONTENT_LENGTH=100_000,
    )
    CSRFProtect(app)
    app.extensions["smartpgx"] = State(
        settings=settings,
        allow_list=AllowList(settings.issuers),
        discovery=Discovery(),
        store=store or in_files(settings.store_dir, key),
        reasoning=lazily(knowledge, settings.knowledge_dir),
    )
    logs.install(app)
    headers.install(app)
    failures.install(app)
    for blueprint in (launching.pages, visiting.pages, writing.pages, cancelling.pages):
        app.register_blueprint(blueprint)
    if settings.open_server:
        app.register_blueprint(open_server.pages)
    return app
