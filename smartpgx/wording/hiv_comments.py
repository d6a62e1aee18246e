"""The catalogue of comments of the shipped HIV algorithm: id -> sentences, and how odd an unlisted change is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def catalogue() -> Mapping[str, str]:
    """Comment id -> text. ``{mutations}`` in it stands for the patient's own change."""
    table = tomllib.loads(resources.files("smartpgx.wording").joinpath("hiv_comments.toml").read_text(encoding="utf-8"))
    notes: Mapping[str, list[str]] = table["notes"]
    texts = {identifier: " ".join(sentences) for identifier, sentences in notes.items()}
    texts |= {identifier: " ".join(_recalled(entry, notes)) for identifier, entry in table["position"].items()}
    return texts


def _recalled(entry: Mapping[str, Any], notes: Mapping[str, list[str]]) -> Iterator[str]:
    for reference in entry["notes"]:
        identifier, _, part = reference.partition(":")
        sentences = notes[identifier]
        if part.endswith("-"):
            sentences = sentences[int(part[:-1]) - 1 :]
        elif part:
            sentences = sentences[: int(part)]
        yield from sentences
    yield f"Found here: {{mutations}}, {entry['odd']} at this position."
