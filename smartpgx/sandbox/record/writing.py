"""Create, update, their conditional forms, delete."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Request, Response

from smartpgx.sandbox.access import Access, patients
from smartpgx.sandbox.record import responses
from smartpgx.sandbox.record.checks import faults
from smartpgx.sandbox.record.faults import lose_answer, strike_write
from smartpgx.sandbox.record.outcome import FhirError, Json
from smartpgx.sandbox.record.requests import body, check_if_match
from smartpgx.sandbox.search.query import parse
from smartpgx.sandbox.search.run import hits
from smartpgx.sandbox.state import Sandbox

MALFORMED = {"structure", "required", "value"}


class Writer:
    """Writes of one request: the caller's rights and the sandbox."""

    def __init__(self, request: Request, sandbox: Sandbox, access: Access) -> None:
        self.request, self.sandbox, self.access = request, sandbox, access
        self.store, self.base = sandbox.store, sandbox.config.fhir_base

    def create(self, resource_type: str) -> Response:
        """201, or 200 where If-None-Exist finds one. Raises FhirError 400, 403, 412, 415, 422."""
        self.access.require(resource_type, "c")
        resource = body(self.request, resource_type)
        with self.store.lock:
            condition = self.request.headers.get("If-None-Exist")
            existing = self._one(resource_type, condition) if condition is not None else None
            if existing is not None:
                return responses.written(self.request, existing, 200, self.base)
            self._check(resource, "c")
            stored = self.store.create({key: value for key, value in resource.items() if key != "id"})
        return self._answer(stored, 201)

    def update(self, resource_type: str, resource_id: str) -> Response:
        """200. Raises FhirError 400, 403, 405 (unknown id), 410, 412, 415, 422."""
        self.access.require(resource_type, "u")
        resource = body(self.request, resource_type)
        if resource.get("id") != resource_id:
            raise FhirError(400, "value", "The id in the body has to be that of the address.")
        with self.store.lock:
            try:
                current = self.store.read(resource_type, resource_id)
            except FhirError as error:
                if error.status == 404:
                    raise FhirError(405, "not-supported", "This server chooses ids: use POST to create.") from error
                raise
            return self._replace(current, resource)

    def conditional_update(self, resource_type: str) -> Response:
        """200, or 201 where nothing matches. Raises FhirError 400, 403, 412, 415, 422."""
        self.access.require(resource_type, "u")
        resource = body(self.request, resource_type)
        with self.store.lock:
            current = self._one(resource_type, self.request.query_string.decode())
            if current is not None:
                if resource.get("id") not in (None, current["id"]):
                    raise FhirError(400, "value", "The id in the body is not that of the match.")
                return self._replace(current, {**resource, "id": current["id"]})
            self.access.require(resource_type, "c")
            self._check(resource, "c")
            stored = self.store.create(resource)
        return self._answer(stored, 201)

    def delete(self, resource_type: str, resource_id: str) -> Response:
        """204, also when it was deleted before. Raises FhirError 403, 404, 412."""
        self.access.require(resource_type, "d")
        with self.store.lock:
            try:
                current = self.store.read(resource_type, resource_id)
            except FhirError as error:
                if error.status == 410:
                    return Response(status=204)
                raise
            self.access.require_open(current, "d", self.store, self.base)
            check_if_match(self.request, current)
            self.store.delete(resource_type, resource_id)
        return Response(status=204)

    def _replace(self, current: Json, resource: Json) -> Response:
        self.access.require_open(current, "u", self.store, self.base)
        check_if_match(self.request, current)
        self._check(resource, "u")
        return self._answer(self.store.update(current["id"], resource), 200)

    def _check(self, resource: Json, right: str) -> None:
        self.access.require_open(resource, right, self.store, self.base)
        strike_write(self.access.scenarios)
        found = faults(resource, self._exists, self.base)
        if found:
            raise FhirError.of(400 if any(fault.code in MALFORMED for fault in found) else 422, found)

    def _exists(self, resource_type: str, resource_id: str) -> bool:
        """Whether a reference may name it: it is there, and not in another patient's compartment."""
        target = self.store.find(resource_type, resource_id)
        if target is None:
            return False
        owners = patients(target, self.store, self.base)
        return self.access.patient is None or owners is None or self.access.patient in owners

    def _one(self, resource_type: str, condition: str) -> Json | None:
        pairs = parse_qsl(condition.partition("?")[2] or condition, keep_blank_values=True)
        if not pairs:
            raise FhirError(400, "required", "The condition is empty.")
        query = parse(resource_type, pairs, self.base)
        if not query.criteria:
            raise FhirError(400, "required", "The condition names no search parameter.")
        found = hits(self.store, query, lambda resource: self.access.opens(resource, "r", self.store, self.base))
        if len(found) > 1:
            raise FhirError(412, "multiple-matches", "The condition matches more than one resource.")
        return found[0] if found else None

    def _answer(self, stored: Json, status: int) -> Response:
        lose_answer(self.access.scenarios)
        return responses.written(self.request, stored, status, self.base)
