"""`smartpgx demo` as a newcomer starts and ends it."""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def ports() -> dict[str, str]:
    return {"APP_PORT": str(free_port()), "EHR_PORT": str(free_port())}


def demo(ports: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "smartpgx.cli.main", "demo", "--no-browser"]
    return subprocess.Popen(command, env=os.environ | ports, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def said_until(process: subprocess.Popen[str], words: str) -> str:
    said = ""
    assert process.stdout
    while words not in said:
        line = process.stdout.readline()
        assert line, f"ended without saying {words!r}: {said}"
        said += line
    return said


def answers(port: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_address_and_ends_everything_so_that_it_starts_again(ports, ending):
    for _ in range(2):
        process = demo(ports)
        said = said_until(process, "Ctrl-C ends everything")
        assert said.count(f"Open http://127.0.0.1:{ports['EHR_PORT']}/") == 1
        assert answers(ports["APP_PORT"])
        assert answers(ports["EHR_PORT"])
        process.send_signal(ending)
        process.communicate(timeout=20)
        assert process.returncode == 0
        assert not answers(ports["APP_PORT"])
        assert not answers(ports["EHR_PORT"])


@pytest.mark.parametrize("taken", ["APP_PORT", "EHR_PORT"])
def test_a_taken_port_is_told_with_the_way_out(ports, taken):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(ports[taken])))
        other.listen()
        process = demo(ports)
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"port {ports[taken]}" in said
    assert f"{taken}=" in said
    assert "Traceback" not in said


def test_when_one_part_dies_the_other_is_ended_too(ports):
    process = demo(ports)
    said_until(process, "Ctrl-C ends everything")
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True).stdout.split()
    os.kill(int(children[0]), signal.SIGKILL)
    process.communicate(timeout=20)
    assert process.returncode != 0
    time.sleep(0.2)
    assert not answers(ports["APP_PORT"])
    assert not answers(ports["EHR_PORT"])
