"""Algorithms in ASI 2, the exchange format of HIV resistance interpretation: read, checked and compiled once."""

from smartpgx.knowledge.asi.algorithm import AsiAlgorithm, GeneRules
from smartpgx.knowledge.asi.compile import compile_algorithm

__all__ = ["AsiAlgorithm", "GeneRules", "compile_algorithm"]
