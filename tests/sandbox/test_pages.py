"""The simulated EHR as a clinician meets it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from smartpgx.sandbox.app import create_sandbox
from smartpgx.sandbox.config import SandboxConfig
from tests.sandbox.client import BASE, SmartClient, query_of
from tests.sandbox.test_record import issue


def test_patient_list(smart: SmartClient) -> None:
    text = smart.http.get("/").text
    assert "Probe, anna" in text and "1960-05-01" in text and "Story of anna" in text
    assert "/chart/anna-local" in text and "Synthetic data" in text


def test_launch_from_the_chart(smart: SmartClient) -> None:
    answer = smart.http.post("/chart/anna/launch", data={"app": "smartpgx"})
    assert answer.status_code == 303
    address = urlsplit(answer.location)
    assert f"{address.scheme}://{address.netloc}{address.path}" == "http://localhost:8322/launch"
    sent = parse_qs(address.query)
    assert set(sent) == {"iss", "launch"} and sent["iss"] == [BASE]
    assert "anna" not in answer.location
    code = query_of(smart.authorize(sent["launch"][0]))["code"]
    assert smart.exchange(code).json["need_patient_banner"] is True


def test_launch_inside_the_chart(smart: SmartClient) -> None:
    page = smart.http.get("/chart/anna?inside=1").text
    assert '<iframe name="app"' in page and 'target="app"' in page
    assert "allow-top-navigation" not in page
    answer = smart.http.post("/chart/anna/launch", data={"app": "smartpgx", "inside": "1"})
    code = query_of(smart.authorize(query_of(answer)["launch"]))["code"]
    assert smart.exchange(code).json["need_patient_banner"] is False


def test_tab_launch_by_default(smart: SmartClient) -> None:
    page = smart.http.get("/chart/anna").text
    assert 'target="_blank" rel="noopener"' in page and "<iframe" not in page


def test_only_apps_may_be_framed(smart: SmartClient) -> None:
    policy = smart.http.get("/chart/anna").headers["Content-Security-Policy"]
    assert "frame-src 'self' http://localhost:8322;" in policy


def test_simulated_fault_from_the_page(smart: SmartClient) -> None:
    answer = smart.http.post("/chart/anna/launch", data={"app": "smartpgx", "simulate": "access_denied"})
    assert query_of(smart.authorize(query_of(answer)["launch"]))["error"] == "access_denied"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_foreign_pages_cannot_launch(smart: SmartClient, site: str) -> None:
    answer = smart.http.post("/chart/anna/launch", data={"app": "smartpgx"}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403


def test_written_back(anna: SmartClient) -> None:
    assert "Nothing yet" in anna.http.get("/chart/anna").text
    stored = anna.fhir("POST", "/DetectedIssue", issue(detail="<b>Avoid</b>"))
    place = urlsplit(stored.headers["Location"]).path.split("/_history")[0].removeprefix("/fhir/")
    chart = anna.http.get("/chart/anna").text
    assert place in chart and "&lt;b&gt;Avoid" in chart and "<b>Avoid" not in chart
    entry = anna.http.get(f"/chart/anna/record/{place}")
    assert f"{BASE}/{place}" in entry.text
    assert "Nothing yet" in anna.http.get("/chart/bert").text


def test_looking_again_leaves_the_app_alone(anna: SmartClient) -> None:
    assert '/chart/anna/written"' in anna.http.get("/chart/anna?inside=1").text
    first = anna.http.get("/chart/anna/written")
    assert "Nothing yet" in first.text and "written?look=1" in first.text
    anna.fhir("POST", "/DetectedIssue", issue())
    again = anna.http.get("/chart/anna/written?look=1").text
    assert "Nothing yet" not in again and "written?look=2" in again and 'target="_top"' in again


@pytest.mark.parametrize("path", ["/chart/nobody", "/chart/nobody/written", "/chart/anna/record/Observation/none", "/nowhere"])
def test_pages_that_are_not_there(smart: SmartClient, path: str) -> None:
    assert smart.http.get(path).status_code == 404


def test_unknown_app(smart: SmartClient) -> None:
    assert smart.http.post("/chart/anna/launch", data={"app": "somebody"}).status_code == 404


def test_controls_are_closed_by_default(fixtures: Path) -> None:
    http = create_sandbox(SandboxConfig(fixtures=fixtures)).test_client()
    assert http.get("/controls/requests").status_code == 404
    assert http.post("/controls/launches", json={"patient": "anna"}).status_code == 404


def test_reset(anna: SmartClient, sandbox: Flask) -> None:
    anna.fhir("POST", "/DetectedIssue", issue())
    anna.http.post("/controls/reset")
    assert "Nothing yet" in anna.http.get("/chart/anna").text


def test_every_shipped_story_has_a_chart() -> None:
    app = create_sandbox(SandboxConfig())
    http = app.test_client()
    stories = app.extensions["smartpgx.sandbox"].stories
    assert stories
    for story in stories:
        for patient in story.patients.values():
            assert http.get(f"/chart/{patient}").status_code == 200


def test_without_fixtures_there_are_seed_patients(tmp_path: Path) -> None:
    text = create_sandbox(SandboxConfig(fixtures=tmp_path)).test_client().get("/").text
    assert "Probe, Ada" in text
