"""Star-allele definitions made ready for matching: which alleles accept which base at which position, as bit masks."""

from __future__ import annotations

from collections.abc import Mapping

from smartpgx.calling.allele_names import core_name
from smartpgx.knowledge.schema import DefinedAllele, Definition, Site

EITHER_BASE = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip

Bases = frozenset[str]


class Matchable:
    """One gene's definitions. Compared by identity, so that a result can be remembered by it.

    ``bases[allele][position]``: what the allele may have there, for positions where that is not just the reference.
    ``wild``: the reference and ``*1`` where these are two (CYP2C19 ``*38`` and ``*1``). ``key``: alleles that stay possible
    while their positions are not read. ``telling``: the positions that set an allele apart from all of ``wild``.
    """

    def __init__(self, definition: Definition, key: frozenset[str]) -> None:
        kept = [allele for allele in definition.alleles if allele.name not in definition.ignored_alleles]
        self.names = [allele.name for allele in kept]
        self.cores = [core_name(allele.name) for allele in kept]
        # ``ignored_positions`` are not in the tables any more; another change at the same place is (Chatham), and counts.
        self.sites: Mapping[int, Site] = {site.index: site for site in definition.sites}
        self.reference = next((n for n, allele in enumerate(kept) if allele.reference), 0)
        self.wild = frozenset({self.reference, *(n for n, allele in enumerate(kept) if allele.name == "*1")})
        self.key = frozenset(n for n, core in enumerate(self.cores) if core in key) - self.wild
        self.bases = [self._bases(allele) for allele in kept]
        shared = {index for n in self.wild for index in self.bases[n]}
        self.telling = [
            frozenset(i for i, bases in own.items() if i not in shared and self.sites[i].ref not in bases) for own in self.bases
        ]
        self.everyone = (1 << len(kept)) - 1
        self.accepting = {index: self._accepting(index) for index in self.sites}

    def numbers_of(self, core: str) -> frozenset[int]:
        """The definitions that go by a core name; all of ``wild`` for one of them."""
        own = frozenset(n for n, name in enumerate(self.cores) if name == core)
        return own | self.wild if own & self.wild else own

    def _bases(self, allele: DefinedAllele) -> dict[int, Bases]:
        chosen = allele.at if allele.core is None else {i: base for i, base in allele.at.items() if i in allele.core}
        found = {i: self._letters(self.sites[i], base) for i, base in chosen.items() if i in self.sites}
        return {i: letters for i, letters in found.items() if letters != {self.sites[i].ref}}

    @staticmethod
    def _letters(site: Site, base: str) -> Bases:
        either = len(site.ref) == 1 and base not in (site.ref, *site.alts)
        return frozenset(EITHER_BASE.get(base, base)) if either and base in EITHER_BASE else frozenset({base})

    def _accepting(self, index: int) -> dict[str, int]:
        """Base -> mask of the alleles that may have it at a position."""
        reference = self.sites[index].ref
        masks = {reference: self.everyone}
        for n, bases in enumerate(self.bases):
            letters = bases.get(index)
            if letters is None:
                continue
            for letter in letters:
                masks[letter] = masks.get(letter, 0) | 1 << n
            if reference not in letters:
                masks[reference] &= ~(1 << n)
        return masks
