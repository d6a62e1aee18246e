import re

import pytest

from tests import ehr as fake
from tests.web.conftest import launched


def test_a_launch_ends_on_the_overview_of_its_patient(browser, ehr):
    page = browser.get(launched(browser, ehr))
    assert page.status_code == 200, page.text
    assert "SECRETNAME, Pat" in page.text and "1 thing to do" in page.text and "Dr Test" in page.text
    form, headers = ehr.token_requests[0]
    assert form["grant_type"] == "authorization_code" and form["client_id"] == "client-1"
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded") and "Authorization" not in headers


def test_the_cookies_work_in_a_frame_and_hold_nothing(browser, ehr):
    response = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"})
    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned"):
            assert attribute in cookie
    visit = launched(browser, ehr)
    page = browser.get(visit)
    sent = " ".join(response.headers.getlist("Set-Cookie") + page.headers.getlist("Set-Cookie"))
    assert "token-1" not in sent and "Secretname" not in sent


@pytest.mark.parametrize(
    "iss",
    [
        "https://evil.example.org/fhir",
        "http://ehr.example.org/fhir",
        "https://ehr.example.org/fhir#x",
        "https://ehr.example.org/fhir?x=1",
        "https://user@ehr.example.org/fhir",
        "https://ehr.example.org@evil.example.org/fhir",
        "https://ehr.example.org\\@evil.org/fhir",
        "https://еhr.example.org/fhir",
        "https://ehr.example.org/fhir/../x",
        "https://ehr.example.org:8443/fhir",
        "http://169.254.169.254/",
        "http://10.0.0.1/fhir",
        "file:///etc/passwd",
        "https://ehr.example.org/FHIR",
        "",
        "//ehr.example.org/fhir",
        "https://[::1/",
    ],
)
def test_an_issuer_off_the_list_is_refused_before_any_request(browser, ehr, iss):
    response = browser.get("/launch", query_string={"iss": iss, "launch": "L1"})
    assert response.status_code == 403
    assert "launch.issuer-not-trusted" in response.text
    assert len(ehr.mock.calls) == 0
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "iss", ["https://ehr.example.org/fhir/", "https://EHR.example.org/fhir", "HTTPS://ehr.example.org:443/fhir"]
)
def test_one_issuer_in_other_spellings_and_aud_as_registered(browser, ehr, iss):
    assert launched(browser, ehr, iss=iss).startswith("/visit/")  # the fake EHR insists on aud as registered


def test_a_launch_without_launch_context_is_refused(browser, ehr):
    assert browser.get("/launch", query_string={"iss": fake.ISS}).status_code == 400


def test_state_is_fresh_single_use_and_bound_to_its_browser(app, browser, ehr):
    first = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location
    second = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location
    states = [re.search(r"state=([^&]+)", u)[1] for u in (first, second)]
    assert states[0] != states[1] and all(len(s) >= 43 for s in states)
    back = ehr.authorize(first)
    other = app.test_client()
    other.get("/launch", query_string={"iss": fake.ISS, "launch": "L2"})
    assert other.get(back).status_code == 400  # another browser, with cookies of its own
    assert not ehr.token_requests
    assert browser.get(back).status_code == 303  # the owner's launch was left alone
    assert browser.get(back).status_code == 400  # used
    assert len(ehr.token_requests) == 1


@pytest.mark.parametrize("query", ["code=x", "code=x&state=", "code=x&state=unknown", "state=" + "a" * 5000 + "&code=x"])
def test_an_unknown_state_exchanges_nothing(browser, ehr, query):
    response = browser.get(f"/callback?{query}")
    assert response.status_code == 400 and "launch.state-mismatch" in response.text
    assert not ehr.token_requests


def test_two_tabs_whose_callbacks_cross_keep_their_own_verifier_and_patient(browser, ehr):
    ehr.put(fake.patient("q", "Otherperson"))
    first = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location
    second = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L2"}).location
    one, two = ehr.authorize(first), ehr.authorize(second)
    ehr.patient = "q"
    visit_two = browser.get(two).location
    ehr.patient = "p"
    visit_one = browser.get(one).location
    assert "OTHERPERSON" in browser.get(visit_two).text
    assert "SECRETNAME" in browser.get(visit_one).text
    assert "OTHERPERSON" in browser.get(visit_two).text


def test_two_first_launches_at_once_do_not_lose_each_others_cookie(app, ehr):
    """Both tabs start without a cookie; the second answer overwrites the cookie of the first."""
    browser = app.test_client()
    one, two = app.test_client(), app.test_client()
    for client, name in ((one, "L1"), (two, "L2")):
        response = client.get("/launch", query_string={"iss": fake.ISS, "launch": name})
        for cookie in response.headers.getlist("Set-Cookie"):
            key, value = cookie.split(";")[0].split("=", 1)
            browser.set_cookie(key, value, path="/callback" if "launch" in key else "/")
        client.back = ehr.authorize(response.location)
    visits = [browser.get(c.back).location for c in (one, two)]
    assert all(browser.get(v).status_code == 200 for v in visits)


def test_a_lost_cookie_is_explained_and_a_new_tab_works(app, browser, ehr):
    first = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"})
    frame = app.test_client()  # a browser that keeps no cookie inside a frame
    page = frame.get(ehr.authorize(first.location))
    assert page.status_code == 400 and "launch.cookie-lost" in page.text
    assert "frame-ancestors https://chart.example.org" in page.headers["Content-Security-Policy"]
    link = re.search(r'href="(/launch/again/[^"]+)" target="_blank"', page.text)[1]
    assert "L1" not in page.text
    again = frame.get(link)
    assert again.status_code == 302
    assert frame.get(ehr.authorize(again.location)).status_code == 303
    assert frame.get(link).status_code == 400  # once


def test_another_browser_cannot_open_a_visit(app, browser, ehr):
    visit = launched(browser, ehr)
    other = app.test_client()
    assert other.get(visit).status_code == 404
    launched(other, ehr)
    assert other.get(visit).status_code == 404
    assert "SECRETNAME" not in other.get(visit).text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("error=access_denied&error_description=<script>alert(1)</script>", "said no"),
        ("error=login_required", "new sign-in"),
        ("error=temporarily_unavailable", "not available"),
        ("error=<img>", "refused the launch"),
    ],
)
def test_an_error_from_the_ehr_is_said_plainly(browser, ehr, query, words):
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    response = browser.get(re.sub(r"code=[^&]+", query, back))
    assert response.status_code == 400 and words in response.text
    assert "<script>alert" not in response.text and "<img>" not in response.text
    assert not ehr.token_requests


@pytest.mark.parametrize(("iss", "status"), [(fake.AUTH, 303), (fake.ISS, 400), ("https://evil.example.org", 400), (None, 303)])
def test_rfc_9207_iss_on_the_callback(browser, ehr, iss, status):
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    assert browser.get(back + (f"&iss={iss}" if iss else "")).status_code == status


def test_a_server_that_always_says_iss_must_say_it(browser, ehr):
    ehr.configuration["authorization_response_iss_parameter_supported"] = True
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    assert browser.get(back).status_code == 400


def test_a_replayed_code_is_refused_with_the_words_escaped(browser, ehr):
    first = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    ehr.codes.clear()
    response = browser.get(first)
    assert response.status_code == 400 and "invalid_grant" in response.text and "&lt;b&gt;code used" in response.text


def refused(browser, ehr) -> str:
    back = ehr.authorize(browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"}).location)
    response = browser.get(back)
    assert response.status_code in (400, 403), response.location
    return response.text


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Content-Type": "text/html"}, "<html>sign in</html>"),
        (200, {}, "[]"),
        (200, {}, ""),
        (500, {}, "{}"),
        (302, {"Location": "https://evil.example.org/"}, ""),
        (200, {}, '{"a": "' + "x" * 1_100_000 + '"}'),
        (429, {}, "slow down"),
    ],
)
def test_a_token_answer_that_is_none_is_refused(browser, ehr, answer):
    ehr.token_fault = lambda _: answer
    assert "launch.refused" in refused(browser, ehr)


@pytest.mark.parametrize("extra", [{"token_type": "mac"}, {"token_type": None}, {"access_token": None}, {"access_token": "a\nb"}])
def test_an_unusable_token_is_refused(browser, ehr, extra):
    ehr.token_extra = extra
    assert "launch.refused" in refused(browser, ehr)


@pytest.mark.parametrize("patient", [None, "", "../x", "a b"])
def test_without_a_patient_none_is_looked_up(browser, ehr, patient):
    ehr.patient = patient
    assert "launch.patient-missing" in refused(browser, ehr)
    assert not [c for c in ehr.calls if c[1].startswith("Patient")]


@pytest.mark.parametrize("value", ["3600", 3600.5, None, "soon", -1, True, [], "NaN"])
def test_odd_lifetimes_do_not_stop_a_launch(browser, ehr, value):
    ehr.token_extra = {"expires_in": value}
    assert browser.get(launched(browser, ehr)).status_code == 200


def test_no_scope_in_the_answer_means_as_asked(browser, ehr):
    ehr.scope = None
    assert "was not granted" not in browser.get(launched(browser, ehr)).text


def test_a_smaller_grant_is_named_and_the_rest_goes_on(browser, ehr):
    ehr.scope = "launch openid fhirUser patient/Patient.rs patient/MedicationRequest.rs patient/Observation.rs patient/Consent.rs"
    page = browser.get(launched(browser, ehr)).text
    assert "patient/DetectedIssue.crus was not granted" in page
    assert "patient/MolecularSequence.rs was not granted" in page
    assert "1 thing to do" in page and "Part of the record could not be read" in page
    assert not [c for c in ehr.calls if c[1].startswith("MolecularSequence")]


def test_without_observations_nothing_to_do_is_never_said(browser, ehr):
    ehr.scope = "patient/Patient.rs patient/MedicationRequest.rs"
    page = browser.get(launched(browser, ehr)).text
    assert "Nothing to do" not in page and "not an all-clear" in page


def test_without_the_patient_scope_nothing_is_shown(browser, ehr):
    ehr.scope = "patient/Observation.rs"
    assert "launch.scope-refused" in refused(browser, ehr)


@pytest.mark.parametrize(
    ("claims", "accepted"),
    [
        ({}, True),
        ({"aud": ["client-1"]}, True),
        ({"aud": "other"}, False),
        ({"aud": ["client-1", "x"]}, False),
        ({"aud": ["client-1", "x"], "azp": "client-1"}, True),
        ({"azp": "x"}, False),
        ({"iss": fake.ISS}, False),
        ({"iss": None}, False),
        ({"nonce": "x"}, False),
        ({"nonce": None}, False),
        ({"exp": 1000}, False),
        ({"exp": None}, False),
        ({"iat": 9_999_999_999}, False),
        ({"iat": None}, False),
        ({"sub": None}, False),
    ],
)
def test_identities_are_believed_only_when_every_claim_holds(browser, ehr, claims, accepted):
    ehr.claims = claims
    if accepted:
        assert "Dr Test" in browser.get(launched(browser, ehr)).text
    else:
        assert "launch.refused" in refused(browser, ehr)


@pytest.mark.parametrize("shift", [-55, 55])
def test_clocks_may_differ_by_a_minute(browser, ehr, shift):
    import time

    now = int(time.time())
    ehr.claims = {"iat": now + shift, "exp": now + shift if shift < 0 else now + 300}
    assert launched(browser, ehr)


@pytest.mark.parametrize("shift", [-70, 70])
def test_and_not_by_more(browser, ehr, shift):
    import time

    now = int(time.time())
    ehr.claims = {"iat": min(now, now + shift) if shift < 0 else now + shift, "exp": now + shift if shift < 0 else now + 300}
    assert "launch.refused" in refused(browser, ehr)


def test_an_identity_signed_by_nobody_or_by_the_public_key_is_refused(browser, ehr):
    import base64
    import json

    def part(value) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    none = f"{part({'alg': 'none'})}.{part({'iss': fake.AUTH})}."
    ehr.token_extra = {"id_token": none}
    assert "launch.refused" in refused(browser, ehr)
    ehr.token_extra = {"id_token": f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part({'iss': fake.AUTH})}.{part('x')}"}
    assert "launch.refused" in refused(browser, ehr)


def test_a_tampered_identity_is_refused(browser, ehr):
    made = ehr.id_token
    ehr.id_token = lambda nonce: made(nonce)[:-8] + "AAAAAAAA"
    assert "launch.refused" in refused(browser, ehr)


def test_an_unknown_key_is_fetched_once_more_then_refused(browser, ehr):
    ehr.header = {"kid": "k2"}
    assert "launch.refused" in refused(browser, ehr)
    keys = [c for c in ehr.mock.calls if c.request.url.endswith("/keys")]
    assert len(keys) == 2


def test_a_rotated_key_is_found_by_asking_again(browser, ehr):
    launched(browser, ehr)
    rotated = fake.RSAKey.generate_key(2048, {"kid": "k9", "use": "sig"}, private=True)
    ehr.keys, ehr.signing, ehr.header = [rotated.as_dict(private=False)], rotated, {"kid": "k9"}
    assert launched(browser, ehr)


def test_one_key_without_a_key_id_will_do(browser, ehr):
    ehr.header, ehr.keys = {}, [fake.RSA.as_dict(private=False)]
    assert launched(browser, ehr)


def test_elliptic_keys_will_do(browser, ehr):
    ehr.signing, ehr.alg, ehr.header = fake.EC, "ES256", {"kid": "e1"}
    assert launched(browser, ehr)


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        (f"{fake.ISS}/Practitioner/md", "Dr Test"),
        ("Practitioner/md", "Dr Test"),
        ("https://evil.example.org/fhir/Practitioner/md", "did not say as whom"),
        ("Organization/1", "did not say as whom"),
    ],
)
def test_fhir_user_counts_on_this_base_only(browser, ehr, user, shown):
    ehr.claims = {"fhirUser": user}
    assert shown in browser.get(launched(browser, ehr)).text


def test_an_identity_is_not_needed_for_reading(browser, ehr):
    ehr.token_extra = {"id_token": None}
    assert "did not say as whom" in browser.get(launched(browser, ehr)).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"token_endpoint": "https://evil.example.org/token"}, "origin"),
        ({"authorization_endpoint": "http://ehr.example.org/a"}, "origin"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
    ],
)
def test_a_configuration_that_leads_elsewhere_is_refused(browser, ehr, change, words):
    ehr.configuration |= change
    response = browser.get("/launch", query_string={"iss": fake.ISS, "launch": "L1"})
    assert response.status_code == 400 and words in response.text


def test_relative_endpoints_are_resolved_against_the_base(browser, ehr):
    ehr.configuration |= {"authorization_endpoint": "/oauth2/authorize", "token_endpoint": "../oauth2/token"}
    assert launched(browser, ehr)


def test_without_a_smart_configuration_the_capability_statement_serves(browser, ehr):
    ehr.mock.remove("GET", f"{fake.ISS}/.well-known/smart-configuration")
    ehr.mock.add("GET", f"{fake.ISS}/.well-known/smart-configuration", status=404)
    uris = [{"url": "authorize", "valueUri": f"{fake.AUTH}/authorize"}, {"url": "token", "valueUri": f"{fake.AUTH}/token"}]
    ehr.metadata["rest"][0]["security"] = {
        "extension": [{"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "extension": uris}]
    }
    page = browser.get(launched(browser, ehr))
    assert "did not say as whom" in page.text  # no keys, so nobody is believed


def test_no_page_frames_but_in_the_ehr(browser, ehr):
    page = browser.get(launched(browser, ehr))
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors https://chart.example.org" in policy and "default-src 'none'" in policy and "unsafe" not in policy
    assert "X-Frame-Options" not in page.headers
    assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "same-origin"
    assert "<script" not in page.text and "style=" not in page.text


def test_nothing_of_the_patient_reaches_the_log(browser, ehr, capfd):
    visit = launched(browser, ehr)
    browser.get(visit)
    browser.get(visit + "issue/nothing")
    err = capfd.readouterr().err
    assert '"route": "/visit/<visit_id>/"' in err
    for secret in (
        "Secretname",
        "SECRETNAME",
        "token-1",
        "Patient/p",
        "code-0",
        "client-1",
        "1961",
        visit.split("/")[2],
        "clopidogrel",
    ):
        assert secret not in err
