"""Amino-acid letters as bits: a codon of a virus population may hold several, and a rule lists several.

The alphabet is that of ASI: the 20 amino acids, ``i`` an insertion behind the position, ``d`` a deletion of it. Case
decides: ``67D`` is aspartate, ``67d`` a deletion.
"""

from __future__ import annotations

from functools import lru_cache

ALPHABET = "ACDEFGHIKLMNPQRSTVWYid"

_BIT = {letter: 1 << n for n, letter in enumerate(ALPHABET)}


@lru_cache(maxsize=4096)
def mask(letters: str) -> int:
    """The bits of these letters; KeyError for one outside the alphabet."""
    bits = 0
    for letter in letters:
        bits |= _BIT[letter]
    return bits


def unmask(bits: int) -> str:
    """The letters of these bits, in the order of the alphabet."""
    return "".join(letter for letter, bit in _BIT.items() if bits & bit)
