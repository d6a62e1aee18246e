"""Where an EHR signs people in: .well-known/smart-configuration, else its CapabilityStatement.

Every endpoint must stand on the origin of the FHIR base or on one that launch.json names for this issuer: a
configuration that points elsewhere would carry our codes to someone else (mix-up attack).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from cachetools import TTLCache
from msgspec import Struct

from smartpgx import addresses
from smartpgx.errors import LaunchRefused
from smartpgx.settings import Issuer
from smartpgx.smart.fetch import NotThere, json_object

OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
CONFIGURATION_SECONDS = 600
KEYS_SECONDS = 3600


class Endpoints(Struct, frozen=True, kw_only=True):
    """``issuer``: who signs id_tokens, which need not be the FHIR base. ``jwks`` None: identities cannot be proved."""

    authorize: str
    token: str
    issuer: str | None = None
    jwks: str | None = None
    capabilities: tuple[str, ...] = ()
    says_iss: bool = False


class Discovery:
    """Configurations and keys of the allow-listed issuers, kept for a few minutes, never anything of a patient."""

    def __init__(self) -> None:
        self._configurations: TTLCache[str, Endpoints] = TTLCache(64, CONFIGURATION_SECONDS)
        self._keys: TTLCache[str, dict[str, Any]] = TTLCache(64, KEYS_SECONDS)
        self._lock = threading.Lock()

    def endpoints(self, issuer: Issuer) -> Endpoints:
        """Raises LaunchRefused where the EHR names none, or names one that is not to be trusted."""
        with self._lock:
            known = self._configurations.get(issuer.iss)
        if known is None:
            known = _discover(issuer)
            with self._lock:
                self._configurations[issuer.iss] = known
        return known

    def keys(self, issuer: Issuer, *, fresh: bool = False) -> dict[str, Any]:
        """The key set that the issuer's id_tokens are signed with; ``fresh`` asks again (an unknown key id)."""
        url = self.endpoints(issuer).jwks
        if url is None:
            raise LaunchRefused("the EHR does not say with which keys it signs identities")
        with self._lock:
            known = None if fresh else self._keys.get(url)
        if known is None:
            known = json_object(url, "signing keys")
            with self._lock:
                self._keys[url] = known
        return known


def _discover(issuer: Issuer) -> Endpoints:
    base = issuer.iss.rstrip("/")
    try:
        said = json_object(base + "/.well-known/smart-configuration", "SMART configuration")
    except NotThere:
        said = _from_metadata(json_object(base + "/metadata", "CapabilityStatement"))
    methods = said.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise LaunchRefused("the EHR does not offer PKCE with S256, which SMART requires")
    signer = said.get("issuer") if isinstance(said.get("issuer"), str) else None
    return Endpoints(
        authorize=_endpoint(issuer, said, "authorization_endpoint"),
        token=_endpoint(issuer, said, "token_endpoint"),
        issuer=signer,
        jwks=_jwks(issuer, said, signer),
        capabilities=tuple(c for c in said.get("capabilities") or () if isinstance(c, str)),
        says_iss=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(issuer: Issuer, said: Mapping[str, Any], key: str) -> str:
    """An endpoint on an expected origin; a relative one is resolved against the FHIR base. Raises LaunchRefused."""
    value = said.get(key)
    if not isinstance(value, str) or not value:
        raise LaunchRefused(f"the EHR's SMART configuration has no {key}")
    url = addresses.resolved(value, issuer.iss)
    try:
        start = addresses.origin(url)
        allowed = {addresses.origin(a) for a in (issuer.iss, *issuer.endpoint_origins)}
    except addresses.BadAddress as problem:
        raise LaunchRefused(f"the EHR's {key} is not accepted: {problem}") from None
    if start not in allowed:
        raise LaunchRefused(f"the EHR's {key} stands on an origin that launch.json does not name for this EHR")
    return url


def _jwks(issuer: Issuer, said: Mapping[str, Any], signer: str | None) -> str | None:
    if said.get("jwks_uri"):
        return _endpoint(issuer, said, "jwks_uri")
    if signer is None:
        return None
    try:
        place = _endpoint(issuer, {"issuer": signer.rstrip("/") + "/.well-known/openid-configuration"}, "issuer")
        return _endpoint(issuer, json_object(place, "OpenID configuration"), "jwks_uri")
    except LaunchRefused:
        return None


def _from_metadata(statement: Mapping[str, Any]) -> dict[str, Any]:
    """The oauth-uris extension of the CapabilityStatement, as the keys of a SMART configuration."""
    names = {"authorize": "authorization_endpoint", "token": "token_endpoint"}
    found: dict[str, Any] = {}
    for rest in _dicts(statement.get("rest")):
        for extension in _dicts((rest.get("security") or {}).get("extension")):
            if extension.get("url") == OAUTH_URIS:
                for part in _dicts(extension.get("extension")):
                    if part.get("url") in names:
                        found[names[part["url"]]] = part.get("valueUri")
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
