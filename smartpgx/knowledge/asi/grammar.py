"""The condition language of ASI 2, parsed by recursive descent.

    statement := boolean | "SCORE" "FROM" "(" item {"," item} ")"
    item      := boolean "=>" number | "MAX" "(" item {"," item} ")"
    boolean   := term {("AND" | "OR") term}           same precedence, from left to right: brackets decide
    term      := "(" boolean ")" | "EXCLUDE" term | select | residue
    select    := "SELECT" count "FROM" "(" boolean {"," boolean} ")"
    count     := ("EXACTLY" | "ATLEAST" | "NOTMORETHAN") n | "ATLEAST" n "AND" "NOTMORETHAN" n
    residue   := [wild type] position letters | position "NOT" letters | position "(" "NOT" letters ")"
               | "NOT" [wild type] position letters

Ten productions and one token of lookahead: a parser generator would bring a dependency and a second language, and the
position in the message would still have to be made by hand.
"""

from __future__ import annotations

import re
from typing import NoReturn

from smartpgx.errors import RowInvalid
from smartpgx.knowledge.asi.expressions import (
    Boolean,
    Both,
    Either,
    Exclude,
    Highest,
    Lacking,
    Otherwise,
    Residue,
    Scored,
    ScoreFrom,
    Select,
    Statement,
)
from smartpgx.knowledge.asi.letters import mask

DEEPEST = 40
"""Brackets in brackets; the published algorithms use three."""

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>=>|[(),])|(?P<residue>[A-Z]?\d+[ACDEFGHIKLMNPQRSTVWYid]+\b)|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<word>[A-Za-z]+\b))"
)
_RESIDUE = re.compile(r"[A-Z]?(\d+)([A-Zid]+)")
_LETTERS = re.compile(r"[ACDEFGHIKLMNPQRSTVWYid]+")


def parse(text: str, where: str) -> Statement:
    """Parse one condition. ``where`` (drug and rule) goes into the message of the RowInvalid that a bad text raises."""
    return _Parser(text, where).statement()


def parse_boolean(text: str, where: str) -> Boolean:
    """Parse a condition that may not be a score, as comments have."""
    parser = _Parser(text, where)
    condition = parser.boolean(0)
    parser.end()
    return condition


class _Parser:
    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.tokens = list(self._tokens())
        self.at = 0

    def _tokens(self) -> list[tuple[str, str, int]]:
        found, place, end = [], 0, len(self.text.rstrip())
        while place < end:
            token = _TOKEN.match(self.text, place)
            if token is None:
                self._fail("is not a token of the language", place)
            kind = token.lastgroup or ""
            found.append((kind, token[kind], token.start(kind)))
            place = token.end()
        return [*found, ("end", "", end)]

    def _fail(self, problem: str, place: int | None = None) -> NoReturn:
        place = self.tokens[self.at][2] if place is None else place
        seen = " ".join(self.text[place : place + 20].split()) or "the end"
        raise RowInvalid(f"{self.where}, character {place + 1} ({seen!r}): {problem}")

    def _take(self, *wanted: str) -> str | None:
        kind, text, _ = self.tokens[self.at]
        if text in wanted and kind in ("word", "sign"):
            self.at += 1
            return text
        return None

    def _need(self, wanted: str) -> None:
        if self._take(wanted) is None:
            self._fail(f"{wanted!r} expected")

    def _kind(self, kind: str, wanted: str) -> str:
        found, text, _ = self.tokens[self.at]
        if found != kind:
            self._fail(f"{wanted} expected")
        self.at += 1
        return text

    def end(self) -> None:
        if self.tokens[self.at][0] != "end":
            self._fail("nothing more expected")

    def statement(self) -> Statement:
        result: Statement
        if self._take("SCORE"):
            self._need("FROM")
            result = ScoreFrom(self._items(1))
        else:
            result = self.boolean(0)
        self.end()
        return result

    def _items(self, depth: int) -> tuple[Scored | Highest, ...]:
        self._need("(")
        items = [self._item(depth)]
        while self._take(","):
            items.append(self._item(depth))
        self._need(")")
        return tuple(items)

    def _item(self, depth: int) -> Scored | Highest:
        if self._take("MAX"):
            inner = self._items(depth + 1) if depth < DEEPEST else self._fail("brackets too deep")
            return Highest(tuple(one for item in inner for one in (item.items if isinstance(item, Highest) else (item,))))
        condition = self.boolean(depth)
        self._need("=>")
        return Scored(condition, float(self._kind("number", "a score")))

    def boolean(self, depth: int) -> Boolean:
        left = self._term(depth)
        while joint := self._take("AND", "OR"):
            right = self._term(depth)
            left = Both(left, right) if joint == "AND" else Either(left, right)
        return left

    def _term(self, depth: int) -> Boolean:
        if depth > DEEPEST:
            self._fail("brackets too deep")
        if self._take("("):
            inner = self.boolean(depth + 1)
            self._need(")")
            return inner
        if self._take("EXCLUDE"):
            return Exclude(self._term(depth + 1))
        if self._take("SELECT"):
            return self._select(depth + 1)
        if self._take("NOT"):
            return Otherwise(*self._residue())
        if self.tokens[self.at][0] == "number":
            return self._lacking()
        return Residue(*self._residue())

    def _select(self, depth: int) -> Select:
        least, most = self._count()
        self._need("FROM")
        self._need("(")
        terms = [self.boolean(depth)]
        while self._take(","):
            terms.append(self.boolean(depth))
        self._need(")")
        return Select(least, most, tuple(terms))

    def _count(self) -> tuple[int, int | None]:
        if self._take("EXACTLY"):
            exactly = self._whole()
            return exactly, exactly
        if self._take("NOTMORETHAN"):
            return 0, self._whole()
        self._need("ATLEAST")
        least = self._whole()
        if not self._take("AND"):
            return least, None
        self._need("NOTMORETHAN")
        return least, self._whole()

    def _whole(self) -> int:
        text = self._kind("number", "a count")
        if not text.isdigit():
            self.at -= 1
            self._fail("a whole number expected")
        return int(text)

    def _residue(self) -> tuple[int, int]:
        split = _RESIDUE.fullmatch(self._kind("residue", "a mutation like 41L"))
        assert split is not None
        return int(split[1]), mask(split[2])

    def _lacking(self) -> Lacking:
        position = self._whole()
        bracket = self._take("(")
        self._need("NOT")
        letters = self._kind("word", "amino-acid letters")
        if not _LETTERS.fullmatch(letters):
            self.at -= 1
            self._fail("amino-acid letters expected")
        if bracket:
            self._need(")")
        return Lacking(position, mask(letters))
