"""`smartpgx serve`, `smartpgx sandbox` and `smartpgx demo`: the app, the sandbox EHR, and both together."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.request import urlopen

from smartpgx.errors import SettingsError

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
    demo.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0 with PUBLIC_URL for a remote machine)")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(run=_demo)


def _free(host: str, port: int, what: str, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise SettingsError(
                f"port {port} on {host}, wanted by {what}, cannot be had ({problem.strerror}); "
                f"end the other program, or choose another port with {variable}=NNNN"
            ) from None


def app_command(host: str, port: int) -> list[str]:
    """Gunicorn without an access log: a query string may hold what belongs to a patient."""
    return [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--worker-class", "gthread", "--threads", "8",
            "--workers", "1", "--log-level", "warning", "smartpgx.web:create_app()"]  # fmt: skip


def sandbox_command(host: str, port: int) -> list[str]:
    """How the sandbox is started: as a process of its own, since the two know nothing of each other."""
    return [sys.executable, "-m", "smartpgx.sandbox", "--host", host, "--port", str(port)]


def _serve(arguments: argparse.Namespace) -> int:
    _free(arguments.host, arguments.port, "the app", "--port ")
    environment = dict(os.environ)
    if arguments.open_server:
        environment["SMARTPGX_OPEN_SERVER"] = arguments.open_server
        if arguments.allow_remote:
            environment["SMARTPGX_OPEN_SERVER_ALLOW_REMOTE"] = "1"
        environment.setdefault("PUBLIC_URL", f"http://localhost:{arguments.port}")
        print(f"smartpgx on {environment['PUBLIC_URL']}/  (no sign-in: {arguments.open_server})")
    else:
        print(f"smartpgx listens on {arguments.host}:{arguments.port}; open it from an EHR, launch address .../launch")
    return _together([app_command(arguments.host, arguments.port)], environment)


def _sandbox(arguments: argparse.Namespace) -> int:
    _free(arguments.host, arguments.port, "the sandbox EHR", "--port ")
    print(f"sandbox EHR on http://{arguments.host}:{arguments.port}/")
    return _together([sandbox_command(arguments.host, arguments.port)], os.environ)


def _demo(arguments: argparse.Namespace) -> int:
    app_port = int(os.environ.get("APP_PORT", APP_PORT))
    ehr_port = int(os.environ.get("EHR_PORT", EHR_PORT))
    _free(arguments.host, ehr_port, "the sandbox EHR", "EHR_PORT")
    _free(arguments.host, app_port, "the app", "APP_PORT")
    public_app = os.environ.get("PUBLIC_URL", f"http://localhost:{app_port}").rstrip("/")
    public_ehr = os.environ.get("SANDBOX_PUBLIC_URL") or _beside(public_app, ehr_port)
    environment = dict(os.environ) | {"PUBLIC_URL": public_app, "SANDBOX_PUBLIC_URL": public_ehr}
    commands = [sandbox_command(arguments.host, ehr_port), app_command(arguments.host, app_port)]
    where = "127.0.0.1" if arguments.host == "0.0.0.0" else arguments.host
    ready = [f"http://{where}:{ehr_port}/healthz", f"http://{where}:{app_port}/healthz"]
    return _together(commands, environment, ready, public_ehr + "/", browser=not arguments.no_browser)


def _beside(public_app: str, ehr_port: int) -> str:
    """The EHR's address where none is given: 127.0.0.1 beside localhost (truly cross-site), else the same host."""
    host = public_app.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
    return f"http://{'127.0.0.1' if host == 'localhost' else host}:{ehr_port}"


def _together(
    commands: Sequence[list[str]],
    environment: Mapping[str, str],
    ready: Sequence[str] = (),
    address: str | None = None,
    browser: bool = False,
) -> int:
    """Run processes until one ends or Ctrl-C; end all of them. Status of the one that ended by itself, 0 after Ctrl-C."""
    running = [subprocess.Popen(command, env=dict(environment), start_new_session=True) for command in commands]
    for ending in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with SIGINT ignored
        signal.signal(ending, signal.default_int_handler)
    try:
        if address and _all_answer(ready, running):
            print(f"\n  Open {address}\n  Ctrl-C ends everything. All patients are synthetic.\n", flush=True)
            if browser:
                with suppress(webbrowser.Error):
                    webbrowser.open(address)
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
        return next(process.returncode for process in running if process.returncode is not None) or 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end(running)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()


def _all_answer(addresses: Sequence[str], running: Sequence[subprocess.Popen[bytes]], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    waiting = list(addresses)
    while waiting and time.monotonic() < deadline and all(p.poll() is None for p in running):
        try:
            with urlopen(waiting[0], timeout=2):
                waiting.pop(0)
        except OSError:
            time.sleep(0.1)
    return not waiting
