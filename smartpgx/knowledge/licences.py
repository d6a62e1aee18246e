"""Licences under which facts may be part of a release we pass on."""

from __future__ import annotations

PUBLIC_DOMAIN = "public domain"
CC0 = "CC0-1.0"
CC_BY_SA = "CC-BY-SA-4.0"
MPL = "MPL-2.0"
MIT = "MIT"
APACHE = "Apache-2.0"
UNLICENSE = "Unlicense"
ODC_BY = "ODC-By-1.0"

ALLOWED = frozenset(
    {PUBLIC_DOMAIN, CC0, UNLICENSE, MIT, "BSD-2-Clause", "BSD-3-Clause", APACHE, ODC_BY, "CC-BY-4.0", CC_BY_SA, MPL}
)  # fmt: skip
