"""Numbers, lists and sentences."""

from __future__ import annotations

from collections.abc import Sequence

RANGE = "–"
"""Between two numbers."""


def number(value: float | str) -> str:
    """A number as a reader writes it: no trailing zeros, at most three decimals; text stays."""
    return f"{round(value, 3):g}" if isinstance(value, float | int) else value


def percent(share: float) -> str:
    """0.25 -> ``25``."""
    return f"{round(share * 100, 1):g}"


def unit(text: str) -> str:
    """``mg/kg/day`` -> ``mg/kg per day``; ``mg/m2/day`` -> ``mg/m² per day``."""
    for period in ("day", "week", "month", "2 weeks"):
        text = text.removesuffix(f"/{period}") + f" per {period}" if text.endswith(f"/{period}") else text
    return text.replace("/m2", "/m²")


def one_of(names: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return _listed(names, "or")


def all_of(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return _listed(names, "and")


def _listed(names: Sequence[str], word: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def sentence(text: str) -> str:
    """One space between words, a capital letter first, one full stop last. The first letter of a drug is raised too."""
    text = " ".join(text.split()).replace(" ,", ",").replace(" .", ".").rstrip(".;,: ")
    return text[:1].upper() + text[1:] + "." if text else ""


def sentences(parts: Sequence[str]) -> str:
    """Sentences in order, each once."""
    return " ".join(dict.fromkeys(made for part in parts if (made := sentence(part))))
