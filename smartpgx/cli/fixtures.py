"""`smartpgx fixtures load`: the synthetic patients, put on a FHIR server of a tester's own."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any


def add_commands(commands: Any) -> None:
    """Add `fixtures load`."""
    fixtures = commands.add_parser("fixtures", help="put the synthetic patients on a FHIR server, or take them back")
    inner = fixtures.add_subparsers(dest="fixtures_command", required=True, metavar="COMMAND")
    load = inner.add_parser("load", help="load (repeatable without duplicates), or --remove")
    load.add_argument("--server", required=True, metavar="ADDRESS", help="FHIR base, e.g. the public HAPI sandbox's R4 base")
    load.add_argument(
        "--prefix", default=f"smartpgx-{os.environ.get('USER', 'test')}-", help="put before every id (default %(default)s)"
    )
    load.add_argument("--remove", action="store_true", help="take back only what this command put there under this prefix")
    load.add_argument("--progress", action="store_true", help="a progress bar, also where standard error is no terminal")
    load.set_defaults(run=_load)


def _load(arguments: argparse.Namespace) -> int:
    from smartpgx.fhir import loader
    from smartpgx.places import place

    done = loader.load(arguments.server, place("fhir_fixtures"), prefix=arguments.prefix, remove=arguments.remove,
                       progress=sys.stderr.isatty() or arguments.progress)  # fmt: skip
    print("\n".join(done.lines()))
    if not arguments.remove:
        print(f"now run: smartpgx serve --open-server {arguments.server}")
    return 1 if done.failed else 0
