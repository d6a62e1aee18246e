"""The pages: launched from an EHR, one visit per launch.

``flask --app smartpgx.web run`` and ``gunicorn "smartpgx.web:create_app()"`` both find ``create_app``.
"""

from __future__ import annotations

from smartpgx.web.app import create_app

__all__ = ["create_app"]
