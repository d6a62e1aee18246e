"""CYP2D6 copies: which alleles a total number of copies leaves possible."""

from __future__ import annotations

from smartpgx.calling.allele_names import copies, natural

DELETION = "*5"
"""The allele that is no copy of the gene."""


def by_copies(alleles: tuple[str, ...], number: int | None) -> tuple[tuple[str, ...], ...]:
    """Every way in which two alleles can be ``number`` copies of the gene in all; none when they cannot.

    A laboratory that gives "*1/*4, 3 copies" does not say which one is there twice.
    """
    if number is None or len(alleles) != 2:
        return (alleles,)
    counts = [_count(allele) for allele in alleles]
    spare = number - sum(count for count, _ in counts)
    open_ended = [n for n, (_, more) in enumerate(counts) if more]
    if len(open_ended) == 1 and spare >= 0:
        return (_multiplied(alleles, open_ended[0], counts[open_ended[0]][0] + spare),)
    if spare == 0:
        return (alleles,)
    if spare == -1 and alleles[0] == alleles[1] and counts[0] == (1, False):
        return ((alleles[0], DELETION),)
    able = [n for n, (count, _) in enumerate(counts) if count == 1 and "+" not in alleles[n]]
    if spare < 0 or not able:
        return ()
    ways: list[tuple[str, ...]] = []
    for first in range(spare + 1):
        extra = (first, spare - first)
        if all(not more or n in able for n, more in enumerate(extra)):
            made: tuple[str, ...] = alleles
            for n, more in enumerate(extra):
                made = _multiplied(made, n, 1 + more) if more else made
            ways.append(tuple(sorted(made, key=natural)))
    return tuple(dict.fromkeys(ways))


def _count(allele: str) -> tuple[int, bool]:
    """Gene copies on the chromosome of an allele, and whether there may be more."""
    if allele == DELETION:
        return 0, False
    parts = [copies(part) for part in allele.split("+")]
    return sum(part.count for part in parts), any(part.at_least for part in parts)


def _multiplied(alleles: tuple[str, ...], place: int, count: int) -> tuple[str, ...]:
    base = copies(alleles[place]).base
    made = base if count == 1 else f"{base}x{count}"
    return tuple(made if n == place else allele for n, allele in enumerate(alleles))


def copy_alternatives(alleles: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """What two alleles seen in small variants may be as well: one of them deleted on the other chromosome, or one multiplied.

    Small variants show neither a deletion, which leaves the other allele looking homozygous, nor a second copy.
    """
    first, second = alleles
    ways: list[tuple[str, ...]] = [(first, DELETION)] if first == second else []
    ways += [_multiplied(alleles, place, 2) for place in (range(1) if first == second else range(2))]
    return tuple(tuple(sorted(way, key=natural)) for way in ways)
