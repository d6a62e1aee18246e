"""One module per source: turns that source's published files into our tables. ``build`` makes a whole release."""

from smartpgx.knowledge.importers.release import build

__all__ = ["build"]
