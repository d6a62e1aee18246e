"""Called results and facts, met with knowledge: advice as structure, without a word of text. Pure."""
