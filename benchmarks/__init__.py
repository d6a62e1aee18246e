"""Benchmarks: figures with their peers, measured in one run. Never part of the tests."""
