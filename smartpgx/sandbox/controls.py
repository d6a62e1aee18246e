"""Addresses for tests: set faults, launch without the page, read the request log, start over. Off unless asked for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from smartpgx.errors import SettingsError
from smartpgx.sandbox import scenarios
from smartpgx.sandbox.ehr.pages import launch_address
from smartpgx.sandbox.state import current

controls = Blueprint("controls", __name__, url_prefix="/controls")


@controls.errorhandler(SettingsError)
def unknown_scenario(error: SettingsError) -> tuple[Response, int]:
    """400 with the sentence of the error."""
    return jsonify(error=error.message), 400


@controls.post("/faults")
def set_faults() -> Response:
    """``{"scenarios": [...]}`` for every caller, until set again."""
    current().faults = scenarios.checked(_sent().get("scenarios", []))
    return jsonify(scenarios=sorted(current().faults))


@controls.post("/launches")
def open_launch() -> Response:
    """``{"patient", "client_id"?, "scenarios"?, "embedded"?}`` -> ``{"launch", "iss", "url"}``."""
    sandbox, sent = current(), _sent()
    client = sandbox.client(sent.get("client_id"))
    faults = scenarios.checked(sent.get("scenarios", []))
    opened = sandbox.open_launch(client, sent["patient"], faults, embedded=bool(sent.get("embedded")))
    return jsonify(launch=opened, iss=sandbox.config.fhir_base, url=launch_address(sandbox, client.launch_uri, opened))


@controls.get("/requests")
def request_log() -> Response:
    """Requests since the start or the last reset: method, path, query, status. No tokens."""
    return jsonify(list(current().log))


@controls.post("/expire")
def expire() -> Response:
    """End every access token now; refresh tokens stay."""
    for token in current().authorization.memory.access_tokens.values():
        token.expires_at = 0
    return jsonify(done=True)


@controls.post("/reset")
def reset() -> Response:
    """The seeded record again."""
    current().reset()
    return jsonify(done=True)


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}
