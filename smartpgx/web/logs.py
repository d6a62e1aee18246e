"""One JSON line per request: the pattern of its route, never its address. An address may name a patient."""

from __future__ import annotations

import logging
import secrets
import sys
import time
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request


class _StandardError:
    """Writes to whatever standard error is at that moment."""

    def line(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    info = error = line


_log: Any = structlog.wrap_logger(
    _StandardError(),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso"),
        structlog.processors.JSONRenderer(),
    ],
)


def install(app: Flask) -> None:
    """Log requests, and keep the server's and urllib3's own lines, which hold whole addresses, out of the log."""
    logging.getLogger("werkzeug").addFilter(_not_an_access_line)
    for name in ("urllib3", "requests", "authlib", "flask_wtf.csrf"):
        logging.getLogger(name).setLevel(logging.ERROR)
    app.before_request(_begin)
    app.after_request(_end)


def event(name: str, **facts: str | int | float | bool | None) -> None:
    """A line of our own. Only codes, counts, outcomes and route patterns may be handed in."""
    _log.info(name, correlation=getattr(g, "correlation", None) if g else None, **facts)


def unexpected(problem: BaseException) -> None:
    """A defect: its type and the places it passed through. Its text is left out, since it may quote the record."""
    _log.error(
        "defect",
        correlation=getattr(g, "correlation", None) if g else None,
        kind=type(problem).__name__,
        where=_places(problem.__traceback__),
    )


def correlation() -> str:
    """The id of this request, for a person to read out."""
    if not hasattr(g, "correlation"):
        g.correlation = secrets.token_hex(4)
    found: str = g.correlation
    return found


def _begin() -> None:
    g.began = time.monotonic()
    correlation()


def _end(response: Response) -> Response:
    if request.endpoint not in ("static", "launching.healthz"):
        event(
            "request",
            method=request.method,
            route=str(request.url_rule) if request.url_rule else "unmatched",
            status=response.status_code,
            ms=round((time.monotonic() - getattr(g, "began", time.monotonic())) * 1000),
            code=getattr(g, "failure", None),
        )
    return response


def _places(trace: TracebackType | None) -> list[str]:
    out = []
    while trace is not None:
        code = trace.tb_frame.f_code
        out.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return out[-12:]


def _not_an_access_line(record: logging.LogRecord) -> bool:
    return "HTTP/" not in record.getMessage()
