"""Put the fixture patients on a FHIR server, and take them back.

Everything is written by id (PUT) under a prefix, so that a second load changes nothing; everything carries the tag
``urn:smartpgx:test-data|fixture``. A resource at one of these ids without that tag belongs to someone else and stops the load
before anything is written. Removal deletes what carries tag and prefix, and what the app wrote about these patients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from tqdm import tqdm

from smartpgx.errors import WriteRefused
from smartpgx.fhir import batches
from smartpgx.fhir.batches import Server, chunks, joined, status
from smartpgx.fhir.fixture_set import TAG_CODE, TAG_SYSTEM, Key, Resource, is_ours, key, levels, read
from smartpgx.places import place

BATCH = 40
PREFIX = "smartpgx-"
OWN_IDENTIFIERS = ("urn:smartpgx:issue", "urn:smartpgx:implication")


class Loaded(Struct, frozen=True, kw_only=True):
    """What happened. ``patients``: address of each, with its ``stories`` (title and moral) at the same place.

    ``failures``: what the server refused, in its own words; a second load tries these again.
    """

    patients: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    created: int = 0
    updated: int = 0
    removed: int = 0
    failures: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        return len(self.failures)

    def lines(self) -> list[str]:
        """For the terminal."""
        told = [f"{address}\n    {story}" for address, story in zip(self.patients, self.stories, strict=True)]
        counts = f"{self.removed} removed" if self.removed else f"{self.created} created, {self.updated} already there"
        return [*told, *self.failures, f"{counts}, {self.failed} refused"]


def load(
    server: str | Server,
    folder: Path | None = None,
    *,
    prefix: str = PREFIX,
    remove: bool = False,
    only: Collection[str] | None = None,
    progress: bool = True,
) -> Loaded:
    """Load the fixtures of ``folder`` (default: those of the product), or take them back with ``remove``.

    ``only``: slugs of stories. Raises WriteRefused when an id is taken by a resource that is not ours, RecordError when the
    server cannot be used, SettingsError for an address, a prefix or a slug that will not do.
    """
    target = server if isinstance(server, Server) else Server(server)
    stories = read(folder or place("fhir_fixtures"), prefix, only)
    resources = [resource for story in stories for resource in story.resources]
    if remove:
        kinds = sorted({resource["resourceType"] for resource in resources})
        wanted = None if only is None else {key(resource) for resource in resources}
        return _remove(target, _ours(target, kinds, prefix, wanted), progress=progress)
    _check_ids_are_free(target, resources)
    answers = _in_batches(target, levels(resources), batches.put, (200, 201), "loading", progress=progress)
    return Loaded(
        patients=tuple(f"{target.base}/Patient/{story.patient}" for story in stories),
        stories=tuple(f"{story.title}. {story.moral}" for story in stories),
        created=answers.count("201"),
        updated=answers.count("200"),
        failures=tuple(answer for answer in answers if not answer.isdigit()),
    )


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


def _ours(target: Server, kinds: Iterable[str], prefix: str, wanted: set[Key] | None) -> list[Resource]:
    """What carries tag and prefix, and what the app wrote about these patients; of ``wanted`` only, if given."""
    tagged = {"_tag": f"{TAG_SYSTEM}|{TAG_CODE}", "_count": "200"}
    ours = {
        key(resource): resource
        for kind in kinds
        for resource in target.search(kind, tagged)
        if is_ours(resource) and str(resource.get("id")).startswith(prefix) and (wanted is None or key(resource) in wanted)
    }
    patients = [identity for kind, identity in ours if kind == "Patient"]
    ours |= {key(resource): resource for resource in _written_about(target, patients)}
    return list(ours.values())


def _written_about(target: Server, patients: list[str]) -> Iterator[Resource]:
    """DetectedIssues and implications with our identifiers about these patients, and the Provenance over them."""
    written: list[str] = []
    for subjects in joined((f"Patient/{patient}" for patient in patients), BATCH):
        for kind in ("DetectedIssue", "Observation"):
            for system in OWN_IDENTIFIERS:
                for resource in target.search(kind, {"patient": subjects, "identifier": f"{system}|", "_count": "200"}):
                    written.append("/".join(key(resource)))
                    yield resource
    for targets in joined(written, BATCH):
        yield from target.search("Provenance", {"target": targets, "_count": "200"})


def _remove(target: Server, ours: list[Resource], *, progress: bool) -> Loaded:
    rounds = list(reversed(levels(ours)))
    answers = _in_batches(target, rounds, lambda r: batches.delete(key(r)), (200, 204, 404, 410), "removing", progress=progress)
    gone = [answer for answer in answers if answer in ("200", "204")]
    return Loaded(removed=len(gone), failures=tuple(answer for answer in answers if not answer.isdigit()))


def _in_batches(
    target: Server,
    rounds: list[list[Resource]],
    entry: Callable[[Resource], Resource],
    good: tuple[int, ...],
    doing: str,
    *,
    progress: bool,
) -> list[str]:
    """One answer per resource: the status where it is good, else a sentence with the server's words."""
    answers: list[str] = []
    with tqdm(total=sum(map(len, rounds)), desc=doing, unit="resource", disable=not progress) as bar:
        for members in rounds:
            for part in chunks(members, BATCH):
                for resource, response in zip(part, target.batch([entry(r) for r in part]), strict=True):
                    code = status(response)
                    words = f"{'/'.join(key(resource))}: HTTP {code}, {batches.said(response.get('outcome'))}"
                    answers.append(str(code) if code in good else words)
                bar.update(len(part))
    return answers
