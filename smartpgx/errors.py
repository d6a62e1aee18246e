"""Every failure the product can report, and its permanent code.

    SmartPgxError
      InputError       Unreadable, NotJson, NotABundle, WrongFhirVersion, TooLarge, PatientUnclear
      LaunchError      IssuerNotTrusted, StateMismatch, CookieLost, LaunchRefused, ScopeRefused, TokenExpired, PatientMissing,
                       PatientChanged, VisitUnknown, VisitorNotLocal, FormExpired
      RecordError      RecordUnreachable, RecordDenied, RecordNotFound, RecordBusy, RecordGarbled
      KnowledgeError   ReleaseMissing, ReleaseInvalid, RowInvalid
      WriteBackError   WriteRefused, WriteConflict, WriteUnverified
      SettingsError

A code is never reused for another meaning. A message never holds patient data: it may reach a log. Content that
cannot be read is a Gap of the chart, not an error.
"""

from __future__ import annotations

from typing import ClassVar


class SmartPgxError(Exception):
    """Root of all failures: ``code`` is permanent, ``message`` is free of patient data, ``next_step`` says what to do.

    ``said``: another server's own words. They may hold anything, so they are shown to the person in front and go
    neither into ``message`` nor into a log.
    """

    code: ClassVar[str] = "smartpgx"
    status: ClassVar[int] = 500
    next_step: ClassVar[str] = "Report the code and the correlation id to the people who run this app."

    def __init__(self, message: str, *, said: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.said = said

    @property
    def help(self) -> str:
        """Anchor of this code in docs/errors.md."""
        return f"docs/errors.md#{self.code}"


class InputError(SmartPgxError):
    """What was handed over cannot be taken as a FHIR Bundle of one patient."""

    code = "input"
    status = 400
    next_step = "Check the file and hand it over again; nothing of it was used."


class Unreadable(InputError):
    code = "input.unreadable"
    next_step = "Check the file's name and its permissions."


class NotJson(InputError):
    code = "input.not-json"


class NotABundle(InputError):
    code = "input.not-a-bundle"
    next_step = "Wrap the resources in a Bundle of type collection."


class WrongFhirVersion(InputError):
    code = "input.wrong-fhir-version"
    next_step = "Export the record as FHIR R4 or R4B."


class TooLarge(InputError):
    code = "input.too-large"
    status = 413
    next_step = "Split the record by patient, one Bundle per line, and use --ndjson."


class PatientUnclear(InputError):
    code = "input.patient-unclear"
    next_step = "Name the patient with --patient ID."


class LaunchError(SmartPgxError):
    """The app was not opened in a way it can trust."""

    code = "launch"
    status = 400
    next_step = "Close this tab and open the app again from the patient's chart. Nothing was stored."


class IssuerNotTrusted(LaunchError):
    code = "launch.issuer-not-trusted"
    status = 403
    next_step = "Ask the people who run this app to add this EHR to launch.json."


class StateMismatch(LaunchError):
    code = "launch.state-mismatch"


class CookieLost(LaunchError):
    code = "launch.cookie-lost"
    next_step = "Open the app in a tab of its own: there the browser keeps the cookie. Nothing was stored."


class LaunchRefused(LaunchError):
    code = "launch.refused"


class ScopeRefused(LaunchError):
    code = "launch.scope-refused"
    status = 403


class TokenExpired(LaunchError):
    code = "launch.token-expired"
    status = 401


class PatientMissing(LaunchError):
    code = "launch.patient-missing"
    next_step = "Open a patient's chart first, then open the app from there. No patient was looked up."


class PatientChanged(LaunchError):
    code = "launch.patient-changed"
    status = 409
    next_step = "Open the app again from the chart of the patient you are with. What was read before was discarded."


class VisitUnknown(LaunchError):
    code = "launch.visit-unknown"
    status = 404


class VisitorNotLocal(LaunchError):
    code = "launch.visitor-not-local"
    status = 403
    next_step = "Open it on the machine it runs on, or start it with --allow-remote. There is no sign-in in this mode."


class FormExpired(LaunchError):
    code = "launch.form-expired"
    next_step = "Go back, reload the page and press the button again. Nothing was stored."


class RecordError(SmartPgxError):
    """The EHR's FHIR server did not give what was asked of it."""

    code = "record"
    status = 502
    next_step = "Try again in a minute. What could be read is shown; what is missing is named."


class RecordUnreachable(RecordError):
    code = "record.unreachable"


class RecordDenied(RecordError):
    code = "record.denied"
    status = 403


class RecordNotFound(RecordError):
    code = "record.not-found"
    status = 404


class RecordBusy(RecordError):
    code = "record.busy"
    status = 503


class RecordGarbled(RecordError):
    code = "record.garbled"


class KnowledgeError(SmartPgxError):
    """A knowledge release is missing or does not hold together."""

    code = "knowledge"
    next_step = "Run `smartpgx doctor` and install a complete release."


class ReleaseMissing(KnowledgeError):
    code = "knowledge.release-missing"


class ReleaseInvalid(KnowledgeError):
    code = "knowledge.release-invalid"


class RowInvalid(KnowledgeError):
    code = "knowledge.row-invalid"


class WriteBackError(SmartPgxError):
    """A confirmed result did not reach the record, or it is not certain that it did."""

    code = "write"
    status = 502
    next_step = "Look into the patient's record before trying again."


class WriteRefused(WriteBackError):
    code = "write.refused"
    next_step = "The record is unchanged. The server's own words say why."


class WriteConflict(WriteBackError):
    code = "write.conflict"
    status = 409
    next_step = "Reload the page: someone changed this entry meanwhile."


class WriteUnverified(WriteBackError):
    code = "write.unverified"


class SettingsError(SmartPgxError):
    """The configuration (launch.json or environment) does not hold together."""

    code = "settings"
    next_step = "Correct the named setting and start again."
