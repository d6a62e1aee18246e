"""FHIR answers: JSON with ETag, Last-Modified, Location; Prefer obeyed."""

from __future__ import annotations

import json
from datetime import datetime

from flask import Request, Response
from werkzeug.http import http_date

from smartpgx.sandbox.record.outcome import Fault, FhirError, Json, outcome

CONTENT_TYPE = "application/fhir+json"


def plain(document: Json, status: int = 200) -> Response:
    """Any FHIR document."""
    return Response(json.dumps(document, ensure_ascii=False), status, content_type=CONTENT_TYPE)


def failure(error: FhirError) -> Response:
    """The OperationOutcome of an error with its headers."""
    response = plain(error.outcome(), error.status)
    response.headers.update(error.headers)
    return response


def versioned(resource: Json, status: int = 200) -> Response:
    """A resource with ETag and Last-Modified."""
    return _stamped(plain(resource, status), resource)


def unchanged(resource: Json) -> Response:
    """304 for If-None-Match."""
    return _stamped(Response(status=304), resource)


def etag(resource: Json) -> str:
    """The weak ETag FHIR prescribes."""
    return f'W/"{resource["meta"]["versionId"]}"'


def written(request: Request, resource: Json, status: int, base: str) -> Response:
    """Answer to a write: Location, and the body Prefer asks for."""
    preference = request.headers.get("Prefer", "")
    if "return=minimal" in preference:
        response = Response(status=status, content_type=CONTENT_TYPE)
    elif "return=OperationOutcome" in preference:
        response = plain(outcome([Fault("informational", "Stored.")], "information"), status)
    else:
        response = plain(resource, status)
    place = f"{base}/{resource['resourceType']}/{resource['id']}/_history/{resource['meta']['versionId']}"
    response.headers["Location"] = place
    return _stamped(response, resource)


def _stamped(response: Response, resource: Json) -> Response:
    response.headers["ETag"] = etag(resource)
    response.headers["Last-Modified"] = http_date(datetime.fromisoformat(resource["meta"]["lastUpdated"]))
    return response
