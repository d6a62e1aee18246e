"""Second opinions, slow and written another way: conditions made with the function that judges them, and a scorer on raw text."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from hypothesis import strategies as st

LETTERS = "ACDEFGHIKLMNPQRSTVWYid"
Found = dict[int, str]
Judge = Callable[[Found], bool]
Pair = tuple[str, Judge]

positions = st.integers(40, 46)
letters = st.text(st.sampled_from(LETTERS), min_size=1, max_size=3)
findings: st.SearchStrategy[Found] = st.dictionaries(positions, letters, max_size=5)


@st.composite
def residue(draw: st.DrawFn) -> Pair:
    position, wanted, wild = draw(positions), draw(letters), draw(st.sampled_from(["", "M", "K"]))
    shape = draw(st.sampled_from(["plain", "lacking", "bracket", "otherwise"]))
    if shape == "plain":
        return f"{wild}{position}{wanted}", lambda f: any(letter in wanted for letter in f.get(position, ""))
    if shape == "otherwise":
        return f"NOT {wild}{position}{wanted}", lambda f: any(letter not in wanted for letter in f.get(position, ""))
    text = f"{position} NOT {wanted}" if shape == "lacking" else f"{position}(NOT {wanted})"
    return text, lambda f: all(letter not in wanted for letter in f.get(position, ""))


def _larger(term: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.one_of(chain(term), exclude(term), select(term))


@st.composite
def chain(draw: st.DrawFn, term: st.SearchStrategy[Pair]) -> Pair:
    """``(a AND b OR c)``: judged from left to right."""
    text, judge = draw(term)
    for _ in range(draw(st.integers(1, 3))):
        joint, (more, other) = draw(st.sampled_from(["AND", "OR"])), draw(term)
        text = f"{text} {joint} {more}"
        judge = (
            (lambda a, b: lambda f: a(f) and b(f))(judge, other)
            if joint == "AND"
            else (lambda a, b: lambda f: a(f) or b(f))(judge, other)
        )
    return f"({text})", judge


@st.composite
def exclude(draw: st.DrawFn, term: st.SearchStrategy[Pair]) -> Pair:
    text, judge = draw(term)
    return f"EXCLUDE {text}", lambda f: not judge(f)


@st.composite
def select(draw: st.DrawFn, term: st.SearchStrategy[Pair]) -> Pair:
    terms = draw(st.lists(term, min_size=1, max_size=4))
    low = draw(st.integers(0, 3))
    high = low + draw(st.integers(0, 2))
    words, (low, high) = draw(
        st.sampled_from(
            [
                (f"ATLEAST {low}", (low, 99)),
                (f"EXACTLY {low}", (low, low)),
                (f"NOTMORETHAN {high}", (0, high)),
                (f"ATLEAST {low} AND NOTMORETHAN {high}", (low, high)),
            ]
        )
    )
    return (
        f"SELECT {words} FROM ({', '.join(text for text, _ in terms)})",
        lambda f: low <= sum(judge(f) for _, judge in terms) <= high,
    )


booleans: st.SearchStrategy[Pair] = st.recursive(residue(), _larger, max_leaves=8)


class Scorer:
    """Sums a SCORE FROM of residues and their combinations by splitting its text at the commas."""

    def __init__(self, xml: bytes) -> None:
        root = ElementTree.fromstring(xml)
        self.rules = {str(d.findtext("NAME")): str(d.findtext("RULE/CONDITION")) for d in root.findall("DRUG")}

    def score(self, drug: str, found: Found) -> float:
        inside = self.rules[drug].strip().removeprefix("SCORE FROM").strip()[1:-1]
        total = 0.0
        for maximum, single in re.findall(r"MAX\s*\(([^()]*)\)|([^,()]+=>[^,()]+)", inside):
            parts = maximum.split(",") if maximum else [single]
            hits = [float(part.split("=>")[1]) for part in parts if self._all(part.split("=>")[0], found)]
            total += max(hits, default=0.0)
        return total

    def _all(self, condition: str, found: Found) -> bool:
        pairs = re.findall(r"(\d+)([A-Zid]+)", condition.replace(" AND ", " , "))
        return all(set(wanted) & set(found.get(int(position), "")) for position, wanted in pairs)
