"""Who is signed in: the id_token, checked as OpenID Connect demands before a word of it is believed."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct

from smartpgx.addresses import within
from smartpgx.errors import LaunchRefused
from smartpgx.settings import Issuer
from smartpgx.smart.discovery import Discovery

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
_FHIR_USER = re.compile(r"(Practitioner|PractitionerRole|Patient|RelatedPerson|Person)/[A-Za-z0-9\-.]{1,64}")


class Person(Struct, frozen=True, kw_only=True):
    """The signed-in person. ``reference`` None: the token names nobody on this FHIR base."""

    subject: str
    reference: str | None = None
    name: str | None = None


def validate(token: str, issuer: Issuer, discovery: Discovery, nonce: str, now: float) -> Person:
    """The person an id_token proves. Raises LaunchRefused naming the check that failed, never a value.

    Signature by a key of the discovered set (RS or ES algorithms only; an unknown key id makes us fetch the set once
    more; a token without key id is accepted where one key fits), iss, aud, azp, nonce, exp and iat.
    """
    header, claims = _opened(token, issuer, discovery)
    signer = discovery.endpoints(issuer).issuer
    if not signer or claims.get("iss") != signer:
        raise LaunchRefused("the identity was issued by someone other than this EHR's issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if issuer.client_id not in audiences:
        raise LaunchRefused("the identity is meant for another app")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != issuer.client_id:
        raise LaunchRefused("the identity was authorized for another app")
    if claims.get("nonce") != nonce:
        raise LaunchRefused("the identity belongs to another launch")
    _check_times(claims, now)
    if not isinstance(claims.get("sub"), str):
        raise LaunchRefused("the identity names no subject")
    name = claims.get("name")
    return Person(subject=claims["sub"], reference=_reference(claims, issuer.iss), name=name if isinstance(name, str) else None)


def _opened(token: str, issuer: Issuer, discovery: Discovery) -> tuple[dict[str, Any], dict[str, Any]]:
    header = _header(token)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise LaunchRefused("the identity is signed with an algorithm that is not accepted")
    key = _key(discovery.keys(issuer), header) or _key(discovery.keys(issuer, fresh=True), header)
    if key is None:
        raise LaunchRefused("the identity is signed with a key the EHR does not publish")
    try:
        opened = jws.deserialize_compact(token, key, algorithms=[algorithm])
        claims = json.loads(opened.payload)
    except (JoseError, ValueError, TypeError):
        raise LaunchRefused("the signature of the identity is not right") from None
    if not isinstance(claims, dict):
        raise LaunchRefused("the identity holds no claims")
    return header, claims


def _header(token: str) -> dict[str, Any]:
    part = token.split(".")[0] if token.count(".") == 2 else ""
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        header = None
    if not isinstance(header, dict) or "crit" in header:
        raise LaunchRefused("the identity is not a token that can be read")
    return header


def _key(key_set: dict[str, Any], header: dict[str, Any]) -> RSAKey | ECKey | None:
    kind = "RSA" if header["alg"].startswith("RS") else "EC"
    published = key_set.get("keys")
    fitting = [
        k
        for k in (published if isinstance(published, list) else [])
        if isinstance(k, dict) and k.get("kty") == kind and k.get("use", "sig") == "sig"
        and k.get("alg", header["alg"]) == header["alg"]
    ]  # fmt: skip
    if "kid" in header:
        fitting = [k for k in fitting if k.get("kid") == header["kid"]]
    if len(fitting) != 1:
        return None
    public = {k: v for k, v in fitting[0].items() if k not in ("d", "p", "q", "dp", "dq", "qi", "oth")}
    try:
        return RSAKey.import_key(public) if kind == "RSA" else ECKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _check_times(claims: dict[str, Any], now: float) -> None:
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, (int, float)) or isinstance(expires, bool) or expires < now - LEEWAY_SECONDS:
        raise LaunchRefused("the identity has expired")
    if not isinstance(issued, (int, float)) or isinstance(issued, bool) or issued > now + LEEWAY_SECONDS:
        raise LaunchRefused("the identity was issued in the future: the clocks disagree by more than a minute")
    begins = claims.get("nbf", issued)
    if not isinstance(begins, (int, float)) or begins > now + LEEWAY_SECONDS:
        raise LaunchRefused("the identity is not valid yet")


def _reference(claims: dict[str, Any], base: str) -> str | None:
    """``fhirUser``, relative or absolute on this FHIR base; one that stands elsewhere is nobody here."""
    value = claims.get("fhirUser") or claims.get("profile")
    if not isinstance(value, str):
        return None
    if "://" in value:
        value = value[len(base.rstrip("/")) + 1 :] if within(value, base) else ""
    return value if _FHIR_USER.fullmatch(value) else None
