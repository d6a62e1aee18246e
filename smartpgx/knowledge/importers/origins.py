"""The sources we build from, each with the version used and the licence of what was taken from it."""

from __future__ import annotations

from smartpgx.knowledge.importers.table import SourceOf
from smartpgx.knowledge.licences import APACHE, CC0, CC_BY_SA, MIT, PUBLIC_DOMAIN, UNLICENSE

OWN = APACHE


def pharmcat(files: str) -> SourceOf:
    """CPIC content as PharmCAT publishes it (CC0 inside an MPL-2.0 repository)."""
    return SourceOf(project="PharmGKB/PharmCAT", version="5431bf11 (2025-11-19), 30f8cfb7 (2024-03-25)", files=files, licence=CC0)


def pharmcat_older(files: str) -> SourceOf:
    """CYP2D6, G6PD and CPIC per-drug files of older PharmCAT states."""
    version = "c8100ec8 (2024-08-27), 76bfe08c (2023-08-08), parent of 7390fa18 (2023-07)"
    return SourceOf(project="PharmGKB/PharmCAT", version=version, files=files, licence=CC0)


def pharmcat_forks(files: str) -> SourceOf:
    """CPIC facts read from forks that carry newer states (RYR1; metoprolol and hydralazine)."""
    version = "phonegor95 1b371646 and 4bb18575, madhavajay 162d746c (2026)"
    return SourceOf(project="forks of PharmGKB/PharmCAT", version=version, files=files, licence=CC0)


def cpic_api(files: str) -> SourceOf:
    """CPIC's API as stored on 2026-08-13."""
    return SourceOf(project="CPIC API (stored in Ranj04/kestrel)", version="157297b5 (2026-08-13)", files=files, licence=CC0)


def cpic_sheets(files: str) -> SourceOf:
    """CPIC spreadsheets of 2026."""
    version = "a6be6761 (sheets of 2026-03-13 and 2026-04-30)"
    return SourceOf(project="CPIC spreadsheets (stored in dianabar23/TFM_GenoStaR)", version=version, files=files, licence=CC0)


def cpic_data(files: str) -> SourceOf:
    """CPIC's database migration."""
    return SourceOf(project="cpicpgx/cpic-data", version="459e3ebd (2026-04-30)", files=files, licence=CC0)


def pypgx(files: str) -> SourceOf:
    """Gene, position and drug lists of pypgx."""
    return SourceOf(project="sbslee/pypgx", version="0.27.0 (2026-06-12)", files=files, licence=MIT)


def clinpgx_levels(files: str) -> SourceOf:
    """ClinPGx / PharmGKB levels of evidence."""
    return SourceOf(
        project="ClinPGx / PharmGKB", version="by pypgx 0.27.0 and the CPIC API of 2026-08-13", files=files, licence=CC_BY_SA
    )


def readings(files: str) -> SourceOf:
    """What each text asks for: read twice and settled for this project."""
    return SourceOf(project="smartpgx", version="2026-11-24", files=files, licence=OWN)


def fda_cyp(files: str) -> SourceOf:
    """FDA's examples of drugs that interact with CYP enzymes and transporters, Table 1."""
    return SourceOf(project="FDA, Examples of Drugs that Interact with CYP Enzymes and Transporter Systems, Table 1",
                    version="page of 2026-05-29 (b8c197d8, c10b97ba)", files=files, licence=PUBLIC_DOMAIN)  # fmt: skip


def rxnorm(files: str) -> SourceOf:
    """RxNorm Current Prescribable Content, and RxNorm names and codes seen in public value sets."""
    return SourceOf(project="NLM RxNorm Current Prescribable Content (through davidanderson3/rxnorm-ingredients)",
                    version="2025-10-06 (a8fcf13)", files=files, licence=PUBLIC_DOMAIN)  # fmt: skip


def rxnorm_value_sets(files: str) -> SourceOf:
    """RxNorm codes and names that value sets and mappings carry; each row names its own."""
    return SourceOf(project="NLM RxNorm codes and names in public value sets (named in each row)",
                    version="2022 to 2026", files=files, licence=PUBLIC_DOMAIN)  # fmt: skip


def hivfacts(files: str) -> SourceOf:
    """Stanford HIVDB facts."""
    return SourceOf(project="hivdb/hivfacts", version="be1c11a5 (2026-04-26)", files=files, licence=UNLICENSE)
