"""The steps from the record to the advice, one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smartpgx.domain.advice import TraceStep
from smartpgx.wording import hiv
from smartpgx.wording.glossary import phenotype, population, score
from smartpgx.wording.grammar import all_of, number, sentence
from smartpgx.wording.results import result

Parameters = Mapping[str, Any]

BASES = {
    "gene_variants": "called from variants",
    "gene_diplotype": "reported as a genotype",
    "gene_phenotype": "reported as a phenotype",
    "gene_activity_score": "reported as an activity score",
    "gene_presence": "reported as present or absent",
}


def text(step: TraceStep) -> str:
    """One sentence for one step. A code without a sentence is shown as it stands, never dropped."""
    if step.code.startswith("hiv_"):
        return hiv.text(step)
    if step.code in BASES:
        return sentence(f"{result(step.parameters)}, {BASES[step.code]}")
    made = _WORDED.get(step.code)
    return sentence(made(step.parameters) if made else step.code.replace("_", " "))


def _functions(parameters: Parameters) -> str:
    named = []
    for one in parameters["functions"]:
        value = one.get("activity_value")
        worth = f" (activity value {number(value)})" if value is not None else ""
        named.append(f"{one['allele']} {str(one.get('function') or 'function not assigned').lower()}{worth}")
    return f"{parameters['gene']}: {', '.join(named)}"


def _row(parameters: Parameters) -> str:
    asked = []
    for gene, values in parameters["conditions"].items():
        asked.append(f"{gene} {' and '.join(_value(str(value)) for value in values)}")
    where = population(str(parameters["population"]))
    version = f", version {parameters['version']}" if parameters.get("version") else ""
    return f"{parameters['source']} on {parameters['drug']} {where} for {all_of(asked)}{version}"


def _value(value: str) -> str:
    if value == "No Result":
        return "without a result"
    if value == "n/a":
        return "with an activity score that cannot be given"
    return score(value) if value[:1] in "≥0123456789" else value if value.startswith("*") else phenotype(value)


def _no_row(parameters: Parameters) -> str:
    guided = f"{parameters['source']} has guidance on {parameters['drug']} by {all_of(list(parameters['asked']))}"
    return f"{guided}, and no row for what is known here"


def _relation(parameters: Parameters) -> str:
    known = all_of([f"{gene} (level {level})" for gene, level in parameters["levels"].items()])
    return f"{parameters['drug']} is known with {known}, and this release holds no rule for it"


_WORDED: Mapping[str, Callable[[Parameters], str]] = {
    "gene_not_tested": lambda p: f"no result of {p['gene']} was found in what was read",
    "gene_not_called": lambda p: f"{p['gene']} was tested, and no genotype follows with certainty",
    "functions": _functions,
    "score": lambda p: f"{p['gene']} {score(p['activity_score'])}",
    "phenotype": lambda p: f"{p['gene']} {phenotype(p['phenotype'])}",
    "guidance_row": _row,
    "no_row": _no_row,
    "relation_without_rule": _relation,
    "depends_on": lambda p: f"holds if {p['genotype']}; other genotypes are still possible",
    "gene_warning": lambda p: f"{p['gene']}: {p['warning']}",
    "conditions_in_text": lambda p: f"the source also speaks of: {'; '.join(p['conditions'])}",
    "row_unsure": lambda p: "the text of the source is cut off, contradicts itself or depends on something outside it",
}
