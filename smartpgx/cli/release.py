"""`smartpgx doctor` and `smartpgx knowledge build`: look after the knowledge release."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec


def add_commands(commands: Any) -> None:
    """Add `doctor`, `schema` and `knowledge build`."""
    doctor = commands.add_parser("doctor", help="check the knowledge release and the configuration of this installation")
    doctor.add_argument("--knowledge", type=Path, metavar="DIR", help="another knowledge release")
    doctor.set_defaults(run=_doctor)
    schema = commands.add_parser("schema", help="print the JSON Schema of a document")
    schema.add_argument("document", choices=("facts", "consultation", "error"))
    schema.set_defaults(run=_schema)
    knowledge = commands.add_parser("knowledge", help="build a knowledge release from the sources' files")
    inner = knowledge.add_subparsers(dest="knowledge_command", required=True, metavar="COMMAND")
    build = inner.add_parser("build", help="build every table from a folder of source files")
    build.add_argument("sources", type=Path, help="folder with the sources' files (pgx/, fhir/, resistance/)")
    build.add_argument("out", type=Path, help="folder of the new release")
    build.set_defaults(run=_build)


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
