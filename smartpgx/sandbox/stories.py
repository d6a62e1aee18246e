"""The patients of the simulated EHR: each a clinical story in two spellings, read from ``fhir_fixtures``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartpgx.errors import SettingsError
from smartpgx.sandbox import places
from smartpgx.sandbox.record.outcome import Json
from smartpgx.sandbox.record.store import ResourceStore
from smartpgx.sandbox.record.walk import references
from smartpgx.sandbox.seed import SEED

CLINICIAN: Json = {
    "resourceType": "Practitioner",
    "id": "sandbox-clinician",
    "active": True,
    "name": [{"use": "official", "text": "Dr. Alex Sandbox (synthetic)", "family": "Sandbox", "given": ["Alex"]}],
}
SPELLINGS = (("profile", "profile.json", ""), ("local", "local.json", "-local"))
VALID_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True)
class Story:
    """One line of the patient list. ``patients`` maps a spelling (profile, local) to a Patient id."""

    slug: str
    title: str
    moral: str
    subject: str
    patients: dict[str, str]


def load(store: ResourceStore, folder: Path | None) -> tuple[Story, ...]:
    """Fill the store; an absent or empty folder gives the few patients of ``seed``. Raises SettingsError naming the file."""
    store.seed(CLINICIAN)
    stories = tuple(_stories(store, _folder(folder)))
    return stories or tuple(_seeded(store))


def _folder(folder: Path | None) -> Path | None:
    if folder is not None:
        return folder
    try:
        return places.place("fhir_fixtures")
    except SettingsError:
        return None


def _stories(store: ResourceStore, folder: Path | None) -> Iterator[Story]:
    for path in sorted(folder.glob("*/story.json")) if folder and folder.is_dir() else []:
        told = _json(path)
        patients = {}
        for spelling, name, suffix in SPELLINGS:
            if (path.parent / name).is_file():
                wanted = told["slug"] + suffix
                patients[spelling] = _take(store, _json(path.parent / name), wanted, f"{path.parent.name}/{name}")
        yield Story(told["slug"], told.get("title", told["slug"]), told.get("moral", ""), told.get("subject", ""), patients)


def _seeded(store: ResourceStore) -> Iterator[Story]:
    for told, bundle in SEED:
        patient = _take(store, bundle, told["slug"], "seed")
        yield Story(told["slug"], told["title"], told["moral"], told["subject"], {"profile": patient})


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.parent.name}/{path.name} cannot be read: {error}.") from error


def _take(store: ResourceStore, bundle: Json, wanted: str, where: str) -> str:
    """Store the resources of a Bundle and return the id of its patient; ids taken by another story get a prefix."""
    entries = [entry for entry in bundle.get("entry", []) if isinstance(entry.get("resource"), dict)]
    renamed: dict[str, str] = {}
    for position, entry in enumerate(entries):
        resource = entry["resource"]
        old, kind = resource.get("id"), resource.get("resourceType", "")
        new = old if isinstance(old, str) and VALID_ID.fullmatch(old) else f"{wanted}-{position}"
        if store.find(kind, new) is not None:
            if {**(store.find(kind, new) or {}), "meta": resource.get("meta")} == {"meta": None, **resource}:
                continue
            new = f"{wanted}-{new}"[:64]
        renamed[f"{kind}/{old}"] = f"{kind}/{new}"
        if "fullUrl" in entry:
            renamed[entry["fullUrl"]] = f"{kind}/{new}"
        entry["resource"] = {**resource, "id": new}
    _rename((entry["resource"] for entry in entries), renamed)
    for entry in entries:
        resource = entry["resource"]
        if store.find(resource.get("resourceType", ""), resource["id"]) is None:
            try:
                store.seed(resource)
            except ValueError as error:
                raise SettingsError(f"{where}: {error}") from error
    patients = [entry["resource"]["id"] for entry in entries if entry["resource"].get("resourceType") == "Patient"]
    if not patients:
        raise SettingsError(f"{where} holds no Patient.")
    return wanted if wanted in patients else str(patients[0])


def _rename(resources: Iterable[Json], renamed: dict[str, str]) -> None:
    for resource in resources:
        for _, reference in references(resource):
            reference["reference"] = renamed.get(reference["reference"], reference["reference"])
