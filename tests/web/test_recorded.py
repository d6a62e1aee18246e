"""What earlier visits stored: shown as stored, updated, cancelled when it no longer holds, revived when it holds again."""

import html
import json
import re

import pytest

from tests import ehr as fake
from tests.web.conftest import launched
from tests.web.markup import Page
from tests.web.test_write_back import FORM, confirm, preview, token_of, writes

OFFER = "Mark as cancelled"


def overview(browser, ehr) -> tuple[str, str]:
    visit = launched(browser, ehr)
    page = browser.get(visit)
    assert page.status_code == 200, page.text
    return visit, html.unescape(page.text)


def stop(ehr):
    ehr.resources["MedicationRequest", "rx"]["status"] = "stopped"


def stored_then_stopped(browser, ehr) -> tuple[str, str]:
    confirm(browser, launched(browser, ehr))
    stop(ehr)
    return overview(browser, ehr)


def press(browser, visit, text, where="cancel/confirmed", **changes):
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
    key = re.search(r'name="entry" value="([^"]+)"', text)
    form = {"csrf_token": token, "entry": key[1] if key else "s3"} | changes.pop("form", {})
    return browser.post(f"{visit}{where}", data=form, headers=changes.pop("headers", FORM))


def own(ehr):
    return [r for k in ("DetectedIssue", "Observation") for r in ehr.of(k) if r["id"] != "g"]


def test_a_relaunch_shows_since_when_it_is_stored_and_offers_no_store_button(browser, ehr):
    confirm(browser, launched(browser, ehr))
    (issue,) = ehr.of("DetectedIssue")
    issue["identifiedDateTime"] = "2026-11-24"
    visit, text = overview(browser, ehr)
    assert f"In the record since 24-Nov-2026 (DetectedIssue/{issue['id']})" in text
    for page in (text, browser.get(f"{visit}issue/i1").text):
        assert "Store in the record" not in page and "earlier wording" not in page and "In the record since" in page
    assert "What this app stored earlier" in text and "no longer holding" not in text
    assert "All of this is in the record already" in preview(browser, visit).text


def test_our_own_entries_are_asked_for_past_every_cache_and_stay_out_of_the_advice(browser, ehr):
    confirm(browser, launched(browser, ehr))
    ehr.calls.clear()
    overview(browser, ehr)
    own_search = [(p, h) for _, p, h in ehr.calls if p.startswith("DetectedIssue?")]
    assert len(own_search) == 1
    (path, headers) = own_search[0]
    assert "patient=p" in path and "identifier=urn%3Asmartpgx%3Aissue%7C" in path and headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("kind", ["DetectedIssue", "Observation"])
def test_an_earlier_wording_is_said_and_updated_through_the_same_page(browser, ehr, kind):
    confirm(browser, launched(browser, ehr))
    changed = {"DetectedIssue": {"detail": "an older text"}, "Observation": {"component": []}}[kind]
    next(r for r in own(ehr) if r["resourceType"] == kind).update(changed)
    visit, text = overview(browser, ehr)
    assert "The record holds an earlier wording: update" in text and "Store in the record" not in text
    assert confirm(browser, visit).status_code == 303
    _, text = overview(browser, ehr)
    assert "earlier wording" not in text and len(ehr.of("DetectedIssue")) == 1


def test_where_observations_cannot_be_stored_their_absence_is_no_earlier_wording(browser, ehr):
    ehr.scope = "patient/*.rs patient/DetectedIssue.crus"
    confirm(browser, launched(browser, ehr))
    assert len(own(ehr)) == 1
    assert "earlier wording" not in overview(browser, ehr)[1]


def test_what_no_longer_holds_is_listed_cancelled_once_and_not_listed_again(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    (issue,) = ehr.of("DetectedIssue")
    assert "In the record and no longer holding" in text and OFFER in text
    assert "clopidogrel: CYP2C19" in text and f"DetectedIssue/{issue['id']}" in text
    before = len(writes(ehr))
    asked = press(browser, visit, text, "cancel")
    assert asked.status_code == 200 and "Confirm and mark as cancelled" in asked.text and len(writes(ehr)) == before
    for _ in range(2):
        done = press(browser, visit, asked.text)
        assert done.status_code == 303, done.text
    assert {r["status"] for r in own(ehr)} == {"cancelled"} and len(writes(ehr)) == before + 2
    assert ehr.resources["Observation", "g"]["status"] == "final"
    page = browser.get(done.location).text
    assert "marked as cancelled at" in page and f"{fake.ISS}/DetectedIssue/{issue['id']}" in page and "Withdraw" not in page
    assert OFFER not in browser.get(visit).text
    assert OFFER not in overview(browser, ehr)[1]


def test_if_it_holds_again_the_same_entry_is_offered_and_revived(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    press(browser, visit, text)
    ehr.resources["MedicationRequest", "rx"]["status"] = "active"
    visit, text = overview(browser, ehr)
    assert "Store in the record" in text and "In the record since" not in text
    assert "it will be updated" in preview(browser, visit).text
    assert confirm(browser, visit).status_code == 303
    assert {r["status"] for r in own(ehr)} == {"final"} and len(own(ehr)) == 2
    assert "In the record since" in overview(browser, ehr)[1]


def unread_part(ehr):
    ehr.fault = lambda m, p, h: (500, {}, "{}") if p.startswith("DiagnosticReport") else None


def refusing(ehr):
    ehr.fault = lambda m, p, h: (403, {}, "{}") if p == "MedicationRequest" else None


@pytest.mark.parametrize("spoil", [unread_part, refusing])
def test_an_incomplete_reading_offers_nothing_and_takes_nothing(browser, ehr, spoil):
    confirm(browser, launched(browser, ehr))
    stop(ehr)
    spoil(ehr)
    visit, text = overview(browser, ehr)
    assert "In the record and not found now" in text and "nothing is cancelled from here" in text
    assert OFFER not in text and "no longer holding" not in text
    (issue,) = ehr.of("DetectedIssue")
    before = len(writes(ehr))
    assert press(browser, visit, text, form={"entry": issue["id"]}).status_code == 502
    assert len(writes(ehr)) == before


def test_a_refusal_of_consent_is_no_reason_to_cancel(browser, ehr):
    confirm(browser, launched(browser, ehr))
    ehr.put({"resourceType": "Consent", "id": "c", "patient": {"reference": "Patient/p"}, "provision": {"type": "deny"}})
    ehr.calls.clear()
    _, text = overview(browser, ehr)
    assert OFFER not in text and not [p for _, p, _ in ehr.calls if p.startswith("DetectedIssue")]


@pytest.mark.parametrize("changes", [
    {"form": {"csrf_token": "made-up"}}, {"headers": {}}, {"headers": {"Origin": "https://evil.example.org"}},
])  # fmt: skip
@pytest.mark.parametrize("where", ["cancel", "cancel/confirmed"])
def test_a_form_from_elsewhere_cancels_nothing(browser, ehr, changes, where):
    visit, text = stored_then_stopped(browser, ehr)
    response = press(browser, visit, text, where, **{k: dict(v) for k, v in changes.items()})
    assert response.status_code == 400 and {r["status"] for r in own(ehr)} == {"final"}


def test_only_a_clinician_and_only_what_was_listed(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    assert press(browser, visit, text, form={"entry": "someone-elses"}).status_code == 502
    ehr.claims = {"fhirUser": "Patient/p"}
    visit, text = overview(browser, ehr)
    assert "not a clinician" in text and OFFER not in text
    assert {r["status"] for r in own(ehr)} == {"final"}


def test_without_the_right_to_change_it_is_listed_without_a_button(browser, ehr):
    confirm(browser, launched(browser, ehr))
    stop(ehr)
    ehr.scope = "patient/*.rs"
    _, text = overview(browser, ehr)
    assert "no longer holding" in text and "does not let the app change" in text and OFFER not in text


def test_an_entry_changed_since_it_was_read_is_left_alone(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    (issue,) = ehr.of("DetectedIssue")
    issue["meta"]["versionId"] = "7"
    response = press(browser, visit, text)
    assert response.status_code == 409 and "changed after the record was read" in response.text
    assert {r["status"] for r in own(ehr)} == {"final"}


def test_an_observation_that_another_entry_rests_on_stays(browser, ehr):
    confirm(browser, launched(browser, ehr))
    (issue,) = ehr.of("DetectedIssue")
    ehr.put(issue | {"id": "other", "identifier": [{"system": "urn:smartpgx:issue", "value": "f" * 40}]})
    stop(ehr)
    visit, text = overview(browser, ehr)
    assert press(browser, visit, text, form={"entry": issue["id"]}).status_code == 303
    assert {r["id"]: r["status"] for r in ehr.of("DetectedIssue")} == {issue["id"]: "cancelled", "other": "final"}
    assert {r["status"] for r in own(ehr) if r["resourceType"] == "Observation"} == {"final"}


def test_a_refused_observation_does_not_keep_the_issue_final_and_is_said(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    said = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x", "diagnostics": "not this one"}]}
    ehr.fault = lambda m, p, h: (422, {}, json.dumps(said)) if m == "PUT" and p.startswith("Observation") else None
    response = press(browser, visit, text)
    assert response.status_code == 502 and "not this one" in response.text and "marked as cancelled" in response.text
    assert ehr.of("DetectedIssue")[0]["status"] == "cancelled"


def test_what_someone_marked_as_an_error_stays_one(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    observation = next(r for r in own(ehr) if r["resourceType"] == "Observation")
    observation["status"] = "entered-in-error"
    assert press(browser, visit, text).status_code == 303
    assert observation["status"] == "entered-in-error" and ehr.of("DetectedIssue")[0]["status"] == "cancelled"


def test_a_server_that_refuses_the_system_is_asked_by_patient_and_filtered(browser, ehr):
    confirm(browser, launched(browser, ehr))
    ehr.put({"resourceType": "DetectedIssue", "id": "theirs", "status": "final", "patient": {"reference": "Patient/p"}})
    original = ehr._search

    def strict(kind, url):
        refused = kind == "DetectedIssue" and url.split("identifier=")[-1].startswith("urn%3Asmartpgx%3Aissue%7C&")
        return (
            ehr._json({"resourceType": "OperationOutcome"}, 400) if refused or url.endswith("issue%7C") else original(kind, url)
        )

    ehr._search = strict
    _, text = overview(browser, ehr)
    assert "In the record since" in text and "theirs" not in text
    assert "without _count, identifier, which the EHR refused" in text


@pytest.mark.parametrize("spoil", [
    lambda e: setattr(e, "metadata", fake.capability("DetectedIssue")),
    lambda e: setattr(e, "scope", "patient/Patient.rs patient/MedicationRequest.rs patient/Observation.rs patient/Consent.rs"
                      " patient/MedicationStatement.rs patient/Condition.rs patient/AllergyIntolerance.rs"
                      " patient/DiagnosticReport.rs patient/MolecularSequence.rs patient/Specimen.rs"),
    lambda e: setattr(e, "fault", lambda m, p, h: (500, {}, "{}") if p == "DetectedIssue" else None),
])  # fmt: skip
def test_not_knowing_what_we_stored_leaves_the_advice_whole(browser, ehr, spoil):
    spoil(ehr)
    _, text = overview(browser, ehr)
    assert "Store in the record" in text and "Part of the record could not be read" not in text


def test_an_issue_of_another_patient_is_not_ours_to_list(browser, ehr):
    confirm(browser, launched(browser, ehr))
    stop(ehr)
    (issue,) = ehr.of("DetectedIssue")
    original = ehr._search
    other = issue | {"patient": {"reference": "Patient/q"}}

    def mixing(kind, url):
        return original(kind, url) if kind != "DetectedIssue" else ehr._json(
            {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": other}]})  # fmt: skip

    ehr._search = mixing
    assert "no longer holding" not in overview(browser, ehr)[1]


def test_stored_and_withdrawn_in_this_visit_count_before_what_was_read(browser, ehr):
    visit = launched(browser, ehr)
    page = browser.get(confirm(browser, visit).location)
    assert "In the record: stored at" in browser.get(visit).text
    browser.post(f"{visit}withdraw", data={"csrf_token": token_of(page), "issue": "i1"}, headers=FORM)
    assert "Store in the record" in browser.get(visit).text


def test_a_refused_status_changes_nothing_at_all(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    ehr.fault = lambda m, p, h: (422, {}, "{}") if m == "PUT" and p.startswith("DetectedIssue") else None
    response = press(browser, visit, text)
    assert response.status_code == 502 and "Nothing was stored" in response.text
    assert {r["status"] for r in own(ehr)} == {"final"}
    ehr.fault = lambda *_: None
    assert press(browser, visit, text).status_code == 303
    assert {r["status"] for r in own(ehr)} == {"cancelled"}


def test_what_stopped_half_way_is_finished_at_the_next_press(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    ehr.fault = lambda m, p, h: (504, {}, "") if m == "PUT" and p.startswith("Observation") else None
    assert press(browser, visit, text).status_code == 502
    ehr.fault = lambda *_: None
    assert press(browser, visit, text).status_code == 303
    assert {r["status"] for r in own(ehr)} == {"cancelled"}


def test_the_pages_are_well_formed(browser, ehr):
    visit, text = stored_then_stopped(browser, ehr)
    asked = press(browser, visit, text, "cancel").text
    done = browser.get(press(browser, visit, asked).location).text
    for page in (browser.get(visit).text, text, asked, done):
        assert Page(page).problems == []
