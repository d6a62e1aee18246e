"""Reading a FHIR request: content types, bearer token, body, version headers."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Request

from smartpgx.sandbox.access import Access
from smartpgx.sandbox.definitions import resource_types
from smartpgx.sandbox.record.capability import missing_types
from smartpgx.sandbox.record.faults import strike
from smartpgx.sandbox.record.outcome import FhirError, Json
from smartpgx.sandbox.state import Sandbox

SPOKEN = ("application/fhir+json", "application/json")
CHALLENGE = 'Bearer realm="sandbox"'


def check_accept(request: Request) -> None:
    """Raises FhirError 406 where the caller takes no JSON."""
    if request.headers.get("Accept") and not any(request.accept_mimetypes[kind] for kind in SPOKEN):
        raise FhirError(406, "not-supported", "Only application/fhir+json is spoken here.")


def caller(request: Request, sandbox: Sandbox) -> Access:
    """The rights behind the bearer token. Raises FhirError 401, and what the launch's scenarios order."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        raise FhirError(401, "login", "A bearer token is required.", headers={"WWW-Authenticate": CHALLENGE})
    access = sandbox.authorization.access(token.strip())
    if access is None:
        challenge = CHALLENGE + ', error="invalid_token"'
        raise FhirError(401, "expired", "The token is unknown, expired or revoked.", headers={"WWW-Authenticate": challenge})
    live = sandbox.authorization.memory.access_tokens[token.strip()]
    strike(access.scenarios, sandbox.config.slow_seconds, live.authorization.seen)
    return access


def optional_scenarios(request: Request, sandbox: Sandbox) -> frozenset[str]:
    """Scenarios of a valid token where one is sent, without any demand."""
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    found = sandbox.authorization.memory.live_access(token.strip())
    return found.authorization.context.scenarios if found else frozenset()


def check_type(resource_type: str, scenarios: frozenset[str]) -> None:
    """Raises FhirError 404 for a type this server does not keep."""
    if resource_type not in resource_types() - missing_types(scenarios):
        raise FhirError(404, "not-supported", f"Unknown resource type {resource_type!r}.")


def body(request: Request, resource_type: str) -> Json:
    """The resource sent. Raises FhirError 415 or 400."""
    if request.mimetype not in SPOKEN:
        raise FhirError(415, "not-supported", "Content-Type has to be application/fhir+json.")
    try:
        resource: Any = json.loads(request.get_data(), parse_constant=_no_constant)
    except ValueError as error:
        raise FhirError(400, "structure", "The body is not JSON.") from error
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise FhirError(400, "structure", f"The body has to be a {resource_type}.")
    return resource


def _no_constant(name: str) -> None:
    raise ValueError(name)


def check_if_match(request: Request, current: Json) -> None:
    """Raises FhirError 412 where If-Match names another version, 400 where it cannot be read."""
    header = request.headers.get("If-Match")
    if header is None:
        return
    found = re.fullmatch(r'W/"([^"]+)"', header.strip())
    if not found:
        raise FhirError(400, "value", 'If-Match has to look like W/"1".')
    if found[1] != current["meta"]["versionId"]:
        raise FhirError(412, "conflict", f"The current version is {current['meta']['versionId']}, not {found[1]}.")
