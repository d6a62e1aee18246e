"""Patient list, chart, launch."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request

from smartpgx.sandbox.ehr.chart import chart, patient_name
from smartpgx.sandbox.record.outcome import FhirError, Json
from smartpgx.sandbox.state import Sandbox, current
from smartpgx.sandbox.stories import Story

ehr = Blueprint("ehr", __name__)


@ehr.get("/")
def patient_list() -> str:
    """Every story with its moral."""
    sandbox = current()
    rows = [(story, _person(sandbox, next(iter(story.patients.values())))) for story in sandbox.stories if story.patients]
    return render_template("sandbox/patients.html", rows=rows, apps=sandbox.config.clients)


@ehr.get("/healthz")
def healthy() -> Response:
    """Answers while the sandbox runs."""
    return Response("ok\n", mimetype="text/plain")


@ehr.get("/chart/<patient>")
def patient_chart(patient: str) -> str:
    """Record summary, the button that opens the app, and what apps wrote back."""
    sandbox = current()
    story = _story(sandbox, patient)
    return render_template(
        "sandbox/chart.html",
        story=story,
        person=_person(sandbox, patient),
        other=next((spelled for spelled in story.patients.items() if spelled[1] != patient), None) if story else None,
        record=chart(sandbox.store, patient, sandbox.config.fhir_base),
        base=sandbox.config.fhir_base,
        apps=sandbox.config.clients,
        scenarios=sandbox.offered,
        inside="inside" in request.args,
    )


@ehr.get("/chart/<patient>/written")
def written_back(patient: str) -> str:
    """What apps wrote back, alone: looking again must not reload an app that is open inside the chart."""
    sandbox = current()
    record = chart(sandbox.store, patient, sandbox.config.fhir_base)
    look = request.args.get("look", 0, int) + 1
    return render_template("sandbox/written.html", person=_person(sandbox, patient), record=record, look=look)


@ehr.get("/chart/<patient>/record/<resource_type>/<resource_id>")
def resource_page(patient: str, resource_type: str, resource_id: str) -> str:
    """One resource of the record as it is stored."""
    sandbox = current()
    resource = _found(sandbox, resource_type, resource_id)
    text = json.dumps(resource, indent=2, ensure_ascii=False)
    place = f"{sandbox.config.fhir_base}/{resource_type}/{resource_id}"
    return render_template("sandbox/resource.html", person=_person(sandbox, patient), place=place, text=text)


@ehr.post("/chart/<patient>/launch")
def launch(patient: str) -> Any:
    """A SMART EHR launch: the browser is sent to the app with ``iss`` and an opaque ``launch``."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    sandbox = current()
    _found(sandbox, "Patient", patient)
    try:
        client = sandbox.client(request.form.get("app"))
    except KeyError:
        abort(404)
    faults = frozenset(request.form.getlist("simulate")) & {row.name for row in sandbox.offered}
    opened = sandbox.open_launch(client, patient, faults, embedded="inside" in request.form)
    return redirect(launch_address(sandbox, client.launch_uri, opened), 303)


def launch_address(sandbox: Sandbox, launch_uri: str, opened: str) -> str:
    """The app's launch address with ``iss`` and ``launch``."""
    joint = "&" if "?" in launch_uri else "?"
    return launch_uri + joint + urlencode({"iss": sandbox.config.fhir_base, "launch": opened})


def _story(sandbox: Sandbox, patient: str) -> Story | None:
    return next((story for story in sandbox.stories if patient in story.patients.values()), None)


def _person(sandbox: Sandbox, patient: str) -> Json:
    resource = _found(sandbox, "Patient", patient)
    born, gender = resource.get("birthDate", ""), resource.get("gender", "")
    return {"id": patient, "name": patient_name(resource), "born": born, "gender": gender}


def _found(sandbox: Sandbox, resource_type: str, resource_id: str) -> Json:
    try:
        return sandbox.store.read(resource_type, resource_id)
    except FhirError:
        abort(404)


@ehr.app_errorhandler(404)
def not_found(_: Exception) -> Response:
    """A page for people."""
    page = render_template("sandbox/refused.html", error="not_found", description="There is no such page or patient.")
    return Response(page, 404)
