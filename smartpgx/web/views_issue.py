"""One issue in full: the leading advice as a small table, why, what else could be given, and the other advice folded."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from smartpgx.domain.advice import Action, Consultation, Issue, Recommendation
from smartpgx.domain.visit import Reading, Visit
from smartpgx.web import words
from smartpgx.web.views_answers import UNANSWERED, unanswered
from smartpgx.web.views_overview import Card, card_of, orders_of, recommendations_of
from smartpgx.web.views_why import Step, steps_of
from smartpgx.wording import advice as sentences
from smartpgx.wording.actions import action
from smartpgx.wording.grammar import all_of, sentence
from smartpgx.wording.implications import implication
from smartpgx.wording.results import results, terms

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Do", ("AVOID", "CONTRAINDICATED", "ALTERNATIVE", "STANDARD", "ALGORITHM", "NO_REC")),
    ("How much", ("DOSE_DECREASE", "DOSE_INCREASE", "TITRATE")),
    ("Test", ("FURTHER_TEST",)),
    ("Watch", ("MONITOR",)),
    ("Mind", ("INFORM",)),
)


class Part(Struct, frozen=True, kw_only=True):
    """A row of the advice table. ``links``: name and address."""

    label: str
    lines: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


class Other(Struct, frozen=True, kw_only=True):
    """An alternative, checked for this patient."""

    name: str
    fits: str
    why: str


class Advice(Struct, frozen=True, kw_only=True):
    """One recommendation: what it says, from whom, how sure, and its steps."""

    status: str
    status_word: str
    summary: str
    parts: tuple[Part, ...]
    alternatives: tuple[Other, ...]
    others_title: str
    steps: tuple[Step, ...]


class IssuePage(Struct, frozen=True, kw_only=True):
    card: Card
    leading: Advice
    others: tuple[Advice, ...]
    would_change: tuple[str, ...]


def issue_view(visit: Visit, reading: Reading, key: str) -> IssuePage | None:
    """The page of one issue; None where the reading has no such issue."""
    made = reading.consultation
    issue = next((i for i in made.issues if i.id == key), None)
    recs = recommendations_of(issue, made) if issue else []
    if issue is None or not recs:
        return None
    silent = [r for r in made.recommendations if r.drug == issue.drug and r.area == recs[0].area and r not in recs]
    return IssuePage(
        card=card_of(issue, made),
        leading=_advice(recs[0], made),
        others=tuple(_advice(r, made) for r in (*recs[1:], *silent)),
        would_change=_would_change(issue, recs, made),
    )


def _advice(rec: Recommendation, made: Consultation) -> Advice:
    return Advice(
        status=rec.status,
        status_word=words.STATUS_WORDS[rec.status],
        summary=unanswered(rec).text if rec.reason in UNANSWERED else sentences.summary(rec),
        parts=_parts(rec, made),
        alternatives=tuple(
            Other(
                name=a.name,
                fits=_FITS[rec.area == "resistance"][a.ok],
                why=sentence(sentences.alternative_why(a)),
            )
            for a in rec.alternatives
        ),
        others_title="The other medicines of the regimen"
        if rec.area == "resistance"
        else "Alternatives, checked for this patient",
        steps=steps_of(rec, made),
    )


_FITS = (("Not without more thought", "Nothing recorded against it"), ("Not to be counted on", "Stays active"))


def _lacks(rec: Recommendation) -> str:
    """What a silent advice lacks."""
    return "no usable HIV genotype" if rec.area == "resistance" else results(rec)


def _parts(rec: Recommendation, made: Consultation) -> tuple[Part, ...]:
    parts = _of_virus(rec) if rec.area == "resistance" else [_told(label, codes, rec) for label, codes in PARTS]
    if any(a.code in ("AVOID", "ALTERNATIVE") and "of" not in a.parameters for a in rec.actions) and rec.area == "drug_gene":
        parts.insert(1, Part(label="Instead of", lines=orders_of(rec.orders, made.chart)))
    parts += [
        Part(label="Because", lines=_because(rec)),
        Part(label="Holds for", lines=_holds_for(rec)),
        Part(label="How sure", lines=_how_sure(rec)),
        Part(label="Source", lines=_source_texts(rec), links=_source_links(rec)),
    ]
    return tuple(p for p in parts if p.lines or p.links)


def _told(label: str, codes: Sequence[str], rec: Recommendation) -> Part:
    source = rec.sources[0].name if rec.sources else "the guideline"
    own = [one for one in rec.actions if one.code in codes]
    return Part(label=label, lines=tuple(dict.fromkeys(sentence(action(_plain(a, rec), rec.drug.name, source)) for a in own)))


def _plain(one: Action, rec: Recommendation) -> Action:
    """Without the setting where ``Holds for`` says it already."""
    if rec.population == "general":
        return one
    return Action(code=one.code, parameters={key: value for key, value in one.parameters.items() if key != "setting"})


def _of_virus(rec: Recommendation) -> list[Part]:
    return [Part(label="Do", lines=(sentences.summary(rec),)), Part(label="Mind", lines=(sentences.detail(rec),))]


def _because(rec: Recommendation) -> tuple[str, ...]:
    if rec.area != "drug_gene":
        return ()
    reasons = [implication(gene, term, rec.drug.name) for gene, term in terms(rec).items()]
    return tuple(dict.fromkeys(sentence(r) for r in reasons if r))


def _holds_for(rec: Recommendation) -> tuple[str, ...]:
    where = words.population(rec)
    belongs = {"yes": "; this patient belongs to them", "no": "; this patient does not belong to them", None: ""}[rec.applies]
    lines = [f"{words.upper_first(where)}{belongs}." if where else "Every patient with this result."]
    if rec.depends_on:
        lines.insert(0, f"Only if {rec.depends_on}, which is not settled.")
    return tuple(lines)


def _how_sure(rec: Recommendation) -> tuple[str, ...]:
    lines = [f"{words.strength(rec)} of {rec.sources[0].name}." if words.strength(rec) and rec.sources else ""]
    lines.append(f"Evidence: {rec.evidence}." if rec.evidence else "")
    lines.append("" if rec.sure else "The source is not clear on this row; read it before acting.")
    return tuple(line for line in lines if line)


def _source_texts(rec: Recommendation) -> tuple[str, ...]:
    return tuple(
        f"{s.name}{f', version {s.version}' if s.version else ''}{f'; PubMed {all_of(list(s.pmids))}' if s.pmids else ''}"
        for s in rec.sources
    )


def _source_links(rec: Recommendation) -> tuple[tuple[str, str], ...]:
    named = {s.url: f"{s.name} on {rec.drug.name}" for s in rec.sources if s.url and s.url.startswith("https://")}
    return tuple((name, url) for url, name in named.items())


def _would_change(issue: Issue, recs: Sequence[Recommendation], made: Consultation) -> tuple[str, ...]:
    """What is open: populations the record does not settle, genotypes, positions, genes without a result, gaps."""
    out = []
    names = {a.name for r in recs for a in r.about}
    where = list(dict.fromkeys(words.population(r) for r in recs if r.applies is None and words.population(r)))
    if where:
        out.append(f"Which of these the patient belongs to is not settled by the record: {'; '.join(where)}.")
    genotypes = dict.fromkeys(r.depends_on for r in recs if r.depends_on)
    out += [f"A settled genotype: part of the advice holds only if {g}." for g in genotypes]
    for call in made.genes:
        if call.gene in names and call.missing:
            out.append(f"{call.gene}: what was not covered ({words.some_of(call.missing)}).")
    for rec in made.recommendations:
        if rec.drug.name == issue.drug.name and rec.reason in UNANSWERED:
            out.append(sentence(f"{_lacks(rec)}; a result may change what is said of {issue.drug.name}"))
    mine = set(issue.orders) | {s for r in recs for a in r.about for s in a.source}
    out += [g.message for g in made.gaps if set(g.source) & mine or any(g.wanted.startswith(f"{n} ") for n in names)]
    return tuple(dict.fromkeys(out))
