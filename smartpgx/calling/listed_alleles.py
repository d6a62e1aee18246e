"""Genes whose alleles are single changes that may stand together on one chromosome: DPYD, RYR1, CACNA1S.

The lowest function of each chromosome counts. Without phase the two lowest changes are taken to be on different
chromosomes, and what else is possible is kept beside that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from msgspec import Struct, structs

from smartpgx.calling.allele_names import as_score, natural
from smartpgx.calling.definitions import Matchable
from smartpgx.calling.evidence import GeneEvidence, Genotype, Relation
from smartpgx.calling.phase import Block, blocks_of
from smartpgx.knowledge.schema import AlleleRow

LISTED = frozenset({"CACNA1S", "DPYD", "RYR1"})
MOST_WAYS = 64
_RANKS = {"Malignant Hyperthermia associated": 0.0, "Uncertain function": 1.0, "Normal function": 1.0}

Strand = tuple[str, ...]
"""The alleles on one chromosome, in natural order; empty for the reference."""


class Tag(Struct, frozen=True):
    """A haplotype of a causal and a tagging position (DPYD HapB3): the causal one decides, the other only names it."""

    name: str
    causal: tuple[int, str]
    tagging: tuple[int, str]


class Way(Struct, frozen=True, kw_only=True):
    """One way in which the changes may lie. ``lowest``: the allele of each chromosome that counts.

    ``exact``: written with all its alleles. ``assumed``: how many key alleles it supposes that were not looked at.
    ``counted``: whether that is asked of it; beside a worst case that phase leaves open, milder ways are not told apart.
    """

    strands: tuple[Strand, Strand]
    lowest: tuple[str, str]
    rank: float
    exact: bool
    assumed: int = 0
    counted: bool = True

    @property
    def text(self) -> str:
        """``[a + b]/c``; the two that count where phase is not known."""
        sides = [_text(strand) for strand in self.strands] if self.exact else list(self.lowest)
        return "/".join(sorted(sides, key=lambda side: natural(side.lstrip("["))))


class Listing(Struct, frozen=True, kw_only=True):
    """``ways``, the worst first. ``found``: every allele that was found, ``tag_alone``: only the tagging position was read,
    ``tag_apart``: the tagging change is there more often than the causal one. ``dropped``: alleles that were not looked at.
    """

    ways: tuple[Way, ...]
    found: tuple[str, ...]
    dropped: tuple[str, ...]
    tag_alone: bool
    tag_apart: bool


class Names:
    """The alleles of a gene by position and base."""

    def __init__(self, gene: Matchable, rows: Mapping[str, AlleleRow]) -> None:
        self.reference = gene.names[gene.reference]
        self.by_change = {
            (index, base): gene.names[n]
            for n, bases in enumerate(gene.bases)
            if len(bases) == 1
            for index, letters in bases.items()
            for base in letters
        }
        self.tag = self._tag(gene)
        self.ranks = {name: _rank(rows.get(name)) for name in gene.names}
        self.key = [gene.cores[n] for n in gene.key]

    def _tag(self, gene: Matchable) -> Tag | None:
        for n, bases in enumerate(gene.bases):
            if len(bases) == 2:
                places = [(index, next(iter(letters))) for index, letters in bases.items()]
                causal = next((place for place in places if place in self.by_change), None)
                tagging = next((place for place in places if place not in self.by_change), None)
                if causal and tagging:
                    return Tag(gene.names[n], causal, tagging)
        return None

    def rank(self, name: str) -> float:
        return self.ranks.get(name, 0.0)


def _rank(row: AlleleRow | None) -> float:
    value = as_score(row.activity_value) if row else None
    return value if isinstance(value, float) else _RANKS.get((row.function if row else None) or "", 0.0)


def list_alleles(gene: Matchable, names: Names, evidence: GeneEvidence, *, with_key: bool) -> Listing:
    """Every way in which the evidence may lie on two chromosomes, worst first. Key alleles not read may be anywhere."""
    genotypes = {i: options for i, options in evidence.genotypes.items() if i in gene.sites}
    tag = names.tag
    alone = tag is not None and tag.causal[0] not in genotypes and tag.tagging[0] in genotypes
    apart = tag is not None and not alone and _copies(genotypes, tag.tagging) > _copies(genotypes, tag.causal)
    relations = evidence.relations
    if tag is not None and not any({tag.causal, tag.tagging} <= {r.first, r.second} for r in relations):
        relations = (*relations, Relation(tag.causal, tag.tagging, True))
    read = {index for index in genotypes} | ({tag.causal[0]} if tag and alone else set())
    unread = [name for (index, base), name in names.by_change.items() if index not in read]
    unread = [name for name in unread if not _excluded(name, names, evidence)]
    key = sorted({name for name in unread if name in names.key}, key=natural) if with_key else []
    if tag and tag.causal[0] not in read and with_key and tag.name in names.key:
        key.append(tag.name)
    ways: dict[tuple[tuple[str, str], str], Way] = {}
    found: set[str] = set()
    for chosen in _choices(genotypes):
        for way in _ways(gene, names, chosen, relations, alone):
            found.update(*way.strands)
            for each in (way, *(_assuming(way, key, names) if way.counted else ())):
                ways.setdefault((each.lowest, each.text), each)
    return Listing(
        ways=tuple(sorted(ways.values(), key=lambda way: (way.assumed, way.rank, natural(way.text)))),
        found=tuple(sorted(found, key=natural)),
        dropped=tuple(sorted({name for name in unread if name not in key}, key=natural)),
        tag_alone=bool(alone and tag and _copies(genotypes, tag.tagging)),
        tag_apart=apart,
    )


def _copies(genotypes: Mapping[int, tuple[Genotype, ...]], change: tuple[int, str]) -> int:
    return max((option.count(change[1]) for option in genotypes.get(change[0], ())), default=0)


def _excluded(name: str, names: Names, evidence: GeneEvidence) -> bool:
    return any(base in evidence.excluded.get(index, ()) for (index, base), each in names.by_change.items() if each == name)


def _choices(genotypes: Mapping[int, tuple[Genotype, ...]]) -> Iterator[dict[int, Genotype]]:
    """One genotype per position, for every combination of those that are possible."""
    open_ones = [i for i, options in genotypes.items() if len(options) > 1]
    settled = {i: options[0] for i, options in genotypes.items() if len(options) == 1}
    for count, chosen in enumerate(product(*(genotypes[i] for i in open_ones))):
        if count >= MOST_WAYS:
            return
        yield settled | dict(zip(open_ones, chosen, strict=True))


def _ways(
    gene: Matchable, names: Names, chosen: Mapping[int, Genotype], relations: Sequence[Relation], alone: bool
) -> Iterator[Way]:
    """The ways in which one set of genotypes may lie: every turn of its phased blocks, or the two lowest changes apart."""
    changed = {i: option for i, option in chosen.items() if set(option) != {gene.sites[i].ref}}
    if names.tag and not alone and names.tag.causal[0] not in changed:
        changed.pop(names.tag.tagging[0], None)
    blocks = blocks_of([(i, (option,)) for i, option in sorted(changed.items())], relations)
    turning = [block for block in blocks if any(len(set(options[0])) > 1 for _, options in block)]
    fixed = [block for block in blocks if block not in turning]
    free = len(turning) > 1 and all(_single(block, names) for block in turning)
    seen: dict[float, Way] = {}
    for turns in product((False, True), repeat=max(0, min(len(turning), 8) - 1)):
        sides = [(block, False) for block in fixed] + list(zip(turning, (False, *turns), strict=False))
        strands = tuple(_strand(sides, side, names, alone) for side in (0, 1))
        way = _way((strands[0], strands[1]), names, exact=True)
        if not free:
            yield way
        else:
            seen.setdefault(way.rank, way)
    if free:
        worst, *others = sorted(seen.values(), key=lambda way: way.rank)
        yield _apart(worst, names)
        yield from (structs.replace(way, counted=False) for way in others)


def _single(block: Block, names: Names) -> bool:
    """Whether a block is one change (a causal position and its tag count as one)."""
    tag = {names.tag.causal[0], names.tag.tagging[0]} if names.tag else set()
    places = {index for index, _ in block}
    return len(places) == 1 or places <= tag


def _strand(sides: Sequence[tuple[Block, bool]], side: int, names: Names, alone: bool) -> Strand:
    """The alleles on one chromosome."""
    changes = {
        (index, options[0][side ^ turned if len(options[0]) > 1 else 0]) for block, turned in sides for index, options in block
    }
    found = {names.by_change[change] for change in changes if change in names.by_change}
    tag = names.tag
    if tag and tag.tagging in changes and (alone or tag.causal in changes):
        found = (found - {names.by_change[tag.causal]}) | {tag.name}
    return tuple(sorted(found, key=natural))


def _way(strands: tuple[Strand, Strand], names: Names, *, exact: bool, assumed: int = 0) -> Way:
    lowest = [min(strand, key=lambda name: (names.rank(name), natural(name)), default=names.reference) for strand in strands]
    first, second = sorted(lowest, key=natural)
    shown = tuple(strand or (names.reference,) for strand in strands)
    rank = names.rank(first) + names.rank(second)
    return Way(strands=(shown[0], shown[1]), lowest=(first, second), rank=rank, exact=exact, assumed=assumed)


def _apart(way: Way, names: Names) -> Way:
    """The two lowest changes of both chromosomes together, as if on one each."""
    every = [name for strand in way.strands for name in strand if name != names.reference]
    lowest = sorted(every, key=lambda name: (names.rank(name), natural(name)))[:2]
    first, second = sorted([*lowest, names.reference][:2], key=natural)
    return Way(strands=way.strands, lowest=(first, second), rank=way.rank, exact=False)


def _assuming(way: Way, key: Sequence[str], names: Names) -> Iterator[Way]:
    """The ways that key alleles of which no position was read would make: one on either chromosome, or on both."""
    options = [
        [(), *((name,) for name in key if names.rank(name) < min(map(names.rank, strand), default=99.0))]
        for strand in way.strands
    ]
    for extra in product(*options):
        if any(extra):
            strands = [
                tuple(sorted({*strand, *more} - ({names.reference} if more else set()), key=natural))
                for strand, more in zip(way.strands, extra, strict=True)
            ]
            yield _way((strands[0], strands[1]), names, exact=True, assumed=sum(map(len, extra)))


def _text(strand: Strand) -> str:
    return strand[0] if len(strand) == 1 else f"[{' + '.join(strand)}]"
