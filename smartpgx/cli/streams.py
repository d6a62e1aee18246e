"""Inputs as a stream of payloads, answers in the same order, memory that does not grow with the number of lines."""

from __future__ import annotations

import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from smartpgx.cli.options import Asked
from smartpgx.errors import Unreadable

Payload = bytes | Unreadable
Answer = Callable[[Asked, Payload], tuple[bytes, bool]]


def payloads(files: Sequence[str], ndjson: bool, max_bytes: int) -> Iterator[Payload]:
    """One payload per file, or per non-empty line. A payload above ``max_bytes`` is cut just above it, and refused later.

    A file that cannot be read is a payload too: the error that stands in its place.
    """
    for number, name in enumerate(files, 1):
        try:
            yield from _payloads(name, ndjson, max_bytes)
        except OSError as problem:
            yield Unreadable(f"file {number} cannot be read: {problem.strerror or type(problem).__name__}")


def _payloads(name: str, ndjson: bool, max_bytes: int) -> Iterator[bytes]:
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as stream:
        if ndjson:
            yield from _lines(stream, max_bytes)
        else:
            yield stream.read(max_bytes + 1)


def _lines(stream: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    while line := stream.readline(max_bytes + 2):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(1 << 20)):
            pass
        if line.strip():
            yield line


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def answers(asked: Asked, incoming: Iterator[Payload], answer: Answer, jobs: int) -> Iterator[tuple[bytes, bool]]:
    """Answers in the order of the payloads; with several processes at most four payloads per process are under way."""
    if jobs == 1:
        for payload in incoming:
            yield answer(asked, payload)
        return
    waiting: deque[Future[tuple[bytes, bool]]] = deque()
    with ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent) as pool:
        for payload in incoming:
            waiting.append(pool.submit(answer, asked, payload))
            if len(waiting) >= 4 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
