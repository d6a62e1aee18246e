"""Reads launch.json strictly: an unknown key is refused with what was probably meant, a wrong type with its place."""

from __future__ import annotations

import typing
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from smartpgx.errors import SettingsError

Read = TypeVar("Read", bound=msgspec.Struct)


def read(path: Path, kind: type[Read]) -> Read:
    """The file as ``kind``. Raises SettingsError naming file, key and, for an unknown key, the nearest known one."""
    try:
        text = path.read_bytes()
    except OSError as problem:
        raise SettingsError(f"{path}: cannot be read ({problem.strerror})") from None
    try:
        raw = msgspec.json.decode(text)
    except msgspec.DecodeError as problem:
        raise SettingsError(f"{path}: is not JSON: {problem}") from None
    _refuse_unknown_keys(raw, kind, path.name, "")
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as problem:
        raise SettingsError(f"{path.name}: {str(problem).replace('`$.', '`').replace('`$', '`')}") from None


def replaced(struct: Read, **changes: Any) -> Read:
    """A copy of a struct with some fields changed."""
    return msgspec.structs.replace(struct, **changes)


def refuse_unknown_variables(environ: Mapping[str, str], known: Collection[str]) -> None:
    """Raises SettingsError for a SMARTPGX_ variable that means nothing. SMARTPGX_TEST_ ones belong to the tests."""
    for name in environ:
        if name.startswith("SMARTPGX_") and not name.startswith("SMARTPGX_TEST_") and name not in known:
            raise SettingsError(f"environment variable {name} is not known{_did_you_mean(name, known)}")


def _refuse_unknown_keys(raw: Any, kind: Any, file: str, where: str) -> None:
    inner = _struct_of(kind)
    if inner is None:
        return
    if isinstance(raw, list):
        for n, item in enumerate(raw):
            _refuse_unknown_keys(item, inner, file, f"{where}[{n}]")
    elif isinstance(raw, dict):
        hints = typing.get_type_hints(inner)
        for key, value in raw.items():
            place = f"{where}.{key}".lstrip(".")
            if key not in hints:
                raise SettingsError(f"{file}: {place} is not a known key{_did_you_mean(key, hints)}")
            _refuse_unknown_keys(value, hints[key], file, place)


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct inside ``X``, ``X | None`` or ``tuple[X, ...]``."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    return next((found for part in typing.get_args(kind) if (found := _struct_of(part))), None)


def _did_you_mean(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
