"""Phrases of the readings (when, unless, what, class, ...) turned into clauses that fit a sentence.

Every phrase is our own shorthand. Those of the shipped tables have a wording here where the shorthand does not read well;
a phrase without one is used as it stands, so that nothing is lost.
"""

from __future__ import annotations

import re

_OPENS = re.compile(
    r"(if|when|while|after|before|at|from|during|for|in|as|unless|by|regardless|with|until|only|especially|particularly|regularly|per|on"
    r"|to|not|also)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(is|are|occurs?|needed|required|warranted|used|tolerated|achieved|fails?|shows|cannot|does|be|reached|work|resolve)\b"
)

WHEN = {
    "40 mg tolerated but more potency needed": "if 40 mg is tolerated but more potency is needed",
    "40 mg tolerated but more potency needed: above 40 mg, one of three options": (
        "above 40 mg if 40 mg is tolerated but more potency is needed (one of three options)"
    ),
    "40 mg/day tolerated but higher potency needed": "if 40 mg/day is tolerated but higher potency is needed",
    "40 mg/day tolerated but higher potency needed (one of three options)": (
        "if 40 mg/day is tolerated but higher potency is needed (one of three options)"
    ),
    "CYP2C9*2 carrier (linked to CYP2C8*3)": "in carriers of CYP2C9*2 (linked to CYP2C8*3)",
    "H. pylori infection or erosive esophagitis": "for H. pylori infection or erosive esophagitis",
    "TDM available and decreased dose prescribed": "if levels can be measured and a decreased dose is prescribed",
    "aromatase inhibitor contraindicated": "if an aromatase inhibitor is contraindicated",
    "chronic therapy over 12 weeks and efficacy achieved": "in chronic therapy over 12 weeks once efficacy is achieved",
    "drug clinically appropriate and efficacy inadequate at standard maintenance dose": (
        "if the drug is clinically appropriate and efficacy is inadequate at the standard maintenance dose"
    ),
    "history of stroke or TIA": "with a history of stroke or TIA",
    "if a tricyclic is warranted: higher target dose": "toward a higher target dose if a tricyclic is warranted",
    "if alternatives unsuitable and no phenotyping data: below 25 %": (
        "if alternatives are unsuitable and there are no phenotyping data"
    ),
    "if amitriptyline is warranted: higher target dose": "toward a higher target dose if amitriptyline is warranted",
    "if c.2846A>T homozygous: reduction may have to exceed 50 %": (
        "if c.2846A>T is homozygous, where the reduction may have to exceed 50 %"
    ),
    "if clomipramine is warranted: higher target dose": "toward a higher target dose if clomipramine is warranted",
    "if fluorouracil is used and test available": "if fluorouracil is used and the test is available",
    "if level below 200 ng/mL: proportional, toward 400 ng/mL": (
        "in proportion, toward 400 ng/mL, if the level is below 200 ng/mL"
    ),
    "if peak level below 200 ng/mL: proportional, toward 400 ng/mL": (
        "in proportion, toward 400 ng/mL, if the peak level is below 200 ng/mL"
    ),
    "if peak level below 200 ng/mL: proportional, toward 400 ng/mL; may exceed 100 mg/day": (
        "in proportion, toward 400 ng/mL, if the peak level is below 200 ng/mL; the dose may exceed 100 mg/day"
    ),
    "if response inadequate 2 weeks after the increase": "if the response is inadequate 2 weeks after the increase",
    "if response inadequate and level below 200 ng/mL: proportional, toward 400 ng/mL": (
        "in proportion, toward 400 ng/mL, if the response is inadequate and the level is below 200 ng/mL"
    ),
    "if start dose not tolerated": "if the starting dose is not tolerated",
    "if thiopurine needed while NUDT15 status is unknown": "if a thiopurine is needed while NUDT15 status is unknown",
    "if thiopurine needed while TPMT or NUDT15 status is unknown": (
        "if a thiopurine is needed while TPMT or NUDT15 status is unknown"
    ),
    "if thiopurine needed while TPMT status is unknown": "if a thiopurine is needed while TPMT status is unknown",
    "if used": "if it is used",
    "if used and available": "if the drug is used and the test is available",
    "if usual start dose is 2 to 3 mg/kg/day": "where the usual starting dose is 2 to 3 mg/kg/day",
    "inadequate response to recommended maintenance dose": "if the response to the recommended maintenance dose is inadequate",
    "interacting co-medication": "with interacting co-medication",
    "malignancy": "in malignancy",
    "malignancy and myelosuppression: this drug before other agents": (
        "in malignancy if myelosuppression occurs, this drug before other agents"
    ),
    "malignancy, myelosuppression occurs: this drug before the other agents": (
        "in malignancy if myelosuppression occurs, this drug before the other agents"
    ),
    "malignancy, starting dose 75 mg/m2/day or more": "in malignancy where the starting dose is 75 mg/m2/day or more",
    "malignancy: three days a week instead of daily": "to three days a week instead of daily in malignancy",
    "malignancy: three times a week instead of daily": "to three times a week instead of daily in malignancy",
    "more than 3 months of regular use without skin reaction": "after more than 3 months of regular use without skin reaction",
    "myelosuppression occurs during combination therapy: this drug before the other agents": (
        "if myelosuppression occurs during combination therapy, this drug before the other agents"
    ),
    "myelosuppression occurs: thioguanine before other agents": "if myelosuppression occurs, thioguanine before other agents",
    "myelosuppression occurs: this drug before other agents": "if myelosuppression occurs, this drug before other agents",
    "myelosuppression occurs: this drug before the other agents": "if myelosuppression occurs, this drug before the other agents",
    "myelosuppression occurs; reduce this drug rather than other agents": (
        "if myelosuppression occurs, this drug rather than other agents"
    ),
    "no effective alternative, drug used after all": "if there is no effective alternative and the drug is used after all",
    "no response and opioid use is warranted": "if there is no response and opioid use is warranted",
    "if no response and an opioid is warranted": "if there is no response and an opioid is warranted",
    "if no response and no adverse events after 2 weeks": "if there is no response and no adverse event after 2 weeks",
    "if no response after 2 more weeks": "if there is no response after 2 more weeks",
    "if no or tolerable toxicity in the first two cycles": "if there is no or tolerable toxicity in the first two cycles",
    "if unacceptable side effects at any time": "if side effects are unacceptable at any time",
    "non-malignancy": "outside malignancy",
    "non-malignancy, starting dose 1.5 mg/kg/day or more": "outside malignancy where the starting dose is 1.5 mg/kg/day or more",
    "non-malignant condition": "in a non-malignant condition",
    "normal starting dose is 75 mg/m2/day or 1.5 mg/kg/day or more": (
        "where the normal starting dose is 75 mg/m2/day or 1.5 mg/kg/day or more"
    ),
    "normal starting dose is already below 75 mg/m2/day or 1.5 mg/kg/day (reduction may not be recommended)": (
        "where the normal starting dose is already below 75 mg/m2/day or 1.5 mg/kg/day (reduction may not be recommended)"
    ),
    "other factors slow clearance, e.g. hepatic impairment or advanced age": (
        "where other factors slow clearance, such as hepatic impairment or advanced age"
    ),
    "plasma level monitoring not possible": "if plasma levels cannot be monitored",
    "postmenopausal": "after the menopause",
    "premenopausal": "before the menopause",
    "radical cure of P. vivax or P. ovale, 8 weeks (CDC)": "for radical cure of P. vivax or P. ovale, 8 weeks (CDC)",
    "radical cure of P. vivax or P. ovale, 8 weeks (WHO)": "for radical cure of P. vivax or P. ovale, 8 weeks (WHO)",
    "relative, with the exception named": "(a relative contraindication, with the exception named)",
    "simvastatin still warranted": "if simvastatin is still warranted",
    "single dose as gametocytocide in P. falciparum, no haemolysis monitoring needed": (
        "as a single dose against gametocytes of P. falciparum, where no haemolysis monitoring is needed"
    ),
    "standard starting dose is 2 mg/kg/day or more": "where the standard starting dose is 2 mg/kg/day or more",
    "standard starting dose is 40 mg/m2/day or more": "where the standard starting dose is 40 mg/m2/day or more",
    "therapeutic level cannot be reached in time": "if a therapeutic level cannot be reached in time",
    "three times a week instead of daily": "to three times a week instead of daily",
    "usual start dose at least 40-60 mg/m2/day": "where the usual starting dose is at least 40-60 mg/m2/day",
    "voriconazole still judged most appropriate": "if voriconazole is still judged most appropriate",
    "further reduction may be needed: intermediate for both genes": "further where needed, intermediate for both genes",
    "intermediate for both TPMT and NUDT15: further reduction may be needed": (
        "further where needed, intermediate for both TPMT and NUDT15"
    ),
    "intermediate metabolizer for both TPMT and NUDT15: may need more reduction": (
        "further where needed, intermediate metabolizer for both TPMT and NUDT15"
    ),
    "weekly radical-cure regimen": "during the weekly radical-cure regimen",
    "particularly where jaundice would concern the patient": "particularly where jaundice would concern the patient",
} | {
    f"thiopurine {need} and {gene} status unknown": f"if a thiopurine is {need} and {gene} status is unknown"
    for need in ("needed", "required")
    for gene in ("TPMT", "NUDT15", "TPMT or NUDT15")
} | {
    "thiopurine is required and TPMT or NUDT15 status is unknown": (
        "if a thiopurine is required and TPMT or NUDT15 status is unknown"
    ),
}  # fmt: skip

UNLESS = {
    "TCA warranted": "unless a tricyclic is warranted",
    "doxepin warranted": "unless doxepin is warranted",
    "imipramine warranted": "unless imipramine is warranted",
    "not possible": "where possible",
    "not possible to avoid": "where possible",
    "extraordinary circumstances where benefits outweigh risks": (
        "except in extraordinary circumstances where benefits outweigh risks"
    ),
    "extraordinary circumstances where benefit outweighs risk": (
        "except in extraordinary circumstances where benefit outweighs risk"
    ),
    "severity of infection outweighs high risk of permanent hearing loss and no safe or effective alternative exists": (
        "unless the severity of infection outweighs the high risk of permanent hearing loss and no safe or effective alternative "
        "exists"
    ),
    "severe infection and no safe or effective alternative outweigh the hearing-loss risk": (
        "unless a severe infection and the lack of a safe or effective alternative outweigh the hearing-loss risk"
    ),
    "P. vivax/ovale radical cure with weekly regimen, or single-dose gametocytocide in P. falciparum": (
        "except for P. vivax/ovale radical cure with the weekly regimen, or a single dose against gametocytes of P. falciparum"
    ),
    "benefits outweigh risks, alternatives' risks considered": (
        "unless the benefits outweigh the risks, the alternatives' risks considered"
    ),
    "used with caution": "unless used with caution",
}  # fmt: skip

CLASSES = {
    "P2Y12 inhibitor": "another P2Y12 inhibitor",
    "other P2Y12 inhibitor": "another P2Y12 inhibitor",
    "antidepressant": "another antidepressant",
    "antidepressant not mainly metabolized by CYP2C19": "an antidepressant not mainly metabolized by CYP2C19",
    "antifungal agent": "another antifungal agent",
    "aromatase inhibitor": "an aromatase inhibitor",
    "aromatase inhibitor plus ovarian function suppression": "an aromatase inhibitor plus ovarian function suppression",
    "clinically appropriate antidepressant": "a clinically appropriate antidepressant",
    "non-thiopurine immunosuppressant": "a non-thiopurine immunosuppressant",
    "non-thiopurine immunosuppressants": "a non-thiopurine immunosuppressant",
    "nonthiopurine immunosuppressant": "a non-thiopurine immunosuppressant",
    "opioid": "another opioid",
    "opioids": "other opioids",
    "other beta-blockers": "another beta-blocker",
    "other statin according to desired potency": "another statin according to the desired potency",
    "other statin, or fluvastatin plus non-statin therapy": "another statin, or fluvastatin plus non-statin therapy",
    "other statin, or pitavastatin combined with a non-statin": "another statin, or pitavastatin combined with a non-statin",
    "other statin, or pravastatin combined with a non-statin": "another statin, or pravastatin combined with a non-statin",
    "other statin, or rosuvastatin combined with a non-statin": "another statin, or rosuvastatin combined with a non-statin",
    "rosuvastatin kept, non-statin added": "rosuvastatin kept, with a non-statin added",
    "statins, chosen by desired potency": "another statin chosen by the desired potency",
    "therapy not metabolized or not importantly affected by CYP2C9, or NSAID with shorter half-life": (
        "a therapy not metabolized or not importantly affected by CYP2C9, or an NSAID with shorter half-life"
    ),
}  # fmt: skip


def when(text: str) -> str:
    """``malignancy`` -> ``in malignancy``; a clause becomes ``if ...``; what fits no sentence stands in brackets."""
    if text in WHEN:
        return WHEN[text]
    if _OPENS.match(text):
        return text
    needed = re.fullmatch(r"(more than .+?) needed( for .+)?", text)
    if needed:
        return f"if {needed[1]} is needed{needed[2] or ''}"
    return f"if {text}" if _VERB.search(text) else f"({text})"


def unless(text: str, drug: str = "") -> str:
    """The exception of an AVOID. The drug itself is not named a second time."""
    said = UNLESS.get(text) or f"unless {text}"
    return said.replace(f"unless {drug} ", "unless it ") if drug else said


def drug_class(text: str) -> str:
    """What to choose from, with its article."""
    return CLASSES.get(text, text)


def about(text: str) -> str:
    """``risk up (myopathy)`` -> ``the risk is higher (myopathy)``."""
    for short, full in (
        ("risk possibly up", "the risk is possibly higher"),
        ("myopathy risk up", "the myopathy risk is higher"),
        ("risk up", "the risk is higher"),
        ("exposure up", "exposure is higher"),
        ("exposure down", "exposure is lower"),
        ("response down", "the response is lower"),
    ):
        if text.startswith(short):
            return full + text.removeprefix(short)
    return text
