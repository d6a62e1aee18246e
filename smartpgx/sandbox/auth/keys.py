"""The signing key of the id_token, new in every process."""

from __future__ import annotations

from functools import cache
from typing import Any

from joserfc.jwk import RSAKey


@cache
def _generated(purpose: str) -> RSAKey:
    """One key per purpose and process: making them takes noticeable time."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})


class SigningKeys:
    """``own`` is published in the JWKS; ``foreign`` is not, and signs under the same kid in the scenario ``id_tamper``."""

    def __init__(self) -> None:
        self.own = _generated("own")
        self.kid = self.own.thumbprint()

    @property
    def foreign(self) -> RSAKey:
        return _generated("foreign")

    def jwks(self) -> dict[str, Any]:
        """Public part only."""
        return {"keys": [{**self.own.as_dict(private=False), "kid": self.kid}]}
