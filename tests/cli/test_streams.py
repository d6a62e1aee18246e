"""Order, bounds and cuts of the input stream."""

import io
from pathlib import Path

import pytest

from smartpgx.cli import streams
from smartpgx.cli.options import Asked
from smartpgx.domain.scope import Scope

ASKED = Asked(command="read", today="2026-10-02", scope=Scope())


def echo(asked: Asked, payload: bytes) -> tuple[bytes, bool]:
    return payload.strip(), payload.strip() != b"bad"


def test_lines_come_one_by_one_and_empty_ones_are_no_input(tmp_path: Path):
    file = tmp_path / "many.ndjson"
    file.write_bytes(b'{"a":1}\n\n{"b":2}\r\n  \n{"c":3}')
    assert [p.strip() for p in streams.payloads([str(file)], True, 100)] == [b'{"a":1}', b'{"b":2}', b'{"c":3}']


def test_a_line_above_the_limit_is_cut_and_the_next_one_is_whole(tmp_path: Path):
    file = tmp_path / "many.ndjson"
    file.write_bytes(b"x" * 5_000_000 + b"\n" + b"{}\n")
    first, second = streams.payloads([str(file)], True, 1000)
    assert 1000 < len(first) < 1100
    assert second == b"{}\n"


def test_a_file_is_one_payload_and_is_not_read_beyond_the_limit(tmp_path: Path):
    file = tmp_path / "one.json"
    file.write_bytes(b"x" * 5000)
    assert [len(p) for p in streams.payloads([str(file)], False, 1000)] == [1001]


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_keep_the_order_and_the_bad_one_its_place(jobs: int):
    incoming = [f"{n}".encode() for n in range(30)]
    incoming[7] = b"bad"
    answered = list(streams.answers(ASKED, iter(incoming), echo, jobs))
    assert [a for a, _ in answered] == incoming
    assert [n for n, (_, good) in enumerate(answered) if not good] == [7]


def test_no_more_payloads_are_taken_than_can_be_worked_on():
    taken = []

    def incoming():
        for n in range(1000):
            taken.append(n)
            yield str(n).encode()

    stream = streams.answers(ASKED, incoming(), echo, 2)
    next(stream)
    assert len(taken) <= 9
    stream.close()


def test_standard_input_is_left_open(monkeypatch: pytest.MonkeyPatch):
    class Input:
        buffer = io.BytesIO(b"{}\n")

    monkeypatch.setattr("sys.stdin", Input)
    assert list(streams.payloads(["-"], True, 100)) == [b"{}\n"]
    assert not Input.buffer.closed
