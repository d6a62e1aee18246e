"""Creams and eye drops: guidance on a drug in the body does not speak of them, and that is said."""

from datetime import date

import pytest

from smartpgx.domain.scope import Scope
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load
from smartpgx.rules.assess import assess

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CREAM = {"text": "fluorouracil 5 % topical cream"}
COMPONENT = {"code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]}, "valueCodeableConcept": {"text": "DPYD"}}


def consultation(concept, **more):
    person = {"resourceType": "Patient", "id": "p"}
    score = {"resourceType": "Observation", "id": "g", "status": "final", "subject": {"reference": "Patient/p"},
             "code": {"text": "DPYD activity score"}, "component": [COMPONENT], "valueQuantity": {"value": 0.5}}  # fmt: skip
    order = {"resourceType": "MedicationRequest", "id": "rx", "status": "active", "intent": "order",
             "subject": {"reference": "Patient/p"}, "medicationCodeableConcept": concept} | more  # fmt: skip
    knowledge = load()
    return assess(read_chart([person, score, order], knowledge), knowledge, Scope(), date(2026, 10, 2))


@pytest.mark.parametrize(("concept", "more"), [
    (CREAM, {}),
    ({"coding": [{"system": RXNORM, "code": "4492"}]}, {"dosageInstruction": [{"route": {"text": "Topical route"}}]}),
])  # fmt: skip
def test_a_cream_gets_no_advice_and_a_gap(concept, more):
    made = consultation(concept, **more)
    assert made.chart.medications[0].local
    assert made.recommendations == ()
    assert [gap.because for gap in made.gaps if gap.source == ("MedicationRequest/rx",)] == ["local_product"]


def test_an_infusion_of_the_same_drug_gets_its_advice():
    made = consultation({"text": "fluorouracil 50 mg/mL injection"})
    assert not made.chart.medications[0].local
    assert [issue.status for issue in made.issues] == ["avoid"]
