"""The star-allele matcher: every pair of alleles that explains the genotypes, for any gene that has definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations_with_replacement, product

from msgspec import Struct

from smartpgx.calling.allele_names import diplotype, natural
from smartpgx.calling.definitions import Bases, Matchable
from smartpgx.calling.evidence import GeneEvidence, Genotype, Relation
from smartpgx.calling.phase import Block, blocks_of

Options = tuple[tuple[int, tuple[Genotype, ...]], ...]
Excluded = tuple[tuple[int, frozenset[str]], ...]


class Explained(Struct, frozen=True):
    """Alleles that together explain the data. ``score``: defining positions matched, over all of them.

    ``assumed``: how many of them are key alleles of which no position was read. ``supposed``: which of the genotypes that are
    possible at the positions in doubt (zygosity unknown, reports that disagree) this goes with.
    """

    alleles: tuple[str, ...]
    score: int
    assumed: int
    supposed: tuple[Genotype, ...]


class Matched(Struct, frozen=True):
    """``pairs``, the ``best`` first ones equally good. Scores are compared only where the same genotypes are supposed.

    ``dropped``: alleles that without the positions not read cannot be told from the reference. ``unread``: key alleles that
    are ruled out, yet only by a position that does not set them apart from ``*1``.
    """

    pairs: tuple[Explained, ...]
    best: int
    dropped: tuple[str, ...]
    unread: tuple[str, ...] = ()


def match(gene: Matchable, evidence: GeneEvidence) -> Matched:
    """All pairs (single alleles where there is one copy) that explain the evidence; none: it contradicts the definitions."""
    genotypes = tuple((i, options) for i, options in sorted(evidence.genotypes.items()) if i in gene.sites)
    return _match(gene, genotypes, tuple(sorted(evidence.excluded.items())), evidence.relations, evidence.single)


def explains(gene: Matchable, evidence: GeneEvidence, alleles: Sequence[str]) -> bool:
    """Whether two alleles, by core name, can give the evidence. ``*1`` and the reference stand for each other."""
    genotypes = tuple((i, options) for i, options in sorted(evidence.genotypes.items()) if i in gene.sites)
    read = frozenset(i for i, _ in genotypes)
    fitting = _fitting(gene, genotypes, tuple(sorted(evidence.excluded.items())))
    sides = [[_Standing(gene, n, read) for n in fitting if n in gene.numbers_of(allele)] for allele in alleles]
    blocks = blocks_of(genotypes, evidence.relations)
    return any(_explains(group, blocks, gene) for group in product(*sides))


def preferred(found: Matched, priorities: Sequence[tuple[tuple[str, ...], str]]) -> tuple[tuple[Explained, ...], int]:
    """The pairs and how many are equally good; first the one that a published order picks, where all it names are there."""
    written = {diplotype(pair.alleles): pair for pair in found.pairs}
    fitting = [entry for entry in priorities if set(entry[0]) <= set(written)]
    if not fitting:
        return found.pairs, found.best
    chosen = written[max(fitting, key=lambda entry: len(entry[0]))[1]]
    return (chosen, *(pair for pair in found.pairs if pair is not chosen)), 1


@lru_cache(maxsize=2048)
def _match(gene: Matchable, genotypes: Options, excluded: Excluded, relations: tuple[Relation, ...], single: bool) -> Matched:
    read = frozenset(i for i, _ in genotypes)
    fitting = [_Standing(gene, n, read) for n in _fitting(gene, genotypes, excluded)]
    alike = {one.signature for one in fitting if one.number in gene.wild}
    for one in fitting:
        one.compare(gene, alike)
    if len([one for one in fitting if one.wild]) > len(alike):  # *1 and the reference cannot be told apart: written with *1
        fitting = [one for one in fitting if one.number != gene.reference]
    varying = tuple((i, options) for i, options in genotypes if options not in _unvarying(gene, i))
    blocks = blocks_of(varying, relations)
    useful = [one for one in fitting if not one.hidden or one.either]
    groups: Iterable[Sequence[_Standing]] = [(one,) for one in useful] if single else combinations_with_replacement(useful, 2)
    found: dict[tuple[str, ...], Explained] = {}
    for group in groups:
        if _explains(group, blocks, gene) and not _hides(group, blocks, gene):
            _keep(found, group, gene, _supposed(group, blocks, gene))
    top: dict[tuple[Genotype, ...], int] = {}
    for pair in found.values():
        top[pair.supposed] = max(pair.score, top.get(pair.supposed, 0))
    pairs = sorted(
        found.values(), key=lambda p: (p.score < top[p.supposed], -p.score, p.assumed, [natural(name) for name in p.alleles])
    )
    shown = {name for pair in pairs for name in pair.alleles}
    dropped = {gene.cores[one.number] for one in fitting if one.hidden} - shown
    return Matched(
        pairs=tuple(pairs),
        best=sum(pair.score == top[pair.supposed] for pair in pairs),
        dropped=tuple(sorted(dropped, key=natural)),
        unread=_unread(gene, read, shown),
    )


def _unread(gene: Matchable, read: frozenset[int], shown: set[str]) -> tuple[str, ...]:
    """Key alleles that a call of nothing but the reference leaves open: none of the positions that tell them was read."""
    if not shown <= {gene.cores[n] for n in gene.wild}:
        return ()
    return tuple(gene.cores[n] for n in sorted(gene.key) if gene.telling[n] and not gene.telling[n] & read)


class _Standing:
    """How one allele stands to the positions that were read.

    ``signature``: what sets it apart from the reference there. ``hidden``: nothing does, and it is neither reference nor
    key allele; it can still explain a base by one of its ``either``-base positions.
    """

    def __init__(self, gene: Matchable, number: int, read: frozenset[int]) -> None:
        self.number, self.read = number, read
        self.bases: Mapping[int, Bases] = {i: bases for i, bases in gene.bases[number].items() if i in read}
        self.either = {i: bases for i, bases in self.bases.items() if gene.sites[i].ref in bases}
        self.signature = tuple((i, bases) for i, bases in self.bases.items() if i not in self.either)
        self.wild = number in gene.wild
        self.assumed = self.hidden = False
        self.score = len(read) if self.wild else len(self.bases)

    def compare(self, gene: Matchable, alike: set[tuple[tuple[int, Bases], ...]]) -> None:
        if self.wild or self.signature not in alike:
            return
        self.assumed = self.number in gene.key
        self.hidden = not self.assumed
        if self.assumed:
            self.score = len(self.read)


def _fitting(gene: Matchable, genotypes: Options, excluded: Excluded) -> list[int]:
    """Numbers of the alleles that each position, taken alone, allows."""
    mask = gene.everyone
    for index, options in genotypes:
        accepting, allowed = gene.accepting[index], 0
        for base in {base for option in options for base in option}:
            allowed |= accepting.get(base, 0)
        mask &= allowed
    for index, absent in excluded:
        if index in gene.sites:
            for n, bases in enumerate(gene.bases):
                if bases.get(index, frozenset({""})) <= absent:
                    mask &= ~(1 << n)
    return [n for n in range(len(gene.names)) if mask >> n & 1]


def _unvarying(gene: Matchable, index: int) -> tuple[tuple[Genotype, ...], ...]:
    reference = gene.sites[index].ref
    return ((reference, reference),), ((reference,),)


def _explains(group: Sequence[_Standing], blocks: Sequence[Block], gene: Matchable, plain: int | None = None) -> bool:
    """Whether the alleles, in one order or the other, give every block. The one numbered ``plain`` uses no either-base."""
    order = tuple(range(len(group)))
    return all(
        any(
            all(any(_gives(group, turned, index, option, gene, plain) for option in options) for index, options in block)
            for turned in ((order, order[::-1]) if len(group) == 2 else (order,))
        )
        for block in blocks
    )


def _gives(
    group: Sequence[_Standing], order: Sequence[int], index: int, option: Genotype, gene: Matchable, plain: int | None = None
) -> bool:
    for number, base in zip(order, option, strict=True):
        bases = group[number].bases.get(index)
        if bases is None or (number == plain and index in group[number].either):
            if base != gene.sites[index].ref:
                return False
        elif base not in bases:
            return False
    return True


def _hides(group: Sequence[_Standing], blocks: Sequence[Block], gene: Matchable) -> bool:
    """Whether an allele of the group is there only in the place of the reference."""
    return any(one.hidden and _explains(group, blocks, gene, plain=number) for number, one in enumerate(group))


def _supposed(group: Sequence[_Standing], blocks: Sequence[Block], gene: Matchable) -> tuple[Genotype, ...]:
    """The first genotype that fits, at each position where several are possible."""
    orders = ((0, 1), (1, 0)) if len(group) == 2 else ((0,),)
    return tuple(
        next(option for option in options if any(_gives(group, order, index, option, gene) for order in orders))
        for block in blocks
        for index, options in block
        if len(options) > 1
    )


def _keep(
    found: dict[tuple[str, ...], Explained], group: Sequence[_Standing], gene: Matchable, supposed: tuple[Genotype, ...]
) -> None:
    """Sub-alleles go by their core name; of two ways to the same pair the better one stays."""
    alleles = tuple(sorted((gene.cores[one.number] for one in group), key=natural))
    made = Explained(alleles, sum(one.score for one in group), sum(one.assumed for one in group), supposed)
    if alleles not in found or (made.score, -made.assumed) > (found[alleles].score, -found[alleles].assumed):
        found[alleles] = made
