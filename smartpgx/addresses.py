"""Web addresses under suspicion: one canonical form, its origin, and whether one lies under another.

Every address that reaches us from outside (an issuer, an endpoint, a ``next`` link, a Location) passes here before
anything is sent to it.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urljoin, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*")
_DEFAULT_PORT = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """Not an address this product would ever call; the text says why and does not repeat the address."""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: ``localhost``, 127.0.0.0/8, ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(url: str) -> str:
    """``scheme://host[:port]``, lower case, default port left out. Raises BadAddress."""
    return _parts(url)[0]


def canonical(url: str, *, http_beyond_loopback: bool = False) -> str:
    """The one form of a base address: host in lower case, no default port, no slash at the end.

    Raises BadAddress for anything but a plain http(s) address: user or password, query, fragment, a non-ASCII or
    percent-encoded host, backslashes, dot segments, empty segments, and http beyond loopback.
    """
    start, path = _parts(url)
    if "?" in url or "#" in url:
        raise BadAddress("it has a query or a fragment")
    if start.startswith("http:") and not http_beyond_loopback and not is_loopback(urlsplit(start).hostname or ""):
        raise BadAddress("it is not encrypted (http is for this machine only)")
    return start + path.rstrip("/")


def within(url: str, base: str) -> bool:
    """Whether ``url`` is ``base`` itself, lies below it, or is ``base`` with a query (HAPI's next links are)."""
    try:
        (start, path), (base_start, base_path) = _parts(url), _parts(base)
    except BadAddress:
        return False
    base_path = base_path.rstrip("/")
    return start == base_start and (path.rstrip("/") == base_path or path.startswith(base_path + "/"))


def resolved(url: str, base: str) -> str:
    """``url`` as seen from the FHIR base: an absolute address stays, a relative one is joined below the base."""
    return urljoin(base.rstrip("/") + "/", url)


def _parts(url: str) -> tuple[str, str]:
    if not url or not url.isascii() or any(c <= " " or c in "\\\x7f" for c in url):
        raise BadAddress("it holds characters an address cannot have")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("it cannot be taken apart") from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT:
        raise BadAddress("it is neither https nor http")
    if "@" in parts.netloc:
        raise BadAddress("it carries a user or a password")
    shown = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(shown) or ".." in shown:
        raise BadAddress("its host is not a plain name or number")
    _check_path(parts.path)
    return f"{scheme}://{shown}" + (f":{port}" if port and port != _DEFAULT_PORT[scheme] else ""), parts.path


def _check_path(path: str) -> None:
    plain = path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\")
    segments = plain.strip("/").split("/")
    if not _PATH.fullmatch(path) or "\\" in plain or any(s in (".", "..") for s in segments):
        raise BadAddress("its path has segments that lead elsewhere")
    if "//" in plain:
        raise BadAddress("its path has empty segments")
