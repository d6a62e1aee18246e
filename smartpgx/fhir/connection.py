"""HTTP to one FHIR base, within bounds: where a token may go, how long, how large, how often."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urljoin

import requests
from msgspec import Struct

from smartpgx.addresses import within
from smartpgx.errors import RecordBusy, RecordDenied, RecordError, RecordGarbled, RecordNotFound, RecordUnreachable

TIMEOUT = (3.05, 15)
"""Seconds to connect and between two reads."""
WHOLE_SECONDS = 45
MAX_BYTES = 32_000_000
MAX_AT_ONCE = 6
ATTEMPTS = 3
LONGEST_WAIT = 5.0
"""Seconds we are ready to wait when a server says 429 or 503; longer means busy."""
REDIRECTS = 2
JSON_TYPE = "application/fhir+json"


class Bearer(Protocol):
    """Where the access token comes from. None: a server without sign-in."""

    def token(self) -> str | None:
        """The token to use now."""

    def renew(self, spent: str) -> str:
        """A newer token than ``spent``; one renewal for all who ask at once. Raises TokenExpired."""

    def ready_to_write(self) -> None:
        """Renew ahead of a request that must not be repeated, where the token is about to end."""


class NoSignIn:
    """A server without sign-in."""

    def token(self) -> str | None:
        return None

    def renew(self, spent: str) -> str:
        raise RecordDenied("the server wants a sign-in")

    def ready_to_write(self) -> None:
        return None


class Answer(Struct, frozen=True, kw_only=True):
    """A bounded answer. ``body`` None: empty. ``headers`` with lower-case names."""

    status: int
    body: dict[str, Any] | None
    headers: Mapping[str, str]


class Connection:
    """Requests to one FHIR base. At most MAX_AT_ONCE run at a time; no more is sent to a server than that."""

    def __init__(self, base: str, bearer: Bearer, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.base = base.rstrip("/")
        self._bearer, self._sleep = bearer, sleep
        self._turn = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._local = threading.local()

    def get(self, place: str, params: list[tuple[str, str]] | None = None, *, fresh: bool = False) -> Answer:
        """A read: retried on 429, 502, 503 and a broken connection, once more after a renewed token.

        ``place`` is relative to the base, or an absolute address on it. Raises RecordError's children; statuses of
        400 and above that are not about access or load come back as an Answer.
        """
        url = self._address(place) + ("?" + urlencode(params) if params else "")
        headers = {"Accept": JSON_TYPE} | ({"Cache-Control": "no-cache"} if fresh else {})
        renewed = False
        for attempt in range(ATTEMPTS + 1):
            spent = self._bearer.token()
            try:
                answer = self._followed("GET", url, headers, spent)
            except RecordUnreachable:
                if attempt >= 1:
                    raise
                continue
            if answer.status == 401 and spent and not renewed:
                self._bearer.renew(spent)
                renewed = True
            elif answer.status in (429, 502, 503) and attempt < ATTEMPTS - 1:
                self._sleep(_wait(answer, attempt))
            else:
                return _usable(answer)
        return _usable(answer)

    def send(self, method: str, place: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        """A write: sent exactly once, never repeated by itself.

        RecordUnreachable after it means that nobody knows whether it arrived.
        """
        self._bearer.ready_to_write()
        sent = {"Accept": JSON_TYPE, "Content-Type": JSON_TYPE, "Prefer": "return=representation"} | dict(headers or {})
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return self._once(method, self._address(place), sent, self._bearer.token(), text)

    def _address(self, place: str) -> str:
        url = place if "://" in place else f"{self.base}/{place}"
        if not within(url, self.base):
            raise RecordGarbled("the record points to an address that is not its own; it was not followed")
        return url

    def _followed(self, method: str, url: str, headers: Mapping[str, str], token: str | None) -> Answer:
        for _ in range(REDIRECTS + 1):
            answer = self._once(method, url, headers, token)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            url = self._address(urljoin(url, answer.headers.get("location", "")))
        raise RecordGarbled("the record sends requests in circles")

    def _once(self, method: str, url: str, headers: Mapping[str, str], token: str | None, body: bytes | None = None) -> Answer:
        sent = dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            with self._turn, self._session().request(
                method, url, headers=sent, data=body, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as answer:  # fmt: skip
                found = {k.lower(): v for k, v in answer.headers.items()}
                return Answer(status=answer.status_code, body=_json(_bounded(answer), answer.status_code, found), headers=found)
        except requests.Timeout:
            raise RecordUnreachable("the record did not answer in time") from None
        except requests.RequestException as problem:
            raise RecordUnreachable(f"the record could not be reached ({type(problem).__name__})") from None

    def _session(self) -> requests.Session:
        """One session per thread: requests does not promise that a session may be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = True
            session.auth = _no_auth  # a netrc file must never put its own credentials on our requests
        return session


def raise_for(answer: Answer) -> None:
    """A RecordError for a status of 400 and above. The server's words go into ``said``, never into the message."""
    if answer.status < 400:
        return
    said = outcome_text(answer.body)
    if answer.status in (401, 403):
        raise RecordDenied("the record does not give access to this", said=said)
    if answer.status in (404, 410):
        raise RecordNotFound("the record does not have this", said=said)
    raise RecordError(f"the record answered {answer.status}", said=said)


def outcome_text(body: Mapping[str, Any] | None) -> str | None:
    """What an OperationOutcome says, cut to 500 characters."""
    if not body or body.get("resourceType") != "OperationOutcome":
        return None
    parts = []
    for issue in body.get("issue") or ():
        if isinstance(issue, dict):
            details = issue.get("details")
            text = issue.get("diagnostics") or (details.get("text") if isinstance(details, dict) else None) or issue.get("code")
            parts += [str(text)] if text else []
    return "; ".join(parts)[:500] or None


def _usable(answer: Answer) -> Answer:
    if answer.status in (401, 403, 404, 410):
        raise_for(answer)
    if answer.status in (429, 502, 503, 504):
        raise RecordBusy(f"the record is busy or down (it answered {answer.status})", said=outcome_text(answer.body))
    return answer


def _wait(answer: Answer, attempt: int) -> float:
    told = answer.headers.get("retry-after", "")
    seconds = float(told) if told.isdigit() else 0.3 * 3**attempt
    if seconds > LONGEST_WAIT:
        raise RecordBusy("the record asks us to come back later")
    return seconds


def _bounded(answer: requests.Response) -> bytes:
    parts, size, deadline = [], 0, time.monotonic() + WHOLE_SECONDS
    for part in answer.iter_content(65_536):
        size += len(part)
        if size > MAX_BYTES:
            raise RecordGarbled(f"the record's answer is larger than {MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise RecordUnreachable("the record's answer took too long")
        parts.append(part)
    return b"".join(parts)


def _json(body: bytes, status: int, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """The JSON object of a body. On an error status anything unreadable is no body; on success it is garbled."""
    if not body.strip():
        return None
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if status >= 300:
        return None
    html = "html" in headers.get("content-type", "") or body.lstrip()[:1] == b"<"
    raise RecordGarbled("the record answered with a web page" if html else "the record's answer is not a FHIR resource")


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
