"""The overview: is there anything to change now, on what it rests, and what could not be answered or read."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from smartpgx.domain.advice import Consultation, Issue, Recommendation
from smartpgx.domain.chart import Chart
from smartpgx.domain.codes import Status
from smartpgx.domain.visit import Reading, Visit
from smartpgx.smart import scopes
from smartpgx.web import views_unread, words
from smartpgx.web.views_answers import Answer, Sorted, answers_of, sorted_by_group
from smartpgx.web.views_genes import GeneRow, genes_of
from smartpgx.web.views_isolates import IsolateView, isolates_of
from smartpgx.wording import record


class Card(Struct, frozen=True, kw_only=True):
    """One issue: what to do, why in a line, which orders."""

    key: str
    status: Status
    status_word: str
    title: str
    do: str
    holds_for: str
    about: str
    orders: tuple[str, ...]
    more: str


class Count(Struct, frozen=True, kw_only=True):
    """How many medicines have one outcome. The counts add up to the medicines of the record."""

    status: Status | None
    word: str
    count: int


class Overview(Struct, frozen=True, kw_only=True):
    headline: str
    lead: tuple[str, ...]
    counts: tuple[Count, ...]
    cards: tuple[Card, ...]
    medicines: tuple[Sorted, ...]
    genes: tuple[GeneRow, ...]
    no_genes: str
    isolates: tuple[IsolateView, ...]
    not_found: tuple[str, ...]
    unread: tuple[views_unread.GapRow, ...]
    left_out: tuple[views_unread.LeftOut, ...]
    lost: tuple[str, ...]
    asked: tuple[views_unread.AskedRow, ...]
    complete: bool


def overview_view(visit: Visit, reading: Reading) -> Overview:
    """The page of a reading, as texts."""
    made = reading.consultation
    cards = tuple(card_of(issue, made) for issue in sorted(made.issues, key=lambda i: words.rank(i.status)))
    answers = answers_of(made)
    gaps = views_unread.gap_rows(reading)
    granted = visit.tokens.scopes if visit.tokens else visit.asked_scopes
    headline, lead = headline_of(reading, cards, answers)
    return Overview(
        headline=headline,
        lead=lead,
        counts=_counts(answers),
        cards=cards,
        medicines=sorted_by_group(answers),
        genes=genes_of(made),
        no_genes="Not looked at: the patient does not consent to the use of genetic results."
        if made.chart.consent.genetic == "deny"
        else "No genetic result in what was read.",
        isolates=isolates_of(made),
        not_found=views_unread.not_found(made, reading),
        unread=gaps,
        left_out=views_unread.left_out(made),
        lost=tuple(record.scope_lost(s) for s in scopes.missing(visit.asked_scopes, granted)),
        asked=views_unread.asked_rows(reading),
        complete=reading.complete and not gaps,
    )


def recommendations_of(issue: Issue, made: Consultation) -> list[Recommendation]:
    """The recommendations of an issue, the leading one first."""
    by_id = {r.id: r for r in made.recommendations}
    return [by_id[i] for i in dict.fromkeys((issue.leading, *issue.recommendations)) if i in by_id]


def orders_of(references: Sequence[str], chart: Chart) -> tuple[str, ...]:
    """The medicines behind references, as the record words them."""
    by_source = {s: m for m in chart.medications for s in m.source}
    return tuple(dict.fromkeys(by_source[r].text or r if r in by_source else r for r in references))


def card_of(issue: Issue, made: Consultation) -> Card:
    """An issue as its card."""
    recs = recommendations_of(issue, made)
    first, others = recs[0], len(recs) - 1
    return Card(
        key=issue.id,
        status=issue.status,
        status_word=words.STATUS_WORDS[issue.status],
        title=words.title(issue, first),
        do=words.lead(first),
        holds_for=holds_for(first),
        about=words.finding(first),
        orders=orders_of(issue.orders, made.chart),
        more=f"{words.many(others, 'further piece', 'further pieces')} of advice for other populations or genotypes"
        if others
        else "",
    )


def holds_for(rec: Recommendation) -> str:
    """For whom the leading advice holds, when that is not everyone."""
    parts = []
    if rec.depends_on:
        parts.append(f"Only if {rec.depends_on}, which is not settled")
    if words.population(rec):
        parts.append(f"For {words.population(rec)}")
    return ". ".join(parts)


def headline_of(reading: Reading, cards: Sequence[Card], answers: Sequence[Answer]) -> tuple[str, tuple[str, ...]]:
    """The answer to "anything to change now?", and what limits it. "Nothing to do" only where everything was answered."""
    made = reading.consultation
    limits = _limits(reading)
    untold = _untold(answers)
    if cards:
        verbs = [f"{made_of.status} {made_of.title.partition(':')[0].lower()}" for made_of in cards[:3]]
        rest = f" and {len(cards) - 3} more" if len(cards) > 3 else ""
        many = f"{len(cards)} things to do" if len(cards) > 1 else "1 thing to do"
        return f"{many}: {', '.join(verbs)}{rest}", (*limits, *untold)
    if made.chart.consent.genetic == "deny":
        return "Genetic results were not used", ("The patient does not consent to their use. Nothing genetic was asked for.",)
    if limits:
        return "No advice from what could be read", (*limits, *untold)
    if not made.isolates and all(g.status == "not_tested" for g in made.genes):
        nothing = "Nothing can be said about the medicines below from genetics; that is not the same as normal."
        return "No genetic or resistance results in the record", (nothing, *untold)
    if not any(a.group != "not_taken" for a in answers):
        return "No medicine in the record to advise on", ("The results below matter once one is started.",)
    if untold:
        return "No change from the results there are, but not every medicine is answered", untold
    return "Nothing to do now", ("What was read gives no reason to change a medicine of the record.",)


def _limits(reading: Reading) -> tuple[str, ...]:
    so = ": there may be more." if reading.consultation.issues else ", so this is not an all-clear."
    if not reading.complete:
        return (f"Part of the record could not be read{so} What is missing is listed below.",)
    if any(g.because != "not_offered" for g in views_unread.open_gaps(reading)) or views_unread.unsettled(reading.consultation):
        return (f"Part of what was read could not be used{so} It is listed below.",)
    return ()


def _untold(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Which medicines stay without a full answer."""
    out = []
    wanted = [name for a in answers if a.group != "unchecked" for name in a.unanswered]
    if wanted:
        out.append(f"Not answered, or only in part: {words.some_of(list(dict.fromkeys(wanted)), 4)}.")
    unchecked = [a.short for a in answers if a.group == "unchecked"]
    if unchecked:
        out.append(f"Not checked: {words.some_of(list(dict.fromkeys(unchecked)), 4)}.")
    return tuple(out)


def _counts(answers: Sequence[Answer]) -> tuple[Count, ...]:
    """One outcome per medicine, the most pressing first."""
    named = {"unanswered": "No result", "unchecked": "Not checked", "silent": "No rule", "not_taken": "Not taken now"}
    found: dict[tuple[Status | None, str], int] = {}
    for group in sorted_by_group(answers):
        for one in group.answers:
            strongest = min((x.status for x in one.lines if x.status), key=words.rank, default=None)
            told = group.group in ("act", "standard") and strongest
            key: tuple[Status | None, str] = (
                (strongest, words.STATUS_WORDS[strongest])
                if told and strongest
                else ("no_result" if group.group in ("unanswered", "unchecked") else None, named[group.group])
            )
            found[key] = found.get(key, 0) + 1
    return tuple(Count(status=status, word=word, count=n) for (status, word), n in found.items())
