from collections.abc import Iterator

import pytest

from smartpgx.consult import Reasoning
from smartpgx.domain.advice import About, Action, Consultation, Issue, Recommendation, Source
from smartpgx.domain.called import Drug
from smartpgx.domain.chart import Chart, Consent, Medication, Patient
from smartpgx.fhir.capabilities import forget_abilities
from smartpgx.settings import Issuer, Scopes, Settings, SiteCodes
from smartpgx.web import create_app
from tests import ehr as fake

SCOPES = Scopes(
    needed=("launch", "openid", "fhirUser", "patient/Patient.rs", "patient/MedicationRequest.rs", "patient/Observation.rs"),
    optional=(
        "patient/Consent.rs",
        "patient/MedicationStatement.rs",
        "patient/Condition.rs",
        "patient/AllergyIntolerance.rs",
        "patient/DiagnosticReport.rs",
        "patient/MolecularSequence.rs",
        "patient/Specimen.rs",
        "patient/DetectedIssue.crus",
        "patient/Observation.cu",
        "patient/Provenance.crs",
        "online_access",
    ),
)


@pytest.fixture
def ehr() -> Iterator[fake.Ehr]:
    forget_abilities()
    yield from (with_patient(e) for e in fake.mocked())


def with_patient(ehr: fake.Ehr) -> fake.Ehr:
    ehr.put(fake.patient())
    ehr.put(
        {
            "resourceType": "MedicationRequest",
            "id": "rx",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p"},
            "medicationCodeableConcept": {"text": "clopidogrel"},
        },
        {
            "resourceType": "Observation",
            "id": "g",
            "status": "final",
            "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
            "valueCodeableConcept": {"text": "CYP2C19 *2/*2"},
        },
    )
    return ehr


@pytest.fixture
def settings(tmp_path) -> Settings:
    issuer = Issuer(iss=fake.ISS, name="Test EHR", client_id="client-1", frame_origins=("https://chart.example.org",))
    other = Issuer(iss="https://other.example.org/fhir", name="Other", client_id="client-2")
    return Settings(
        public_url="http://localhost:8322",
        issuers=(issuer, other),
        scopes=SCOPES,
        site_codes=SiteCodes(),
        store_dir=tmp_path,
        secret_key="k" * 32,
    )


def read(resources, patient: str) -> Chart:
    """Stands for the readers: what matters here is what arrived."""
    kinds = {r["resourceType"] for r in resources}
    deny = any(r["resourceType"] == "Consent" and r.get("provision", {}).get("type") == "deny" for r in resources)
    orders = tuple(
        Medication(source=(f"MedicationRequest/{r['id']}",), active=True, ordered=True, text="clopidogrel")
        for r in resources
        if r["resourceType"] == "MedicationRequest" and r["status"] == "active"
    )
    accounted = {k: {"used": sum(r["resourceType"] == k for r in resources)} for k in kinds}
    return Chart(
        patient=Patient(reference=f"Patient/{patient}"),
        medications=orders,
        accounted=accounted,
        consent=Consent(genetic="deny" if deny else "not_stated"),
    )


def assess(chart: Chart, today) -> Consultation:
    """Stands for the rules: one issue per order, when a genotype arrived."""
    found = chart.accounted.get("Observation", {}).get("used")
    if not chart.medications or not found:
        return Consultation(chart=chart, assessed_on=today.isoformat())
    about = (About(kind="gene", name="CYP2C19", result="Poor Metabolizer", source=("Observation/g",)),)
    drug = Drug(name="clopidogrel", rxcui="32968")
    rec = Recommendation(
        id="r1",
        area="drug_gene",
        status="avoid",
        drug=drug,
        orders=("MedicationRequest/rx",),
        about=about,
        actions=(Action(code="AVOID"),),
        strength="Strong",
        sources=(Source(name="CPIC", id="s1", url="https://cpicpgx.org/x"),),
    )
    issue = Issue(
        id="i1", code="GEN", drug=drug, orders=rec.orders, about=about, status="avoid", leading="r1", recommendations=("r1",)
    )
    return Consultation(chart=chart, assessed_on=today.isoformat(), recommendations=(rec,), issues=(issue,))


@pytest.fixture
def app(settings, ehr):
    made = create_app(settings, knowledge=Reasoning(read=read, assess=assess, release="test-release"))
    made.testing = False
    return made


@pytest.fixture
def browser(app):
    return app.test_client()


def launched(browser, ehr, iss=fake.ISS, launch="L1") -> str:
    """Path of the visit after a complete launch."""
    to_ehr = browser.get("/launch", query_string={"iss": iss, "launch": launch})
    assert to_ehr.status_code == 302, to_ehr.text
    back = browser.get(ehr.authorize(to_ehr.location))
    assert back.status_code == 303, back.text
    return back.location
