"""The overview: what to do now, what was not found or could not be read, what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from smartpgx.domain.advice import Consultation, Issue, Recommendation
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart
from smartpgx.domain.codes import Status
from smartpgx.domain.visit import Asked, Reading, StoredEntry, Visit
from smartpgx.smart import scopes
from smartpgx.web import words
from smartpgx.wording import record as record_words


class Card(Struct, frozen=True, kw_only=True):
    """One issue: what to do, why in a line, which orders."""

    key: str
    status: Status
    status_word: str
    title: str
    do: str
    about: tuple[str, ...]
    orders: tuple[str, ...]
    stored: str


class Row(Struct, frozen=True, kw_only=True):
    """A line of a table; ``status`` may be empty."""

    cells: tuple[str, ...]
    status: str = ""
    status_word: str = ""


class Overview(Struct, frozen=True, kw_only=True):
    headline: str
    lead: str
    cards: tuple[Card, ...]
    quiet: tuple[Row, ...]
    medicines: tuple[Row, ...]
    genes: tuple[Row, ...]
    isolates: tuple[Row, ...]
    not_found: tuple[str, ...]
    unread: tuple[str, ...]
    excluded: tuple[str, ...]
    lost: tuple[str, ...]
    asked: tuple[Row, ...]
    complete: bool


def overview_view(visit: Visit, reading: Reading, stored: Sequence[StoredEntry] = ()) -> Overview:
    """The page of a reading, as texts."""
    made = reading.consultation
    cards = tuple(card_of(issue, made, stored) for issue in sorted(made.issues, key=lambda i: words.rank(i.status)))
    unread = _unread(reading)
    complete = reading.complete and not made.chart.gaps
    headline, lead = _headline(made, cards, complete)
    granted = visit.tokens.scopes if visit.tokens else visit.asked_scopes
    return Overview(
        headline=headline,
        lead=lead,
        cards=cards,
        quiet=_quiet(made),
        medicines=_medicines(made),
        genes=tuple(_gene(g) for g in made.genes),
        isolates=tuple(_isolate_row(made, n) for n in range(len(made.isolates))),
        not_found=_not_found(made, reading),
        unread=unread,
        excluded=tuple(
            f"{', '.join(e.source)}: {_EXCLUDED.get(e.reason, e.reason.replace('_', ' '))}" for e in made.chart.excluded
        ),
        lost=tuple(record_words.scope_lost(s) for s in scopes.missing(visit.asked_scopes, granted)),
        asked=tuple(
            Row(cells=(record_words.subject(a.what), record_words.bound(a), record_words.outcome(a)))
            for a in united(reading.asked)
        ),
        complete=complete,
    )


_EXCLUDED = {
    "entered_in_error": "entered in error",
    "not_final": "not a final result",
    "other_patient": "of another patient",
    "withheld": "withheld by the patient's consent",
    "own_output": "written by this app",
}


def united(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """Questions that had to be asked in parts as one each: sums, and the outcome that is worst."""
    out: dict[str, Asked] = {}
    for one in asked:
        before = out.get(one.what)
        if before is None:
            out[one.what] = one
            continue
        worse = before if before.outcome != "complete" else one
        codes = {"codes": int(before.bound.get("codes", 0)) + int(one.bound.get("codes", 0))} if "codes" in one.bound else {}
        out[one.what] = structs.replace(
            worse,
            bound={**worse.bound, **codes},
            received=before.received + one.received,
            dropped=tuple(dict.fromkeys((*before.dropped, *one.dropped))),
            quirks=tuple(dict.fromkeys((*before.quirks, *one.quirks))),
        )
    return tuple(out.values())


def recommendations_of(issue: Issue, made: Consultation) -> list[Recommendation]:
    """The recommendations of an issue, the leading one first."""
    by_id = {r.id: r for r in made.recommendations}
    return [by_id[i] for i in dict.fromkeys((issue.leading, *issue.recommendations)) if i in by_id]


def orders_of(references: Sequence[str], chart: Chart) -> tuple[str, ...]:
    """The medicines behind references, as the record words them."""
    by_source = {s: m for m in chart.medications for s in m.source}
    return tuple(by_source[r].text or r if r in by_source else r for r in references)


def stored_text(issue: str, stored: Sequence[StoredEntry]) -> str:
    """What this visit did with an issue, for its card."""
    mine = [e for e in stored if e.issue == issue and e.resource in ("DetectedIssue", "Observation")]
    if not mine:
        return ""
    return "Withdrawn in this visit" if all(e.did == "withdrawn" for e in mine) else "Stored in the record in this visit"


def card_of(issue: Issue, made: Consultation, stored: Sequence[StoredEntry]) -> Card:
    """An issue as its card."""
    recs = recommendations_of(issue, made)
    return Card(
        key=issue.id,
        status=issue.status,
        status_word=words.STATUS_WORDS[issue.status],
        title=issue.drug.name,
        do=words.issue_summary(issue, recs),
        about=tuple(f"{a.name} {a.result}" if a.result else a.name for a in issue.about),
        orders=orders_of(issue.orders, made.chart),
        stored=stored_text(issue.id, stored),
    )


def _headline(made: Consultation, cards: Sequence[Card], complete: bool) -> tuple[str, str]:
    if cards:
        many = f"{len(cards)} things to do" if len(cards) > 1 else "1 thing to do"
        return (
            many,
            "" if complete else "Part of the record could not be read: there may be more. What is missing is listed below.",
        )
    if made.chart.consent.genetic == "deny":
        return "Genetic results were not used", "The patient does not consent to their use. Nothing genetic was asked for."
    if not complete:
        return "No advice from what could be read", "Part of the record could not be read, so this is not an all-clear."
    if not (made.genes or made.isolates) or all(g.status == "not_tested" for g in made.genes) and not made.isolates:
        return "No genetic or resistance results in the record", "Nothing can be said about the medicines below from genetics."
    return "Nothing to do now", "What was read gives no reason to change a medicine of the record."


def _quiet(made: Consultation) -> tuple[Row, ...]:
    """Advice that changes nothing now: standard, or without a result."""
    return tuple(
        Row(cells=(r.drug.name, words.summary(r)), status=r.status, status_word=words.STATUS_WORDS[r.status])
        for r in made.recommendations
        if r.status in ("standard", "no_result")
    )


def _medicines(made: Consultation) -> tuple[Row, ...]:
    rows = []
    for one in made.chart.medications:
        states = [name for name in ("ordered", "proposed", "held", "reported", "prohibited", "prn") if getattr(one, name)]
        active = {True: "active", False: "not active", None: "not known whether active"}[one.active]
        known = ", ".join(i.name for i in one.ingredients) or "ingredient not known"
        rows.append(Row(cells=(one.text or known, known, ", ".join((active, *states)))))
    return tuple(rows)


def _gene(call: GeneCall) -> Row:
    score = f"activity score {call.activity_score}" if call.activity_score is not None else ""
    result = call.diplotype or ", ".join(c.diplotype for c in call.candidates[:3] if c.diplotype) or ""
    meaning = call.phenotype or {
        "ambiguous": "several genotypes remain possible",
        "indeterminate": "tested, function unknown",
        "not_called": "could not be called",
        "not_tested": "not tested",
    }.get(call.status, "")
    return Row(cells=(call.gene, meaning, score, result, "; ".join(call.warnings)))


def _isolate_row(made: Consultation, number: int) -> Row:
    one = made.isolates[number]
    name = one.organism.text if one.organism else "organism not stated"
    letters = ", ".join(f"{d.drug.name} {d.interpretation}" for d in one.drugs if d.interpretation in ("R", "I"))
    active = f"{one.regimen.fully_active} fully active in the regimen" if one.regimen else ""
    return Row(cells=(name, one.collected or "date not known", letters or "no resistance found", active))


def _not_found(made: Consultation, reading: Reading) -> tuple[str, ...]:
    genes = [g.gene for g in made.genes if g.status == "not_tested"]
    out = [f"No result of {g}" for g in genes]
    empty = [a for a in united(reading.asked) if a.outcome == "complete" and a.received == 0]
    out += [f"{record_words.subject(a.what)}: none in the record" for a in empty]
    return tuple(dict.fromkeys(out))


def _unread(reading: Reading) -> tuple[str, ...]:
    gaps = (*reading.gaps, *reading.consultation.gaps)
    return tuple(dict.fromkeys(f"{g.message} ({', '.join(g.source)})" if g.source else g.message for g in gaps))
