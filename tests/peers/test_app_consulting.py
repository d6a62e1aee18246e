"""The same advice from a server as from the Bundle, stored resources of our own left out."""

import datetime

import pytest

from smartpgx.consult import consult, reasoning
from smartpgx.domain.scope import Scope
from smartpgx.fhir.client import Record
from smartpgx.fhir.connection import Connection, NoSignIn
from smartpgx.fhir.loader import load
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load as load_knowledge
from smartpgx.rules.assess import assess
from smartpgx.settings import load as settings
from tests.fixtures.build_fixtures import FOLDER, STORIES

pytestmark = pytest.mark.peer

SLUGS = [story.slug for story in STORIES]


@pytest.fixture(scope="module")
def record(hapi_server):
    load(hapi_server, FOLDER, prefix="consult-", progress=False)
    return Record(Connection(hapi_server, NoSignIn()))


@pytest.mark.parametrize("spelling", ["profile", "local"])
@pytest.mark.parametrize("slug", SLUGS)
def test_the_server_gives_what_the_bundle_gives(record, slug, spelling):
    knowledge = load_knowledge()
    patient = f"consult-{slug}" + ("-local" if spelling == "local" else "")
    reading = consult(record, patient, settings({}).site_codes, lambda *_: True, reasoning(knowledge))
    chart = read_chart(unwrap((FOLDER / slug / f"{spelling}.json").read_bytes()), knowledge)
    whole = assess(chart, knowledge, Scope(), datetime.date(2026, 11, 24))
    assert [one.id for one in reading.consultation.recommendations] == [one.id for one in whole.recommendations]
    assert [issue.id for issue in reading.consultation.issues] == [issue.id for issue in whole.issues]
    assert reading.complete
