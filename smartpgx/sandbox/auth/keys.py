"""The signing key of the id_token, new at every start."""

from __future__ import annotations

from typing import Any

from joserfc.jwk import RSAKey


class SigningKeys:
    """``own`` is published in the JWKS; ``foreign`` bears the same kid and is not, for the scenario ``id_tamper``."""

    def __init__(self) -> None:
        self.own = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
        self.kid = self.own.thumbprint()
        self.foreign = RSAKey.generate_key(2048)

    def jwks(self) -> dict[str, Any]:
        """Public part only."""
        return {"keys": [{**self.own.as_dict(private=False), "kid": self.kid}]}
