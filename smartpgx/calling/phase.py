"""Which positions belong together because their phase is known."""

from __future__ import annotations

from collections.abc import Sequence

from smartpgx.calling.evidence import Genotype, Relation

Block = tuple[tuple[int, tuple[Genotype, ...]], ...]
"""Positions in known phase, each with its genotypes in order: first chromosome, second chromosome of the block."""


def blocks_of(genotypes: Sequence[tuple[int, tuple[Genotype, ...]]], relations: Sequence[Relation]) -> tuple[Block, ...]:
    """One block per set of positions in known phase; a position without relation is a block of its own.

    Relations that contradict each other say nothing: their positions stay unphased (``contradictory`` finds them).
    """
    sides, _ = _sides(relations)
    blocks: dict[int, list[tuple[int, tuple[Genotype, ...]]]] = {}
    for index, options in genotypes:
        named = {allele: place for (i, allele), place in sides.items() if i == index}
        allele, (block, side) = next(iter(named.items()), ("", (-1 - index, 0)))
        ordered = {_ordered(option, allele, side) if allele else option for option in options}
        blocks.setdefault(block, []).append((index, tuple(sorted(ordered))))
    return tuple(tuple(block) for block in blocks.values())


def contradictory(relations: Sequence[Relation]) -> bool:
    """Whether some relations cannot all be true."""
    return _sides(relations)[1]


def _ordered(option: Genotype, allele: str, side: int) -> Genotype:
    """The genotype with ``allele`` on the given side."""
    if len(option) == 1 or option[0] == option[1] or allele not in option:
        return option
    other = option[1] if option[0] == allele else option[0]
    return (allele, other) if side == 0 else (other, allele)


def _sides(relations: Sequence[Relation]) -> tuple[dict[tuple[int, str], tuple[int, int]], bool]:
    """(position, allele) -> (block, side), and whether a contradiction was met (its block is left out)."""
    neighbours: dict[tuple[int, str], list[tuple[tuple[int, str], int]]] = {}
    for relation in relations:
        turn = 0 if relation.cis else 1
        neighbours.setdefault(relation.first, []).append((relation.second, turn))
        neighbours.setdefault(relation.second, []).append((relation.first, turn))
    sides: dict[tuple[int, str], tuple[int, int]] = {}
    failed: set[int] = set()
    for number, start in enumerate(neighbours):
        if start in sides:
            continue
        sides[start], waiting = (number, 0), [start]
        while waiting:
            here = waiting.pop()
            for there, turn in neighbours[here]:
                side = sides[here][1] ^ turn
                if there not in sides:
                    sides[there] = (number, side)
                    waiting.append(there)
                elif sides[there][1] != side:
                    failed.add(number)
    return {name: place for name, place in sides.items() if place[0] not in failed}, bool(failed)
