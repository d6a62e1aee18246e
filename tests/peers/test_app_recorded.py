"""What earlier visits stored, on a FHIR server that no one here wrote: found again, told apart, cancelled, revived."""

import pytest
import requests

from smartpgx.consult import Reasoning, consult
from smartpgx.fhir.client import Record
from smartpgx.fhir.connection import Connection, NoSignIn
from smartpgx.fhir.recorded import cancel
from smartpgx.fhir.write.issues import build
from smartpgx.fhir.write_back import Ability, store, with_places
from smartpgx.settings import SiteCodes
from tests.web.conftest import assess, read

pytestmark = pytest.mark.peer
PATIENT = "recorded"
RESOURCES = (
    {"resourceType": "Patient", "id": PATIENT},
    {
        "resourceType": "MedicationRequest",
        "id": "rx",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "medicationCodeableConcept": {"text": "clopidogrel"},
    },
    {
        "resourceType": "Observation",
        "id": "g",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
        "valueCodeableConcept": {"text": "CYP2C19 *2/*2"},
    },
)


def put(base, *resources):
    for one in resources:
        requests.put(f"{base}/{one['resourceType']}/{one['id']}", json=one, timeout=30).raise_for_status()


@pytest.mark.parametrize("server", ["hapi_server", "hapi_sandbox"])
def test_stored_found_again_cancelled_and_revived(request, server):
    base = request.getfixturevalue(server)
    record = Record(Connection(base, NoSignIn()))
    put(base, *RESOURCES)

    def reading():
        return consult(record, PATIENT, SiteCodes(), lambda *_: True, Reasoning(read=read, assess=assess))

    def store_all(made):
        places = {}
        for one in build(made.consultation)[:-1]:
            can = Ability(resource=one["resourceType"], create=True, update=True, because="can")
            entry = store(record, with_places(one, places), issue="i1", can=can)
            places[f"{one['resourceType']}/{one['id']}"] = f"{entry.resource}/{entry.id}"

    assert reading().recorded == ()
    store_all(reading())
    (found,) = reading().recorded
    assert (found.issue, found.differs, found.status, len(found.implications)) == ("i1", False, "final", 1)

    put(base, RESOURCES[1] | {"status": "stopped"})
    (gone,) = reading().recorded
    assert (gone.issue, gone.live) == ("", True)
    for _ in range(2):
        entries, problem = cancel(record, gone, PATIENT, observations=True)
        assert problem is None and {e.did for e in entries} == {"cancelled"} and len(entries) == 2
    (gone,) = reading().recorded
    assert gone.status == "cancelled"

    put(base, RESOURCES[1])
    store_all(reading())
    (back,) = reading().recorded
    assert (back.id, back.status, back.differs) == (found.id, "final", False)
