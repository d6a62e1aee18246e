"""The nouns of the field. Frozen, plain, no I/O and no framework."""
