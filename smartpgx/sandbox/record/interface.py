"""The FHIR R4 interface under /fhir."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from smartpgx.sandbox.access import Access
from smartpgx.sandbox.record import capability, faults, requests, responses
from smartpgx.sandbox.record.outcome import FhirError
from smartpgx.sandbox.record.searching import search
from smartpgx.sandbox.record.writing import Writer
from smartpgx.sandbox.state import current

record = Blueprint("record", __name__, url_prefix="/fhir")
record.register_error_handler(FhirError, responses.failure)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@record.errorhandler(faults.Interrupted)
def interrupted(error: faults.Interrupted) -> Response:
    """The answer of a simulated fault."""
    return error.response


@record.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> Response:
    """413 as OperationOutcome."""
    return responses.failure(FhirError(413, "too-long", "The body is too large."))


@record.errorhandler(500)
def broken(_: Exception) -> Response:
    """A mistake of the sandbox itself; the log has it."""
    return responses.failure(FhirError(500, "exception", "The sandbox made a mistake; its log says where."))


@record.before_request
def guard() -> None:
    """Faults set for everyone, and the content type every answer has."""
    faults.strike(current().faults, current().config.slow_seconds)
    requests.check_accept(request)


@record.get("/metadata")
def metadata() -> Response:
    """CapabilityStatement; open, but a token's scenarios show in it."""
    sandbox = current()
    active = sandbox.faults | requests.optional_scenarios(request, sandbox)
    return responses.plain(capability.statement(sandbox.config, active, sandbox.started))


def enter(resource_type: str | None = None) -> Access:
    """The caller's rights, after the checks every request passes."""
    sandbox = current()
    access = requests.caller(request, sandbox)
    if resource_type is not None:
        requests.check_type(resource_type, sandbox.faults | access.scenarios)
    return access


@record.get("", strict_slashes=False)
def page() -> Response:
    """A further page of a search."""
    access, key = enter(), request.args.get("_page")
    if key is None:
        raise FhirError(400, "not-supported", "Searching all types at once is not supported.")
    return responses.plain(current().pages.follow(key, access.owner))


@record.get("/<resource_type>")
def search_type(resource_type: str) -> Response:
    """Search by GET."""
    return _search(enter(resource_type), resource_type, list(request.args.items(multi=True)))


@record.post("/<resource_type>/_search")
def search_by_post(resource_type: str) -> Response:
    """Search by POST of a form."""
    access = enter(resource_type)
    if request.mimetype != "application/x-www-form-urlencoded":
        raise FhirError(415, "not-supported", "_search takes application/x-www-form-urlencoded.")
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return _search(access, resource_type, pairs)


def _search(access: Access, resource_type: str, pairs: list[tuple[str, str]]) -> Response:
    bundle, cached = search(request, current(), access, resource_type, pairs)
    response = responses.plain(bundle)
    if cached:
        response.headers["X-Cache"] = "HIT"
    return response


@record.post("/<resource_type>")
def create(resource_type: str) -> Response:
    """Create, with If-None-Exist."""
    access = enter(resource_type)
    return Writer(request, current(), access).create(resource_type)


@record.put("/<resource_type>")
def conditional_update(resource_type: str) -> Response:
    """Update by a search."""
    access = enter(resource_type)
    return Writer(request, current(), access).conditional_update(resource_type)


@record.get("/<resource_type>/<resource_id>")
def read(resource_type: str, resource_id: str) -> Response:
    """Newest version."""
    access, sandbox = enter(resource_type), current()
    access.require(resource_type, "r")
    resource = sandbox.store.read(resource_type, resource_id)
    access.require_open(resource, "r", sandbox.store, sandbox.config.fhir_base)
    if request.headers.get("If-None-Match") == responses.etag(resource):
        return responses.unchanged(resource)
    return responses.versioned(resource)


@record.get("/<resource_type>/<resource_id>/_history/<number>")
def vread(resource_type: str, resource_id: str, number: str) -> Response:
    """One version."""
    access, sandbox = enter(resource_type), current()
    access.require(resource_type, "r")
    resource = sandbox.store.version(resource_type, resource_id, number)
    access.require_open(resource, "r", sandbox.store, sandbox.config.fhir_base)
    return responses.versioned(resource)


@record.put("/<resource_type>/<resource_id>")
def update(resource_type: str, resource_id: str) -> Response:
    """Update, with If-Match."""
    access = enter(resource_type)
    return Writer(request, current(), access).update(resource_type, resource_id)


@record.delete("/<resource_type>/<resource_id>")
def delete(resource_type: str, resource_id: str) -> Response:
    """Delete."""
    access = enter(resource_type)
    return Writer(request, current(), access).delete(resource_type, resource_id)


@record.route("", methods=["POST", "PUT", "PATCH", "DELETE"], strict_slashes=False)
@record.route("/<path:rest>", methods=METHODS)
def unsupported(rest: str = "") -> Response:
    """Everything else the specification allows and this server does not do."""
    enter()
    known = request.method == "GET"
    text = f"{request.method} is not supported here; the CapabilityStatement says what is."
    raise FhirError(404 if known else 405, "not-supported", text)
