"""Settings, places, fixtures, the command."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from smartpgx.errors import SettingsError
from smartpgx.sandbox import places
from smartpgx.sandbox.__main__ import listen, main
from smartpgx.sandbox.app import create_sandbox
from smartpgx.sandbox.config import SandboxConfig, load
from smartpgx.sandbox.definitions import table
from smartpgx.sandbox.record.checks import faults
from smartpgx.sandbox.record.store import ResourceStore
from smartpgx.sandbox.stories import load as load_stories


def written(folder: Path, sandbox: Any, app: Any = None) -> Path:
    path = folder / "launch.json"
    path.write_text(json.dumps({"app": app or {}, "sandbox": sandbox}))
    return path


CLIENT = {"client_id": "a", "redirect_uris": ["http://localhost:8322/callback"], "launch_uri": "http://localhost:8322/launch"}


def test_launch_json(tmp_path: Path) -> None:
    config = load(written(tmp_path, {"public_url": "http://127.0.0.1:9000", "clients": [CLIENT]}), {})
    assert config.fhir_base == "http://127.0.0.1:9000/fhir"
    assert config.clients[0].redirect_uris == ("http://localhost:8322/callback",)


def test_port_moves_a_loopback_address_only(tmp_path: Path) -> None:
    assert load(written(tmp_path, {}), {}, port=9001).public_url == "http://127.0.0.1:9001"
    path = written(tmp_path, {"public_url": "https://ehr.example"})
    assert load(path, {}, port=9001).public_url == "https://ehr.example"


def test_public_addresses_from_the_environment(tmp_path: Path) -> None:
    path = written(tmp_path, {"clients": [CLIENT]}, {"public_url": "http://localhost:8322"})
    config = load(path, {"SANDBOX_PUBLIC_URL": "https://ehr.example/", "PUBLIC_URL": "https://app.example"})
    assert config.fhir_base == "https://ehr.example/fhir"
    assert config.clients[0].launch_uri == "https://app.example/launch"
    assert config.clients[0].redirect_uris == ("https://app.example/callback",)


@pytest.mark.parametrize(
    ("section", "hint"),
    [
        ({"client": []}, "Did you mean 'clients'?"),
        ({"clients": []}, "empty"),
        ({"clients": [{**CLIENT, "redirect_uri": "x"}]}, "Did you mean 'redirect_uris'?"),
        ({"clients": [{"client_id": "a"}]}, "'redirect_uris' is missing"),
        ({"public_url": "ftp://x"}, "not a plain http"),
        ([], "has to be an object"),
    ],
)
def test_settings_that_do_not_hold(tmp_path: Path, section: Any, hint: str) -> None:
    with pytest.raises(SettingsError, match="sandbox") as error:
        load(written(tmp_path, section), {})
    assert hint in error.value.message


def test_launch_json_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "launch.json", {})
    (tmp_path / "launch.json").write_text("{")
    with pytest.raises(SettingsError, match="not JSON"):
        load(None, {"SMARTPGX_LAUNCH_JSON": str(tmp_path / "launch.json")})


def test_scenarios_name_stories_and_faults(fixtures: Path) -> None:
    chosen = create_sandbox(SandboxConfig(fixtures=fixtures, scenarios=("bert", "slow"))).test_client()
    assert "Story of bert" in chosen.get("/").text and "Story of anna" not in chosen.get("/").text
    assert 'value="slow"' in chosen.get("/chart/bert").text and 'value="down"' not in chosen.get("/chart/bert").text
    with pytest.raises(SettingsError, match="Did you mean 'anna'"):
        create_sandbox(SandboxConfig(fixtures=fixtures, scenarios=("ana",)))


def test_shipped_launch_json_starts() -> None:
    create_sandbox(load(places.place("launch.json"), {}))


def test_places_in_a_wheel_and_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "smartpgx"
    (tmp_path / "templates").mkdir()
    assert places.place("templates", package) == tmp_path / "templates"
    (package / "_shipped" / "templates").mkdir(parents=True)
    assert places.place("templates", package) == package / "_shipped" / "templates"
    with pytest.raises(SettingsError):
        places.place("static", package)


def test_ids_of_two_stories_may_clash(tmp_path: Path) -> None:
    for slug in ("one", "two"):
        (tmp_path / slug).mkdir()
        resources = [
            {"resourceType": "Patient", "id": slug},
            {"resourceType": "Observation", "id": "o", "status": "final", "subject": {"reference": f"Patient/{slug}"}},
            {
                "resourceType": "Observation",
                "subject": {"reference": "urn:uuid:1"},
                "hasMember": [{"reference": "Observation/o"}],
            },
        ]
        entries: list[dict[str, Any]] = [{"resource": resource} for resource in resources]
        entries[0]["fullUrl"] = "urn:uuid:1"
        (tmp_path / slug / "story.json").write_text(json.dumps({"slug": slug}))
        (tmp_path / slug / "profile.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    store = ResourceStore(lambda: 0.0)
    load_stories(store, tmp_path)
    assert store.read("Observation", "two-o")["subject"]["reference"] == "Patient/two"
    assert store.read("Observation", "two-2")["hasMember"] == [{"reference": "Observation/two-o"}]
    assert store.read("Observation", "one-2")["subject"] == {"reference": "Patient/one"}


@pytest.mark.parametrize(
    "bundle", ["{", {"resourceType": "Bundle"}, {"entry": [{"resource": {"resourceType": "Nonsense", "id": "x"}}]}]
)
def test_fixture_that_cannot_be_read_is_named(tmp_path: Path, bundle: Any) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "story.json").write_text('{"slug": "one"}')
    (tmp_path / "one" / "profile.json").write_text(bundle if isinstance(bundle, str) else json.dumps(bundle))
    with pytest.raises(SettingsError, match="one/profile.json"):
        load_stories(ResourceStore(lambda: 0.0), tmp_path)


def test_shipped_fixtures_are_valid_r4() -> None:
    sandbox = create_sandbox(SandboxConfig()).extensions["smartpgx.sandbox"]
    store = sandbox.store
    wrong = [
        (resource["resourceType"], resource["id"], fault.text)
        for resource in store.all()
        for fault in faults(resource, lambda kind, name: store.find(kind, name) is not None, sandbox.config.fhir_base)
    ]
    assert wrong == []


def test_definitions_are_r4() -> None:
    assert table()["release"] == "4.0.1"


def test_taken_port_is_told_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match="--port"):
            listen("127.0.0.1", port)
        assert main(["--port", str(port), "--launch-config", str(written(tmp_path, {}))]) == 2
    assert f"Port {port} is taken" in capsys.readouterr().err
