"""Which EHRs may open the app. Asked before anything is sent anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from smartpgx.addresses import BadAddress, canonical
from smartpgx.errors import IssuerNotTrusted
from smartpgx.settings import Issuer


class AllowList:
    """The configured issuers by their one canonical form."""

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self._by_form = {canonical(i.iss, http_beyond_loopback=True): i for i in issuers}

    def find(self, iss: str | None) -> tuple[str, Issuer]:
        """Canonical form and settings of the issuer that ``iss`` names, whatever its case of host or slash at the end.

        Raises IssuerNotTrusted; the message does not repeat the address, which anyone could have written.
        """
        if not iss:
            raise IssuerNotTrusted("the launch does not say which EHR it comes from")
        try:
            form = canonical(iss, http_beyond_loopback=True)
        except BadAddress as problem:
            raise IssuerNotTrusted(f"the launch names an EHR by an address that is not accepted: {problem}") from None
        if form not in self._by_form:
            raise IssuerNotTrusted("the launch comes from an EHR that is not on the list of this app")
        return form, self._by_form[form]

    def by_form(self, form: str) -> Issuer | None:
        """The issuer of a stored visit or launch; None when it was taken off the list meanwhile."""
        return self._by_form.get(form)
