"""Batches of idempotent requests (GET, PUT by id, DELETE by id) to a FHIR server that may be slow, busy or rationed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from smartpgx.errors import RecordBusy, RecordDenied, RecordError, RecordGarbled, RecordUnreachable, SettingsError
from smartpgx.fhir.fixture_set import Key, Resource

TRIES = 6
LONGEST_WAIT = 60.0
BUSY = frozenset({429, 502, 503, 504})
MEDIA_TYPE = "application/fhir+json"


class Server:
    """One FHIR server by its base address. Every request is repeated after 429, 502, 503, 504 or a broken connection."""

    def __init__(self, base: str, *, session: requests.Session | None = None, timeout: float = 60.0) -> None:
        if urlsplit(base).scheme not in ("http", "https"):
            raise SettingsError(f"A FHIR server address begins with http:// or https://, not {base!r}.")
        self.base = base.rstrip("/")
        self.timeout = timeout
        self.session = session or requests.Session()
        self.session.headers.update({"Accept": MEDIA_TYPE, "Cache-Control": "no-cache"})

    def send(self, method: str, address: str, body: Resource | None = None, query: Mapping[str, str] | None = None) -> Resource:
        """The answer as JSON. Raises RecordBusy, RecordUnreachable, RecordDenied, RecordGarbled or RecordError."""
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                answer = self.session.request(
                    method,
                    address,
                    json=body,
                    params=query,
                    headers={"Content-Type": MEDIA_TYPE} if body else None,
                    timeout=self.timeout,
                )
            except (requests.ConnectionError, requests.Timeout) as problem:
                if last:
                    raise RecordUnreachable(f"{self.base} did not answer ({type(problem).__name__}).") from problem
                time.sleep(pause(attempt, None))
                continue
            if answer.status_code not in BUSY:
                return _content(answer, self.base)
            if not last:
                time.sleep(pause(attempt, answer.headers.get("Retry-After")))
        raise RecordBusy(f"{self.base} stayed busy (HTTP {answer.status_code}) over {TRIES} tries.")

    def batch(self, entries: list[Resource]) -> list[Resource]:
        """One batch; the answers' ``response`` parts in the order of the entries, busy ones repeated."""
        answers: dict[int, Resource] = {}
        waiting = dict(enumerate(entries))
        for attempt in range(TRIES):
            bundle = {"resourceType": "Bundle", "type": "batch", "entry": list(waiting.values())}
            parts = self.send("POST", self.base, bundle).get("entry") or []
            if len(parts) != len(waiting):
                raise RecordGarbled(f"{self.base} answered {len(parts)} of {len(waiting)} parts of a batch.")
            answers |= {index: part.get("response") or {} for index, part in zip(waiting, parts, strict=True)}
            waiting = {index: entry for index, entry in waiting.items() if status(answers[index]) in BUSY}
            if not waiting:
                return [answers[index] for index in range(len(entries))]
            time.sleep(pause(attempt, None))
        raise RecordBusy(f"{self.base} stayed busy for {len(waiting)} parts of a batch.")

    def search(self, kind: str, query: Mapping[str, str]) -> Iterator[Resource]:
        """Matches of all pages. A next link on another host is refused."""
        page = self.send("GET", f"{self.base}/{kind}", query=query)
        while True:
            for entry in page.get("entry") or []:
                if (resource := entry.get("resource") or {}).get("resourceType") == kind:
                    yield resource
            following = [link["url"] for link in page.get("link") or [] if link.get("relation") == "next"]
            if not following:
                return
            address = urljoin(self.base + "/", following[0])
            if urlsplit(address).netloc != urlsplit(self.base).netloc:
                raise RecordGarbled(f"{self.base} sends on to another host for the next page.")
            page = self.send("GET", address)


def put(resource: Resource) -> Resource:
    """A batch entry that writes the resource at its own id."""
    kind, identity = resource["resourceType"], resource["id"]
    return {"resource": resource, "request": {"method": "PUT", "url": f"{kind}/{identity}"}}


def delete(name: Key) -> Resource:
    """A batch entry that deletes one resource."""
    return {"request": {"method": "DELETE", "url": "/".join(name)}}


def status(response: Mapping[str, Any]) -> int:
    """The number in an entry's ``response.status`` ("201 Created"); 0 when there is none."""
    word = str(response.get("status") or "").split(" ")[0]
    return int(word) if word.isdigit() else 0


def said(outcome: Any) -> str:
    """What an OperationOutcome says, in the server's words."""
    issues = outcome.get("issue") or [] if isinstance(outcome, dict) else []
    texts = (issue.get("diagnostics") or (issue.get("details") or {}).get("text") or issue.get("code") for issue in issues)
    return "; ".join(str(text) for text in texts if text) or "no reason given"


def pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait: what the server asks for (seconds or a date), else 1, 2, 4, ...; at most 60."""
    if retry_after and retry_after.strip().isdigit():
        return min(float(retry_after), LONGEST_WAIT)
    if retry_after:
        try:
            wanted = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
            return min(max(wanted, 0.0), LONGEST_WAIT)
        except (TypeError, ValueError):
            pass
    return min(2.0**attempt, LONGEST_WAIT)


def chunks(items: Sequence[Resource], size: int) -> Iterator[Sequence[Resource]]:
    """Runs of at most ``size`` items."""
    return (items[start : start + size] for start in range(0, len(items), size))


def joined(names: Iterable[str], size: int) -> Iterator[str]:
    """At most ``size`` names a time, as the comma-separated value of a search parameter."""
    held = list(names)
    return (",".join(held[start : start + size]) for start in range(0, len(held), size))


def _content(answer: requests.Response, base: str) -> Resource:
    try:
        content = answer.json()
    except ValueError:
        content = None
    if answer.status_code in (401, 403):
        raise RecordDenied(f"{base} refuses (HTTP {answer.status_code}): {said(content)}")
    if answer.status_code >= 400:
        raise RecordError(f"{base} answered HTTP {answer.status_code}: {said(content)}")
    if not isinstance(content, dict):
        raise RecordGarbled(f"{base} did not answer in FHIR JSON.")
    return content
