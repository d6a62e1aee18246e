"""Observations: one module per kind of result."""
