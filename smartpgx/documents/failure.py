"""The error document (``smartpgx.error/1``): what stands in the place of a document that could not be made."""

from __future__ import annotations

from msgspec import Struct

from smartpgx.errors import SmartPgxError


class ErrorDocument(Struct, frozen=True, kw_only=True, tag_field="schema", tag="smartpgx.error/1"):
    """``code`` is permanent, ``message`` free of patient data, ``next_step`` what to do, ``help`` where to read on."""

    code: str
    message: str
    next_step: str
    help: str


def error_document(error: SmartPgxError) -> ErrorDocument:
    """The document of an error."""
    return ErrorDocument(code=error.code, message=error.message, next_step=error.next_step, help=error.help)
