"""The field's terms as a reader sees them: phenotypes, populations, grades, and what a gene's product does."""

from __future__ import annotations

import re

from smartpgx.wording.grammar import number

PHENOTYPES = {
    "deficient with cnsha": "deficient, with chronic non-spherocytic hemolytic anemia",
    "variable": "variable activity",
    "normal": "normal activity",
    "uncertain susceptibility": "susceptibility to malignant hyperthermia uncertain",
    "malignant hyperthermia susceptibility": "susceptible to malignant hyperthermia",
    "ivacaftor responsive in cf patients": "responsive to ivacaftor in cystic fibrosis",
    "ivacaftor non-responsive in cf patients": "not responsive to ivacaftor in cystic fibrosis",
    "indeterminate": "function unknown",
}
"""Standard terms that need other words; every other term is written in small letters as it stands."""

EXPLAINED = {
    "poor metabolizer": "Very little or no enzyme activity.",
    "likely poor metabolizer": "Very little enzyme activity is likely; one allele is decreased, the other has no function.",
    "intermediate metabolizer": "Enzyme activity between normal and poor.",
    "likely intermediate metabolizer": "Reduced enzyme activity is likely, from at least one allele of decreased function.",
    "possible intermediate metabolizer": "Reduced enzyme activity is possible; the function of one allele is not certain.",
    "normal metabolizer": "Enzyme activity as in most people.",
    "rapid metabolizer": "Enzyme activity above normal, below ultrarapid.",
    "ultrarapid metabolizer": "Enzyme activity far above normal.",
    "indeterminate": "Tested, but the function of at least one allele is unknown. Not the same as normal.",
    "poor function": "The transporter works poorly: both alleles are impaired.",
    "decreased function": "The transporter works less well: one allele is impaired.",
    "possible decreased function": "The transporter may work less well; the function of one allele is not certain.",
    "normal function": "The transporter works as in most people.",
    "increased function": "The transporter works more than in most people.",
    "deficient": "Red cells lack G6PD and can break down under oxidative drugs.",
    "deficient with cnsha": "Red cells lack G6PD so far that they break down without any drug.",
    "variable": "Activity can be anything from deficient to normal; only the enzyme test tells.",
    "normal": "Enzyme activity as in most people.",
    "malignant hyperthermia susceptibility": "A variant known to cause malignant hyperthermia was found.",
    "uncertain susceptibility": "No known causal variant was found, which does not rule malignant hyperthermia out.",
    "activity score": "The sum of the activity values of both alleles; 2 is two fully working copies.",
}
"""One line per term, for readers who do not use it daily."""

POPULATIONS = {
    "general": "",
    "adults": "in adults",
    "pediatrics": "in children",
    "child >40kg_adult": "in adults and in children over 40 kg",
    "<= 1g per day": "at up to 1 g per day",
    "CVI ACS PCI": "in acute coronary syndrome or percutaneous coronary intervention",
    "CVI non-ACS non-PCI": "in cardiovascular disease without acute coronary syndrome or percutaneous coronary intervention",
    "NVI": "in neurovascular disease",
    "CBZ naive": "in patients new to carbamazepine",
    "CBZ use >3mos": "after more than 3 months of carbamazepine",
    "CBZ-no alternatives": "in patients new to carbamazepine without an alternative",
    "OXC naive": "in patients new to oxcarbazepine",
    "OXC use >3 mos": "after more than 3 months of oxcarbazepine",
    "PHT naive": "in patients new to phenytoin",
    "PHT use >3mos": "after more than 3 months of phenytoin",
}

STRENGTHS = {
    "strong": "{source} grades this as a strong recommendation",
    "moderate": "{source} grades this as a moderate recommendation",
    "optional": "{source} grades this as optional",
}


def phenotype(term: str | None) -> str:
    """``Poor Metabolizer`` -> ``poor metabolizer``; empty when there is none."""
    if not term:
        return ""
    return PHENOTYPES.get(term.casefold(), term.casefold())


def population(name: str) -> str:
    """``CVI ACS PCI`` -> ``in acute coronary syndrome or ...``; a name without words here is quoted."""
    return POPULATIONS.get(name, f"in the population “{name}”")


def strength(grade: str | None, source: str) -> str:
    """The grade as a clause; empty where the source gives none or grades silence."""
    return STRENGTHS.get((grade or "").casefold(), "").format(source=source)


def score(value: float | str) -> str:
    """``activity score 1.5``, ``activity score 3 or more``."""
    text = number(value).replace("≥", ">=").replace("≤", "<=")
    match = re.fullmatch(r"(>=|<=|>|<)?\s*(\d+(?:\.\d+)?)", text)
    if match is None or not match[1]:
        return f"activity score {number(float(match[2])) if match else text}"
    says = {">=": "{} or more", "<=": "{} or less", ">": "above {}", "<": "below {}"}
    return f"activity score {says[match[1]].format(number(float(match[2])))}"
