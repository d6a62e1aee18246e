"""Start the simulated EHR: ``python -m smartpgx.sandbox``."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from smartpgx.errors import SettingsError
from smartpgx.sandbox.app import create_sandbox
from smartpgx.sandbox.config import load


class QuietPaths(WSGIRequestHandler):
    """An access log without query strings: a launch, a code or a patient must not reach a log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.log("info", "%s %s %s", self.command, urlsplit(self.path).path, code)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises SettingsError with the way out where the port is taken or the host is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(128)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            text = f"Port {port} is taken. End the program that uses it, or choose another with --port {port + 10}."
            raise SettingsError(text) from error
        raise SettingsError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return door


def server(arguments: argparse.Namespace) -> tuple[BaseWSGIServer, str]:
    """The bound server and the address to open. Raises SettingsError."""
    path = Path(arguments.launch_config) if arguments.launch_config else None
    config = load(path, os.environ, port=arguments.port, fixtures=arguments.fixtures, controls=arguments.test_controls)
    port = arguments.port if arguments.port is not None else urlsplit(config.public_url).port or 8321
    app = create_sandbox(config)
    door = listen(arguments.host, port)
    made = make_server(arguments.host, port, app, threaded=True, request_handler=QuietPaths, fd=door.fileno())
    made.socket_kept = door  # type: ignore[attr-defined]
    return made, config.public_url


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0 after Ctrl-C, 2 where the sandbox cannot start."""
    parser = argparse.ArgumentParser(prog="python -m smartpgx.sandbox", description="A simulated EHR with synthetic patients.")
    parser.add_argument("--launch-config", help="launch.json; its section 'sandbox' is used")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, help="port (default: that of the public address, 8321)")
    parser.add_argument("--fixtures", type=Path, help="folder of stories (default: the fhir_fixtures of the project)")
    parser.add_argument("--test-controls", action="store_true", help="open /controls, by which tests set faults")
    arguments = parser.parse_args(words)
    try:
        made, address = server(arguments)
    except SettingsError as error:
        print(f"The sandbox cannot start. {error.message}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"Simulated EHR: {address}/ (synthetic patients only; Ctrl-C ends it)", flush=True)
    try:
        made.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        made.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
