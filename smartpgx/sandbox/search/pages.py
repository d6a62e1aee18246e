"""Searchset Bundles and their opaque next links. A page is a snapshot: what is created meanwhile does not appear."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from smartpgx.sandbox.record.outcome import FhirError, Json

KEPT = 500


@dataclass(frozen=True)
class Snapshot:
    """A search result to be handed out in pages of ``size``; ``owner`` is the authorization that asked."""

    owner: str
    hits: tuple[Json, ...]
    others: tuple[tuple[Json, ...], ...]
    size: int
    elements: tuple[str, ...]


class Pages:
    """Snapshots by opaque key. The oldest are forgotten."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._snapshots: OrderedDict[str, tuple[Snapshot, int]] = OrderedDict()

    def bundle(self, snapshot: Snapshot, self_link: str, *, total: bool) -> Json:
        """The first page. ``total`` is told where asked, and where there is only one page."""
        page = self._page(snapshot, 0, self_link)
        if total or len(snapshot.others) <= 1:
            page["total"] = len(snapshot.hits)
        return page

    def follow(self, key: str, owner: str) -> Json:
        """The page behind a next link. Raises FhirError 410 for a key that is unknown or another caller's."""
        snapshot, number = self._snapshots.get(key, (None, 0))
        if snapshot is None or snapshot.owner != owner:
            raise FhirError(410, "expired", "This page of the search result is no longer kept. Search again.")
        return self._page(snapshot, number, f"{self._base}?_page={key}")

    def _page(self, snapshot: Snapshot, number: int, self_link: str) -> Json:
        part = snapshot.hits[number * snapshot.size : (number + 1) * snapshot.size]
        others = snapshot.others[number] if snapshot.others else ()
        links = [{"relation": "self", "url": self_link}]
        if (number + 1) * snapshot.size < len(snapshot.hits):
            links.append({"relation": "next", "url": f"{self._base}?_page={self._keep(snapshot, number + 1)}"})
        entries = [self._entry(resource, "match", snapshot.elements) for resource in part]
        entries += [self._entry(resource, "include", ()) for resource in others]
        bundle: Json = {"resourceType": "Bundle", "type": "searchset", "link": links}
        return {**bundle, "entry": entries} if entries else bundle

    def _keep(self, snapshot: Snapshot, number: int) -> str:
        key = secrets.token_urlsafe(24)
        self._snapshots[key] = (snapshot, number)
        while len(self._snapshots) > KEPT:
            self._snapshots.popitem(last=False)
        return key

    def _entry(self, resource: Json, mode: str, elements: tuple[str, ...]) -> Json:
        full = f"{self._base}/{resource['resourceType']}/{resource['id']}"
        if elements:
            kept = {"resourceType", "id", "meta", *elements}
            tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
            meta = {**resource["meta"], "tag": [*resource["meta"].get("tag", []), tag]}
            resource = {key: value for key, value in resource.items() if key in kept} | {"meta": meta}
        return {"fullUrl": full, "resource": resource, "search": {"mode": mode}}
