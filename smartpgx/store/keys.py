"""The key that visits are sealed with and the cookie is signed with."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def key_for(configured: str | None, folder: Path) -> bytes:
    """The configured key, else one made for this machine and kept beside the visits, for every worker of it to share.

    A key beside what it seals protects against little: settings refuse it where the app is served beyond this machine.
    """
    if configured:
        return configured.encode()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "key"
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another worker was quicker: its key is everyone's
            os.link(draft, path)
        os.unlink(draft)
    return path.read_bytes()
