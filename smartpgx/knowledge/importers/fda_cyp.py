"""FDA's examples of drugs that inhibit, induce or need an enzyme or transporter."""

from __future__ import annotations

import re
from pathlib import Path

from smartpgx.knowledge import licences
from smartpgx.knowledge.importers import origins
from smartpgx.knowledge.importers.table import Made, csv_table, read_csv

_FOOTNOTE = re.compile(r"FDA footnote (\w+)")


def build(pgx: Path) -> Made:
    """The interactions table from ``cyp_inhibitors_inducers.csv``; footnotes become their numbers."""
    rows = [
        (row["drug"], row["rxcui"], row["enzyme"], row["role"], row["strength"], "|".join(_FOOTNOTE.findall(row["note"])))
        for row in read_csv(pgx / "cyp_inhibitors_inducers.csv")
    ]
    columns = ("drug", "rxcui", "enzyme", "role", "strength", "footnotes")
    note = "CYP3A means CYP3A4 and CYP3A5. A row with a footnote may be limited or taken back by it. Absence means nothing."
    sources = (origins.fda_cyp("pgx/cyp_inhibitors_inducers.csv"),)
    table = csv_table("drug_gene/interactions.csv", columns, rows, licence=licences.PUBLIC_DOMAIN, sources=sources, note=note)
    return Made(tables=(table,))
