"""What the candidates of a gene say together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from smartpgx.calling.phenotype import INDETERMINATE
from smartpgx.domain.called import Candidate, GeneCall, Score
from smartpgx.domain.codes import GeneStatus


def score_text(score: Score | None) -> str:
    """A score as it is written in a sentence: ``1``, ``1.25``, ``>=3.0``."""
    return f"{score:g}" if isinstance(score, float) else str(score)


def summed_up(call: GeneCall, best: Sequence[Candidate], lookup: str | None = None) -> GeneCall:
    """The call with the status, diplotype, phenotype, score and lookup that its candidates allow.

    ``best``: the candidates that tie. Where they mean different things there is no diplotype, and no common value.
    ``lookup``: the pair that guidance is looked up with, where that is not the diplotype.
    """
    readings = {(one.phenotype, one.activity_score) for one in best}
    phenotypes, scores = {one.phenotype for one in best}, {one.activity_score for one in best}
    shown = best[0].diplotype if len(readings) == 1 else None
    phenotype = best[0].phenotype if len(phenotypes) == 1 else None
    score = best[0].activity_score if len(scores) == 1 else None
    status: GeneStatus = "indeterminate" if phenotype == INDETERMINATE else "called"
    if len(call.candidates) > 1:
        status = "ambiguous"
    used = lookup or shown or (str(score) if call.basis == "activity_score" else phenotype)
    return msgspec.structs.replace(call, status=status, diplotype=shown, lookup=used, phenotype=phenotype, activity_score=score)
