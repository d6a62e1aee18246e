"""`smartpgx serve`, `smartpgx sandbox` and `smartpgx demo`: the app, the sandbox EHR, and both together."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartpgx.addresses import is_loopback
from smartpgx.cli.processes import require_free, run_together

APP_PORT, EHR_PORT = 8322, 8321


def add_commands(commands: Any) -> None:
    """Add `serve`, `sandbox` and `demo`."""
    serve = commands.add_parser("serve", help="run the app (gunicorn)")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=APP_PORT)
    serve.add_argument(
        "--open-server", metavar="ADDRESS", help="a FHIR server without sign-in, for testing with our fixtures only"
    )
    serve.add_argument("--allow-remote", action="store_true", help="with --open-server: also serve visitors of other machines")
    serve.set_defaults(run=_serve)
    sandbox = commands.add_parser("sandbox", help="run the sandbox EHR alone")
    sandbox.add_argument("--host", default="127.0.0.1")
    sandbox.add_argument("--port", type=int, default=EHR_PORT)
    sandbox.set_defaults(run=_sandbox)
    demo = commands.add_parser("demo", help="run the sandbox EHR and the app, and open a browser")
    demo.add_argument(
        "--host", help="address to listen on (default: this machine only, or every one where PUBLIC_URL is elsewhere)"
    )
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(run=_demo)


def app_command(host: str, port: int) -> list[str]:
    """Gunicorn without an access log: a query string may hold what belongs to a patient."""
    return [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--worker-class", "gthread", "--threads", "8",
            "--workers", "1", "--log-level", "warning", "smartpgx.web:create_app()"]  # fmt: skip


def sandbox_command(host: str, port: int) -> list[str]:
    """How the sandbox is started: as a process of its own, since the two know nothing of each other."""
    return [sys.executable, "-m", "smartpgx.sandbox", "--host", host, "--port", str(port)]


def _serve(arguments: argparse.Namespace) -> int:
    require_free(arguments.host, arguments.port, "the app", "--port ")
    environment = dict(os.environ)
    if arguments.open_server:
        environment["SMARTPGX_OPEN_SERVER"] = arguments.open_server
        if arguments.allow_remote:
            environment["SMARTPGX_OPEN_SERVER_ALLOW_REMOTE"] = "1"
        environment.setdefault("PUBLIC_URL", f"http://localhost:{arguments.port}")
        print(f"smartpgx on {environment['PUBLIC_URL']}/  (no sign-in: {arguments.open_server})", flush=True)
    else:
        print(
            f"smartpgx listens on {arguments.host}:{arguments.port}; open it from an EHR, launch address .../launch", flush=True
        )
    return run_together([app_command(arguments.host, arguments.port)], environment)


def _sandbox(arguments: argparse.Namespace) -> int:
    require_free(arguments.host, arguments.port, "the sandbox EHR", "--port ")
    return run_together([sandbox_command(arguments.host, arguments.port)], os.environ)


def _demo(arguments: argparse.Namespace) -> int:
    app_port = int(os.environ.get("APP_PORT", APP_PORT))
    ehr_port = int(os.environ.get("EHR_PORT", EHR_PORT))
    public_app = os.environ.get("PUBLIC_URL", f"http://localhost:{app_port}").rstrip("/")
    public_ehr = os.environ.get("SANDBOX_PUBLIC_URL") or _beside(public_app, ehr_port)
    near = is_loopback(urlsplit(public_app).hostname or "")
    host = arguments.host or ("127.0.0.1" if near else "0.0.0.0")
    require_free(host, ehr_port, "the sandbox EHR", "EHR_PORT=")
    require_free(host, app_port, "the app", "APP_PORT=")
    where = "127.0.0.1" if host == "0.0.0.0" else host
    return run_together(
        [sandbox_command(host, ehr_port), app_command(host, app_port)],
        dict(os.environ) | {"PUBLIC_URL": public_app, "SANDBOX_PUBLIC_URL": public_ehr},
        [f"http://{where}:{ehr_port}/healthz", f"http://{where}:{app_port}/healthz"],
        public_ehr + "/",
        browser=near and not arguments.no_browser,
        log=Path(tempfile.mkdtemp(prefix="smartpgx-demo-")) / "servers.log",
    )


def _beside(public_app: str, ehr_port: int) -> str:
    """The EHR's address where none is given: 127.0.0.1 beside localhost (truly cross-site), else the same host."""
    host = urlsplit(public_app).hostname
    return f"http://{'127.0.0.1' if host == 'localhost' else host}:{ehr_port}"
