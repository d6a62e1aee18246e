"""`smartpgx doctor` and `smartpgx knowledge build|extend|differences`: look after the knowledge release."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?")


def add_commands(commands: Any) -> None:
    """Add `doctor`, `schema` and the `knowledge` commands."""
    doctor = commands.add_parser("doctor", help="check the knowledge release and the configuration of this installation")
    doctor.add_argument("--knowledge", type=Path, metavar="DIR", help="another knowledge release")
    doctor.set_defaults(run=_doctor)
    schema = commands.add_parser("schema", help="print the JSON Schema of a document")
    schema.add_argument("document", choices=("facts", "consultation", "error"))
    schema.set_defaults(run=_schema)
    _add_knowledge(commands)


def _add_knowledge(commands: Any) -> None:
    knowledge = commands.add_parser("knowledge", help="build a knowledge release, or add an RxNorm month to one")
    inner = knowledge.add_subparsers(dest="knowledge_command", required=True, metavar="COMMAND")
    build = inner.add_parser("build", help="build every table from a folder of source files")
    build.add_argument("sources", type=Path, help="folder with the sources' files (pgx/, fhir/, resistance/)")
    build.add_argument("out", type=Path, help="folder of the new release")
    build.set_defaults(run=_build)
    extend = inner.add_parser("extend", help="add a site's RxNorm month to the medicines of a release")
    extend.add_argument(
        "release", metavar="RELEASE", help="folder of the release to start from; 'shipped': the one that came along"
    )
    extend.add_argument("rrf", type=Path, metavar="RRF", help="folder with RXNCONSO.RRF, RXNREL.RRF and RXNSAT.RRF")
    extend.add_argument("out", type=Path, metavar="OUT", help="folder of the new release")
    extend.add_argument("--month", type=_month, required=True, metavar="YYYY-MM", help="the month's name; a day may follow")
    extend.set_defaults(run=_extend)
    differences = inner.add_parser("differences", help="compare our CPIC rows with CPIC's own table")
    differences.add_argument(
        "sources", type=Path, metavar="SOURCES", help="folder with the sources' files (pgx/, fhir/, resistance/)"
    )
    differences.add_argument("target", type=Path, metavar="TARGET", help="the Markdown page to write")
    differences.set_defaults(run=_differences)


def _month(text: str) -> str:
    if not _MONTH.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a month such as 2026-11")
    return text


def _doctor(arguments: argparse.Namespace) -> int:
    """Exit status 1 when anything is wrong; every fault names file, row and column."""
    from smartpgx import settings
    from smartpgx.knowledge import check
    from smartpgx.knowledge.release import SHIPPED, load

    folder = arguments.knowledge or SHIPPED
    faults = check.check(folder)
    for fault in faults:
        print(fault, file=sys.stderr)
    manifest = load(folder).manifest
    print(f"knowledge release {manifest.release}: {len(manifest.tables)} tables, digest {manifest.digest[:16]}")
    print(f"configuration: {len(settings.load().issuers)} EHR(s) allowed")
    print("all well" if not faults else f"{len(faults)} fault(s)")
    return 1 if faults else 0


def _schema(arguments: argparse.Namespace) -> int:
    from smartpgx.documents.schemas import json_schema

    text = msgspec.json.format(msgspec.json.encode(json_schema(f"smartpgx.{arguments.document}/1")))
    sys.stdout.buffer.write(text + b"\n")
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from smartpgx.knowledge.importers import build

    manifest = build(arguments.sources, arguments.out)
    print(f"built release {manifest.release}: {len(manifest.tables)} tables in {arguments.out}")
    return 0


def _extend(arguments: argparse.Namespace) -> int:
    from smartpgx.knowledge.importers import extend
    from smartpgx.knowledge.release import SHIPPED

    release = SHIPPED if arguments.release == "shipped" else Path(arguments.release)
    manifest = extend(release, arguments.rrf, arguments.out, arguments.month)
    print(f"built release {manifest.release}: {len(manifest.tables)} tables in {arguments.out}")
    return 0


def _differences(arguments: argparse.Namespace) -> int:
    from smartpgx.knowledge.importers import differences

    differences(arguments.sources, arguments.target)
    print(f"compared with CPIC's own table: {arguments.target}")
    return 0
