"""Failures of the FHIR interface: a status and an OperationOutcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Json = dict[str, Any]


class Fault(NamedTuple):
    """One issue: ``code`` of the issue-type value set, ``text`` for people, ``where`` the FHIRPath of the element."""

    code: str
    text: str
    where: str = ""


class FhirError(Exception):
    """Ends a request with ``status`` and an OperationOutcome of ``faults``."""

    def __init__(self, status: int, code: str, text: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.faults: Sequence[Fault] = (Fault(code, text),)
        self.headers = dict(headers or {})

    @classmethod
    def of(cls, status: int, faults: Sequence[Fault]) -> FhirError:
        """An error with several issues; ``faults`` is not empty."""
        error = cls(status, faults[0].code, faults[0].text)
        error.faults = faults
        return error

    def outcome(self) -> Json:
        """The OperationOutcome."""
        return outcome(self.faults)


def outcome(faults: Sequence[Fault], severity: str = "error") -> Json:
    """An OperationOutcome with one issue per fault."""
    issues = []
    for fault in faults:
        issue: Json = {"severity": severity, "code": fault.code, "diagnostics": fault.text}
        if fault.where:
            issue["expression"] = [fault.where]
        issues.append(issue)
    return {"resourceType": "OperationOutcome", "issue": issues}
