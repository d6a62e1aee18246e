"""Why a result matters for a drug, in one sentence: what the gene does to the drug, and what that does to the patient."""

from __future__ import annotations

from smartpgx.wording.glossary import phenotype

SLOW = ("poor metabolizer", "intermediate metabolizer")
FAST = ("rapid metabolizer", "ultrarapid metabolizer")

_LESS_ACTIVE = {
    "clopidogrel": (
        "less of the active form of clopidogrel is made, so platelets are inhibited less and cardiovascular events are likelier"
    ),
    "codeine": "less morphine is made from codeine, so pain relief is weaker",
    "tramadol": "less of the active metabolite of tramadol is made, so pain relief is weaker",
    "hydrocodone": "less hydromorphone is made from hydrocodone, with an unclear effect on pain relief",
    "tamoxifen": "less endoxifen is made from tamoxifen, so breast cancer may recur more often",
}
_MORE_ACTIVE = {
    "clopidogrel": "the active form of clopidogrel is made as usual or more",
    "codeine": "too much morphine is made from codeine, so serious toxicity can follow",
    "tramadol": "too much of the active metabolite of tramadol is made, so toxicity is likelier",
    "hydrocodone": "more hydromorphone may be made from hydrocodone, with an unclear effect",
    "tamoxifen": "endoxifen reaches therapeutic levels",
}
_SPECIAL_SLOW = {
    "venlafaxine": "less venlafaxine is turned into desvenlafaxine, so the ratio of the two shifts",
    "metoprolol": "metoprolol levels rise, so heart rate and blood pressure may fall more",
    "efavirenz": "efavirenz is cleared more slowly, so levels rise and side effects on the nervous system are likelier",
    "fluvastatin": "fluvastatin is cleared more slowly, so levels rise and muscle damage is likelier",
}
_SPECIAL_FAST = {
    "venlafaxine": "more venlafaxine is turned into desvenlafaxine, so the ratio of the two shifts",
    "metoprolol": "metoprolol levels fall, with an unclear effect on heart rate and blood pressure",
}
_STATINS = ("atorvastatin", "fluvastatin", "lovastatin", "pitavastatin", "pravastatin", "rosuvastatin", "simvastatin")
_HLA = {
    "abacavir": "a severe hypersensitivity reaction to abacavir",
    "allopurinol": "a severe skin reaction to allopurinol",
}


def implication(gene: str, term: str | None, drug: str) -> str:
    """A clause without a full stop; empty for normal results and where nothing is certain to be said."""
    name = phenotype(term)
    if gene in ("HLA-A", "HLA-B"):
        return _hla(term or "", drug)
    if gene in _BY_GENE:
        return _BY_GENE[gene](name, drug)
    if gene == "CYP3A5":
        fast = name in ("normal metabolizer", "intermediate metabolizer", "possible intermediate metabolizer")
        return f"{drug} is cleared faster than in most people, so target levels are missed at the usual dose" if fast else ""
    return _cyp(name, drug) if gene.startswith("CYP") else ""


def _cyp(name: str, drug: str) -> str:
    slow, fast = name.endswith(SLOW), name.endswith(FAST)
    if drug in _LESS_ACTIVE:
        return _LESS_ACTIVE[drug] if slow else _MORE_ACTIVE[drug] if fast else ""
    if slow:
        return _SPECIAL_SLOW.get(drug, f"{drug} is cleared more slowly, so levels rise and side effects are likelier")
    return _SPECIAL_FAST.get(drug, f"{drug} is cleared faster, so levels fall and the effect may be missed") if fast else ""


def _hla(term: str, drug: str) -> str:
    if not term.endswith("positive"):
        return ""
    return f"{_HLA.get(drug, f'a severe skin reaction (SJS/TEN) to {drug}')} is far likelier in carriers"


def _dpyd(name: str, drug: str) -> str:
    return "fluorouracil is broken down more slowly, so severe or fatal toxicity can follow" if name.endswith(SLOW) else ""


def _thiopurine(name: str, drug: str) -> str:
    if name == "poor metabolizer":
        return f"active metabolites of {drug} build up far above usual, so life-threatening bone marrow suppression can follow"
    return f"active metabolites of {drug} build up, so bone marrow suppression is likelier" if name.endswith(SLOW) else ""


def _slco1b1(name: str, drug: str) -> str:
    impaired = name in ("poor function", "decreased function", "possible decreased function")
    return (
        f"less {drug} is taken up by the liver, so blood levels rise and muscle damage is likelier"
        if impaired and drug in _STATINS
        else ""
    )


def _abcg2(name: str, drug: str) -> str:
    impaired = name in ("poor function", "decreased function")
    return f"{drug} levels rise and lipids fall more, with an unknown effect on muscle damage" if impaired else ""


def _g6pd(name: str, drug: str) -> str:
    if "chronic" in name:
        return f"{drug} can make the chronic breakdown of red cells flare up"
    return f"{drug} can break down red cells at doses that matter" if name == "deficient" else ""


def _hyperthermia(name: str, drug: str) -> str:
    if name.startswith("susceptible"):
        return f"{drug} can trigger malignant hyperthermia"
    return "the cause of malignant hyperthermia is not found in about half of susceptible people" if "uncertain" in name else ""


def _hearing(name: str, drug: str) -> str:
    return f"{drug} can cause lasting hearing loss even at usual levels" if name.startswith("increased") else ""


def _bilirubin(name: str, drug: str) -> str:
    return f"bilirubin rises under {drug}, so jaundice often leads to stopping it" if name == "poor metabolizer" else ""


def _hydralazine(name: str, drug: str) -> str:
    if name == "poor metabolizer":
        return f"{drug} levels rise, so both the effect and side effects such as drug-induced lupus are likelier"
    return (
        f"{drug} levels are lower than in poor metabolizers, so the effect may be weaker"
        if name.endswith(("rapid metabolizer", *SLOW))
        else ""
    )


_BY_GENE = {
    "ABCG2": _abcg2,
    "CACNA1S": _hyperthermia,
    "DPYD": _dpyd,
    "G6PD": _g6pd,
    "MT-RNR1": _hearing,
    "NAT2": _hydralazine,
    "NUDT15": _thiopurine,
    "RYR1": _hyperthermia,
    "SLCO1B1": _slco1b1,
    "TPMT": _thiopurine,
    "UGT1A1": _bilirubin,
}
