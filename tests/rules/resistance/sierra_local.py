"""sierra-local, an independent scorer (GPL-3.0, for tests and benchmarks only), on the same file and patterns."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from smartpgx.knowledge.asi import AsiAlgorithm
from smartpgx.knowledge.asi.letters import unmask

Pattern = tuple[str, dict[int, str]]


def patterns(algorithm: AsiAlgorithm, number: int, seed: int) -> Iterator[Pattern]:
    """Random mutations at positions and with letters the rules speak of, some with a letter they do not; mixtures of two."""
    choose = random.Random(seed)  # noqa: S311
    known = {gene: _letters(algorithm, gene) for gene in algorithm.genes}
    for _ in range(number):
        gene = choose.choice(sorted(known))
        places = choose.sample(sorted(known[gene]), k=min(len(known[gene]), choose.randint(0, 12)))
        yield gene, {place: _one(choose, known[gene][place]) for place in places}


def _letters(algorithm: AsiAlgorithm, gene: str) -> dict[int, str]:
    bits: dict[int, int] = {}
    for item in algorithm.genes[gene].score_items:
        for position, wanted in item.partial.wanted:
            bits[position] = bits.get(position, 0) | wanted
    return {position: unmask(wanted) for position, wanted in bits.items()}


def _one(choose: random.Random, letters: str) -> str:
    letter = choose.choice(letters + "H")
    plain = [other for other in letters if other.isupper() and other != letter]
    return letter + choose.choice(plain) if letter.isupper() and plain and choose.random() < 0.2 else letter


def scorer(path: Path) -> Callable[[str, dict[int, str]], dict[str, float]]:
    """Loads the file once; the result maps a gene and mutations to drug -> score."""
    from sierralocal.hivdb import HIVdb
    from sierralocal.score_alg import score_drugs

    with contextlib.redirect_stdout(io.StringIO()):
        algorithm: Any = HIVdb(str(path))
        algorithm.parse_definitions(algorithm.root)
        algorithm.parse_drugs(algorithm.root)

    def score(gene: str, mutations: dict[int, str]) -> dict[str, float]:
        return {drug: float(result[0]) for drug, result in score_drugs(algorithm, gene, sequence(mutations)).items()}

    return score


def sequence(mutations: dict[int, str]) -> dict[int, tuple[str, str]]:
    """Its spelling: ``_`` an insertion, ``-`` a deletion."""
    return {place: ("X", letters.replace("i", "_").replace("d", "-")) for place, letters in mutations.items()}
