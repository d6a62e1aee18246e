"""What every answer carries: nothing runs or loads that is not ours, no one frames us but the EHR, nothing is kept."""

from __future__ import annotations

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {frames}"
)


def install(app: Flask) -> None:
    """Set the headers on every answer, errors and redirects included."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    frames = " ".join(getattr(g, "frame_origins", ())) or "'none'"
    response.headers["Content-Security-Policy"] = POLICY.format(frames=frames)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"  # under no-referrer a browser sends "Origin: null" with our own forms
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=600"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
