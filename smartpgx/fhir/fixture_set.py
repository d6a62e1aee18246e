"""The fixture patients as resources ready for another server: prefixed ids, rewritten references, dependency order."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from smartpgx.errors import SettingsError

Resource = dict[str, Any]
Key = tuple[str, str]
"""Resource type and id."""

TAG_SYSTEM = "urn:smartpgx:test-data"
TAG_CODE = "fixture"
SPELLINGS = ("profile", "local")
LONGEST_ID = 64


class Story(Struct, frozen=True, kw_only=True):
    """One fixture patient in one spelling: id on the server, and the moral of the story."""

    patient: str
    title: str
    moral: str
    resources: tuple[Resource, ...]


def key(resource: Mapping[str, Any]) -> Key:
    """Type and id of a resource."""
    return str(resource.get("resourceType")), str(resource.get("id"))


def is_ours(resource: Mapping[str, Any]) -> bool:
    """Whether a resource carries the fixtures' tag."""
    tags = (resource.get("meta") or {}).get("tag") or []
    return any(tag.get("system") == TAG_SYSTEM and tag.get("code") == TAG_CODE for tag in tags)


def read(folder: Path, prefix: str, only: Collection[str] | None = None) -> list[Story]:
    """Every story of the folder (or the slugs of ``only``) in both spellings, ids prefixed.

    Raises SettingsError when there is no such story, or a prefix is empty or makes ids too long.
    """
    if not prefix:
        raise SettingsError("A prefix is needed, so that the fixtures can be told from everything else on the server.")
    told = {path.parent: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/story.json"))}
    known = [story["slug"] for story in told.values()]
    if unknown := sorted(set(only or ()) - set(known)):
        raise SettingsError(f"No story {unknown[0]!r}. There are: {', '.join(known) or 'none'}.")
    return [
        _story(story, json.loads((place / f"{spelling}.json").read_text(encoding="utf-8")), prefix)
        for place, story in told.items()
        if only is None or story["slug"] in only
        for spelling in SPELLINGS
    ]


def _story(story: Mapping[str, Any], bundle: Mapping[str, Any], prefix: str) -> Story:
    resources = [entry["resource"] for entry in bundle["entry"]]
    patient = next(resource for resource in resources if resource["resourceType"] == "Patient")
    renamed = tuple(rename(resources, prefix))
    return Story(patient=prefix + patient["id"], title=story["title"], moral=story["moral"], resources=renamed)


def rename(resources: Sequence[Resource], prefix: str) -> Iterator[Resource]:
    """Copies with prefixed ids; references among the resources follow, others stay. Raises SettingsError over a too long id."""
    names = {"/".join(key(resource)) for resource in resources}
    for resource in resources:
        renamed_id = prefix + resource["id"]
        if len(renamed_id) > LONGEST_ID:
            raise SettingsError(f"Id longer than {LONGEST_ID} characters with this prefix: {renamed_id}")
        yield {**_follow(resource, names, prefix), "id": renamed_id}


def _follow(node: Any, names: set[str], prefix: str) -> Any:
    if isinstance(node, list):
        return [_follow(item, names, prefix) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {name: _follow(value, names, prefix) for name, value in node.items()}
    reference = node.get("reference")
    if isinstance(reference, str) and reference in names:
        kind, _, identity = reference.partition("/")
        copy["reference"] = f"{kind}/{prefix}{identity}"
    return copy


def references(node: Any) -> Iterator[Key]:
    """Relative references anywhere inside, without a version."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        target = node.get("reference")
        if isinstance(target, str) and "://" not in target and "/" in target:
            kind, identity = target.split("/")[:2]
            yield kind, identity
        for value in node.values():
            yield from references(value)


def levels(resources: Iterable[Resource]) -> list[list[Resource]]:
    """Resources in rounds: each refers only to earlier rounds (a circle ends up in the last). Deleting goes backwards."""
    waiting = {key(resource): resource for resource in resources}
    rounds: list[list[Resource]] = []
    while waiting:
        ready = [name for name, resource in waiting.items() if not (set(references(resource)) - {name}) & waiting.keys()]
        rounds.append([waiting.pop(name) for name in ready or list(waiting)])
    return rounds
