"""One sentence per action: what to do, how much, when, unless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smartpgx.domain.advice import Action
from smartpgx.domain.codes import ActionCode
from smartpgx.wording import phrases
from smartpgx.wording.doses import dose_change, standard_dose
from smartpgx.wording.grammar import number, one_of, unit

Parameters = Mapping[str, Any]

LOWEST_START = "lowest recommended start dose"


def action(one: Action, drug: str, source: str = "the guideline") -> str:
    """The action as words without a full stop: ``start with half the usual dose of clomipramine if ...``.

    ``drug``: the medicine the recommendation is about; an action about another drug or class (``of``) names that one.
    """
    parameters = dict(one.parameters)
    about = str(parameters.pop("of", drug))
    return " ".join(_WORDED[one.code](parameters, about, source).split())


def alternative(parameters: Parameters) -> str:
    """What to choose, without the verb: ``prasugrel or ticagrelor``, ``another opioid (not tramadol)``."""
    named = one_of([str(name) for name in parameters.get("drugs", ())])
    group = phrases.drug_class(str(parameters["class"])) if parameters.get("class") else ""
    excluded = one_of([str(name) for name in parameters.get("not", ())])
    chosen = named or group or "another drug"
    notes = "; ".join(filter(None, (group if named else "", f"not {excluded}" if excluded else "")))
    return f"{chosen} ({notes})" if notes else chosen


def tail(parameters: Parameters, drug: str = "") -> str:
    """Setting, exception and condition, each as a clause."""
    setting = f" ({parameters['setting']})" if parameters.get("setting") not in (None, parameters.get("when")) else ""
    exception = f" {phrases.unless(str(parameters['unless']), drug)}" if parameters.get("unless") else ""
    condition = f" {phrases.when(str(parameters['when']))}" if parameters.get("when") else ""
    return setting + exception + condition


def _standard(parameters: Parameters, drug: str, source: str) -> str:
    return standard_dose(parameters, drug, tail)


def _avoid(parameters: Parameters, drug: str, source: str) -> str:
    when = str(parameters.get("when", ""))
    if when.startswith("stop at"):
        return f"stop {drug}{when.removeprefix('stop').replace('at first', 'at the first')}"
    return f"avoid {drug}{tail(parameters, drug)}"


def _contraindicated(parameters: Parameters, drug: str, source: str) -> str:
    return f"do not give {drug}{tail(parameters)}"


def _alternative(parameters: Parameters, drug: str, source: str) -> str:
    verb = {"option": "or consider", "fallback": "otherwise consider"}.get(str(parameters.get("rank")), "choose")
    added = any(word in str(parameters.get("class", "")) for word in ("kept", "plus", "combined"))
    instead = "" if added else f" instead of {drug}"
    active = [str(name) for name in parameters.get("active", ())]
    still = f"; still active: {one_of(active).replace(' or ', ' and ')}" if active else ""
    reason = f" because of {parameters['reason']}" if parameters.get("reason") else ""
    return f"{verb} {alternative(parameters)}{instead}{reason}{tail(parameters)}{still}"


def _dose(parameters: Parameters, drug: str, source: str, up: bool) -> str:
    if parameters.get("when") == LOWEST_START:
        return f"start {drug} with the lowest recommended start dose"
    return f"{dose_change(parameters, drug, up)}{tail(parameters)}"


def _decrease(parameters: Parameters, drug: str, source: str) -> str:
    return _dose(parameters, drug, source, up=False)


def _increase(parameters: Parameters, drug: str, source: str) -> str:
    return _dose(parameters, drug, source, up=True)


HOW = {
    "to response": "adjust the dose of {drug} to response",
    "to level": "adjust the dose of {drug} to the plasma level",
    "to toxicity": "adjust the dose of {drug} to toxicity",
    "to toxicity or plasma level": "adjust the dose of {drug} to toxicity or plasma level",
    "to response or level": "adjust the dose of {drug} to response or level",
    "to response and toxicity": "adjust the dose of {drug} to response and toxicity",
    "to higher target dose": "adjust the dose of {drug} to a higher target dose",
    "slower": "increase the dose of {drug} more slowly",
    "larger steps": "increase the dose of {drug} in larger steps",
    "upward with caution": "increase the dose of {drug} upward with caution",
}


def _titrate(parameters: Parameters, drug: str, source: str) -> str:
    how = str(parameters.get("how", ""))
    if how.startswith("slower:"):
        start = f"increase the dose of {drug} more slowly:{how.removeprefix('slower:')}"
    else:
        start = HOW.get(how, f"adjust the dose of {{drug}} {how}").format(drug=drug)
    limit = f", at most {number(parameters['cap'])} {unit(str(parameters['cap_unit']))}" if "cap" in parameters else ""
    target, interval = _target(str(parameters.get("target", ""))), _interval(str(parameters.get("interval", "")))
    return f"{start}{target}{interval}{limit}{tail(parameters)}"


def _target(target: str) -> str:
    """How far: what guides the dose, or what it aims for."""
    if not target:
        return ""
    if target.startswith(
        ("degree", "extent", "myelosuppression", "guideline", "drug level", "effect", "efficacy", "toxicity", "therapeutic drug")
    ):
        return f", guided by {target}"
    if target == "usual practice":
        return " as in usual practice"
    if target.startswith("no special emphasis"):
        return f", with {target}"
    if target.startswith(("up to", "upward", "clinical effect", "maximum", "smaller")):
        return f": {target}"
    return f", aiming for {target}"


def _interval(interval: str) -> str:
    """How long to wait between changes."""
    if not interval:
        return ""
    if "steady state" in interval and not interval.startswith("not"):
        return f", allowing {interval}"
    return (
        f", waiting {interval} between changes" if interval[:1].isdigit() or interval.startswith("at least") else f", {interval}"
    )


WATCH = {
    "toxicity, closely": "monitor closely for toxicity",
    "plasma level, to guide dose": "use the plasma level to guide the dose",
    "plasma level to guide dose": "use the plasma level to guide the dose",
    "plasma level to guide dose (strongly recommended)": "use the plasma level to guide the dose (strongly recommended)",
    "plasma level (therapeutic drug monitoring)": "monitor the plasma level (therapeutic drug monitoring)",
    "plasma level (consider)": "consider monitoring the plasma level",
    "plasma level, carefully": "monitor the plasma level carefully",
    "plasma level": "monitor the plasma level",
    "bradycardia, more closely": "watch more closely for bradycardia",
    "anemia, closely": "watch closely for anemia",
    "haemolysis (close)": "watch closely for haemolysis",
    "acute exacerbation of chronic hemolysis, closely": "watch closely for acute exacerbation of chronic hemolysis",
    "toxicity and/or efficacy, closely": "monitor closely for toxicity and/or efficacy",
    "hearing loss": "check for hearing loss",
    "hearing (frequent), drug level, renal function, hydration": (
        "check hearing frequently, drug level, renal function and hydration"
    ),
    "SJS/TEN, as usual": "watch for SJS/TEN as usual",
    "skin reactions (SJS/TEN), usual standard": "watch for skin reactions (SJS/TEN) by the usual standard",
    "clinical monitoring more often (skin reactions)": "see the patient more often (skin reactions)",
    "trough level, meticulous": "monitor the trough level meticulously",
    "plasma level at earliest steady state; stop if too high": (
        "measure the plasma level at the earliest steady state and stop if it is too high"
    ),
}


def _monitor(parameters: Parameters, drug: str, source: str) -> str:
    what = str(parameters.get("what", "effect and side effects"))
    about = parameters.get("about")
    reason = f" ({REASONS.get(str(about), str(about))})" if about else ""
    return (
        f"{WATCH.get(what, f'monitor {what}')} of {drug}{reason}{tail(parameters)}"
        if _levels(what)
        else (f"{WATCH.get(what, f'monitor {what}')} with {drug}{reason}{tail(parameters)}")
    )


def _levels(what: str) -> bool:
    return what.startswith("plasma level") and what.endswith(("level", "(consider)", "carefully", "monitoring)"))


REASONS = {
    "m184_keeps": "the mutation M184V or M184I is no reason to stop it",
    "reduced_susceptibility": "the virus is less susceptible",
}


def _test(parameters: Parameters, drug: str, source: str) -> str:
    what = str(parameters.get("what", "the gene"))
    if what.startswith("further genetic testing"):
        return f"weigh {what}, for {drug}{tail(parameters)}"
    verb = "arrange" if "screening" in what or "phenotyping" in what else "measure"
    return f"{verb} {what} for {drug}{tail(parameters)}"


def _algorithm(parameters: Parameters, drug: str, source: str) -> str:
    return f"dose {drug} by the {str(parameters.get('which', 'published algorithm'))}{tail(parameters)}"


def _inform(parameters: Parameters, drug: str, source: str) -> str:
    told = phrases.about(str(parameters.get("about", "")))
    reason = f" ({parameters['reason']})" if parameters.get("reason") else ""
    return f"note for {drug}{tail(parameters)}: {told}{reason}"


SILENCE = {
    "silent": "{source} gives no recommendation on {drug} for this result",
    "insufficient evidence": "{source} finds insufficient evidence for a recommendation on {drug}",
    "not applicable": "the advice of {source} on {drug} is not applicable here",
    "not tested": "{source} has guidance on {drug}, but the gene has not been tested: that is not the same as normal",
    "indeterminate": "{source} has no recommendation on {drug} for a result of unknown or unsettled function",
    "guideline silent": "{source} says nothing on {drug} for this result",
    "no rule shipped": "a relation with {drug} is published, but this release holds no rule for it",
}


def _no_rec(parameters: Parameters, drug: str, source: str) -> str:
    reason = str(parameters.get("reason", "silent"))
    return SILENCE.get(reason, f"{{source}} gives no recommendation on {{drug}} ({reason})").format(
        source=source, drug=drug
    ) + tail(parameters)


_WORDED: Mapping[ActionCode, Callable[[Parameters, str, str], str]] = {
    "STANDARD": _standard,
    "AVOID": _avoid,
    "CONTRAINDICATED": _contraindicated,
    "ALTERNATIVE": _alternative,
    "DOSE_DECREASE": _decrease,
    "DOSE_INCREASE": _increase,
    "TITRATE": _titrate,
    "MONITOR": _monitor,
    "FURTHER_TEST": _test,
    "ALGORITHM": _algorithm,
    "INFORM": _inform,
    "NO_REC": _no_rec,
}
