"""Every story as a page: its words, its sums, its structure, and what it must never call settled."""

import html
import re

import pytest
from msgspec import structs

from smartpgx.domain.chart import Excluded, Gap
from smartpgx.domain.visit import Asked
from smartpgx.settings import Issuer, Settings, SiteCodes
from smartpgx.web import create_app, views_unread
from smartpgx.web.views_answers import answers_of, sorted_by_group
from smartpgx.web.views_frame import arithmetic
from smartpgx.web.views_overview import overview_view
from tests.web import stories
from tests.web.conftest import SCOPES
from tests.web.markup import Page

RAW = re.compile(
    r"CVI|NVI|\bPCI\b|no_result|not_tested|not_called|entered_in_error|out_of_scope|\bNone\b|\bTrue\b|\bFalse\b|[{}<>]|"
    r"Metabolizer|Function\b.*Function\b|frozenset|guidance_row|not_computed"
)
GREATER = re.compile(r"(c\.|m\.|rs|NM_|NC_)?[0-9+-]*[ACGT]>[ACGT]")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    issuer = Issuer(iss="https://ehr.example.org/fhir", name="Test EHR", client_id="c")
    settings = Settings(
        public_url="http://localhost:8322", issuers=(issuer,), scopes=SCOPES, site_codes=SiteCodes(),
        store_dir=tmp_path_factory.mktemp("store"), secret_key="k" * 32,
    )  # fmt: skip
    made = create_app(settings, knowledge=stories.reasoning()).test_client()
    with made.session_transaction() as session:
        session["browser"] = "b"
    return made


def shown(client, reading, path="", **changes):
    """One page of a visit that holds this reading."""
    store = client.application.extensions["smartpgx"].store
    visit = stories.visit(browser="b", **changes)
    store.save(visit)
    store.save_reading(visit, reading)
    answer = client.get(f"/visit/{visit.id}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


def no_raw_code(text):
    found = RAW.search(GREATER.sub("", re.sub(r"\S+/\S+-\S+", "", text)))
    assert not found, f"{found[0]!r} in ...{text[max(0, found.start() - 60) : found.end() + 60]}"


@pytest.mark.parametrize(("slug", "spelling"), stories.SPELLINGS)
def test_every_overview_is_in_words_sums_up_and_reads_well_aloud(client, slug, spelling):
    reading = stories.reading(slug, spelling)
    page = Page(shown(client, reading))
    assert not page.problems
    no_raw_code(page.text)
    counts = overview_view(stories.visit(), reading).counts
    assert sum(c.count for c in counts) == len(reading.consultation.chart.medications)
    total, *parts = map(int, re.findall(r"(?:^|= |\+ )(\d+)", arithmetic(reading.consultation.chart)))
    assert total == sum(parts) and total == sum(n for o in reading.consultation.chart.accounted.values() for n in o.values())
    assert arithmetic(reading.consultation.chart) in page.text


@pytest.mark.parametrize(("slug", "spelling"), stories.SPELLINGS)
def test_nothing_to_do_is_said_only_where_everything_was_read_and_answered(client, slug, spelling):
    reading = stories.reading(slug, spelling)
    made = reading.consultation
    missing = [a for a in answers_of(made) if a.open] or views_unread.open_gaps(reading) or views_unread.unsettled(made)
    says = "nothing to do" in Page(shown(client, reading)).text.casefold()
    assert says == (not missing and not made.issues and bool(made.genes or made.isolates))


def test_one_story_does_earn_the_words_nothing_to_do(client):
    text = Page(shown(client, stories.reading("withdrawn-result"))).text
    assert "Nothing to do now" in text and "Entered in error" in text


@pytest.mark.parametrize("change", [
    {"asked": (Asked(what="orders", resource="MedicationRequest", outcome="busy"),)},
    {"gaps": (Gap(wanted="Conditions", because="busy", message="Conditions: the EHR was busy or down."),)},
])  # fmt: skip
def test_an_unread_part_takes_the_words_back(client, change):
    text = Page(shown(client, structs.replace(stories.reading("withdrawn-result"), **change))).text
    assert "Nothing to do" not in text and "not an all-clear" in text


@pytest.mark.parametrize("reason", ["not_final", "no_patient", "something_new"])
def test_a_result_left_out_for_an_open_reason_takes_them_back_too(client, reason):
    reading = stories.reading("withdrawn-result")
    chart = structs.replace(reading.consultation.chart, excluded=(Excluded(source=("Observation/x",), reason=reason),))
    changed = structs.replace(reading, consultation=structs.replace(reading.consultation, chart=chart))
    text = Page(shown(client, changed)).text
    assert "Nothing to do" not in text and "_" not in re.sub(r"\S+/\S+", "", text)


@pytest.mark.parametrize(("slug", "spelling"), stories.SPELLINGS)
def test_usual_use_is_never_said_of_what_was_not_tested(slug, spelling):
    made = stories.reading(slug, spelling).consultation
    settled = {r.drug.name for r in made.recommendations if r.status == "standard"}
    for group in sorted_by_group(answers_of(made)):
        for answer in group.answers:
            usual = [x for x in answer.lines if x.status == "standard"]
            assert all(x.drug in settled for x in usual)
            assert group.group in ("act", "standard") or not usual
            assert not any("not tested" in x.text for x in usual)


def test_without_a_test_each_gene_is_named_with_the_medicines_it_would_answer(client):
    page = shown(client, stories.reading("no-genetic-data"))
    text = Page(page).text
    assert "CYP2C19 was not tested; a result would answer clopidogrel and sertraline (together with CYP2B6)." in text
    assert "No genetic or resistance results" in text and "status standard" not in page
    assert "Cannot be answered: guidance exists, the result does not (3)" in text and "not the same as normal" in text


def test_results_that_disagree_are_tested_without_a_result_and_never_untested(client):
    text = Page(shown(client, stories.reading("contradictory"))).text
    assert "CYP2C19 was tested without a settled result; one would answer clopidogrel." in text
    assert "CYP2C19 was not tested" not in text and text.count("Observation/contradictory-cyp2c19-2026-genotype") == 1


def test_a_refusal_names_no_gene_and_checks_nothing(client):
    text = Page(shown(client, stories.reading("consent-refused"))).text
    assert "Genetic results were not used" in text and "CYP" not in re.sub(r"\S+/\S+", "", text)
    assert "Not checked against genes" in text and "Withheld by the patient's consent" in text


def test_a_document_alone_is_a_gap_with_its_address(client):
    text = Page(shown(client, stories.reading("pdf-only"))).text
    assert "received as a document only" in text and "DiagnosticReport/pdf-only-report" in text


def test_the_regimen_stands_first_with_letters_spelled_out(client):
    text = Page(shown(client, stories.reading("hiv-failing"))).text
    assert "Fully active: 1 of 3 drugs of the regimen" in text and "R Resistant" in text and "S Susceptible" in text
    assert "Not sequenced: capsid (CA)" in text and "Judged by HIVDB 10.2" in text
    assert text.index("Medicines of the regimen") < text.index("Medicines not in the regimen")


def test_home_medicines_and_as_needed_orders_are_told_in_words(client):
    text = Page(shown(client, stories.reading("home-medicine"))).text
    assert "Taken at home, as reported" in text and "Ordered, as needed" in text


def test_genotypes_that_remain_possible_are_listed_each_with_its_meaning(client):
    text = Page(shown(client, stories.reading("sequence-unknown"))).text
    assert "*1/*2 (intermediate metabolizer), *2/*2 (poor metabolizer)" in text and "CYP2C19 is not settled" in text


ISSUES = [(s, i.id) for s in stories.SLUGS for i in stories.reading(s).consultation.issues]


@pytest.mark.parametrize(("slug", "key"), ISSUES)
def test_every_issue_says_what_to_do_why_and_on_what_it_rests(client, slug, key):
    reading = stories.reading(slug)
    page = Page(shown(client, reading, f"issue/{key}"))
    assert not page.problems
    no_raw_code(page.text)
    issue = next(i for i in reading.consultation.issues if i.id == key)
    for about in issue.about:
        assert all(s.partition("#")[0] in page.text for s in about.source[:1])
    for step in ("Finding in the record", "What it means", "What is published", "What changes it here", "Source", "Row "):
        assert step in page.text
    assert page.text.count("The leading advice") == 1


def test_the_issue_page_has_a_short_title_and_folds_the_other_populations(client):
    reading = stories.reading("clopidogrel-poor")
    page = shown(client, reading, f"issue/{reading.consultation.issues[0].id}")
    assert '<h1 tabindex="-1">Clopidogrel: choose prasugrel or ticagrelor instead where possible</h1>' in page
    assert page.count('<details class="other">') == 2 and "<details open" not in page
    assert "acute coronary syndrome or percutaneous coronary intervention" in page
    assert 'href="https://www.clinpgx.org/' in page and "Strong recommendation of CPIC." in page


def test_both_spellings_of_a_story_have_one_headline():
    differ = []
    for slug in stories.SLUGS:
        one, other = (overview_view(stories.visit(), stories.reading(slug, s)) for s in ("profile", "local"))
        if (one.headline, [c.title for c in one.cards]) != (other.headline, [c.title for c in other.cards]):
            differ.append((slug, one.headline, other.headline))
    assert not differ


def test_who_is_signed_in_is_a_name_or_nothing_technical(client):
    from smartpgx.domain.visit import Tokens

    tokens = Tokens(access_token="t", expires_at=stories.AT + 10**9)
    reading = stories.reading("clopidogrel-poor")
    named = Page(shown(client, reading, tokens=tokens, user="Practitioner/7", user_name="Dr Berg")).text
    assert "Signed in as Dr Berg" in named
    assert "Practitioner/7" not in Page(shown(client, reading, tokens=tokens, user="Practitioner/7")).text


def test_five_statuses_have_five_shapes():
    from flask import Flask, render_template_string

    from smartpgx.places import place

    app = Flask("shapes", template_folder=str(place("templates")))
    with app.test_request_context():
        text = '{% import "macros.html" as m %}{{ m.shape(code) }}'
        shapes = {
            code: render_template_string(text, code=code) for code in ("avoid", "change", "monitor", "standard", "no_result")
        }
    assert len(set(shapes.values())) == 5 and all('aria-hidden="true"' in s for s in shapes.values())


@pytest.mark.parametrize("path", ["/", "/nothing", "/visit/unknown/"])
def test_pages_without_a_visit_read_well_too(client, path):
    page = Page(client.get(path).text)
    assert not page.problems
    assert html.unescape(page.title)
