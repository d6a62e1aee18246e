"""One Bundle in, one document out: what every line of every command goes through."""

from __future__ import annotations

import datetime
import functools
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from smartpgx.cli.options import Asked
from smartpgx.documents.consultation import consultation_document
from smartpgx.documents.facts import facts_document
from smartpgx.documents.failure import error_document
from smartpgx.domain.advice import Consultation
from smartpgx.domain.chart import Chart
from smartpgx.errors import SmartPgxError, TooLarge, Unreadable
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.fhir.write.issues import build, bundle
from smartpgx.knowledge.asi import AsiAlgorithm, compile_algorithm
from smartpgx.knowledge.release import Knowledge, load
from smartpgx.rules.assess import assess

_encoder = msgspec.json.Encoder()


def answer(asked: Asked, payload: bytes | Unreadable) -> tuple[bytes, bool]:
    """The encoded document of one payload, and whether it could be made (False: it is an error document)."""
    try:
        if isinstance(payload, Unreadable):
            raise payload
        if len(payload) > asked.max_bytes:
            raise TooLarge(f"The Bundle is larger than {asked.max_bytes // 1_000_000} MB.")
        return _encoder.encode(_document(asked, payload)), True
    except SmartPgxError as error:
        return _encoder.encode(error_document(error)), False
    except Exception as error:  # one Bundle must not end a stream; where it happened is told, what was in it is not
        return _encoder.encode(error_document(SmartPgxError(_unexpected(error)))), False


def _unexpected(error: Exception) -> str:
    """Type and place of a failure nobody foresaw: never its message, which may hold what was read."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"an unexpected failure: {type(error).__name__} in {Path(last.filename).stem}:{last.lineno}"


def _document(asked: Asked, payload: bytes) -> Any:
    knowledge = _knowledge(asked.knowledge)
    chart = read_chart(unwrap(payload, asked.max_bytes), knowledge, patient=asked.patient)
    if asked.command == "read":
        return facts_document(chart)
    consultation = _consultation(asked, chart, knowledge)
    if asked.command == "assess":
        return consultation_document(consultation, knowledge.manifest)
    return bundle(build(consultation, release=knowledge.manifest.release))


def _consultation(asked: Asked, chart: Chart, knowledge: Knowledge) -> Consultation:
    today = datetime.date.fromisoformat(asked.today)
    return assess(chart, knowledge, asked.scope, today, algorithms=_algorithms(asked.asi))


@functools.cache
def _knowledge(folder: str | None) -> Knowledge:
    return load(Path(folder) if folder else None)


@functools.cache
def _algorithms(files: tuple[str, ...]) -> Sequence[AsiAlgorithm]:
    return tuple(compile_algorithm(Path(file).read_bytes()) for file in files)


def prepare(asked: Asked) -> None:
    """Load what every document needs, so that a broken release or ASI file is told before the first Bundle."""
    _ = _knowledge(asked.knowledge).manifest
    _algorithms(asked.asi)
