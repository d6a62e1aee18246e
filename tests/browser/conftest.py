"""A headless Chromium, the sandbox EHR on 127.0.0.1 and the app on localhost: two sites, as in a hospital."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="LEFT OUT: browser tests, no playwright package")

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60


@dataclass(frozen=True)
class Stack:
    """Base addresses of the two servers, and their logs."""

    ehr: str
    app: str
    logs: tuple[Path, ...]

    def control(self, name, **body):
        """A test control of the sandbox: ``reset``, ``faults``, ``expire``, ..."""
        request = urllib.request.Request(f"{self.ehr}/controls/{name}", data=json.dumps(body).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def launch_file(folder, ehr, app):
    """The project's launch.json with other ports."""
    text = (ROOT / "launch.json").read_text(encoding="utf-8")
    path = folder / "launch.json"
    path.write_text(text.replace("http://127.0.0.1:8321", ehr).replace("http://localhost:8322", app), encoding="utf-8")
    return path


def wait_for(address, process, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"{address} did not start:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError as problem:
            if getattr(problem, "code", None):
                return
            time.sleep(0.1)
    pytest.fail(f"{address} did not answer in {START_SECONDS} s:\n{log.read_text()[-3000:]}")


def start(command, environment, log):
    with log.open("w") as out:
        return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=subprocess.STDOUT)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """Both servers on free ports, ended afterwards. What they wrote to their logs is checked by a test."""
    folder = tmp_path_factory.mktemp("stack")
    ehr_port, app_port = free_port(), free_port()
    ehr, app = f"http://127.0.0.1:{ehr_port}", f"http://localhost:{app_port}"
    path = launch_file(folder, ehr, app)
    environment = {
        "SMARTPGX_LAUNCH_JSON": str(path),
        "SMARTPGX_STORE_DIR": str(folder / "visits"),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "default",
    }
    sandbox = [sys.executable, "-m", "smartpgx.sandbox", "--port", str(ehr_port), "--launch-config", str(path), "--test-controls"]
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{app_port}",
        "--worker-class",
        "gthread",
        "--threads",
        "8",
    ]
    logs = folder / "ehr.log", folder / "app.log"
    processes = [
        start(sandbox, environment, logs[0]),
        start([*gunicorn, "--log-level", "warning", "smartpgx.web:create_app()"], environment, logs[1]),
    ]
    try:
        wait_for(ehr + "/", processes[0], logs[0])
        wait_for(app + "/healthz", processes[1], logs[1])
        yield Stack(ehr, app, logs)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def chromium():
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("LEFT OUT: browser tests, no Chromium. On Debian: apt-get install chromium")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def script():
    """Whether pages may run scripts; a test module may say no."""
    return True


@pytest.fixture
def context(chromium, stack, script):
    """A fresh browser profile and a fresh record. Errors of scripts and of the content security policy fail the test."""
    stack.control("reset")
    fresh = chromium.new_context(java_script_enabled=script)
    complaints = []
    fresh.on("weberror", lambda error: complaints.append(str(error.error)))

    def heard(message):
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            complaints.append(f"{message.text} ({message.location['url']})")

    fresh.on("console", heard)
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()
    assert complaints == []
