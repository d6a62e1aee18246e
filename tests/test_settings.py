import json

import pytest

from smartpgx import addresses
from smartpgx.errors import SettingsError
from smartpgx.places import place
from smartpgx.settings import VARIABLES, App, Issuer, LaunchFile, Sandbox, SandboxClient, Scopes, SiteCodes, load


def written(tmp_path, **changes):
    made = json.loads(place("launch.json").read_text())
    for path, value in changes.items():
        target, parts = made, path.split("__")
        for part in parts[:-1]:
            target = target[int(part) if part.isdigit() else part]
        target[parts[-1]] = value
    file = tmp_path / "launch.json"
    file.write_text(json.dumps(made))
    return {"SMARTPGX_LAUNCH_JSON": str(file)}


def test_the_shipped_launch_json_is_whole_and_fits_the_sandbox():
    made = json.loads(place("launch.json").read_text())
    settings = load({"SMARTPGX_LAUNCH_JSON": str(place("launch.json"))})
    (client,) = made["sandbox"]["clients"]
    assert settings.redirect_uri in client["redirect_uris"]
    assert client["client_id"] == settings.issuers[0].client_id
    assert client["launch_uri"] == settings.public_url + "/launch"
    assert sorted(made["sandbox"]["scenarios"]) == sorted(f.name for f in place("fhir_fixtures").iterdir() if f.is_dir())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"app__isuers": []}, ["launch.json", "app.isuers", "did you mean issuers"]),
        ({"app__issuers__0__clientid": "x"}, ["app.issuers[0].clientid", "did you mean client_id"]),
        ({"app__scopes__need": []}, ["app.scopes.need", "did you mean needed"]),
        ({"sandbox__port": 1}, ["sandbox.port", "known are"]),
        ({"app__public_url": 7}, ["app.public_url"]),
        ({"app__issuers__0__iss": "http://ehr.example.org/fhir"}, ["app.issuers[0].iss", "not encrypted"]),
        ({"app__issuers__0__iss": "https://u:p@ehr.example.org/fhir"}, ["app.issuers[0].iss", "password"]),
        ({"app__issuers__0__frame_origins": ["https://x.example.org/path"]}, ["frame_origins", "origin"]),
        ({"app__issuers__0__auth": "client_secret_basic"}, ["client_secret_env"]),
        ({"app__issuers__0__auth": "private_key_jwt"}, ["private_key_file"]),
        ({"app__issuers__0__auth": "basic"}, ["app.issuers[0].auth"]),
        ({"app__public_url": "http://app.example.org"}, []),
    ],
)
def test_what_is_wrong_is_named(tmp_path, changes, words):
    environ = written(tmp_path, **changes)
    if not words:
        assert load(environ).plain_http  # the sandbox alone may be shown so
        return
    with pytest.raises(SettingsError) as found:
        load(environ)
    assert all(w in found.value.message for w in words), found.value.message


def test_plain_http_beyond_this_machine_is_for_the_sandbox_alone(tmp_path):
    issuers = [{"iss": "https://ehr.example.org/fhir", "name": "E", "client_id": "c"}]
    with pytest.raises(SettingsError, match="https"):
        load(written(tmp_path, app__issuers=issuers) | {"PUBLIC_URL": "http://app.example.org"})
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load(written(tmp_path, app__issuers=issuers) | {"PUBLIC_URL": "https://app.example.org"})
    assert load(
        written(tmp_path, app__issuers=issuers) | {"PUBLIC_URL": "https://app.example.org", "SMARTPGX_SECRET_KEY": "k" * 32}
    )


def test_the_same_issuer_twice_is_refused_whatever_its_spelling(tmp_path):
    one = {"iss": "https://ehr.example.org/fhir", "name": "E", "client_id": "c"}
    with pytest.raises(SettingsError, match="same EHR"):
        load(written(tmp_path, app__issuers=[one, one | {"iss": "https://EHR.example.org/fhir/"}]))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SMARTPGX_PUBLICURL": "x"}, "did you mean SMARTPGX_PUBLIC_URL"),
        ({"SMARTPGX_SECRET_KEY": "short"}, "SMARTPGX_SECRET_KEY"),
        ({"SMARTPGX_VISIT_MINUTES": "long"}, "SMARTPGX_VISIT_MINUTES"),
        ({"SMARTPGX_OPEN_SERVER": "ftp://x"}, "SMARTPGX_OPEN_SERVER"),
        ({"PUBLIC_URL": "localhost:1"}, "PUBLIC_URL"),
        ({"SMARTPGX_LAUNCH_JSON": "/nowhere.json"}, "nowhere.json"),
    ],
)
def test_wrong_variables_are_named(environ, words):
    with pytest.raises(SettingsError, match=words):
        load(environ)


def test_addresses_move_with_the_machine(tmp_path):
    settings = load(written(tmp_path) | {"PUBLIC_URL": "http://box:8322/", "SANDBOX_PUBLIC_URL": "http://box:8321"})
    assert settings.redirect_uri == "http://box:8322/callback" and settings.plain_http
    assert settings.issuers[0].iss == "http://box:8321/fhir" and settings.issuers[0].frame_origins == ("http://box:8321",)


def test_a_file_that_is_not_json(tmp_path):
    file = tmp_path / "launch.json"
    file.write_text("{")
    with pytest.raises(SettingsError, match="not JSON"):
        load({"SMARTPGX_LAUNCH_JSON": str(file)})


@pytest.mark.parametrize(
    ("url", "base", "answer"),
    [
        ("https://a/fhir/x", "https://a/fhir", True),
        ("https://a/fhir?x=1", "https://a/fhir", True),
        ("https://a/fhir", "https://a/fhir/", True),
        ("https://A:443/fhir/x?code=a|b", "https://a/fhir", True),
        ("https://a/fhirx", "https://a/fhir", False),
        ("https://a/fhir/..", "https://a/fhir", False),
        ("https://a/fhir/%2e%2e/x", "https://a/fhir", False),
        ("//a/fhir/x", "https://a/fhir", False),
        ("https://a\n/fhir", "https://a/fhir", False),
        ("https://b/fhir", "https://a/fhir", False),
        ("https://a:8443/fhir", "https://a/fhir", False),
        ("", "https://a/fhir", False),
    ],
)
def test_within(url, base, answer):
    assert addresses.within(url, base) is answer


def test_every_setting_is_documented():
    text = (place("launch.json").parent / "docs" / "settings.md").read_text()
    structs = (LaunchFile, App, Issuer, Scopes, SiteCodes, Sandbox, SandboxClient)
    names = {f for kind in structs for f in kind.__struct_fields__} | {*VARIABLES, "PUBLIC_URL", "SANDBOX_PUBLIC_URL"}
    assert [n for n in sorted(names) if f"`{n}`" not in text] == []
