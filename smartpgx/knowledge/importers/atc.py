"""ATC codes of single ingredients, from the sources that let them be passed on: hivfacts (Unlicense) and CPIC (CC0)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from smartpgx.knowledge.importers.cpic_guidance import drug_list
from smartpgx.knowledge.importers.table import read_csv


def codes(pgx: Path, fhir: Path, resistance: Path) -> Mapping[str, tuple[str, ...]]:
    """RxCUI -> ATC codes. hivfacts names the one code of the substance itself, so that it stands before CPIC's lists.

    CPIC also lists combination tablets under one of their ingredients. For HIV drugs no source we may pass on says what
    else is in them, so an order that has only such a code stays unread rather than half read.
    """
    found = {rxcui: tuple(filter(None, atc.split("|"))) for rxcui, atc in drug_list(pgx).values() if rxcui}
    for row in read_csv(fhir / "drug_ingredients.csv"):
        if row["source"] == "CPIC":
            found[row["ingredient_rxcui"]] = tuple(code for code in row["atc_codes"].split(",") if code.isalnum())
    for row in read_csv(resistance / "hiv" / "drugs_hiv.csv"):
        if row["rxcui"]:
            found[row["rxcui"]] = (row["atc"],) if row["atc"] else ()
    return found
