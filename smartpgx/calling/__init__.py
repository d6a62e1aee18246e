"""From what was observed to what is called: star alleles, phenotypes. Pure."""
