"""The options that `read`, `assess` and `write` share. Contract, section 1."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from smartpgx.domain.codes import AREAS, Area
from smartpgx.domain.scope import Scope

DEFAULT_MAX_MEGABYTES = 64


class Asked(Struct, frozen=True, kw_only=True):
    """One run's options, plain enough to travel to worker processes."""

    command: Literal["read", "assess", "write"]
    patient: str | None = None
    today: str
    knowledge: str | None = None
    asi: tuple[str, ...] = ()
    scope: Scope
    max_bytes: int = DEFAULT_MAX_MEGABYTES * 1_000_000


def add_document_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the contract; all three commands accept all of them."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a FHIR Bundle in JSON; - is standard input")
    parser.add_argument("--ndjson", action="store_true", help="every input line is one Bundle, every output line one document")
    parser.add_argument("--jobs", type=_positive, default=1, metavar="N", help="use N processes; the order is kept")
    parser.add_argument("--today", type=_day, default=None, metavar="YYYY-MM-DD", help="the day of assessment (default: today)")
    parser.add_argument("--patient", metavar="ID", help="which Patient, when a Bundle holds several")
    parser.add_argument("--knowledge", type=_folder, metavar="DIR", help="another knowledge release")
    parser.add_argument("--asi", type=_file, action="append", default=[], metavar="FILE",
                        help="score HIV with this ASI file as well (repeatable)")  # fmt: skip
    parser.add_argument("--areas", type=_areas, default=AREAS, metavar="AREA,...",
                        help="drug_gene, resistance, tumour, prevention (default: all)")  # fmt: skip
    parser.add_argument("--drugs", type=_drugs, default="record", metavar="record|all|NAME,...",
                        help="whose advice: the record's medicines, every drug with guidance, or named ones")  # fmt: skip
    parser.add_argument("--max-mb", type=_positive, default=DEFAULT_MAX_MEGABYTES, metavar="N",
                        help=f"refuse a Bundle above N megabytes (default {DEFAULT_MAX_MEGABYTES})")  # fmt: skip


def asked(arguments: argparse.Namespace) -> Asked:
    """The parsed options; without ``--today`` the local day."""
    today = arguments.today or datetime.datetime.now().astimezone().date().isoformat()
    return Asked(
        command=arguments.command,
        patient=arguments.patient,
        today=today,
        knowledge=arguments.knowledge,
        asi=tuple(arguments.asi),
        scope=Scope(areas=arguments.areas, drugs=arguments.drugs),
        max_bytes=arguments.max_mb * 1_000_000,
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written YYYY-MM-DD") from None


def _folder(text: str) -> str:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {text}")
    return text


def _file(text: str) -> str:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text}")
    return text


def _areas(text: str) -> tuple[Area, ...]:
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in wanted:
        if part not in AREAS:
            raise argparse.ArgumentTypeError(f"no area {part!r}; there are {', '.join(AREAS)}")
    expanded = {*wanted, *(("susceptibility",) if "resistance" in wanted else ())}
    return tuple(area for area in AREAS if area in expanded)


def _drugs(text: str) -> str | tuple[str, ...]:
    return text if text in ("record", "all") else tuple(part.strip() for part in text.split(",") if part.strip())
