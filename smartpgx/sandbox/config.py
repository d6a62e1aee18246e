"""What the sandbox is started with: the section ``sandbox`` of launch.json, the environment, the command line.

| variable | meaning |
|---|---|
| SMARTPGX_LAUNCH_JSON | which launch.json (default: of the working directory, else the one that comes with the project) |
| SANDBOX_PUBLIC_URL | the address browsers know the sandbox by, instead of ``sandbox.public_url`` |
| PUBLIC_URL, SMARTPGX_PUBLIC_URL | the app's address: takes the place of ``app.public_url`` in launch and redirect addresses |
"""

from __future__ import annotations

import difflib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartpgx.errors import SettingsError
from smartpgx.sandbox import places

SECTION_KEYS = ("public_url", "clients", "scenarios", "access_token_seconds", "page_size", "slow_seconds")
CLIENT_KEYS = ("client_id", "redirect_uris", "launch_uri", "name", "client_secret", "jwks")


@dataclass(frozen=True)
class SandboxClient:
    """An app registered with the EHR. With ``client_secret`` or ``jwks`` it is confidential, else public."""

    client_id: str = "smartpgx"
    redirect_uris: tuple[str, ...] = ("http://localhost:8322/callback",)
    launch_uri: str = "http://localhost:8322/launch"
    name: str = "smartpgx"
    client_secret: str | None = field(default=None, repr=False)
    jwks: Mapping[str, Any] | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port of the app."""
        parts = urlsplit(self.launch_uri)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class SandboxConfig:
    """Settings of one sandbox. Times in seconds; ``fixtures`` None means the folder that comes with the project.

    ``scenarios`` names stories of the patient list and faults the EHR page offers; none of a kind means all of that kind.
    ``controls`` opens the addresses under /controls by which tests set faults and launch without the page.
    """

    public_url: str = "http://127.0.0.1:8321"
    clients: tuple[SandboxClient, ...] = (SandboxClient(),)
    scenarios: tuple[str, ...] = ()
    fixtures: Path | None = None
    access_token_seconds: int = 300
    code_seconds: int = 60
    launch_seconds: int = 300
    page_size: int = 20
    slow_seconds: float = 2.0
    controls: bool = False
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        parts = urlsplit(self.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise SettingsError(f"sandbox.public_url {self.public_url!r} is not a plain http or https address.")
        object.__setattr__(self, "public_url", self.public_url.rstrip("/"))

    @property
    def fhir_base(self) -> str:
        """The ``iss`` of a launch and the only accepted ``aud``."""
        return self.public_url + "/fhir"

    @property
    def issuer(self) -> str:
        """OpenID issuer; as in large EHRs it is not the FHIR base."""
        return self.public_url + "/auth"


def load(
    path: Path | None,
    environ: Mapping[str, str],
    *,
    port: int | None = None,
    fixtures: Path | None = None,
    controls: bool = False,
) -> SandboxConfig:
    """Settings from launch.json, then the environment; a given port replaces that of a loopback address.

    Raises SettingsError naming file, key and the nearest known key.
    """
    document = _document(path or _launch_json(environ))
    config = replace(from_section(document.get("sandbox", {})), fixtures=fixtures, controls=controls)
    if app_address := environ.get("SMARTPGX_PUBLIC_URL") or environ.get("PUBLIC_URL"):
        written = str(document.get("app", {}).get("public_url", SandboxClient().origin)).rstrip("/")
        config = replace(config, clients=tuple(_moved(client, written, app_address.rstrip("/")) for client in config.clients))
    if address := environ.get("SANDBOX_PUBLIC_URL"):
        return replace(config, public_url=address)
    parts = urlsplit(config.public_url)
    if port is not None and parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return replace(config, public_url=parts._replace(netloc=f"{parts.netloc.rsplit(':', 1)[0]}:{port}").geturl())
    return config


def _launch_json(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get("SMARTPGX_LAUNCH_JSON"):
        return Path(named)
    if Path("launch.json").is_file():
        return Path("launch.json")
    try:
        return places.place("launch.json")
    except SettingsError:
        return None


def _document(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("sandbox", {}), dict):
        raise SettingsError(f"{path.name}: 'sandbox' has to be an object.")
    return document


def _moved(client: SandboxClient, old: str, new: str) -> SandboxClient:
    """The client with the app's address ``old`` replaced where its addresses begin with it."""
    addresses = [
        new + one.removeprefix(old) if one.startswith(old + "/") else one for one in (client.launch_uri, *client.redirect_uris)
    ]
    return replace(client, launch_uri=addresses[0], redirect_uris=tuple(addresses[1:]))


def from_section(section: Mapping[str, Any]) -> SandboxConfig:
    """Settings from the section ``sandbox``. Raises SettingsError."""
    _known(section, SECTION_KEYS, "sandbox")
    given = {key: section[key] for key in SECTION_KEYS if key in section and key not in ("clients", "scenarios")}
    if "scenarios" in section:
        given["scenarios"] = tuple(section["scenarios"])
    if "clients" in section:
        given["clients"] = tuple(_client(row) for row in section["clients"])
        if not given["clients"]:
            raise SettingsError("sandbox.clients is empty: no app could be launched.")
    return SandboxConfig(**given)


def _client(row: Mapping[str, Any]) -> SandboxClient:
    _known(row, CLIENT_KEYS, "sandbox.clients")
    for key in ("client_id", "redirect_uris", "launch_uri"):
        if not row.get(key):
            raise SettingsError(f"sandbox.clients: {key!r} is missing.")
    return SandboxClient(**{**row, "redirect_uris": tuple(row["redirect_uris"])})


def _known(section: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    for key in section:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, 1)
            raise SettingsError(f"{where}: unknown key {key!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
