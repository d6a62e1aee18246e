import os
import stat
import threading

import pytest

from smartpgx.domain.advice import Consultation
from smartpgx.domain.chart import Chart, PhaseRelation
from smartpgx.domain.visit import Asked, Reading, Tokens, Visit
from smartpgx.errors import VisitUnknown
from smartpgx.store.keys import key_for
from smartpgx.store.visits import VisitStore, in_files


class Clock:
    def __init__(self) -> None:
        self.at = 1_000_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock) -> VisitStore:
    return in_files(tmp_path / "store", b"k" * 32, now=clock)


def visit(clock, name="v1", browser="b1", patient="p-secret") -> Visit:
    return Visit(
        id=name, browser=browser, issuer="https://ehr", issuer_name="EHR", base="https://ehr", patient=patient,
        tokens=Tokens(access_token="token-secret", expires_at=clock() + 300), created=clock(), expires=clock() + 3600,
    )  # fmt: skip


def test_two_visits_never_mix(store, clock):
    store.save(visit(clock, "v1", patient="anna"))
    store.save(visit(clock, "v2", patient="ben"))
    assert store.open("v1", "b1").patient == "anna"
    assert store.open("v2", "b1").patient == "ben"


@pytest.mark.parametrize("browser", ["b2", "", None])
def test_another_browser_cannot_open_a_visit(store, clock, browser):
    store.save(visit(clock))
    with pytest.raises(VisitUnknown):
        store.open("v1", browser)


def test_a_visit_ends(store, clock):
    store.save(visit(clock))
    clock.at += 3601
    with pytest.raises(VisitUnknown):
        store.open("v1", "b1")


def test_nothing_readable_on_disk(store, clock, tmp_path):
    store.save(visit(clock))
    files = [f for f in (tmp_path / "store").rglob("*") if f.is_file()]
    for file in files:
        assert b"secret" not in file.read_bytes()
    kept = [f for f in files if f.parent.name == "visits"]
    assert kept and all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in kept)


def test_an_entry_copied_under_another_name_does_not_open(store, clock):
    store.save(visit(clock, "v1"))
    store._cache.set("visit/v2", store._cache.get("visit/v1"))
    with pytest.raises(VisitUnknown):
        store.open("v2", "b1")


def test_another_key_opens_nothing(store, clock, tmp_path):
    store.save(visit(clock))
    with pytest.raises(VisitUnknown):
        in_files(tmp_path / "store", b"x" * 32, now=clock).open("v1", "b1")


def test_a_reading_survives_storage_unchanged(store, clock):
    consultation = Consultation(
        chart=Chart(phase=(PhaseRelation(relation="cis", first="a", second="b"),)), assessed_on="2026-11-24"
    )
    asked = (Asked(what="orders", resource="MedicationRequest", outcome="complete", bound={"pages": 10}),)
    reading = Reading(consultation=consultation, asked=asked, read_at=clock())
    store.save_reading(visit(clock), reading)
    assert store.reading(visit(clock)) == reading
    store.end("v1")
    assert store.reading(visit(clock)) is None


def test_of_eight_who_take_at_once_one_gets_it(store, clock):
    store.keep_once("state", visit(clock))
    got = []
    threads = [threading.Thread(target=lambda: got.append(store.take("state", Visit))) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sum(g is not None for g in got) == 1


def test_the_made_key_is_shared_by_workers_and_private(tmp_path):
    first, second = key_for(None, tmp_path / "s"), key_for(None, tmp_path / "s")
    assert first == second and len(first) == 64
    assert stat.S_IMODE((tmp_path / "s" / "key").stat().st_mode) == 0o600
    assert key_for("configured" * 4, tmp_path / "other") == b"configured" * 4
    assert not (tmp_path / "other").exists()


def test_what_expired_leaves_the_disk(store, clock, tmp_path):
    store.save(visit(clock, "old"))
    (file,) = (tmp_path / "store" / "visits").iterdir()
    os.utime(file, (0, 0))
    clock.at += 601
    store.save(visit(clock, "new"))
    assert not file.exists() and store.open("new", "b1")
