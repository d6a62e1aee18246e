import html
import json
import re

import pytest
import requests

from tests import ehr as fake
from tests.web.conftest import launched

FORM = {"Origin": "http://localhost:8322"}


def token_of(page) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


def preview(browser, visit):
    page = browser.get(f"{visit}write", query_string={"issue": "i1"})
    assert page.status_code == 200, page.text
    return page


def confirm(browser, visit, **changes):
    token = token_of(preview(browser, visit))
    form = {"csrf_token": token, "issue": "i1"} | changes.pop("form", {})
    return browser.post(f"{visit}write", data=form, headers=changes.pop("headers", FORM))


def writes(ehr):
    return [(m, p) for m, p, _ in ehr.calls if m in ("POST", "PUT")]


def test_the_preview_shows_what_will_be_stored_and_writes_nothing(browser, ehr):
    page = preview(browser, launched(browser, ehr))
    for part in ("DetectedIssue", "Observation", "Provenance", "new in the record", "Signed in as Dr Test", "SECRETNAME", "GDIS"):
        assert part in page.text
    assert not writes(ehr)


def test_nothing_is_chosen_that_was_not_chosen(browser, ehr):
    page = browser.get(f"{launched(browser, ehr)}write")
    assert "checked" not in page.text and "Confirm and store" not in page.text


def test_confirming_stores_once_reads_back_and_shows_the_address(browser, ehr):
    visit = launched(browser, ehr)
    done = confirm(browser, visit)
    assert done.status_code == 303, done.text
    page = browser.get(done.location)
    (issue,) = ehr.of("DetectedIssue")
    assert f"{fake.ISS}/DetectedIssue/{issue['id']}" in page.text and "stored at" in page.text
    stored = [o for o in ehr.of("Observation") if o["id"] != "g"]
    assert len(stored) == 1
    assert {"reference": f"Observation/{stored[0]['id']}"} in issue["evidence"][0]["detail"]
    (provenance,) = ehr.of("Provenance")
    assert {t["reference"] for t in provenance["target"]} == {f"Observation/{stored[0]['id']}", f"DetectedIssue/{issue['id']}"}
    assert any(a["who"].get("reference") == "Practitioner/md" for a in provenance["agent"])
    searches = [(p, h) for m, p, h in ehr.calls if m == "GET" and "identifier=" in p]
    assert searches and all(h["cache-control"] == "no-cache" for _, h in searches)


def test_pressed_again_reloaded_in_a_second_tab_or_after_a_relaunch_still_one(browser, ehr):
    visit = launched(browser, ehr)
    token = token_of(preview(browser, visit))
    for _ in range(3):
        assert browser.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM).status_code == 303
    again = launched(browser, ehr)
    assert "in the record already with this content" in preview(browser, again).text
    confirm(browser, again)
    assert len(ehr.of("DetectedIssue")) == 1 and len(ehr.of("Provenance")) == 1
    assert len(ehr.of("Observation")) == 2
    assert ehr.of("DetectedIssue")[0]["meta"]["versionId"] == "1"


def test_two_who_press_at_the_same_moment_still_one(app, browser, ehr):
    import threading

    visit = launched(browser, ehr)
    token = token_of(preview(browser, visit))
    cookies = {c.key: c.value for c in browser._cookies.values()}

    def press():
        other = app.test_client()
        for key, value in cookies.items():
            other.set_cookie(key, value)
        other.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(ehr.of("DetectedIssue")) == 1 and len(ehr.of("Observation")) == 2


@pytest.mark.parametrize("changes", [
    {"form": {"csrf_token": ""}}, {"form": {"csrf_token": "made-up"}}, {"headers": {}}, {"headers": {"Origin": "null"}},
    {"headers": {"Origin": "https://evil.example.org"}}, {"headers": {"Origin": "https://chart.example.org"}},
])  # fmt: skip
def test_a_form_from_elsewhere_writes_nothing(browser, ehr, changes):
    response = confirm(browser, launched(browser, ehr), **changes)
    assert response.status_code == 400 and "launch.form-expired" in response.text
    assert not writes(ehr)


def test_another_browser_cannot_write(app, browser, ehr):
    visit = launched(browser, ehr)
    other = app.test_client()
    own = launched(other, ehr)
    token = token_of(preview(other, own))
    assert other.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM).status_code == 404
    assert not writes(ehr)


def test_changed_content_updates_the_stored_entry_and_keeps_what_others_added(browser, ehr):
    visit = launched(browser, ehr)
    confirm(browser, visit)
    (issue,) = ehr.of("DetectedIssue")
    issue["detail"] = "an older text"
    issue["mitigation"] = [{"action": {"text": "Prescriber notified"}}]
    assert "it will be updated" in preview(browser, visit).text
    assert confirm(browser, visit).status_code == 303
    (issue,) = ehr.of("DetectedIssue")
    assert issue["detail"] != "an older text" and issue["meta"]["versionId"] == "2"
    assert issue["mitigation"] == [{"action": {"text": "Prescriber notified"}}]


def test_an_entry_changed_meanwhile_is_a_conflict(browser, ehr):
    visit = launched(browser, ehr)
    confirm(browser, visit)
    ehr.of("DetectedIssue")[0]["detail"] = "an older text"
    ehr.fault = lambda m, p, h: (409, {}, "{}") if m == "PUT" else None
    response = confirm(browser, visit)
    assert response.status_code == 409 and "write.conflict" in response.text


def test_a_refusal_shows_the_servers_words_and_the_code(browser, ehr):
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "x", "diagnostics": "row <59187> not built"}],
    }
    ehr.fault = lambda m, p, h: (422, {}, json.dumps(outcome)) if m == "POST" else None
    response = confirm(browser, launched(browser, ehr))
    assert response.status_code == 502 and "row &lt;59187&gt; not built" in response.text and "write.refused" in response.text
    assert "Nothing was stored" in response.text


def test_a_timeout_whose_entry_arrived_counts_as_stored(browser, ehr):
    visit = launched(browser, ehr)
    token = token_of(preview(browser, visit))
    lost = []

    original = ehr._write

    def arrives_but_times_out(request, path, headers):
        answer = original(request, path, headers)
        if not lost:
            lost.append(path)
            raise requests.ReadTimeout("slow")
        return answer

    ehr._write = arrives_but_times_out
    assert browser.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM).status_code == 303
    assert len(ehr.of("DetectedIssue")) == 1 and len(ehr.of("Observation")) == 2


def test_a_timeout_whose_entry_did_not_arrive_is_said_and_not_repeated(browser, ehr):
    def fault(method, path, headers):
        if method == "POST":
            raise requests.ReadTimeout("slow")

    ehr.fault = fault
    visit = launched(browser, ehr)
    response = confirm(browser, visit)
    assert response.status_code == 502 and "write.unverified" in response.text and "not certain" in response.text
    assert len(writes(ehr)) == 1
    ehr.fault = lambda *_: None
    assert confirm(browser, visit).status_code == 303
    assert len(ehr.of("DetectedIssue")) == 1


def test_an_entry_that_reads_differently_is_not_called_stored(browser, ehr):
    original = ehr._write

    def twisted(request, path, headers):
        answer = original(request, path, headers)
        for one in ehr.of("DetectedIssue"):
            one["severity"] = "low"
        return answer

    ehr._write = twisted
    response = confirm(browser, launched(browser, ehr))
    assert response.status_code == 502 and "reads differently" in response.text


def test_an_empty_answer_with_a_foreign_location_is_enough_and_is_not_followed(browser, ehr):
    original = ehr._write

    def minimal(request, path, headers):
        status, _, body = original(request, path, headers)
        made = json.loads(body)
        return status, {"Location": f"https://upstream.example.org/base/{made['resourceType']}/{made['id']}/_history/1"}, ""

    ehr._write = minimal
    assert confirm(browser, launched(browser, ehr)).status_code == 303
    assert len(ehr.of("DetectedIssue")) == 1
    assert all(c.request.url.startswith("https://ehr.example.org/") for c in ehr.mock.calls)


def test_withdrawing_marks_all_of_the_issue_and_confirming_revives_the_same_entry(browser, ehr):
    visit = launched(browser, ehr)
    page = browser.get(confirm(browser, visit).location)
    response = browser.post(f"{visit}withdraw", data={"csrf_token": token_of(page), "issue": "i1"}, headers=FORM)
    assert response.status_code == 303, response.text
    assert {r["status"] for r in (*ehr.of("DetectedIssue"), *(o for o in ehr.of("Observation") if o["id"] != "g"))} == {
        "entered-in-error"
    }
    assert "withdrawn" in browser.get(response.location).text
    assert ehr.resources["Observation", "g"]["status"] == "final"
    confirm(browser, visit)
    (issue,) = ehr.of("DetectedIssue")
    assert issue["status"] == "final"


@pytest.mark.parametrize(("missing", "words"), [
    ("DetectedIssue", "server does not offer to store it"), ("Provenance", "The note of origin"),
])  # fmt: skip
def test_what_the_server_cannot_take_is_said_before_the_button(browser, ehr, missing, words):
    ehr.metadata = fake.capability(missing)
    visit = launched(browser, ehr)
    page = preview(browser, visit)
    assert words in html.unescape(page.text)
    assert confirm(browser, visit).status_code == 303
    assert not ehr.of(missing)
    assert len(ehr.of("Observation")) == 2


def test_without_the_scope_there_is_no_button(browser, ehr):
    ehr.scope = "patient/*.rs"
    page = preview(browser, launched(browser, ehr))
    assert "no permission" in page.text and "Confirm and store" not in page.text


@pytest.mark.parametrize(("claims", "words"), [
    ({"fhirUser": None}, "did not prove who is signed in"), ({"fhirUser": "Patient/p"}, "not a clinician"),
])  # fmt: skip
def test_no_one_is_written_down_as_having_confirmed_who_did_not(browser, ehr, claims, words):
    ehr.claims = claims
    visit = launched(browser, ehr)
    page = preview(browser, visit)
    assert words in page.text and "Confirm and store" not in page.text
    token = token_of(browser.get(visit))
    response = browser.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM)
    assert response.status_code == 502 and not writes(ehr)


def test_a_record_that_holds_it_twice_is_left_to_people(browser, ehr):
    visit = launched(browser, ehr)
    confirm(browser, visit)
    (issue,) = ehr.of("DetectedIssue")
    ehr.put(issue | {"id": "copy"})
    response = confirm(browser, visit)
    assert response.status_code == 409 and "more than once" in response.text


def test_a_search_that_fails_stops_the_write(browser, ehr):
    visit = launched(browser, ehr)
    token = token_of(preview(browser, visit))
    ehr.fault = lambda m, p, h: (200, {"Content-Type": "text/html"}, "<html>") if p == "Observation" else None
    response = browser.post(f"{visit}write", data={"csrf_token": token, "issue": "i1"}, headers=FORM)
    assert response.status_code == 502 and not writes(ehr)


def test_a_token_about_to_end_is_renewed_before_a_write_and_a_401_is_not_repeated(browser, ehr):
    ehr.token_extra = {"expires_in": 10}
    visit = launched(browser, ehr)
    ehr.token_extra = {}
    assert confirm(browser, visit).status_code == 303
    assert [f["grant_type"] for f, _ in ehr.token_requests] == ["authorization_code", "refresh_token"]
    again = launched(browser, ehr)
    ehr.of("DetectedIssue")[0]["detail"] = "x"
    ehr.fault = lambda m, p, h: (401, {}, "") if m == "PUT" else None
    before = len(writes(ehr))
    assert confirm(browser, again).status_code == 502
    assert len(writes(ehr)) == before + 1


def test_if_none_exist_is_sent_only_where_it_is_declared(browser, ehr):
    for resource in ehr.metadata["rest"][0]["resource"]:
        resource["conditionalCreate"] = resource["type"] == "DetectedIssue"
    confirm(browser, launched(browser, ehr))
    sent = {p: "if-none-exist" in h for m, p, h in ehr.calls if m == "POST"}
    assert sent == {"Observation": False, "DetectedIssue": True, "Provenance": False}


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_provenance_is_found_or_written_at_the_next_press(browser, ehr, arrives):
    original, lost = ehr._write, []

    def fault(request, path, headers):
        if path == "Provenance" and not lost:
            lost.append(path)
            if arrives:
                original(request, path, headers)
            return 504, {}, ""
        return original(request, path, headers)

    ehr._write = fault
    visit = launched(browser, ehr)
    assert confirm(browser, visit).status_code == (303 if arrives else 502)
    assert confirm(browser, visit).status_code == 303
    assert confirm(browser, visit).status_code == 303
    assert len(ehr.of("Provenance")) == 1 and len(ehr.of("DetectedIssue")) == 1
