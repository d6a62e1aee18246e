"""The command line: `smartpgx --help`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import smartpgx
from smartpgx.cli import documents, fixtures, release, serve
from smartpgx.cli.options import add_document_options
from smartpgx.errors import SmartPgxError

EPILOG = """\
examples:
  smartpgx read chart.json                facts, gaps, and what became of every resource
  smartpgx assess chart.json              the consultation: genes, isolates, ranked advice, issues
  smartpgx assess --drugs codeine c.json  what if codeine were prescribed
  smartpgx write chart.json               what would be offered to store; contacts no server
  smartpgx assess --ndjson --jobs 4 -     a stream of Bundles, one per line
  smartpgx demo                           the sandbox EHR and the app on this machine

Documents go to standard output, diagnostics to standard error and never hold patient data.
Exit status: 0 all done; 1 at least one input could not be read, or a check failed; 2 wrong usage.
"""

COMMANDS = {
    "read": "resources -> facts and gaps (smartpgx.facts/1)",
    "assess": "facts -> recommendations (smartpgx.consultation/1)",
    "write": "the Bundle of resources a clinician would be offered to store",
}


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    top = argparse.ArgumentParser(
        prog="smartpgx",
        description="Personalized medicine from a FHIR record: drug-gene guidance and HIV resistance, with the reasons.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"smartpgx {smartpgx.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        add_document_options(command)
        command.set_defaults(run=documents.run)
    for room in (serve, fixtures, release):
        room.add_commands(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status as the contract says. Failures are told on standard error, with their code."""
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except SmartPgxError as error:
        print(f"smartpgx: {error.message}\n  {error.next_step} ({error.code})", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
