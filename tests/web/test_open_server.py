import re

import pytest
import responses
from msgspec import structs

from smartpgx.consult import Reasoning
from smartpgx.fhir.capabilities import forget_abilities
from smartpgx.web import create_app
from tests import ehr as fake
from tests.web.conftest import assess, read, with_patient

FORM = {"Origin": "http://localhost:8322"}
TAG = {"tag": [{"system": "urn:smartpgx:test-data", "code": "fixture"}], "versionId": "1"}


class OpenServer(fake.Ehr):
    def _fhir(self, request):
        request.headers["Authorization"] = f"Bearer {self.access}"
        return super()._fhir(request)


@pytest.fixture
def server():
    forget_abilities()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = with_patient(OpenServer(mock))
        made.resources["Patient", "p"]["meta"] = TAG
        made.put(fake.patient("real", "Realperson"))
        yield made


@pytest.fixture
def app(settings, server):
    opened = structs.replace(settings, open_server=fake.ISS, issuers=())
    return create_app(opened, knowledge=Reasoning(read=read, assess=assess, release="r"))


def begin(browser, patient="p"):
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/open/").text)[1]
    return browser.post("/open/visit", data={"csrf_token": token, "patient": patient}, headers=FORM)


def test_only_our_test_patients_are_offered_and_opened(app):
    browser = app.test_client()
    assert browser.get("/").status_code == 302
    page = browser.get("/open/").text
    assert "SECRETNAME" in page and "REALPERSON" not in page
    assert begin(browser, "real").status_code == 400
    assert begin(browser, "../x").status_code == 400
    assert begin(browser).status_code == 303


def test_every_page_carries_the_mark_and_writing_works(app, server):
    browser = app.test_client()
    visit = begin(browser).location
    page = browser.get(visit)
    assert page.status_code == 200, page.text
    for text in (browser.get("/open/").text, page.text, browser.get("/nothing").text, browser.get(f"{visit}issue/i1").text):
        assert "No sign-in" in text
    preview = browser.get(f"{visit}write", query_string={"issue": "i1"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', preview.text)[1]
    done = browser.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM)
    assert done.status_code == 303, done.text
    (issue,) = server.of("DetectedIssue")
    assert f"{fake.ISS}/DetectedIssue/{issue['id']}" in browser.get(done.location).text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "visitor", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {"HTTP_FORWARDED": "for=x"}]
)
def test_visitors_of_other_machines_are_refused_unless_told(app, settings, server, visitor):
    response = app.test_client().get("/open/", environ_base=visitor if "REMOTE_ADDR" in visitor else {}, headers={
        k.removeprefix("HTTP_").replace("_", "-"): v for k, v in visitor.items() if k.startswith("HTTP")})  # fmt: skip
    assert response.status_code == 403 and "launch.visitor-not-local" in response.text and "SECRETNAME" not in response.text
    told = create_app(
        structs.replace(settings, open_server=fake.ISS, open_server_allow_remote=True),
        knowledge=Reasoning(read=read, assess=assess),
    )
    assert told.test_client().get("/open/", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_the_picker_does_not_exist_with_sign_in(settings, server):
    assert create_app(settings, knowledge=Reasoning(read=read, assess=assess)).test_client().get("/open/").status_code == 404
