"""Sentences about HIV resistance: comments, what the regimen makes one say, advice, and the steps that led to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from smartpgx.domain.advice import Alternative, Recommendation, TraceStep
from smartpgx.domain.called import Comment, Remark
from smartpgx.wording.hiv_comments import catalogue

_Words = Mapping[str, Any]


def comment(one: Comment) -> str:
    """A comment in our words; for an algorithm a user gave, in those of its file."""
    if one.text is not None:
        return one.text
    text = catalogue().get(one.id)
    if text is None:
        what = one.parameters.get("mutations", "this result")
        return f"{one.algorithm.name} {one.algorithm.version} comments on {what} (comment {one.id})."
    return text.replace("{mutations}", one.parameters.get("mutations", "another change"))


def remark(one: Remark) -> str:
    """One sentence or two on the regimen as a whole."""
    make = _REMARKS.get(one.code)
    return make(one.parameters) if make else one.code.replace("_", " ")


def summary(one: Recommendation) -> str:
    """What to do about one antiretroviral, in one sentence."""
    drug, found = one.drug.name, _found(one)
    if one.status == "change":
        return f"Change the regimen: the virus is resistant to {drug}{found}."
    if one.status == "monitor":
        kept = next((step.parameters["mutation"] for step in one.trace if step.code == "hiv_m184_keeps"), None)
        if kept:
            return f"Do not stop {drug} for {kept} alone; monitor HIV RNA."
        return f"Monitor HIV RNA on {drug}: the virus is partly resistant{found}."
    if one.status == "standard":
        host = next((step.parameters["allele"] for step in one.trace if step.code == "hiv_host"), None)
        if host:
            return f"Follow the advice for the patient on {drug}: the virus is susceptible, but {host} is positive."
        level = next((step.parameters for step in one.trace if step.code == "hiv_score"), {})
        if level.get("level", "1") != "1":
            return f"Give {drug} as usual: {level['level_text'].lower()}{found}, which counts as susceptible."
        return f"Give {drug} as usual: no resistance of the virus is predicted."
    return _SILENT.get(one.reason or "", "The resistance of the virus to {drug} is unknown.").format(drug=drug)


_SILENT = {
    "not tested": "Resistance to {drug} is unknown: no HIV genotype of its target is in the record.",
    "indeterminate": "Resistance to {drug} is unknown: the genotype could be read only in part.",
    "not in any guideline": "Resistance to {drug} was not judged: the algorithm has no rules for it.",
}


def _found(one: Recommendation) -> str:
    names = next((about.result for about in one.about if about.result), None)
    return f" ({names})" if names else ""


def detail(one: Recommendation) -> str:
    """The reasons and what to mind, in a few sentences."""
    scored = [text(step) for step in one.trace if step.step == "knowledge"]
    minded = [text(step) for step in one.trace if step.step == "modifier"]
    return " ".join((*scored, *_asked(one), *minded)) or summary(one)


def _asked(one: Recommendation) -> list[str]:
    said = []
    for action in one.actions:
        if action.code == "ALTERNATIVE":
            active = [other.name for other in one.alternatives if other.ok]
            stay = "stays" if len(active) == 1 else "stay"
            left = f"Of the present regimen, {_and(active)} {stay} active."
            said.append(left if active else "No other drug of the present regimen is known to be fully active.")
            said.append("Choose the new regimen as a whole, not one drug for another.")
        elif action.code == "FURTHER_TEST":
            said.append(f"Test {action.parameters['what']} {action.parameters['when']}.")
    return said


def alternative_why(one: Alternative) -> str | None:
    """Why a partner drug stays or does not; None for a reason that is not about HIV."""
    return _WHY[one.why].format(**{"level": "unknown", **one.parameters}) if one.why in _WHY else None


_WHY = {
    "hiv_partner_s": "part of the present regimen and active ({level})",
    "hiv_partner_i": "part of the present regimen and only partly active ({level})",
    "hiv_partner_r": "part of the present regimen and lost ({level})",
    "hiv_partner_u": "part of the present regimen; its activity is unknown",
    "hiv_host": "{allele} is positive: not for this patient, whatever the virus",
}


def text(step: TraceStep) -> str:
    """A step of a resistance recommendation; its code begins with ``hiv_``."""
    make = _STEPS.get(step.code)
    return make(step.parameters) if make else step.code.replace("_", " ")


def _and(names: Sequence[str] | str) -> str:
    parts = names.split(", ") if isinstance(names, str) else list(names)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "none"


def _mutations(words: _Words) -> str:
    found = (
        f"Mutations found that count here: {words['mutations']}."
        if words.get("mutations")
        else "No mutation was found that counts here."
    )
    return found + (f" Specimen of {words['collected']}." if words.get("collected") else "") + _several(words)


def _several(words: _Words) -> str:
    many = int(words.get("isolates", "1"))
    return f" {many} HIV-1 isolates are in the record; the most resistant result leads." if many > 1 else ""


def _score(words: _Words) -> str:
    parts = words.get("parts") or {}
    sums = ", ".join(f"{name} {value}" for name, value in parts.items())
    score = f"score {words['score']}" + (f" ({sums})" if sums else "") + ", " if words.get("score") else ""
    level = f"level {words['level']}, {words['level_text'].lower()}"
    return f"{words['algorithm']} for {words['drug']} ({words['code']}): {score}{level}."


def _hepatitis_b(words: _Words) -> str:
    drugs = _and(words.get("drugs") or words["drug"])
    acts = "act" if " and " in drugs else "acts"
    if words["status"] == "positive":
        return f"The patient has hepatitis B, on which {drugs} {acts} too: do not stop without cover for it, it can flare."
    if words["status"] == "negative":
        return f"HBsAg or HBV DNA was negative, so stopping {drugs} is no concern for hepatitis B."
    known = f"{drugs[0].upper()}{drugs[1:]} {acts} on hepatitis B too"
    return f"{known}, and the hepatitis B status is unknown here: look it up before stopping."


def _interactions(words: _Words) -> str:
    return "Drug-drug interactions not checked."


def _host(words: _Words) -> str:
    return f"{words['allele']} is positive: abacavir stays wrong for this patient, however susceptible the virus is."


_STEPS: Mapping[str, Callable[[_Words], str]] = {
    "hiv_not_tested": lambda w: f"No HIV genotype was found in what was read, so resistance to {w['drug']} is unknown.",
    "hiv_gene_not_sequenced": lambda w: f"The genotype does not cover the gene that {w['drug']} acts on.",
    "hiv_mutations": _mutations,
    "hiv_undecided": lambda w: f"{w['algorithm']} gives no certain result for {w['drug']}.",
    "hiv_score": _score,
    "hiv_m184_keeps": lambda w: (
        f"{w['mutation']} costs {w['drug']} most of its activity, yet keeps the virus weaker and more susceptible to zidovudine "
        f"and tenofovir: no reason by itself to stop {w['drug']}."
    ),
    "hiv_host": _host,
    "hiv_hepatitis_b": _hepatitis_b,
    "hiv_interactions_not_checked": _interactions,
}


def _active(words: _Words) -> str:
    which = f": {_and(words['drugs'])}" if words.get("drugs") else ""
    return f"{words['active']} of {words['of']} drugs of the regimen fully active{which}."


_REMARKS: Mapping[str, Callable[[_Words], str]] = {
    "no_regimen": lambda w: "No active HIV medicine was found in what was read.",
    "active": _active,
    "activity_unknown": lambda w: "How active the regimen is, is unknown.",
    "active_at_least": lambda w: f"At least {_active(w)[:-1]}; for the rest the activity is unknown.",
    "few_active": lambda w: f"{_active(w)} Fewer than two: discuss the regimen with a specialist in HIV resistance.",
    "m184_keeps": lambda w: (
        f"{w['mutation']} is no reason by itself to stop {_and(w['drugs'])}: it makes the virus weaker and more susceptible to "
        "zidovudine and tenofovir."
    ),
    "k65r_keeps": lambda w: (
        f"{w['mutation']} is no reason by itself to leave {_and(w['drugs'])}: the combination mostly stays very effective. "
        "Watch HIV RNA, for resistance to dolutegravir can emerge."
    ),
    "not_judged": lambda w: f"Not judged, as the gene was not sequenced or no rule exists: {_and(w['drugs'])}.",
    "boosters": lambda w: f"{_and(w['drugs']).capitalize()} given as booster: not scored, and not counted.",
    "booster_missing": lambda w: (
        f"The result for {_and(w['drugs'])} presumes a booster, and none was found among the active medicines."
    ),
    "abacavir_hla": _host,
    "hepatitis_b": _hepatitis_b,
    "several_isolates": lambda w: (
        "Resistance once found stays archived: read this isolate together with the others of the record."
    ),
    "interactions_not_checked": _interactions,
}
