"""The Flask application of the sandbox."""

from __future__ import annotations

from flask import Flask, Response, request

from smartpgx.sandbox import places
from smartpgx.sandbox.auth.endpoints import auth
from smartpgx.sandbox.config import SandboxConfig
from smartpgx.sandbox.controls import controls
from smartpgx.sandbox.ehr.pages import ehr
from smartpgx.sandbox.record.interface import record
from smartpgx.sandbox.state import EXTENSION, Sandbox

LARGEST_BODY = 4 * 1024 * 1024


def create_sandbox(config: SandboxConfig | None = None) -> Flask:
    """A simulated EHR with its own state. Raises SettingsError where templates or fixtures cannot be read."""
    sandbox = Sandbox(config or SandboxConfig())
    app = Flask("smartpgx.sandbox", template_folder=str(places.place("templates")), static_folder=str(places.place("static")))
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions[EXTENSION] = sandbox
    for blueprint in (auth, record, ehr, *((controls,) if sandbox.config.controls else ())):
        app.register_blueprint(blueprint)
    policy = _content_policy(sandbox.config)

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        if not request.path.startswith("/controls"):
            row = {"method": request.method, "path": request.path, "query": request.query_string.decode(errors="replace")}
            sandbox.log.append({**row, "authorized": "Authorization" in request.headers, "status": response.status_code})
        return response

    return app


def _content_policy(config: SandboxConfig) -> str:
    """Own styles and the apps' frames only. Forms may lead to the apps, because a launch is a redirected form."""
    apps = " ".join(sorted({client.origin for client in config.clients}))
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {apps}; frame-src 'self' {apps}; "
        "frame-ancestors 'self'; base-uri 'none'"
    )
