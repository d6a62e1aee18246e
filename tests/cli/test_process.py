"""The command as a process: exit status, order of a stream, standard error without patient data, pipes and interrupts."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT

FIXTURES = ROOT / "fhir_fixtures"
GOOD = FIXTURES / "clopidogrel-poor" / "profile.json"
COMMAND = [sys.executable, "-m", "smartpgx.cli.main"]
ENVIRONMENT = dict(os.environ) | {"PYTHONPATH": str(ROOT)}


def run(*arguments: str, given: bytes = b"", memory: int = 0) -> subprocess.CompletedProcess[bytes]:
    limit = f"ulimit -v {memory}; " if memory else ""
    line = ["bash", "-c", f'{limit}exec "$@"', "bash", *COMMAND, *arguments]
    return subprocess.run(line, input=given, capture_output=True, env=ENVIRONMENT, cwd=ROOT, timeout=120, check=False)


def one_line(path: Path) -> bytes:
    return json.dumps(json.loads(path.read_bytes())).encode() + b"\n"


def test_a_stream_with_a_bad_line_keeps_order_and_does_the_rest():
    stories = [FIXTURES / slug / "local.json" for slug in ("codeine-ultrarapid", "hiv-failing", "clopidogrel-poor")]
    lines = [one_line(path) for path in stories]
    lines.insert(1, b'{"resourceType": "Bundle", "entry": [\n')
    done = run("assess", "--ndjson", "--today", "2026-11-24", "-", given=b"".join(lines))
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["schema"] for one in made] == ["smartpgx.consultation/1", "smartpgx.error/1", *["smartpgx.consultation/1"] * 2]
    assert [one["patient"]["reference"] for one in made if "patient" in one] == [
        "Patient/codeine-ultrarapid-local",
        "Patient/hiv-failing-local",
        "Patient/clopidogrel-poor-local",
    ]
    assert done.returncode == 1
    assert b"input 2" in done.stderr and done.stderr.count(b"\n") == 1


def test_two_processes_give_the_same_bytes_as_one():
    given = b"".join(one_line(path) for path in sorted(FIXTURES.glob("*/profile.json")))
    one, two = (run("assess", "--ndjson", "--today", "2026-11-24", "--jobs", n, "-", given=given) for n in ("1", "2"))
    assert (one.returncode, two.returncode) == (0, 0)
    assert one.stdout == two.stdout and one.stdout.count(b"\n") == len(list(FIXTURES.glob("*/profile.json")))


def test_a_file_that_is_not_there_does_not_stop_the_others(tmp_path):
    done = run("read", str(tmp_path / "none.json"), str(tmp_path), str(GOOD))
    codes = [json.loads(line).get("code") for line in done.stdout.splitlines()]
    assert codes == ["input.unreadable", "input.unreadable", None]
    assert done.returncode == 1 and b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["guess"],
        ["read"],
        ["read", "--today", "yesterday", "x.json"],
        ["read", "--jobs", "0", "x.json"],
        ["assess", "--areas", "genes", "x.json"],
        ["assess", "--asi", "no-such-file", "x.json"],
        ["assess", "--asi", "README.md", str(GOOD)],
        ["assess", "--knowledge", "docs", str(GOOD)],
        ["assess", "--knowledge", "no-such-folder", str(GOOD)],
        ["schema", "page"],
    ],
)
def test_wrong_usage_is_status_2_and_says_what_is_wrong(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == b"" and done.stderr and b"Traceback" not in done.stderr


def test_standard_error_holds_no_patient_data(tmp_path):
    seeded = {"family": "Zzyzxname", "mrn": "MRN-998877", "text": "Xylophonium 12 mg", "date": "1931-07-19"}
    patient = {
        "resourceType": "Patient",
        "id": "Secret-id-1",
        "birthDate": seeded["date"],
        "name": [{"family": seeded["family"]}],
        "identifier": [{"system": "urn:x", "value": seeded["mrn"]}],
    }
    order = {
        "resourceType": "MedicationRequest",
        "id": "rx",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/Secret-id-1"},
        "medicationCodeableConcept": {"text": seeded["text"]},
    }
    entries = [{"resource": one} for one in (patient, order)]
    whole = json.dumps({"resourceType": "Bundle", "entry": entries})
    two = json.dumps({"resourceType": "Bundle", "entry": [*entries, {"resource": patient | {"id": "Secret-id-2"}}]})
    for given in (whole, whole[:-3], two, json.dumps(patient)):
        for command in ("read", "assess", "write"):
            done = run(command, "-", given=given.encode())
            said = done.stderr.decode() + (done.stdout.decode() if done.returncode else "")
            assert not [value for value in (*seeded.values(), "Secret-id") if value in said], said


def test_a_closed_pipe_ends_it_quietly():
    given = one_line(GOOD) * 200
    shell = f"{sys.executable} -m smartpgx.cli.main assess --ndjson - | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell],
        input=given,
        capture_output=True,
        env=ENVIRONMENT,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1 and done.stderr == b""


def _as_from_a_terminal() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background hands on that it is ignored


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_it_quietly(jobs):
    running = subprocess.Popen(
        [*COMMAND, "assess", "--ndjson", "--jobs", jobs, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=_as_from_a_terminal,
    )
    assert running.stdin and running.stdout and running.stderr
    try:
        running.stdin.write(one_line(GOOD) * 10)  # enough for two processes to answer while the input stays open
        running.stdin.flush()
        assert running.stdout.read(1)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=20)
    finally:
        running.kill()
    assert running.returncode == 130
    assert b"Traceback" not in said


def test_a_hundred_megabytes_are_refused_within_bounds(tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as out:
        out.write(b'{"resourceType":"Bundle","entry":[')
        for _ in range(100):
            out.write(b'{"resource":{"resourceType":"Basic","x":"' + b"x" * 1_000_000 + b'"}},')
        out.write(b"null]}")
    done = run("assess", str(large), memory=1_500_000)
    assert json.loads(done.stdout)["code"] == "input.too-large"
    assert done.returncode == 1
    stream = run("assess", "--ndjson", "-", given=large.read_bytes() + b"\n" + one_line(GOOD), memory=1_500_000)
    assert [json.loads(line)["schema"] for line in stream.stdout.splitlines()] == ["smartpgx.error/1", "smartpgx.consultation/1"]
