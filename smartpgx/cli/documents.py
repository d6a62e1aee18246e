"""`smartpgx read | assess | write`: documents on standard output, one per Bundle, in order."""

from __future__ import annotations

import argparse
import sys

from smartpgx.cli.options import Asked, asked
from smartpgx.cli.streams import answers, payloads
from smartpgx.errors import SmartPgxError


def run(arguments: argparse.Namespace) -> int:
    """Exit status 0: every document made; 1: at least one input could not be read; 2: a release or ASI file that is none."""
    from smartpgx.cli.answer import answer, prepare  # late: `--help` should not load the knowledge's modules

    question: Asked = asked(arguments)
    try:
        prepare(question)
    except SmartPgxError as error:  # an option that points at something else than it should is wrong usage
        print(f"smartpgx {question.command}: {error.message}\n  {error.next_step} ({error.code})", file=sys.stderr)
        return 2
    made, refused = 0, 0
    for document, good in answers(
        question, payloads(arguments.files, arguments.ndjson, question.max_bytes), answer, arguments.jobs
    ):
        sys.stdout.buffer.write(document + b"\n")
        sys.stdout.buffer.flush()
        made, refused = made + 1, refused + (not good)
        if not good:
            print(f"input {made}: could not be read; its place holds an error document", file=sys.stderr)
    return 1 if refused else 0
