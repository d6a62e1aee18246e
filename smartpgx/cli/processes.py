"""Several servers as one command: started together, ended together."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from smartpgx.errors import SettingsError


def require_free(host: str, port: int, what: str, variable: str) -> None:
    """Raise SettingsError with the way out where a port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise SettingsError(
                f"port {port} on {host}, wanted by {what}, cannot be had ({problem.strerror}); "
                f"end the other program, or choose another port with {variable}NNNN"
            ) from None


def run_together(
    commands: Sequence[list[str]],
    environment: Mapping[str, str],
    ready: Sequence[str] = (),
    address: str | None = None,
    *,
    browser: bool = False,
    log: Path | None = None,
) -> int:
    """Run processes until one ends or Ctrl-C; end all of them. Status of the one that ended by itself, 0 after Ctrl-C.

    ``ready``: addresses to wait for before ``address`` is printed. ``log``: where their output goes, else the terminal.
    """
    output = log.open("wb") if log else None
    running = [
        subprocess.Popen(command, env=dict(environment), start_new_session=True, stdout=output, stderr=output)
        for command in commands
    ]
    for ending in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with SIGINT ignored
        signal.signal(ending, signal.default_int_handler)
    try:
        if address and _all_answer(ready, running):
            _announce(address, log, browser)
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
        if log:
            print(f"smartpgx: a server ended by itself; its last words:\n{_tail(log)}", file=sys.stderr)
        return next(process.returncode for process in running if process.returncode is not None) or 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end(running)
        if output:
            output.close()


def _announce(address: str, log: Path | None, browser: bool) -> None:
    print(f"\n  Open {address}\n  Ctrl-C ends everything. All patients are synthetic.", flush=True)
    print(f"  What the servers say: {log}\n" if log else "", flush=True)
    if browser:
        with suppress(webbrowser.Error):
            webbrowser.open(address)


def _tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


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
