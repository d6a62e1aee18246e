import re
import threading

import pytest

from smartpgx.fhir.capabilities import forget_abilities
from smartpgx.web import reading
from tests import ehr as fake
from tests.web.conftest import launched

FORM = {"Origin": "http://localhost:8322"}


def post(browser, visit, what, page):
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    return browser.post(f"{visit}{what}", data={"csrf_token": token}, headers=FORM)


def test_an_ended_token_is_renewed_once_for_all_questions_and_kept_rotated(browser, ehr):
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    visit = browser.get(back).location
    ehr.access = "token-0"  # the token of the launch is no longer accepted
    assert "1 thing to do" in browser.get(visit).text
    grants = [f for f, _ in ehr.token_requests]
    assert [g["grant_type"] for g in grants] == ["authorization_code", "refresh_token"]
    assert grants[1]["client_id"] == "client-1" and "scope" not in grants[1]


def test_a_refused_renewal_asks_for_a_new_launch(browser, ehr):
    ehr.token_extra = {"refresh_token": "revoked"}
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    visit = browser.get(back).location
    ehr.access = "token-0"
    page = browser.get(visit)
    assert page.status_code in (401, 502) and "Nothing was stored" in page.text and "Nothing to do" not in page.text


def test_a_renewal_that_names_another_patient_is_a_hard_stop(browser, ehr):
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    visit = browser.get(back).location
    ehr.access = "token-0"
    ehr.token_extra = {"patient": "someone-else"}
    assert browser.get(visit).status_code in (404, 409)
    assert browser.get(visit).status_code == 404
    assert "SECRETNAME" not in browser.get(visit).text


def test_a_slow_record_shows_what_is_waited_for_then_the_advice(browser, ehr, monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.1)
    go = threading.Event()
    ehr.fault = lambda m, p, h: None if p != "Condition" or go.wait(10) else None
    visit = launched(browser, ehr)
    page = browser.get(visit)
    assert page.headers["Refresh"] and "Found Test EHR" in page.text and "Reading consent" in page.text
    assert "Patient/p" not in page.headers["Refresh"]
    assert browser.get(f"{visit}issue/i1").status_code == 409
    go.set()
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 5)
    assert "1 thing to do" in browser.get(visit).text


def test_a_record_is_read_once_however_often_the_page_is_opened(browser, ehr):
    visit = launched(browser, ehr)
    for _ in range(3):
        browser.get(visit)
    assert len([c for c in ehr.calls if c[1] == "Patient/p"]) == 1


def test_a_record_that_is_down_is_said_and_can_be_read_again(browser, ehr):
    ehr.fault = lambda m, p, h: (200, {"Content-Type": "text/html"}, "<html>Secretname</html>") if p != "metadata" else None
    visit = launched(browser, ehr)
    page = browser.get(visit)
    assert page.status_code == 502 and "Nothing was stored" in page.text and "Secretname" not in page.text
    ehr.fault = lambda *_: None
    again = post(browser, visit, "again", page)
    assert again.status_code == 303
    assert "1 thing to do" in browser.get(again.location).text


@pytest.mark.parametrize("kind", ["MedicationStatement", "Condition", "MolecularSequence", "DiagnosticReport"])
def test_one_thing_missing_is_named_and_the_rest_goes_on(browser, ehr, kind):
    ehr.fault = lambda m, p, h: (500, {}, "oops") if p == kind else None
    page = browser.get(launched(browser, ehr)).text
    assert "1 thing to do" in page and "Part of the record could not be read" in page
    assert "did not accept the question" in page


def test_a_record_without_molecular_sequences_is_not_called_incomplete_but_one_without_observations_is(browser, ehr):
    ehr.metadata = fake.capability("MolecularSequence")
    page = browser.get(launched(browser, ehr)).text
    assert "this EHR does not offer it" in page and "Part of the record could not be read" not in page
    forget_abilities()
    ehr.metadata = fake.capability("Observation")
    assert "not an all-clear" in browser.get(launched(browser, ehr)).text


def test_a_record_with_nothing_genetic_says_so_instead_of_all_clear(browser, ehr):
    ehr.resources.pop(("Observation", "g"))
    page = browser.get(launched(browser, ehr)).text
    assert "No genetic or resistance results in the record" in page and "Nothing to do now" not in page
    assert re.search(r"Genetic results, by code</th><td[^>]*>[^<]*</td><td[^>]*>read to the end, 0 received", page)


def test_after_a_refusal_of_consent_the_page_says_that_alone(browser, ehr):
    ehr.put({"resourceType": "Consent", "id": "c", "patient": {"reference": "Patient/p"}, "provision": {"type": "deny"}})
    page = browser.get(launched(browser, ehr)).text
    assert "Genetic results were not used" in page and "clopidogrel" in page and "CYP2C19" not in page


def test_ending_a_visit_forgets_it(browser, ehr):
    visit = launched(browser, ehr)
    assert "has ended" in post(browser, visit, "end", browser.get(visit)).text
    assert browser.get(visit).status_code == 404


def test_a_defect_shows_a_code_and_logs_no_text(browser, ehr, app, monkeypatch, capfd):
    def broken(*_):
        raise ValueError("Secretname 1961")

    monkeypatch.setattr("smartpgx.web.visiting.overview_view", broken)
    page = browser.get(launched(browser, ehr))
    err = capfd.readouterr().err
    assert page.status_code == 500 and "correlation id" in page.text
    assert "Secretname" not in page.text and "Secretname" not in err and "ValueError" in err
    correlation = re.search(r"correlation id ([0-9a-f]{8})", page.text)[1]
    assert correlation in err


def test_a_defect_while_reading_ends_in_a_page_too(settings, ehr, capfd):
    from smartpgx.consult import Reasoning
    from smartpgx.web import create_app

    def broken(*_):
        raise KeyError("Secretname")

    browser = create_app(settings, knowledge=Reasoning(read=broken, assess=broken)).test_client()
    page = browser.get(launched(browser, ehr))
    assert page.status_code == 500 and "Secretname" not in page.text + capfd.readouterr().err


def test_detail_shows_the_reasons_and_unknown_issues_do_not_exist(browser, ehr):
    visit = launched(browser, ehr)
    page = browser.get(f"{visit}issue/i1")
    assert page.status_code == 200 and "CPIC" in page.text and "https://cpicpgx.org/x" in page.text
    assert browser.get(f"{visit}issue/i2").status_code == 404


def test_the_banner_stays_away_only_when_the_ehr_says_exactly_that(browser, ehr):
    ehr.token_extra = {"need_patient_banner": False}
    page = browser.get(launched(browser, ehr)).text
    assert 'class="banner"' not in page and "<title>SECRETNAME, Pat" in page
    ehr.token_extra = {"need_patient_banner": None}
    assert 'class="banner"' in browser.get(launched(browser, ehr)).text


def test_what_was_asked_stands_on_the_page(browser, ehr):
    page = browser.get(launched(browser, ehr)).text
    assert "What was asked of the record" in page and "read to the end" in page and re.search(r"\d\d codes", page)


def test_health_and_home(browser, ehr):
    assert browser.get("/healthz").json["status"] == "ok"
    assert "Test EHR" in browser.get("/").text
    assert browser.get("/nothing").status_code == 404
    assert browser.post("/launch").status_code in (400, 405)


def test_a_visit_survives_another_worker(app, settings, browser, ehr):
    from smartpgx.consult import Reasoning
    from smartpgx.web import create_app
    from tests.web.conftest import assess, read

    visit = launched(browser, ehr)
    other = create_app(settings, knowledge=Reasoning(read=read, assess=assess)).test_client()
    for cookie in browser._cookies.values():
        other.set_cookie(cookie.key, cookie.value)
    assert other.get(visit).status_code == 200
