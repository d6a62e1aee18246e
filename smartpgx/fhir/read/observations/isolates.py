"""Results of pathogens: organisms, mutations, resistance genes, panel targets, line probes."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Determinant, Mutation, NotDetected, Organism
from smartpgx.fhir.read.cultures import Result, Seen
from smartpgx.fhir.read.elements import SNOMED, number, object_, value_words
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations import answers
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation import genes, hgvs
from smartpgx.notation.hiv_mutations import gene as hiv_gene
from smartpgx.notation.units import fraction

_PATHOGEN_GENE = re.compile(
    r"[a-z]{3,4}(?:[A-Z]\d?|\d[A-Z]?)?|Rv\d{4}[Ac]?c?|bla[A-Z].*|[a-z]{3}[A-Z]-?\d*|PPE35|23S(?: rRNA)?|16S(?: rRNA)?"
)
_NOTHING = re.compile(
    r"\b(?:no growth|none|not detected|negative|no organism|no bacteria|normal flora|mixed flora|contaminant|"
    r"sterile|not isolated)\b",
    re.IGNORECASE,
)
_PRESENCE_TAIL = re.compile(
    r"\s*(?:\[(?:presence|identifier|type)\]|\bby (?:naa|pcr|nucleic|molecular)|\bgene(?:s)? detect).*$", re.IGNORECASE
)
_ORGANISM_NAME = re.compile(
    r"(?P<name>[A-Z][a-z]{3,} (?!resistance\b)[a-z]{3,}(?: complex| group| virus| spp\.?)?)(?: (?:DNA|RNA|rRNA|rDNA|"
    r"nucleic acid))?"
)
_LINE = re.compile(
    r"(?P<gene>[A-Za-z0-9]{3,8})\s+(?P<change>[^()]*?)\s*(?:\((?P<probe>[^()]*)\))?\s*(?P<state>(?:not )?detected|"
    r"(?:not )?present|absent|positive|negative)?\.?"
)


def is_pathogen_gene(symbol: str) -> bool:
    """Whether a gene symbol is written as bacterial or viral genes are (``rpoB``, ``Rv0678``, ``RT``)."""
    return symbol not in genes.KNOWN and (bool(_PATHOGEN_GENE.fullmatch(symbol)) or hiv_gene(symbol) is not None)


def is_pathogen_result(view: View, symbol: str | None, findings: Findings) -> bool:
    """Whether a variant is a pathogen's: by its gene, or by a specimen from which an organism was identified."""
    if symbol and is_pathogen_gene(symbol):
        return True
    if symbol in genes.KNOWN:
        return False
    return any(name in findings.cultures.specimens for _, name in view.specimens)


def read_organism(view: View, findings: Findings) -> None:
    """An organism identified in a specimen; "No growth" is no organism."""
    said = view.value_words
    if not said and view.members:
        view.reading.ledger.use(*view.source)
        return
    if not said:
        view.gap("the organism of a culture", "no_answer", "This culture result names no organism.")
        return
    if any(_NOTHING.search(each) for each in said):
        view.reading.ledger.exclude(view.entry, "negated")
        return
    snomed = next((each.code for each in view.value_codings if each.system == SNOMED), None)
    _see(view, Organism(text=said[0], snomed=snomed), findings)


def _see(view: View, organism: Organism, findings: Findings) -> None:
    specimen = next((name for _, name in view.specimens), None)
    members = tuple(name for _, name in view.members)
    findings.cultures.seen.append(
        Seen(organism=organism, reference=view.entry.reference, specimen=specimen, members=members, date=view.date)
    )


def result(view: View, **parts: object) -> Result:
    """A result with the links of its Observation."""
    specimen = next((name for _, name in view.specimens), None)
    links = tuple(name for _, name in view.derived_from)
    return Result(reference=view.entry.reference, specimen=specimen, links=links, date=view.date, warnings=view.warnings, **parts)  # type: ignore[arg-type]


def read_variant(view: View, symbol: str, findings: Findings, *, present: bool) -> None:
    """A variant Observation of a pathogen: gene and change as reported."""
    change = _change(view)
    gene = hiv_gene(symbol) or symbol
    if not change:
        view.gap(
            f"the change in {symbol or 'a pathogen gene'}", "incomplete", "This variant of a pathogen does not say what changed."
        )
        return
    cultures = findings.cultures
    if not present:
        cultures.results.append(
            result(view, not_detected=(NotDetected(target=f"{gene} {change}".strip(), method=view.method, source=view.source),))
        )
        return
    mutation = Mutation(gene=gene, change=change, source=view.source, allele_fraction=_share(view))
    cultures.results.append(result(view, mutations=(mutation,)))


def _share(view: View) -> float | None:
    stated = object_(view.component("81258-6").get("valueQuantity"))
    value = number(stated.get("value"))
    return None if value is None else fraction(value, str(stated.get("code") or stated.get("unit") or ""))[0]


def _change(view: View) -> str | None:
    for code in ("48005-3", "48004-6", "81290-9"):
        for said in view.component_words(code):
            read = hgvs.parse(said)
            if read:
                return f"{read.kind}.{read.change}"
            if code == "48005-3" and hgvs.protein(said):
                return said
    for coding in view.component_codings("48019-4"):
        if coding.display or coding.code:
            return coding.display or coding.code
    words = [
        each
        for each in (*view.component_words("48019-4"), *view.value_words)
        if answers.presence((), (each,)) is None and not each.startswith("LA")
    ]
    return next(iter(words), None)


def read_determinant(view: View, findings: Findings) -> None:
    """Resistance genes or point mutations that a test found, named in the value."""
    said = next(iter(view.value_words), "")
    method, coverage, identity = _quality(view)
    if not said:
        view.gap("the resistance gene found", "no_answer", "This resistance gene result names no gene.")
        return
    if _NOTHING.search(said):
        target = NotDetected(
            target="any resistance gene of the method", method=method or view.method or view.code_name, source=view.source
        )
        findings.cultures.results.append(result(view, not_detected=(target,)))
        return
    names = [each.strip() for each in re.split(r"[,;\n]", said) if each.strip()]
    found = tuple(
        Determinant(name=name, method=method or view.method, coverage=coverage, identity=identity, source=view.source)
        for name in names
    )
    findings.cultures.results.append(result(view, genes=found))


def _quality(view: View) -> tuple[str | None, float | None, float | None]:
    method: str | None = None
    coverage: float | None = None
    identity: float | None = None
    for name, component in view.named_components:
        amount = number(object_(component.get("valueQuantity")).get("value"))
        if "coverage" in name:
            coverage = amount
        elif "identity" in name:
            identity = amount
        elif "method" in name:
            method = next(iter(value_words(component)), None)
    return method, coverage, identity


def read_target(view: View, findings: Findings) -> None:
    """One target of a rapid panel: detected, not detected (a fact, with its method), or neither."""
    target, method = panel_target(view.code_name)
    found = answers.presence(view.value_codings, view.value_words, view.interpretations)
    if found is None or found == "undecided":
        view.gap(f"{target} result", "undecided" if found else "no_answer", f"{target} was looked for without a clear answer.")
        return
    organism = _ORGANISM_NAME.fullmatch(target)
    if found == "absent":
        missing = NotDetected(target=organism["name"] if organism else target, method=view.method or method, source=view.source)
        findings.cultures.results.append(result(view, not_detected=(missing,)))
    elif organism:
        _see(view, Organism(text=organism["name"]), findings)
    else:
        findings.cultures.results.append(
            result(view, genes=(Determinant(name=target, method=view.method or method, source=view.source),))
        )


def panel_target(name: str) -> tuple[str, str | None]:
    """Target and method of ``CTX-M [Presence] by NAA with probe detection``."""
    match = re.search(r"\bby (.+)$", name)
    target = _PRESENCE_TAIL.sub("", name).strip()
    return target or name, match[1] if match else None


def read_line_probe(view: View, findings: Findings) -> None:
    """Line probe assay in words: ``rpoB S450L (MUT3) detected; katG wild type``."""
    mutations: list[Mutation] = []
    missing: list[NotDetected] = []
    unread: list[str] = []
    for part in re.split(r"[;\n]|,(?![^()]*\))", " ; ".join(view.value_words[:1])):
        if part.strip():
            _probe_line(view, part.strip(), mutations, missing, unread)
    if unread or not (mutations or missing):
        view.gap("a line probe result", "unreadable", "A part of this line probe report could not be read.")
    if mutations or missing:
        tested = tuple(dict.fromkeys([each.gene for each in mutations] + [each.target.split()[0] for each in missing]))
        findings.cultures.results.append(result(view, mutations=tuple(mutations), not_detected=tuple(missing), sequenced=tested))


def _probe_line(view: View, part: str, mutations: list[Mutation], missing: list[NotDetected], unread: list[str]) -> None:
    match = _LINE.fullmatch(part)
    if match is None or not is_pathogen_gene(match["gene"]):
        unread.append(part)
        return
    gene, change, state = match["gene"], match["change"].strip(), match["state"] or ""
    if re.fullmatch(r"wild[ -]?type|wt|no mutations?|", change, re.IGNORECASE) and not state.startswith(
        ("not", "absent", "negative")
    ):
        missing.append(NotDetected(target=f"{gene} mutations", method=view.code_name, source=view.source))
    elif state.startswith(("not", "absent", "negative")):
        missing.append(NotDetected(target=f"{gene} {change}".strip(), method=view.code_name, source=view.source))
    else:
        mutations.append(Mutation(gene=gene, change=change, source=view.source))
