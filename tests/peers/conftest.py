"""A HAPI FHIR server and the HL7 validator, neither of them written here. Both start from published jars; see the scripts."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BUILD = Path(os.environ.get("PEERS_DIR", HERE.parents[1] / "build" / "peers"))
GENOMICS = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"


def missing_tools(*tools):
    return [tool for tool in tools if shutil.which(tool) is None]


def leave_out(what, why):
    pytest.skip(f"LEFT OUT: {what}: {why}. Install maven, default-jdk-headless and npm, or run once with a network.")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_script(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, env={**os.environ, "PEERS_DIR": str(BUILD)}, check=False)


@pytest.fixture(scope="session")
def hapi():
    """Starts HAPI servers by flags, one per set of flags, and ends them all. Returns base addresses."""
    if absent := missing_tools("java", "mvn"):
        leave_out("tests against a HAPI FHIR server", f"no {' and no '.join(absent)}")
    ports = {}

    def start(*flags):
        if flags not in ports:
            port = free_port()
            run = run_script(str(HERE / "hapi" / "start.sh"), str(port), *flags)
            if run.returncode:
                if not (BUILD / "hapi" / "classes").is_dir():
                    leave_out("tests against a HAPI FHIR server", "its jars are not here and could not be fetched")
                pytest.fail(run.stdout + run.stderr)
            ports[flags] = port
        return f"http://127.0.0.1:{ports[flags]}/fhir"

    yield start
    for port in ports.values():
        subprocess.run([str(HERE / "hapi" / "stop.sh"), str(port)], capture_output=True, check=False)


@pytest.fixture(scope="session")
def hapi_server(hapi):
    """A server with HAPI's defaults: referential integrity, no external references."""
    return hapi()


@pytest.fixture(scope="session")
def hapi_sandbox(hapi):
    """A server like the public sandbox: searches answered from a cache for 60 s."""
    return hapi("sandbox")


@pytest.fixture(scope="session")
def validate():
    """``validate(files, profile=None)`` -> {file as given: [errors]}: HL7 validator, genomics-reporting 3.0.0."""
    if absent := missing_tools("java", "mvn", "npm"):
        leave_out("the HL7 validator", f"no {' and no '.join(absent)}")

    def run(files, profile=None):
        files = [str(file) for file in files]
        command = [str(HERE / "validator" / "validate.sh"), "-min", "error"]
        command += ["-profile", GENOMICS + profile] if profile else []
        answer = subprocess.run(
            [*command, "-"],
            input="\n".join(files) + "\n",
            capture_output=True,
            text=True,
            env={**os.environ, "PEERS_DIR": str(BUILD)},
            check=False,
        )
        if answer.returncode == 2:
            leave_out("the HL7 validator", "its jars or packages are not here and could not be fetched")
        results, errors = {}, []
        for line in answer.stdout.splitlines():
            if line.startswith(("VALID\t", "INVALID\t")):
                results[files[len(results)]] = errors
                assert line.startswith("VALID") == (not errors), line
                errors = []
            else:
                errors.append(line)
        assert len(results) == len(files), answer.stderr[-2000:]
        return results

    return run


@pytest.fixture
def written_to_files():
    """Puts JSON documents into files and returns their paths."""
    with tempfile.TemporaryDirectory() as folder:

        def put(documents):
            paths = []
            for number, document in enumerate(documents):
                path = Path(folder) / f"{number}.json"
                path.write_text(json.dumps(document), encoding="utf-8")
                paths.append(path)
            return paths

        yield put
