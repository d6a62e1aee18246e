"""A copy of the shipped release that a test may spoil, with the manifest made to fit again."""

import gzip
import hashlib
import shutil
from pathlib import Path

import msgspec

from smartpgx.knowledge.release import SHIPPED
from smartpgx.knowledge.shelf import MANIFEST, Shelf, digest


def copy(folder: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, folder / "tables"))


def replace(folder: Path, path: str, old: str, new: str) -> int:
    """Replace the first ``old`` in a table; returns its line number. The manifest is signed anew."""
    file = folder / path
    stored = file.read_bytes()
    text = (gzip.decompress(stored) if path.endswith(".gz") else stored).decode()
    assert old in text, f"{old!r} is not in {path}"
    changed = text.replace(old, new, 1).encode()
    file.write_bytes(gzip.compress(changed, 9, mtime=0) if path.endswith(".gz") else changed)
    sign(folder)
    return text[: text.index(old)].count("\n") + 1


def sign(folder: Path) -> None:
    shelf = Shelf(folder)
    manifest = shelf.manifest()
    entries = tuple(
        msgspec.structs.replace(
            entry,
            sha256=hashlib.sha256(shelf.stored(entry.path)).hexdigest(),
            rows=entry.rows if (count := shelf.count(entry.path)) is None else count,
        )
        for entry in manifest.tables
    )
    new = msgspec.structs.replace(manifest, tables=entries, digest=digest(entries))
    (folder / MANIFEST).write_bytes(msgspec.json.encode(new))
