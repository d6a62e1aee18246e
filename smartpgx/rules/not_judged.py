"""What was read and no rule of this release judges: said, so that its silence is not taken for an all-clear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart, Fact, Gap, Reference
from smartpgx.domain.scope import Scope


def not_judged(chart: Chart, genes: Sequence[GeneCall], scope: Scope) -> tuple[Gap, ...]:
    """Gaps for tumour findings, and for germline findings that have a classification.

    After a refusal of genetic results, or of secondary findings, germline findings are not even counted.
    """
    gaps: list[Gap] = []
    somatic = [one for one in chart.variants if one.origin == "somatic"]
    if "tumour" in scope.areas and (chart.tumours or chart.biomarkers or somatic):
        gaps.append(
            Gap(
                source=_sources((*chart.tumours, *chart.biomarkers, *somatic)),
                wanted="tumour therapies",
                because="no_rules",
                message="Findings of a tumour were read; no rules are shipped for them, so no therapy was judged.",
            )
        )
    called = {call.gene for call in genes}
    classified = [one for one in chart.variants if one.significance and one.origin != "somatic" and one.gene not in called]
    if "prevention" in scope.areas and classified and chart.consent.secondary_findings != "opted_out":
        gaps.append(
            Gap(
                source=_sources(classified),
                wanted="prevention",
                because="no_rules",
                message="A germline finding was read; no rules are shipped for it, so no prevention was planned.",
            )
        )
    return tuple(gaps)


def _sources(facts: Iterable[Fact]) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys(reference for fact in facts for reference in fact.source))
