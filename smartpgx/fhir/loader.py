"""Put the fixture patients on a FHIR server, and take them back.

Everything is written by id (PUT) under a prefix, so that a second load changes nothing; everything carries the tag
``urn:smartpgx:test-data|fixture``. A resource at one of these ids without that tag belongs to someone else and stops the load
before anything is written. Removal deletes what carries tag and prefix, and what the app wrote about these patients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from tqdm import tqdm

from smartpgx.errors import RecordError, WriteRefused
from smartpgx.fhir import batches
from smartpgx.fhir.batches import Server, chunks, status
from smartpgx.fhir.fixture_set import TAG_CODE, TAG_SYSTEM, Key, Resource, is_ours, key, levels, read

BATCH = 40
PREFIX = "smartpgx-"
OWN_IDENTIFIERS = ("urn:smartpgx:issue", "urn:smartpgx:implication")


class Loaded(Struct, frozen=True, kw_only=True):
    """What happened. ``patients``: address, title and moral of each; empty after removal."""

    patients: tuple[tuple[str, str, str], ...] = ()
    created: int = 0
    updated: int = 0
    removed: int = 0

    def lines(self) -> list[str]:
        """For the terminal."""
        if not self.patients:
            return [f"{self.removed} resources removed."]
        return [f"{address}\n    {title}. {moral}" for address, title, moral in self.patients] + [
            f"{len(self.patients)} patients: {self.created} resources created, {self.updated} already there."
        ]


def load(server: str | Server, folder: Path, *, prefix: str = PREFIX, remove: bool = False, progress: bool = True) -> Loaded:
    """Load the fixtures of ``folder``, or take them back with ``remove``.

    Raises WriteRefused when an id is taken by a resource that is not ours or the server refuses one, RecordError when the
    server cannot be used, ValueError for an empty prefix or one that makes ids too long.
    """
    if not prefix:
        raise ValueError("A prefix is needed, so that the fixtures can be told from everything else on the server.")
    target = server if isinstance(server, Server) else Server(server)
    stories = read(folder, prefix)
    resources = [resource for story in stories for resource in story.resources]
    if remove:
        kinds = sorted({resource["resourceType"] for resource in resources})
        return Loaded(removed=_remove(target, kinds, [story.patient for story in stories], prefix, progress=progress))
    _check_ids_are_free(target, resources)
    created = _put(target, resources, progress=progress)
    patients = tuple((f"{target.base}/Patient/{story.patient}", story.title, story.moral) for story in stories)
    return Loaded(patients=patients, created=created, updated=len(resources) - created)


def _check_ids_are_free(target: Server, resources: Iterable[Resource]) -> None:
    by_kind: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        by_kind[resource["resourceType"]].append(resource)
    for kind, members in by_kind.items():
        for part in chunks(members, BATCH):
            query = {"_id": ",".join(resource["id"] for resource in part), "_elements": "id,meta", "_count": str(BATCH)}
            for found in target.search(kind, query):
                if not is_ours(found):
                    raise WriteRefused(f"{kind}/{found.get('id')} on {target.base} is not ours. Choose another --prefix.")


def _put(target: Server, resources: list[Resource], *, progress: bool) -> int:
    created = 0
    with tqdm(total=len(resources), desc="loading", unit="resource", disable=not progress) as bar:
        for part in _in_order(levels(resources)):
            for resource, answer in zip(part, target.batch([batches.put(resource) for resource in part]), strict=True):
                if status(answer) not in (200, 201):
                    reason = batches.said(answer.get("outcome"))
                    raise WriteRefused(f"{'/'.join(key(resource))}: HTTP {status(answer)}, {reason}")
                created += status(answer) == 201
            bar.update(len(part))
    return created


def _remove(target: Server, kinds: list[str], patients: list[str], prefix: str, *, progress: bool) -> int:
    tagged = {"_tag": f"{TAG_SYSTEM}|{TAG_CODE}", "_count": "200"}
    ours = {
        key(resource): resource
        for kind in kinds
        for resource in target.search(kind, tagged)
        if is_ours(resource) and str(resource.get("id")).startswith(prefix)
    }
    ours |= {key(resource): resource for resource in _written_about(target, [p for p in patients if ("Patient", p) in ours])}
    removed = 0
    with tqdm(total=len(ours), desc="removing", unit="resource", disable=not progress) as bar:
        for part in _in_order(reversed(levels(ours.values()))):
            for resource, answer in zip(part, target.batch([batches.delete(key(r)) for r in part]), strict=True):
                if status(answer) not in (200, 204, 404, 410):
                    reason = batches.said(answer.get("outcome"))
                    raise RecordError(f"{'/'.join(key(resource))} was not removed: HTTP {status(answer)}, {reason}")
                removed += status(answer) in (200, 204)
            bar.update(len(part))
    return removed


def _written_about(target: Server, patients: list[str]) -> Iterator[Resource]:
    """DetectedIssues and implications with our identifiers about these patients, and the Provenance over them."""
    for part in chunks([{"id": patient} for patient in patients], BATCH):
        subjects = ",".join(f"Patient/{patient['id']}" for patient in part)
        written: list[Key] = []
        for kind in ("DetectedIssue", "Observation"):
            for system in OWN_IDENTIFIERS:
                for resource in target.search(kind, {"patient": subjects, "identifier": f"{system}|", "_count": "200"}):
                    written.append(key(resource))
                    yield resource
        for names in chunks([{"name": "/".join(name)} for name in written], BATCH):
            yield from target.search("Provenance", {"target": ",".join(name["name"] for name in names), "_count": "200"})


def _in_order(rounds: Iterable[list[Resource]]) -> Iterator[list[Resource]]:
    for members in rounds:
        yield from chunks(members, BATCH)
