"""Errors become pages: what happened, whether anything was stored, what to do, and a code to read out."""

from __future__ import annotations

from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from smartpgx.errors import FormExpired, SmartPgxError
from smartpgx.web import logs
from smartpgx.web.views_error import error_view, http_view


def install(app: Flask) -> None:
    """Pages for our own errors, for those of HTTP, and for defects."""
    app.register_error_handler(SmartPgxError, _ours)
    app.register_error_handler(CSRFError, lambda _: _ours(FormExpired("the form is too old, or was sent from elsewhere")))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _defect)


def page(problem: SmartPgxError, **more: object) -> Response:
    """The page of one of our errors, with its status."""
    g.failure = problem.code
    view = error_view(problem, logs.correlation(), visit=getattr(g, "visit", None))
    return make_response(render_template("error.html", view=view, **more), problem.status)


def _ours(problem: SmartPgxError) -> Response:
    return page(problem)


def _http(problem: HTTPException) -> Response:
    g.failure = f"http.{problem.code}"
    view = http_view(problem.code or 500, logs.correlation())
    return make_response(render_template("error.html", view=view), problem.code or 500)


def _defect(problem: Exception) -> Response:
    logs.unexpected(problem)
    g.failure = "smartpgx"
    return page(SmartPgxError("something went wrong inside this app"))
