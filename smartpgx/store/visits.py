"""Visits on the server: encrypted, short-lived, each under its own id. The browser holds a random value and no more.

What is kept is a msgpack of the struct, sealed with AES-256-GCM; the name it is filed under is sealed in with it, so an
entry copied under another visit's name does not open.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from cachelib import BaseCache, FileSystemCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smartpgx.domain.visit import Reading, StoredEntry, Visit
from smartpgx.errors import VisitUnknown
from smartpgx.store.locks import Locks

Kept = TypeVar("Kept")
_NONCE_BYTES = 12
LAUNCH_SECONDS = 600
"""How long a launch may take between the EHR's call and the callback."""
SWEEP_SECONDS = 600
OLDEST_SECONDS = 24 * 3600 + 600
"""Settings allow a visit to live a day at most."""


class VisitStore:
    """Launches under way, visits, their readings and what was written in them."""

    def __init__(
        self, cache: BaseCache, key: bytes, locks: Locks, *, folder: Path | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._cache, self._locks, self._now, self._folder = cache, locks, now, folder
        self._swept = 0.0
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"smartpgx visits").derive(key))

    # --- launches: filed under their state, taken once --------------------------------------------------------------

    def keep_once(self, name: str, value: msgspec.Struct) -> None:
        """File something that may be taken a single time within LAUNCH_SECONDS."""
        self._put(f"once/{name}", value, LAUNCH_SECONDS)

    def look(self, name: str, kind: type[Kept]) -> Kept | None:
        """What is filed, left where it is."""
        return self._get(f"once/{name}", kind)

    def take(self, name: str, kind: type[Kept]) -> Kept | None:
        """What is filed, removed: of two who ask at once, one gets it."""
        with self._locks.exclusively(f"take/{name}"):
            found = self._get(f"once/{name}", kind)
            self._cache.delete(f"once/{name}")
            return found

    # --- visits -----------------------------------------------------------------------------------------------------

    def save(self, visit: Visit) -> None:
        """Keep a visit until it expires; what expired before leaves the disk."""
        self._sweep()
        self._put(f"visit/{visit.id}", visit, self._left(visit))

    def open(self, visit_id: str, browser: str | None) -> Visit:
        """The visit, for the browser that launched it. Raises VisitUnknown alike for expired, foreign and invented ones."""
        visit = self._get(f"visit/{visit_id}", Visit)
        if visit is None or visit.expires <= self._now() or not hmac.compare_digest(visit.browser, browser or ""):
            raise VisitUnknown("this visit is not open in this browser, or it has ended")
        return visit

    def again(self, visit_id: str) -> Visit:
        """The visit as stored now, for code that already proved the browser. Raises VisitUnknown once it has ended."""
        visit = self._get(f"visit/{visit_id}", Visit)
        if visit is None:
            raise VisitUnknown("this visit has ended")
        return visit

    def end(self, visit_id: str) -> None:
        for shelf in ("visit", "reading", "stored", "progress"):
            self._cache.delete(f"{shelf}/{visit_id}")

    def save_reading(self, visit: Visit, reading: Reading) -> None:
        self._put(f"reading/{visit.id}", reading, self._left(visit))

    def reading(self, visit: Visit) -> Reading | None:
        return self._get(f"reading/{visit.id}", Reading)

    def forget_reading(self, visit: Visit) -> None:
        self._cache.delete(f"reading/{visit.id}")
        self._cache.delete(f"progress/{visit.id}")

    def save_progress(self, visit: Visit, progress: msgspec.Struct) -> None:
        self._put(f"progress/{visit.id}", progress, self._left(visit))

    def progress(self, visit: Visit, kind: type[Kept]) -> Kept | None:
        return self._get(f"progress/{visit.id}", kind)

    def save_stored(self, visit: Visit, entries: tuple[StoredEntry, ...]) -> None:
        self._put(f"stored/{visit.id}", entries, self._left(visit))

    def stored(self, visit: Visit) -> tuple[StoredEntry, ...]:
        return self._get(f"stored/{visit.id}", tuple[StoredEntry, ...]) or ()

    @contextmanager
    def exclusively(self, name: str) -> Iterator[None]:
        """Only one at a time under this name, over threads and workers of this machine."""
        with self._locks.exclusively(name):
            yield

    def _sweep(self) -> None:
        """Delete files older than any visit may be, a few times an hour. The cache itself only overlooks expired ones."""
        if self._folder is None or self._now() - self._swept < SWEEP_SECONDS:
            return
        self._swept = self._now()
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < time.time() - OLDEST_SECONDS:
                    file.unlink()

    # --- sealed entries ---------------------------------------------------------------------------------------------

    def _left(self, visit: Visit) -> int:
        return max(1, int(visit.expires - self._now()))

    def _put(self, name: str, value: object, seconds: int) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, msgspec.msgpack.encode(value), name.encode())
        self._cache.set(name, sealed, timeout=seconds)

    def _get(self, name: str, kind: type[Kept]) -> Kept | None:
        sealed = self._cache.get(name)
        if not isinstance(sealed, bytes):
            return None
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
            return msgspec.msgpack.decode(plain, type=kind)
        except (InvalidTag, ValueError, msgspec.DecodeError):
            return None


def in_files(folder: str | os.PathLike[str], key: bytes, *, now: Callable[[], float] = time.time) -> VisitStore:
    """The default store: one file per entry in a folder that only this user may open."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    files = Path(folder) / "visits"
    cache = FileSystemCache(str(files), threshold=0, default_timeout=LAUNCH_SECONDS, mode=0o600)
    return VisitStore(cache, key, Locks(Path(folder) / "locks"), folder=files, now=now)
