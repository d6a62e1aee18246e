import json
import threading
import time

import pytest
import requests
import responses

from smartpgx.errors import RecordBusy, RecordDenied, RecordGarbled, RecordNotFound, RecordUnreachable, TokenExpired
from smartpgx.fhir.client import Record, Search, location
from smartpgx.fhir.connection import MAX_AT_ONCE, Answer, Connection, NoSignIn

BASE = "https://ehr.example.org/fhir"
SECRET = "Secretname"


class Bearer:
    def __init__(self, renewals=1) -> None:
        self.current, self.renewed, self.left = "t1", 0, renewals

    def token(self):
        return self.current

    def renew(self, spent):
        if not self.left:
            raise TokenExpired("over")
        self.left -= 1
        self.renewed += 1
        self.current = "t2"
        return "t2"

    def ready_to_write(self):
        return None


@pytest.fixture
def mock():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as found:
        yield found


@pytest.fixture
def waits():
    return []


@pytest.fixture
def record(waits) -> Record:
    return Record(Connection(BASE, Bearer(), sleep=waits.append))


def bundle(*resources, following=None, self_link=None, outcome=None):
    links = [{"relation": "next", "url": following}] if following else []
    links += [{"relation": "self", "url": self_link}] if self_link else []
    entries = [{"resource": r, "search": {"mode": "match"}} for r in resources]
    if outcome:
        issue = {"severity": outcome, "code": "processing"}
        entries.append({"resource": {"resourceType": "OperationOutcome", "issue": [issue]}, "search": {"mode": "outcome"}})
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}


def obs(id):
    return {"resourceType": "Observation", "id": id, "code": {"text": SECRET}}


SEARCH = Search(what="genetic_results", resource="Observation", params=(("patient", "p"), ("code", "a|b"), ("_count", "100")))


def test_a_read_carries_the_token_and_the_fhir_type(mock, record):
    mock.get(f"{BASE}/Patient/p", json={"resourceType": "Patient", "id": "p"})
    record.read("Patient", "p")
    sent = mock.calls[0].request.headers
    assert sent["Authorization"] == "Bearer t1" and sent["Accept"] == "application/fhir+json"
    assert "Cache-Control" not in sent
    record.read("Patient", "p", fresh=True)
    assert mock.calls[1].request.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example.org/fhir/x",
        "https://ehr.example.org/other",
        "https://ehr.example.org/fhirx",
        "http://ehr.example.org/fhir/x",
        "https://ehr.example.org:444/fhir/x",
        "https://ehr.example.org/fhir/../admin",
        "https://ehr.example.org/fhir/%2e%2e/admin",
        "https://ehr.example.org@evil.example.org/fhir/x",
    ],
)
def test_the_token_never_leaves_the_base(mock, record, place):
    with pytest.raises(RecordGarbled):
        record.connection.get(place)
    assert not mock.calls


@pytest.mark.parametrize("to", ["https://evil.example.org/fhir/Patient/p", "/login", "//evil.example.org/x"])
def test_redirects_elsewhere_are_not_followed(mock, record, to):
    mock.get(f"{BASE}/Patient/p", status=302, headers={"Location": to})
    with pytest.raises(RecordGarbled):
        record.read("Patient", "p")
    assert len(mock.calls) == 1


def test_redirects_on_the_base_are_followed_a_few_times(mock, record):
    mock.get(f"{BASE}/Patient/p", status=307, headers={"Location": f"{BASE}/Patient/q"})
    mock.get(f"{BASE}/Patient/q", json={"resourceType": "Patient", "id": "q"})
    assert record.read("Patient", "p").body["id"] == "q"
    mock.replace("GET", f"{BASE}/Patient/q", status=307, headers={"Location": f"{BASE}/Patient/q"})
    with pytest.raises(RecordGarbled):
        record.read("Patient", "p")


def test_an_ended_token_is_renewed_once_and_the_read_repeated(mock, record):
    mock.get(f"{BASE}/Patient/p", status=401)
    mock.get(f"{BASE}/Patient/p", json={"resourceType": "Patient", "id": "p"})
    assert record.read("Patient", "p").body
    assert [c.request.headers["Authorization"] for c in mock.calls] == ["Bearer t1", "Bearer t2"]
    mock.replace("GET", f"{BASE}/Patient/p", status=401)
    with pytest.raises(TokenExpired):
        record.read("Patient", "p")


def test_a_write_is_sent_once_whatever_happens(mock, record):
    for status in (401, 429, 503):
        mock.post(f"{BASE}/Observation", status=status)
        assert record.create(obs("x")).status == status
        mock.remove("POST", f"{BASE}/Observation")
    mock.post(f"{BASE}/Observation", body=requests.ReadTimeout())
    with pytest.raises(RecordUnreachable):
        record.create(obs("x"))
    assert len(mock.calls) == 4
    assert mock.calls[0].request.headers["Content-Type"] == "application/fhir+json"


def test_busy_servers_are_asked_again_when_they_say_so(mock, record, waits):
    mock.get(f"{BASE}/Patient/p", status=429, headers={"Retry-After": "2"})
    mock.get(f"{BASE}/Patient/p", status=503)
    mock.get(f"{BASE}/Patient/p", json={"resourceType": "Patient", "id": "p"})
    assert record.read("Patient", "p").body
    assert waits == [2.0, pytest.approx(0.9)]


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "600"}), (429, {}), (503, {}), (502, {})])
def test_and_given_up_on_in_good_time(mock, record, waits, status, headers):
    mock.get(f"{BASE}/Patient/p", status=status, headers=headers)
    with pytest.raises(RecordBusy):
        record.read("Patient", "p")
    assert sum(waits) < 10 and len(mock.calls) <= 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"body": "<html>Secretname</html>", "content_type": "text/html"}, RecordGarbled),
        ({"body": "{"}, RecordGarbled),
        ({"body": "[]"}, RecordGarbled),
        ({"body": ""}, RecordGarbled),
        ({"json": {"resourceType": "Observation"}}, RecordGarbled),
        ({"status": 403, "json": {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "Secretname"}]}}, RecordDenied),
        ({"status": 404}, RecordNotFound),
        ({"status": 410}, RecordNotFound),
        ({"body": requests.ConnectTimeout("Patient/p")}, RecordUnreachable),
        ({"body": requests.exceptions.SSLError("Patient/p")}, RecordUnreachable),
        ({"body": requests.ConnectionError("Patient/p")}, RecordUnreachable),
    ],
)
def test_every_trouble_has_a_name_without_patient_data(mock, record, answer, error):
    mock.get(f"{BASE}/Patient/p", **answer)
    with pytest.raises(error) as found:
        record.read("Patient", "p")
    assert SECRET not in str(found.value) and "Patient/p" not in str(found.value)
    assert found.value.__suppress_context__ or found.value.__context__ is None


def test_an_answer_without_end_is_cut(mock, record, monkeypatch):
    monkeypatch.setattr("smartpgx.fhir.connection.MAX_BYTES", 1000)
    mock.get(f"{BASE}/Patient/p", body="x" * 2000)
    with pytest.raises(RecordGarbled):
        record.read("Patient", "p")


def test_no_more_than_six_at_once(mock, record):
    running, most, lock = 0, 0, threading.Lock()

    def slow(_):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return 200, {}, json.dumps({"resourceType": "Patient", "id": "p"})

    mock.add_callback("GET", f"{BASE}/Patient/p", slow)
    threads = [threading.Thread(target=lambda: record.read("Patient", "p")) for _ in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert 2 <= most <= MAX_AT_ONCE == 6


def test_all_pages_are_read_and_what_comes_twice_counts_once(mock, record):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), obs("2"), following=f"{BASE}?_getpages=a&_getpagesoffset=2"))
    mock.get(BASE, json=bundle(obs("2"), obs("3")))
    found = record.search(SEARCH)
    assert [r["id"] for r in found.resources] == ["1", "2", "3"]
    assert found.asked.outcome == "complete" and found.asked.received == 3
    assert set(found.asked.quirks) == {"next-on-base", "resource-twice"}


def test_a_relative_next_link_is_followed_on_the_base(mock, record):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), following="Observation?page=2"))
    mock.get(f"{BASE}/Observation", json=bundle(obs("2")))
    assert record.search(SEARCH).asked.received == 2


@pytest.mark.parametrize(
    ("following", "reason"),
    [
        ("https://evil.example.org/fhir?page=2", "next_page_elsewhere"),
        ("http://ehr.example.org/fhir?page=2", "next_page_elsewhere"),
        (f"{BASE}/Observation?page=1", "pages_in_circles"),
    ],
)
def test_a_next_link_that_leads_astray_makes_the_result_incomplete(mock, record, following, reason):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), following=following))
    found = record.search(SEARCH)
    assert (found.asked.outcome, found.asked.reason, found.asked.received) == ("incomplete", reason, 1)
    assert all(c.request.url.startswith(BASE) for c in mock.calls)


def test_endless_pages_stop_and_say_so(mock, record):
    count = iter(range(1000))
    mock.add_callback(
        "GET",
        f"{BASE}/Observation",
        lambda r: (200, {}, json.dumps(bundle(obs(f"o{(n := next(count))}"), following=f"{BASE}/Observation?page={n}"))),
    )
    found = record.search(Search(what="x", resource="Observation", params=(("patient", "p"),), pages=5))
    assert (found.asked.outcome, found.asked.reason, found.asked.received) == ("incomplete", "page_limit", 5)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 410}, "page_expired"),
        ({"body": "<html>"}, "page_garbled"),
        ({"status": 503}, "page_busy"),
        ({"json": {"resourceType": "OperationOutcome"}}, "server_complained"),
    ],
)
def test_a_later_page_that_fails_leaves_the_first_and_says_so(mock, record, answer, reason):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), following=f"{BASE}/Observation?page=2"))
    mock.get(f"{BASE}/Observation", **answer)
    found = record.search(SEARCH)
    assert (found.asked.outcome, found.asked.reason, found.asked.received) == ("incomplete", reason, 1)


def test_parameters_go_one_by_one_on_a_400_and_that_is_said(mock, record):
    def strict(request):
        bad = "_include" in request.url or "_count" in request.url
        return (400, {}, "{}") if bad else (200, {}, json.dumps(bundle(obs("1"))))

    mock.add_callback("GET", f"{BASE}/MedicationRequest", strict)
    params = (("patient", "p"), ("_include", "MedicationRequest:medication"), ("_count", "100"))
    found = record.search(Search(what="orders", resource="MedicationRequest", params=params))
    assert found.asked.dropped == ("_include", "_count") and found.asked.outcome == "complete"
    assert found.asked.quirks == ("parameter-refused",)
    assert len(mock.calls) == 3


def test_a_code_list_is_never_dropped(mock, record):
    mock.get(f"{BASE}/Observation", status=400)
    found = record.search(SEARCH)
    assert found.asked.outcome == "refused" and found.resources == ()
    assert all("code=" in c.request.url and "patient=" in c.request.url for c in mock.calls)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"status": 403}, "denied"),
        ({"status": 404}, "not_found"),
        ({"body": requests.ReadTimeout()}, "unreachable"),
        ({"body": "<html>", "content_type": "text/html"}, "garbled"),
        ({"status": 422}, "refused"),
        ({"status": 503}, "busy"),
        ({"json": {"resourceType": "Patient"}}, "garbled"),
    ],
)
def test_a_search_never_raises_for_what_a_server_may_do(mock, record, answer, outcome):
    mock.get(f"{BASE}/Observation", **answer)
    assert record.search(SEARCH).asked.outcome == outcome


def test_an_outcome_among_the_results_is_no_result_and_an_error_makes_it_incomplete(mock, record):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), outcome="warning"))
    assert record.search(SEARCH).asked.outcome == "complete"
    mock.replace("GET", f"{BASE}/Observation", json=bundle(obs("1"), outcome="error"))
    found = record.search(SEARCH)
    assert found.asked.outcome == "incomplete" and found.asked.received == 1


def test_a_server_that_ignored_the_patient_is_not_believed(mock, record):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), self_link=f"{BASE}/Observation?code=a"))
    found = record.search(SEARCH)
    assert found.resources == () and found.asked.reason == "patient_ignored"


def test_a_server_that_ignored_the_code_is_said(mock, record):
    mock.get(f"{BASE}/Observation", json=bundle(obs("1"), self_link=f"{BASE}/Observation?patient=p"))
    found = record.search(SEARCH)
    assert found.asked.quirks == ("parameter-ignored",) and found.asked.received == 1


def test_without_sign_in_no_token_is_sent(mock):
    mock.get(f"{BASE}/Patient/p", json={"resourceType": "Patient", "id": "p"})
    Record(Connection(BASE, NoSignIn())).read("Patient", "p")
    assert "Authorization" not in mock.calls[0].request.headers


def test_only_the_tail_of_a_location_is_believed():
    answer = Answer(status=201, body=None, headers={"location": "https://upstream.example.org/x/Observation/77/_history/3"})
    assert location(answer) == ("77", "3")
    assert location(Answer(status=201, body=None, headers={"location": "https://upstream.example.org/"})) == (None, None)
