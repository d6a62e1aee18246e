"""One issue in full: the advice of each source, what else could be given, and the reasons step by step."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.visit import Reading, StoredEntry, Visit
from smartpgx.web import words
from smartpgx.web.views_overview import Card, card_of, recommendations_of

STEP_WORDS = {
    "finding": "Finding in the record",
    "translation": "What it means",
    "knowledge": "What is published",
    "modifier": "What changes it here",
}


class Step(Struct, frozen=True, kw_only=True):
    kind: str
    text: str
    source: tuple[str, ...]
    row: str


class Advice(Struct, frozen=True, kw_only=True):
    """One recommendation: what it says, from whom, how sure, and its steps."""

    status: str
    status_word: str
    summary: str
    detail: str
    condition: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    alternatives: tuple[tuple[str, str, str], ...]
    steps: tuple[Step, ...]
    leading: bool


class IssuePage(Struct, frozen=True, kw_only=True):
    card: Card
    advice: tuple[Advice, ...]


def issue_view(visit: Visit, reading: Reading, key: str, stored: Sequence[StoredEntry] = ()) -> IssuePage | None:
    """The page of one issue; None where the reading has no such issue."""
    made = reading.consultation
    issue = next((i for i in made.issues if i.id == key), None)
    if issue is None:
        return None
    recs = recommendations_of(issue, made)
    return IssuePage(card=card_of(issue, made, stored), advice=tuple(_advice(r, leading=n == 0) for n, r in enumerate(recs)))


def _advice(rec: Recommendation, *, leading: bool) -> Advice:
    facts = (
        ("Source", ", ".join(f"{s.name} {s.version or ''}".strip() for s in rec.sources)),
        ("Strength", rec.strength or ""),
        ("Evidence", rec.evidence or ""),
        ("Holds for", "" if rec.population == "general" else rec.population),
    )
    return Advice(
        status=rec.status,
        status_word=words.STATUS_WORDS[rec.status],
        summary=words.summary(rec),
        detail=words.detail(rec),
        condition=f"Only if the genotype is {rec.depends_on}" if rec.depends_on else "",
        facts=tuple((k, v) for k, v in facts if v),
        links=tuple((s.name, s.url) for s in rec.sources if s.url and s.url.startswith("https://")),
        alternatives=tuple(
            (a.name, "fits this patient" if a.ok else "has advice of its own", words.alternative(a)) for a in rec.alternatives
        ),
        steps=tuple(Step(kind=STEP_WORDS[s.step], text=words.step(s), source=s.source, row=s.row or "") for s in rec.trace),
        leading=leading,
    )
