"""One module per source: turns that source's published files into our tables."""
