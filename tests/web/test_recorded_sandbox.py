"""The app with its own readers and rules against the sandbox EHR: what one launch stored, the next one knows."""

import html
import logging
import re
import threading

import pytest
import requests
from werkzeug.serving import make_server

from smartpgx.fhir.capabilities import forget_abilities
from smartpgx.sandbox.app import create_sandbox
from smartpgx.sandbox.config import SandboxConfig
from smartpgx.settings import Settings, load
from smartpgx.web import create_app
from tests.sandbox.client import SCOPE, SmartClient

FORM = {"Origin": "http://localhost:8322"}
STORIES = ("clopidogrel-poor", "azathioprine-two-genes", "hiv-failing", "preemptive-panel")


class Ward:
    """The sandbox on a port of its own, the app beside it, and a clinician who opens one from the other."""

    def __init__(self, folder, server, sandbox, base) -> None:
        forget_abilities()
        self.base, self.sandbox = base, sandbox
        given: Settings = load({"SMARTPGX_STORE_DIR": str(folder), "SANDBOX_PUBLIC_URL": base, "SMARTPGX_SECRET_KEY": "k" * 32})
        self.browser = create_app(given).test_client()
        self.visit = ""

    def open(self, patient: str, *scenarios: str) -> str:
        launch = SmartClient(self.sandbox.test_client()).open(patient, *scenarios)
        there = self.browser.get("/launch", query_string={"iss": f"{self.base}/fhir", "launch": launch})
        back = requests.get(there.location, allow_redirects=False, timeout=10).headers["Location"]
        self.visit = self.browser.get(back).location
        return self.page(self.visit)

    def page(self, place: str) -> str:
        for _ in range(10):
            answer = self.browser.get(place)
            if "Refresh" not in answer.headers:
                assert answer.status_code == 200, answer.text
                return html.unescape(answer.text)
        raise AssertionError("the record was not read in time")

    def press(self, place: str, text: str, **form) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
        answer = self.browser.post(f"{self.visit}{place}", data={"csrf_token": token} | form, headers=FORM)
        assert answer.status_code in (200, 303), answer.text
        return self.page(answer.location) if answer.status_code == 303 else html.unescape(answer.text)

    def store_all(self, text: str) -> str:
        return self.press("write", text, issue=list(dict.fromkeys(re.findall(r"/issue/([0-9a-f]+)", text))))

    def ehr(self, patient: str) -> SmartClient:
        client = SmartClient(self.sandbox.test_client())
        client.launch(patient, scope=SCOPE + " patient/MedicationRequest.cruds", aud=f"{self.base}/fhir")
        return client

    def of(self, patient: str, kind: str) -> list[dict]:
        query = f"/{kind}?patient={patient}&_count=200"
        found = [e["resource"] for e in self.ehr(patient).get(query).json.get("entry", [])]
        return [r for r in found if any(i.get("system", "").startswith("urn:smartpgx:") for i in r.get("identifier", []))]

    def order(self, patient: str, status: str) -> None:
        client = self.ehr(patient)
        for entry in client.get(f"/MedicationRequest?patient={patient}").json["entry"]:
            changed = entry["resource"] | {"status": status}
            version = f'W/"{changed["meta"]["versionId"]}"'
            answer = client.fhir("PUT", f"/MedicationRequest/{changed['id']}", changed, If_Match=version)
            assert answer.status_code == 200, answer.text


@pytest.fixture
def ward(tmp_path):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    server.app = sandbox = create_sandbox(SandboxConfig(public_url=base, controls=True))
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield Ward(tmp_path, server, sandbox, base)
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("story", STORIES)
def test_what_was_stored_is_known_at_the_next_launch_and_says_the_same(ward, story):
    ward.store_all(ward.open(story))
    text = ward.open(story)
    assert "In the record since" in text
    assert "Store in the record" not in text and "earlier wording" not in text and "no longer holding" not in text


def test_a_stopped_order_a_cancelled_entry_and_its_return(ward):
    who = "clopidogrel-poor"
    ward.store_all(ward.open(who))
    (issue,) = ward.of(who, "DetectedIssue")
    ward.order(who, "stopped")
    text = ward.open(who)
    assert "In the record and no longer holding" in text and f"DetectedIssue/{issue['id']}" in text
    asked = ward.press("cancel", text, entry=issue["id"])
    assert "Confirm and mark as cancelled" in asked and {r["status"] for r in ward.of(who, "DetectedIssue")} == {"final"}
    for _ in range(2):
        assert "marked as cancelled" in ward.press("cancel/confirmed", asked, entry=issue["id"])
    (cancelled,) = ward.of(who, "DetectedIssue")
    assert cancelled["status"] == "cancelled" and int(cancelled["meta"]["versionId"]) == int(issue["meta"]["versionId"]) + 1
    assert {r["status"] for r in ward.of(who, "Observation")} == {"cancelled"}
    assert "no longer holding" not in ward.open(who)
    ward.order(who, "active")
    text = ward.open(who)
    assert "Store in the record" in text and "In the record since" not in text
    ward.store_all(text)
    (revived,) = ward.of(who, "DetectedIssue")
    assert revived["id"] == issue["id"] and revived["status"] == "final"
    assert {r["status"] for r in ward.of(who, "Observation")} == {"final"}
    assert "In the record since" in ward.open(who)


def test_a_reading_in_part_offers_nothing(ward):
    who = "clopidogrel-poor"
    ward.store_all(ward.open(who))
    ward.order(who, "stopped")
    original = ward.sandbox.wsgi_app

    def broken(environ, start):
        if environ["PATH_INFO"].endswith("/DiagnosticReport"):
            start("500 Internal Server Error", [("Content-Type", "application/fhir+json")])
            return [b"{}"]
        return original(environ, start)

    ward.sandbox.wsgi_app = broken
    text = ward.open(who)
    assert "In the record and not found now" in text and "Mark as cancelled" not in text


def test_the_plainest_server_and_small_pages_know_it_too(ward):
    who = "preemptive-panel"
    ward.store_all(ward.open(who))
    for scenario in ("unknown_param_400", "small_pages"):
        text = ward.open(who, scenario)
        assert text.count("In the record since") == 2 and "Store in the record" not in text


def test_without_detectedissue_the_advice_stands(ward):
    text = ward.open("clopidogrel-poor", "no_detectedissue")
    assert "Why, and what else" in text and "Part of the record could not be read" not in text
