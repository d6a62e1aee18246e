"""MT-RNR1: one allele, named by its change on the mitochondrial sequence. Zygosity means nothing here."""

from __future__ import annotations

from collections.abc import Mapping

from smartpgx.calling.allele_names import function_of
from smartpgx.calling.candidates import summed_up
from smartpgx.calling.phenotype import interpret
from smartpgx.calling.sites import edit_of, trimmed
from smartpgx.domain.called import Candidate, GeneCall
from smartpgx.domain.chart import Chart, Gap, Variant
from smartpgx.knowledge.schema import AlleleRow, PhenotypeRule

GENE = "MT-RNR1"
SEQUENCE = "NC_012920.1"
_WORST_FIRST = ("Increased", "Uncertain", "Normal")


def call_mitochondrial(
    chart: Chart, rows: Mapping[str, AlleleRow], rule: PhenotypeRule | None
) -> tuple[GeneCall | None, tuple[Gap, ...]]:
    """The call from variants that the table names; of several the one of highest risk leads. What was not found says nothing."""
    found = {name: variant for variant in chart.variants if variant.origin != "somatic" and (name := _name(variant)) in rows}
    if not found:
        return None, ()
    names = sorted(found, key=lambda name: _severity(rows[name]))
    functions = tuple(function_of(name, rows) for name in names)
    reading = interpret(rule, functions[:1])
    candidate = Candidate(diplotype=names[0], phenotype=reading.phenotype)
    notes = [f"{GENE} {name} is heteroplasmic." for name in names if found[name].zygosity == "heteroplasmic"]
    call = GeneCall(
        gene=GENE, status="called", candidates=(candidate,), basis="variants", functions=functions, warnings=tuple(notes),
        source=tuple(dict.fromkeys(reference for variant in found.values() for reference in variant.source)),
    )  # fmt: skip
    return summed_up(call, (candidate,)), ()


def _severity(row: AlleleRow) -> int:
    return next((n for n, word in enumerate(_WORST_FIRST) if (row.function or "").startswith(word)), 0)


def _name(variant: Variant) -> str:
    edit = edit_of(variant.spdi)
    if edit is None or edit.accession != SEQUENCE:
        return ""
    change = trimmed(edit)
    return f"m.{change.pos0 + 1}{change.deleted}>{change.inserted}"
