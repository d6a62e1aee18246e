"""Infection resistance: which drugs the pathogen still answers to."""
