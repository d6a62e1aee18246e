"""Advice as a reader sees it: one sentence to act on, a few that explain, and why an alternative will or will not do."""

from __future__ import annotations

from collections.abc import Sequence

from smartpgx.domain.advice import Action, Alternative, Issue, Recommendation
from smartpgx.wording import hiv
from smartpgx.wording.actions import action, alternative
from smartpgx.wording.glossary import phenotype, population, strength
from smartpgx.wording.grammar import all_of, sentence, sentences
from smartpgx.wording.implications import implication
from smartpgx.wording.phrases import about, unless
from smartpgx.wording.results import results, terms


def summary(rec: Recommendation) -> str:
    """What to do, in one sentence: verb, drug, gene with result. ``Choose prasugrel or ticagrelor instead of clopidogrel in
    acute coronary syndrome or percutaneous coronary intervention: CYP2C19 *2/*2, poor metabolizer.``
    """
    if rec.area == "resistance":
        return hiv.summary(rec)
    if rec.status == "no_result":
        return sentence(_silent(rec))
    head = _placed(_lead(rec), population(rec.population), rec.drug.name)
    if rec.depends_on:
        return sentence(f"{head}, if {rec.depends_on} (not settled)")
    return sentence(f"{head}: {results(rec)}")


def detail(rec: Recommendation) -> str:
    """What, how much, unless, what to watch, why, and how sure the source is."""
    if rec.area == "resistance":
        return hiv.detail(rec)
    parts = [_told(one, rec, first=number == 0) for number, one in enumerate(rec.actions)]
    parts += _why(rec)
    parts += _modifiers(rec)
    parts.append(strength(rec.strength, _source(rec)))
    parts += [f"{one.name}: {alternative_why(one)}" for one in rec.alternatives]
    return sentences(parts)


def issue_summary(issue: Issue, recs: Sequence[Recommendation]) -> str:
    """The leading advice, and how much more stands inside the issue."""
    leading = next((one for one in recs if one.id == issue.leading), None)
    if leading is None:
        return sentence(f"review {issue.drug.name}")
    others = len(recs) - 1
    more = f" {others} more for other populations, genotypes or sources." if others else ""
    return summary(leading) + more


def alternative_why(alt: Alternative) -> str:
    """Why a drug named in advice will do for this patient, or not. A clause."""
    about_hiv = hiv.alternative_why(alt)
    if about_hiv is not None:
        return about_hiv
    return WHY.get(alt.why, alt.why.replace("_", " ")).format_map(_shown(alt))


WHY = {
    "allergy": "not for this patient, an allergy to {substance} is recorded",
    "already_taken": "already on the list of medicines",
    "no_guidance": "no guidance depends on a gene",
    "gene_not_tested": "{gene} not tested, so not checked",
    "gene_no_advice": "no advice for the result of {gene}",
    "gene_avoid": "not for this patient either ({result})",
    "gene_may_avoid": "may have to be avoided too, if {result}",
    "gene_change": "possible with a change of its own ({result})",
    "gene_monitor": "possible with closer monitoring ({result})",
    "gene_standard": "usual use ({result})",
}


def _shown(alt: Alternative) -> dict[str, str]:
    return {"substance": "it", "gene": "the gene", "result": "gene result", **alt.parameters}


def _placed(lead: str, where: str, drug: str) -> str:
    """The population after the drug where the clause ends there, else in brackets, so that it is not read into a condition."""
    if not where:
        return lead
    return f"{lead} {where}" if lead.endswith(drug) else f"{lead} ({where})"


def _lead(rec: Recommendation) -> str:
    """The clause that says what to do first, with the drug."""
    drug = rec.drug.name
    own = [_in_population(one, rec) for one in rec.actions if "of" not in one.parameters] or list(rec.actions)
    first = own[0]
    choice = _choice(rec, own)
    if first.code in ("AVOID", "ALTERNATIVE") and choice is not None and _named(choice):
        exception = unless(str(first.parameters["unless"]), drug) if first.parameters.get("unless") else ""
        when = "" if first.code == "AVOID" else action(choice, drug).partition(f"instead of {drug}")[2]
        return f"choose {alternative(choice.parameters)} instead of {drug} {exception}{when}".strip()
    said = action(first, drug, _source(rec))
    if first.code == "STANDARD" and len(own) > 1:
        return said + _second(own[1], drug)
    return said


def _in_population(one: Action, rec: Recommendation) -> Action:
    """Without the setting where the population says it already."""
    if rec.population == "general":
        return one
    return Action(code=one.code, parameters={key: value for key, value in one.parameters.items() if key != "setting"})


def _choice(rec: Recommendation, own: Sequence[Action]) -> Action | None:
    """The first-rank alternative, without drugs that will not do for this patient."""
    refused = {one.name for one in rec.alternatives if not one.ok}
    for one in own:
        if one.code == "ALTERNATIVE" and one.parameters.get("rank", "primary") == "primary":
            drugs = [name for name in one.parameters.get("drugs", ()) if name not in refused]
            return Action(code=one.code, parameters={**one.parameters, "drugs": drugs})
    return None


def _named(choice: Action) -> bool:
    return bool(choice.parameters.get("drugs") or choice.parameters.get("class"))


def _second(one: Action, drug: str) -> str:
    """What follows the usual dose in the same sentence."""
    if one.code == "INFORM":
        return f"; {about(str(one.parameters.get('about', '')))}"
    said = _without_drug(action(one, drug), drug)
    for word in ("or ", "otherwise "):
        said = said.removeprefix(word)
    return f", {'and' if one.code in ('MONITOR', 'FURTHER_TEST') else 'then'} {said}"


def _told(one: Action, rec: Recommendation, first: bool) -> str:
    """An action in the detail: the drug is named once, then understood."""
    said = action(one, rec.drug.name, _source(rec))
    return said if first or "of" in one.parameters else _without_drug(said, rec.drug.name)


def _without_drug(said: str, drug: str) -> str:
    for word in ("of", "with", "for", "instead of"):
        said = said.replace(f" {word} {drug}", "", 1)
    return said


def _why(rec: Recommendation) -> list[str]:
    """The implication of each result that led here; results with one and the same meaning are named together."""
    reasons: dict[str, list[str]] = {}
    for gene, term in terms(rec).items():
        reasons.setdefault(implication(gene, term, rec.drug.name), []).append(f"{gene} {phenotype(term)}")
    return [f"{all_of(found)}: {reason}" for reason, found in reasons.items() if reason]


def _modifiers(rec: Recommendation) -> list[str]:
    parts = [f"holds only if {rec.depends_on}, which is not settled"] if rec.depends_on else []
    if rec.applies == "no":
        parts.append(f"this advice is for another group of patients: {population(rec.population)}")
    for step in rec.trace:
        if step.code == "conditions_in_text":
            parts.append(f"also weigh: {'; '.join(str(one) for one in step.parameters['conditions'])}")
    if not rec.sure:
        parts.append("the source is not clear on this row, so read it before acting")
    return parts


def _silent(rec: Recommendation) -> str:
    """A sentence for advice that is none, by its reason."""
    drug, genes = rec.drug.name, all_of([one.name for one in rec.about])
    if rec.reason == "not tested":
        return f"treat {drug} as unchecked: {results(rec)}"
    if rec.reason == "not in any guideline":
        verb = "is" if len(rec.about) == 1 else "are"
        return f"use clinical judgement for {drug}: {genes} {verb} known to matter, but this release holds no rule for it"
    if any(step.code == "gene_not_called" for step in rec.trace):
        return f"use clinical judgement for {drug}: {results(rec)}, so no advice of {_source(rec)} could be looked up"
    where = population(rec.population)
    found = f"if {rec.depends_on} (not settled)" if rec.depends_on else results(rec)
    lacks = "has no recommendation" if rec.reason == "guideline silent" else "has no recommendation while the function is unknown"
    return f"use clinical judgement for {f'{drug} {where}'.strip()}: {found}, for which {_source(rec)} {lacks}"


def _source(rec: Recommendation) -> str:
    return rec.sources[0].name if rec.sources else "the guideline"
