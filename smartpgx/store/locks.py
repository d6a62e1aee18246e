"""Locks that hold over threads and over worker processes of one machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

_SHELVES = 256


class Locks:
    """Advisory locks on a fixed set of files per kind (what stands before the first slash of a name).

    Two names of one kind may share a file: they wait for each other, nothing worse.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = os.fspath(folder)
        os.makedirs(self._folder, mode=0o700, exist_ok=True)

    @contextmanager
    def exclusively(self, name: str) -> Iterator[None]:
        """Hold the lock of ``name``. A second one taken inside must be of another kind."""
        shelf = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % _SHELVES
        kind = name.split("/")[0]
        handle = os.open(os.path.join(self._folder, f"{kind}-{shelf:02x}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
