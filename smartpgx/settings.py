"""Configuration, read once: launch.json and environment variables. What is wrong is refused at the start, by name.

| variable | meaning |
|---|---|
| SMARTPGX_LAUNCH_JSON | which launch.json (default: of the working directory, else the one that comes with the product) |
| PUBLIC_URL, SMARTPGX_PUBLIC_URL | the address browsers know this app by (else ``app.public_url``) |
| SANDBOX_PUBLIC_URL | the address browsers know the sandbox EHR by (else ``sandbox.public_url``) |
| SMARTPGX_SECRET_KEY | 32 characters or more; encrypts visits and signs the cookie. Needed wherever visitors are not local |
| SMARTPGX_STORE_DIR | where encrypted visits are kept |
| SMARTPGX_VISIT_MINUTES | how long a visit lives (default 60) |
| SMARTPGX_OPEN_SERVER | address of a FHIR server without sign-in: no launch, a picker of our test patients |
| SMARTPGX_OPEN_SERVER_ALLOW_REMOTE | 1: in that mode, also serve visitors of other machines |
| SMARTPGX_KNOWLEDGE | folder of another knowledge release |
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from smartpgx import addresses, launch_file
from smartpgx.errors import SettingsError
from smartpgx.places import place

AuthMethod = Literal["none", "client_secret_basic", "private_key_jwt"]

VARIABLES = (
    "SMARTPGX_LAUNCH_JSON", "SMARTPGX_PUBLIC_URL", "SMARTPGX_SECRET_KEY", "SMARTPGX_STORE_DIR", "SMARTPGX_VISIT_MINUTES",
    "SMARTPGX_OPEN_SERVER", "SMARTPGX_OPEN_SERVER_ALLOW_REMOTE", "SMARTPGX_KNOWLEDGE", "SMARTPGX_SHARED",
)  # fmt: skip
"""SMARTPGX_SHARED is read by the tests only."""


class Issuer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An EHR that may open the app. ``iss``: its FHIR base, sent as ``aud`` exactly as it is written here.

    ``frame_origins``: who may show us in a frame. ``endpoint_origins``: where its authorization server may stand
    beside the origin of ``iss``. ``auth``: how we prove to be the client; ``client_secret_env`` names the environment
    variable with the secret, ``private_key_file`` a PEM or JWK file (RSA: RS384, P-384: ES384) with its ``kid``.
    """

    iss: str
    name: str
    client_id: str
    frame_origins: tuple[str, ...] = ()
    endpoint_origins: tuple[str, ...] = ()
    auth: AuthMethod = "none"
    client_secret_env: str | None = None
    private_key_file: str | None = None
    kid: str | None = None


class Scopes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of the EHR: ``needed`` for any advice at all, ``optional`` for a feature each."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


class SiteCodes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``system|code`` (or ``system|`` for a whole code system) under which this site files results and reports."""

    genetic: tuple[str, ...] = ()
    microbiology: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


class App(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    public_url: str
    issuers: tuple[Issuer, ...]
    scopes: Scopes
    site_codes: SiteCodes = SiteCodes()


class SandboxClient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    client_id: str
    redirect_uris: tuple[str, ...]
    launch_uri: str


class Sandbox(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Read by the sandbox EHR; here only checked, and its address known."""

    public_url: str
    clients: tuple[SandboxClient, ...] = ()
    scenarios: tuple[str, ...] = ()


class LaunchFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    app: App
    sandbox: Sandbox | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """Everything the app needs to know to start. ``secret_key`` None: made for this machine and kept in ``store_dir``.

    ``plain_http`` is true where browsers reach the app by http beyond this machine: only a demonstration on the
    sandbox EHR may be served so, and its cookie then cannot live in a frame.
    """

    public_url: str
    issuers: tuple[Issuer, ...]
    scopes: Scopes
    site_codes: SiteCodes = SiteCodes()
    secret_key: str | None = None
    store_dir: Path = field(default_factory=lambda: default_store_dir())
    visit_minutes: int = 60
    open_server: str | None = None
    open_server_allow_remote: bool = False
    knowledge_dir: Path | None = None
    plain_http: bool = False

    @property
    def redirect_uri(self) -> str:
        return self.public_url + "/callback"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from launch.json and the environment. Raises SettingsError naming the file or variable and the key."""
    environ = os.environ if environ is None else environ
    launch_file.refuse_unknown_variables(environ, VARIABLES)
    path = _launch_json(environ)
    read = launch_file.read(path, LaunchFile)
    app = _moved(read, environ)
    sandbox = environ.get("SANDBOX_PUBLIC_URL") or (read.sandbox.public_url if read.sandbox else None)
    plain_http = _check_public_url(app, sandbox, path)
    _check_issuers(app.issuers, sandbox, environ, path)
    return Settings(
        public_url=app.public_url.rstrip("/"),
        issuers=app.issuers,
        scopes=app.scopes,
        site_codes=app.site_codes,
        secret_key=_secret_key(environ, app.public_url),
        store_dir=Path(environ.get("SMARTPGX_STORE_DIR") or default_store_dir()),
        visit_minutes=_minutes(environ.get("SMARTPGX_VISIT_MINUTES", "60")),
        open_server=_open_server(environ.get("SMARTPGX_OPEN_SERVER")),
        open_server_allow_remote=environ.get("SMARTPGX_OPEN_SERVER_ALLOW_REMOTE", "").lower() in ("1", "true", "yes"),
        knowledge_dir=Path(environ["SMARTPGX_KNOWLEDGE"]) if environ.get("SMARTPGX_KNOWLEDGE") else None,
        plain_http=plain_http,
    )


def default_store_dir() -> Path:
    """A folder of this user among the machine's temporary files."""
    return Path(tempfile.gettempdir()) / f"smartpgx-{os.getuid()}"


def _launch_json(environ: Mapping[str, str]) -> Path:
    if environ.get("SMARTPGX_LAUNCH_JSON"):
        return Path(environ["SMARTPGX_LAUNCH_JSON"])
    here = Path("launch.json")
    return here if here.is_file() else place("launch.json")


def _moved(read: LaunchFile, environ: Mapping[str, str]) -> App:
    """The app's part with the addresses that PUBLIC_URL and SANDBOX_PUBLIC_URL put in place of those of the file."""
    app = read.app
    public_url = environ.get("SMARTPGX_PUBLIC_URL") or environ.get("PUBLIC_URL") or app.public_url
    before = read.sandbox.public_url.rstrip("/") if read.sandbox else ""
    after = (environ.get("SANDBOX_PUBLIC_URL") or before).rstrip("/")

    def moved(url: str) -> str:
        return after + url[len(before) :] if before and (url == before or url.startswith(before + "/")) else url

    issuers = tuple(
        launch_file.replaced(i, iss=moved(i.iss), frame_origins=tuple(moved(o) for o in i.frame_origins)) for i in app.issuers
    )
    return launch_file.replaced(app, public_url=public_url.rstrip("/"), issuers=issuers)


def _check_public_url(app: App, sandbox: str | None, path: Path) -> bool:
    """Whether the app is served by plain http beyond this machine, which only a demonstration on the sandbox may."""
    try:
        start = addresses.canonical(app.public_url, http_beyond_loopback=True)
    except addresses.BadAddress as problem:
        raise SettingsError(f"PUBLIC_URL or {path.name}, app.public_url: {problem}") from None
    local = addresses.is_loopback(start.split("://", 1)[1].rsplit(":", 1)[0])
    plain = start.startswith("http:") and not local
    if plain and not all(sandbox and addresses.within(i.iss, sandbox) for i in app.issuers):
        raise SettingsError(
            "PUBLIC_URL or app.public_url is http beyond this machine: only a demonstration on the sandbox EHR may be served "
            "so; give an https address"
        )
    return plain


def _check_issuers(issuers: tuple[Issuer, ...], sandbox: str | None, environ: Mapping[str, str], path: Path) -> None:
    seen: dict[str, int] = {}
    for n, issuer in enumerate(issuers):
        where = f"{path.name}, app.issuers[{n}]"
        demo = bool(sandbox and addresses.within(issuer.iss, sandbox))
        for key, urls in (
            ("iss", (issuer.iss,)),
            ("frame_origins", issuer.frame_origins),
            ("endpoint_origins", issuer.endpoint_origins),
        ):
            for url in urls:
                try:
                    form = addresses.canonical(url, http_beyond_loopback=demo)
                except addresses.BadAddress as problem:
                    raise SettingsError(f"{where}.{key}: {problem}") from None
                if key != "iss" and form != addresses.origin(url):
                    raise SettingsError(f"{where}.{key}: an origin is scheme, host and port without a path")
        first = seen.setdefault(addresses.canonical(issuer.iss, http_beyond_loopback=demo), n)
        if first != n:
            raise SettingsError(f"{where}.iss: the same EHR as app.issuers[{first}]")
        _check_client(issuer, environ, where)


def _check_client(issuer: Issuer, environ: Mapping[str, str], where: str) -> None:
    if issuer.auth == "client_secret_basic" and not environ.get(issuer.client_secret_env or ""):
        raise SettingsError(f"{where}.client_secret_env: must name an environment variable that holds the client secret")
    if issuer.auth == "private_key_jwt":
        if not issuer.private_key_file or not Path(issuer.private_key_file).is_file():
            raise SettingsError(f"{where}.private_key_file: must name a readable key file")
        if not issuer.kid:
            raise SettingsError(f"{where}.kid: a private key needs the key id it is registered under")


def _secret_key(environ: Mapping[str, str], public_url: str) -> str | None:
    key = environ.get("SMARTPGX_SECRET_KEY")
    if key is not None and len(key) < 32:
        raise SettingsError("SMARTPGX_SECRET_KEY: fewer than 32 characters; make one with `openssl rand -hex 32`")
    if key is None and public_url.startswith("https:"):
        raise SettingsError("SMARTPGX_SECRET_KEY: is needed where the app is served beyond this machine")
    return key


def _minutes(text: str) -> int:
    if not text.isdigit() or not 5 <= int(text) <= 24 * 60:
        raise SettingsError("SMARTPGX_VISIT_MINUTES: give a whole number from 5 to 1440")
    return int(text)


def _open_server(url: str | None) -> str | None:
    if not url:
        return None
    try:
        return addresses.canonical(url, http_beyond_loopback=True)
    except addresses.BadAddress as problem:
        raise SettingsError(f"SMARTPGX_OPEN_SERVER (--open-server): {problem}") from None
