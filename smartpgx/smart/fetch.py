"""Bounded HTTP for everything around sign-in: short timeouts, a size cap, no redirects, JSON objects only."""

from __future__ import annotations

import json
import time
from typing import Any

import requests

from smartpgx.errors import LaunchRefused

TIMEOUT = (3.05, 10)
"""Seconds to connect and between two reads."""
WHOLE_SECONDS = 20
MAX_BYTES = 1_000_000


class NotThere(LaunchRefused):
    """The server answered that it has no such document (404, 410, 401 or 403 on a public address)."""


def json_object(url: str, what: str) -> dict[str, Any]:
    """GET a public JSON object. Raises NotThere or LaunchRefused; ``what`` names it in the message, never the address."""
    try:
        with requests.get(
            url, headers={"Accept": "application/json"}, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code in (401, 403, 404, 410):
                raise NotThere(f"the EHR has no {what}")
            if answer.status_code != 200:
                raise LaunchRefused(f"the EHR answered {answer.status_code} when asked for its {what}")
            return parsed(bounded(answer, what), what)
    except requests.RequestException as problem:
        raise LaunchRefused(f"the EHR's {what} could not be fetched ({type(problem).__name__})") from None


def bounded(answer: requests.Response, what: str) -> bytes:
    """The body, up to MAX_BYTES and WHOLE_SECONDS. Raises LaunchRefused beyond either."""
    parts, size, deadline = [], 0, time.monotonic() + WHOLE_SECONDS
    for part in answer.iter_content(16_384):
        size += len(part)
        if size > MAX_BYTES:
            raise LaunchRefused(f"the EHR's {what} is larger than {MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise LaunchRefused(f"the EHR's {what} took longer than {WHOLE_SECONDS} seconds")
        parts.append(part)
    return b"".join(parts)


def parsed(body: bytes, what: str) -> dict[str, Any]:
    """The body as a JSON object. Raises LaunchRefused for HTML, lists, broken text."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise LaunchRefused(f"the EHR's {what} is not JSON") from None
    if not isinstance(found, dict):
        raise LaunchRefused(f"the EHR's {what} is not a JSON object")
    return found
