"""What can be said of each medicine, strictly apart: advice, usual use, unanswered, no rule, not checked, not taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from smartpgx.domain.advice import Consultation, Recommendation
from smartpgx.domain.chart import Medication
from smartpgx.domain.codes import Status
from smartpgx.rules.drug_gene.medicines import in_scope
from smartpgx.web import words
from smartpgx.web.views_frame import day
from smartpgx.wording import advice, glossary
from smartpgx.wording.grammar import all_of, sentence
from smartpgx.wording.results import results

Group = Literal["act", "standard", "unanswered", "silent", "unchecked", "not_taken"]
GROUPS: tuple[tuple[Group, str], ...] = (
    ("act", "Advice for now"),
    ("unanswered", "Cannot be answered: guidance exists, the result does not"),
    ("unchecked", "Not checked"),
    ("standard", "Standard: usual use is the guideline's advice for the result found"),
    ("silent", "No published relation with a gene, or no rule in this release"),
    ("not_taken", "Not taken now, so not looked at"),
)
UNANSWERED = ("not tested", "indeterminate")


class Line(Struct, frozen=True, kw_only=True):
    """One thing to say of a medicine. ``key``: the issue to open. ``open``: a question that a result would answer."""

    text: str
    drug: str = ""
    status: Status | None = None
    status_word: str = ""
    key: str = ""
    open: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """A medicine of the record: as it is worded there, in which state, and what is said of it."""

    name: str
    short: str
    state: str
    when: str
    group: Group
    lines: tuple[Line, ...]

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The ingredients a question stays open on."""
        return tuple(dict.fromkeys(one.drug or self.short for one in self.lines if one.open))

    @property
    def open(self) -> bool:
        """Whether anything about it was not looked at or not answered."""
        return self.group in ("unanswered", "unchecked") or any(one.open for one in self.lines)


class Sorted(Struct, frozen=True, kw_only=True):
    """The medicines of one group."""

    group: Group
    title: str
    answers: tuple[Answer, ...]


def answers_of(made: Consultation) -> tuple[Answer, ...]:
    """One answer per medicine of the chart, in its order."""
    by_id = {r.id: r for r in made.recommendations}
    found = {f.index: [by_id[i] for i in f.findings if i in by_id] for f in made.medications}
    return tuple(_answer(m, found.get(n, []), made) for n, m in enumerate(made.chart.medications))


def sorted_by_group(answers: Sequence[Answer]) -> tuple[Sorted, ...]:
    """The groups that are not empty, the most pressing first; within a group the strongest status first."""

    def order(one: Answer) -> tuple[int, str]:
        return min((words.rank(x.status) for x in one.lines if x.status), default=9), one.name.casefold()

    groups = ((g, t, tuple(sorted((a for a in answers if a.group == g), key=order))) for g, t in GROUPS)
    return tuple(Sorted(group=g, title=t, answers=found) for g, t, found in groups if found)


def _answer(one: Medication, recs: Sequence[Recommendation], made: Consultation) -> Answer:
    names = all_of([i.name for i in one.ingredients])
    text = one.text or names or "A medicine without a name"
    shown = text if not names or names.casefold() in text.casefold() else f"{text} ({names})"
    group, lines = _said(one, [r for r in recs if r.applies != "no"], made)
    when = day(one.date or one.last)
    return Answer(name=shown, short=names or text, state=state(one), when=when, group=group, lines=lines)


def _said(one: Medication, recs: Sequence[Recommendation], made: Consultation) -> tuple[Group, tuple[Line, ...]]:
    if not in_scope(one):
        if one.active is None and not one.prohibited:
            return "unchecked", (_unknown("The record does not say whether it is taken."),)
        return "not_taken", (Line(text="Must not be given." if one.prohibited else "Stopped, completed or cancelled."),)
    if one.unresolved or not one.ingredients:
        return "unchecked", (_unknown("Its ingredient is not known to this release; look it up by hand."),)
    lines = tuple(
        line for drug, area in dict.fromkeys((r.drug.name, r.area) for r in recs) for line in _lines(drug, area, recs, made)
    )
    if made.chart.consent.genetic == "deny":
        lines = (*lines, _unknown("Not checked against genes: the patient does not consent to it."))
        return ("act" if _acts(lines) else "unchecked"), lines
    if _acts(lines):
        return "act", lines
    if any(x.status == "standard" for x in lines):
        return "standard", lines
    if any(x.open for x in lines):
        return "unanswered", lines
    return "silent", lines or (Line(text="No relation known."),)


def _acts(lines: Sequence[Line]) -> bool:
    return any(x.status in ("avoid", "change", "monitor") for x in lines)


def _unknown(text: str) -> Line:
    return Line(status="no_result", status_word="Not checked", text=text, open=True)


def _lines(drug: str, area: str, every: Sequence[Recommendation], made: Consultation) -> list[Line]:
    recs = [r for r in every if r.drug.name == drug and r.area == area]
    told = sorted((r for r in recs if r.status != "no_result"), key=lambda r: words.rank(r.status))
    acts = any(r.drug.name == drug and r.status in ("avoid", "change", "monitor") for r in every)
    lines = []
    if told and told[0].status == "standard":
        usual = _usual(told)
        lines.append(Line(text=usual.text, drug=drug) if acts else usual)
    elif told:
        key = next((i.id for i in made.issues if told[0].id in i.recommendations), "")
        lines.append(_line(told[0], advice.summary(told[0]), key=key))
    for rec in recs:
        if rec.status == "no_result":
            lines.append(unanswered(rec) if rec.reason in UNANSWERED else Line(text=advice.summary(rec), drug=drug))
    return list(dict.fromkeys(lines))


def _usual(told: Sequence[Recommendation]) -> Line:
    """Usual use, said once where every population of the guideline agrees; open where the genotype is not settled."""
    first = told[0]
    if len(told) == 1 or first.area != "drug_gene":
        return _line(first, advice.summary(first), open=first.depends_on is not None)
    if any(r.status != "standard" or r.depends_on for r in told):
        return _line(first, " ".join(advice.summary(r) for r in told), open=True)
    return _line(first, f"{words.lead(first).rstrip('.')}: {results(first)}.")


def unanswered(rec: Recommendation) -> Line:
    """Guidance exists and the result it asks for does not: what is missing, never a word of usual use."""
    if rec.area == "resistance":
        return _line(rec, advice.summary(rec), open=True)
    where = glossary.population(rec.population)
    found = f"if {rec.depends_on} (not settled)" if rec.depends_on else results(rec)
    return _line(rec, sentence(f"{f'{rec.drug.name} {where}'.strip()} cannot be answered: {found}"), open=True)


def _line(rec: Recommendation, text: str, key: str = "", open: bool = False) -> Line:
    word = words.STATUS_WORDS[rec.status]
    return Line(status=rec.status, status_word=word, text=text, drug=rec.drug.name, key=key, open=open)


def state(one: Medication) -> str:
    """Ordered or taken at home, held, as needed, in words."""
    if one.prohibited:
        parts = ["must not be given"]
    elif one.held:
        parts = ["on hold"]
    elif one.proposed:
        parts = ["draft, not ordered yet"]
    elif one.active is None:
        parts = ["not known whether taken"]
    elif one.active is False:
        parts = ["not active"]
    else:
        parts = ["ordered" if one.ordered else "taken at home"]
    parts += ["as reported"] if one.reported else []
    parts += ["as needed"] if one.prn else []
    return words.upper_first(", ".join(parts))
