"""Error pages as texts: what happened, whether anything was stored, what to do, a code to read out."""

from __future__ import annotations

from msgspec import Struct

from smartpgx.domain.visit import Visit
from smartpgx.errors import SmartPgxError, WriteBackError, WriteRefused


class ErrorView(Struct, frozen=True, kw_only=True):
    title: str
    stored: str
    next_step: str
    said: str
    code: str
    correlation: str
    visit_id: str


def error_view(problem: SmartPgxError, correlation: str, visit: Visit | None = None) -> ErrorView:
    """The page of one of our errors. ``said`` is another server's sentence, shown escaped and logged nowhere."""
    return ErrorView(
        title=sentence(problem.message),
        stored=what_was_stored(problem),
        next_step=problem.next_step.replace(" Nothing was stored.", ""),
        said=problem.said or "",
        code=problem.code,
        correlation=correlation,
        visit_id=visit.id if visit else "",
    )


def what_was_stored(problem: SmartPgxError) -> str:
    """Whether anything reached the record."""
    if isinstance(problem, WriteBackError) and not isinstance(problem, WriteRefused):
        return "It is not certain that everything reached the record."
    return "Nothing was stored."


def http_view(status: int, correlation: str) -> ErrorView:
    """The page of a plain HTTP error."""
    title = {404: "This page does not exist.", 405: "This address is not used in this way."}.get(
        status, "The request was not understood."
    )
    return ErrorView(
        title=title,
        stored="Nothing was stored.",
        next_step="Open the app again from the patient's chart.",
        said="",
        code=f"http.{status}",
        correlation=correlation,
        visit_id="",
    )


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
