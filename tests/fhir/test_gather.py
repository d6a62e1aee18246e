import json

import pytest
import responses

from smartpgx.errors import RecordBusy, RecordDenied, RecordGarbled, RecordNotFound
from smartpgx.fhir.capabilities import forget_abilities, offers, read_abilities
from smartpgx.fhir.client import Record
from smartpgx.fhir.connection import Connection, NoSignIn
from smartpgx.fhir.gather import gather
from smartpgx.fhir.search_plan import FOLLOW_LIMIT, second_wave, to_follow
from smartpgx.settings import SiteCodes
from tests import ehr as fake


@pytest.fixture
def ehr():
    forget_abilities()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = fake.Ehr(mock)
        made.put(fake.patient())
        yield made


def run(ehr, *, consent="not_stated", site=None, allows=lambda kind, right: True, sleep=lambda _: None):
    ehr.access = "t"

    class Bearer(NoSignIn):
        def token(self):
            return "t"

    record = Record(Connection(fake.ISS, Bearer(), sleep=sleep))
    return gather(record, "p", site or SiteCodes(), allows, lambda resources: consent)


def asked(ehr):
    return [p for m, p, _ in ehr.calls if m == "GET"]


def outcomes(gathered):
    return {a.what: a.outcome for a in gathered.asked}


def of_p(kind, id, **more):
    return {"resourceType": kind, "id": id, "subject": {"reference": "Patient/p"}, "patient": {"reference": "Patient/p"}} | more


def test_consent_comes_before_genetics_and_never_all_laboratory(ehr):
    gathered = run(ehr)
    paths = asked(ehr)
    consent = next(n for n, p in enumerate(paths) if p.startswith("Consent"))
    genetic = [n for n, p in enumerate(paths) if p.startswith(("MolecularSequence", "DiagnosticReport")) or "84413-4" in p]
    assert genetic and all(n > consent for n in genetic)
    for path in paths:
        if path.startswith("Observation?"):
            assert "code=" in path and "category" not in path
        if path.startswith("DiagnosticReport?"):
            assert "code=" in path or "GE" in path or "MB" in path
        assert len(path) < 2000
    assert all(a.outcome == "complete" for a in gathered.asked)


def test_after_a_refusal_nothing_genetic_is_asked_for_and_the_virus_still_is(ehr):
    site = SiteCodes(genetic=("http://lab|G",), microbiology=("http://lab|HIV",), reports=("http://lab|R",))
    gathered = run(ehr, consent="deny", site=site)
    joined = " ".join(asked(ehr))
    for forbidden in ("84413-4", "MolecularSequence", "GE", "51969-4", "lab%7CG", "lab%7CR"):
        assert forbidden not in joined
    assert "53798-5" in joined and "lab%7CHIV" in joined
    assert outcomes(gathered)["genetic_results"] == "withheld" and outcomes(gathered)["sequences"] == "withheld"


@pytest.mark.parametrize(("status", "held"), [(500, True), (503, True), (403, True), (404, False)])
def test_consent_that_could_not_be_read_holds_genetics_back(ehr, status, held):
    ehr.fault = lambda m, p, h: (status, {}, "{}") if p == "Consent" else None
    gathered = run(ehr)
    assert (outcomes(gathered)["sequences"] == "held_back") is held
    assert any("MolecularSequence" in p for p in asked(ehr)) is not held


def test_an_ehr_without_consent_has_nothing_stated(ehr):
    ehr.metadata = fake.capability("Consent")
    gathered = run(ehr)
    assert outcomes(gathered)["consents"] == "not_offered" and outcomes(gathered)["sequences"] == "complete"


def test_what_is_not_granted_or_not_offered_is_not_asked_but_accounted(ehr):
    ehr.metadata = fake.capability("MolecularSequence")
    gathered = run(ehr, allows=lambda kind, right: kind != "DiagnosticReport")
    assert outcomes(gathered)["sequences"] == "not_offered"
    assert outcomes(gathered)["genetic_reports"] == "not_granted"
    assert not [p for p in asked(ehr) if p.startswith(("MolecularSequence", "DiagnosticReport"))]


def test_reports_panels_and_their_members_are_followed_to_text_only_results(ehr):
    site = SiteCodes(reports=("http://hospital.example.org/lab-codes|REPORT",))
    local = {"coding": [{"system": "http://hospital.example.org/lab-codes", "code": "REPORT"}]}
    ehr.put(
        of_p("DiagnosticReport", "d", code=local, result=[{"reference": "Observation/panel"}]),
        of_p("Observation", "panel", code={"text": "Panel"}, hasMember=[{"reference": f"{fake.ISS}/Observation/text-only"}]),
        of_p("Observation", "text-only", code={"text": "CYP2C19 genotype"}, specimen={"reference": "Specimen/s"}),
        of_p("Specimen", "s"),
        of_p("Observation", "sodium", code={"text": "Sodium"}),
    )
    gathered = run(ehr, site=site)
    ids = {r["id"] for r in gathered.resources}
    assert {"d", "panel", "text-only", "s"} <= ids and "sodium" not in ids
    assert outcomes(gathered)["followed"] == "complete"


def test_medicines_by_reference_are_fetched_where_include_is_not_heeded(ehr):
    ehr.put(
        of_p("MedicationRequest", "rx", medicationReference={"reference": "Medication/m"}),
        {"resourceType": "Medication", "id": "m"},
    )
    assert {"rx", "m"} <= {r["id"] for r in run(ehr).resources}


def test_a_missing_member_is_said(ehr):
    ehr.put(of_p("MedicationRequest", "rx", medicationReference={"reference": "Medication/gone"}))
    followed = next(a for a in run(ehr).asked if a.what == "followed")
    assert (followed.outcome, followed.reason) == ("incomplete", "some_missing")


def test_following_has_a_bound(ehr):
    many = [{"reference": f"Observation/m{n}"} for n in range(FOLLOW_LIMIT + 50)]
    code = {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]}
    ehr.put(of_p("Observation", "panel", code=code, hasMember=many))
    followed = next(a for a in run(ehr).asked if a.what == "followed")
    assert followed.reason == "follow_limit" and followed.bound["references"] == FOLLOW_LIMIT


def test_a_failing_question_leaves_the_rest(ehr):
    ehr.fault = lambda m, p, h: (200, {"Content-Type": "text/html"}, "<html>") if p == "Condition" else None
    gathered = run(ehr)
    assert outcomes(gathered)["conditions"] == "garbled" and outcomes(gathered)["allergies"] == "complete"


@pytest.mark.parametrize("reference", ["#c", "urn:uuid:1", "", "Observation", "https://x/", None, 7])
def test_references_that_lead_nowhere_are_left(reference):
    assert to_follow([{"resourceType": "Observation", "hasMember": [{"reference": reference}]}], []) == []


def test_versioned_and_absolute_references_count_by_their_tail():
    source = {
        "resourceType": "Observation",
        "derivedFrom": [{"reference": "Observation/1/_history/2"}, {"reference": "https://x/fhir/Observation/1"}],
    }
    assert to_follow([source], []) == [("Observation", "1")]
    assert to_follow([source], [("Observation", "1")]) == []


def test_no_unverified_code_is_asked_for_as_if_it_were_known(ehr):
    joined = json.dumps([s.params for s in second_wave("p", SiteCodes(), genetics=True)])
    for code in ("79717-5", "79718-3", "79720-9", "79721-7"):  # UNVERIFIED - do not use
        assert code not in joined


def test_abilities_of_a_statement():
    statement = fake.capability("DetectedIssue")
    statement["rest"][0]["resource"].append({"type": "Device"})
    found = read_abilities(statement)
    assert offers(found, "Observation", "create", "read") == "yes"
    assert offers(found, "Observation", "patch") == "no"
    assert offers(found, "DetectedIssue", "create") == "no"
    assert offers(found, "Device", "create") == "unknown"
    assert offers(read_abilities({"resourceType": "Bundle"}), "Observation", "create") == "unknown"
    assert offers(read_abilities({"resourceType": "CapabilityStatement", "rest": None}), "Observation", "read") == "unknown"


@pytest.mark.parametrize(("answer", "error"), [
    ((503, {}, ""), RecordBusy), ((200, {"Content-Type": "text/html"}, "<html>"), RecordGarbled), ((404, {}, ""), RecordNotFound),
    ((403, {}, ""), RecordDenied),
])  # fmt: skip
def test_without_the_patient_nothing_is_asked(ehr, answer, error):
    ehr.fault = lambda m, p, h: answer if p.startswith("Patient") else None
    with pytest.raises(error):
        run(ehr)
    assert {p for p in asked(ehr)} == {"Patient/p"}


def test_reports_are_sorted_here_where_the_server_cannot_by_category(ehr):
    section = "http://terminology.hl7.org/CodeSystem/v2-0074"
    ehr.put(
        of_p("DiagnosticReport", "genetic", category=[{"coding": [{"system": section, "code": "GE"}]}], code={"text": "x"}),
        of_p("DiagnosticReport", "x-ray", category=[{"coding": [{"system": section, "code": "RAD"}]}], code={"text": "x"}),
    )
    search = ehr._search
    ehr._search = lambda kind, url: (400, {}, "{}") if "category" in url else search(kind, url)
    gathered = run(ehr)
    assert {r["id"] for r in gathered.resources if r["resourceType"] == "DiagnosticReport"} == {"genetic"}
    report = next(a for a in gathered.asked if a.what == "genetic_reports")
    assert report.outcome == "complete" and "category" in report.dropped and report.received == 1
