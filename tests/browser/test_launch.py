"""The main job in a real browser: launch, advice, write-back, and the entry in the record. Twice is once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import ehr
from tests.fixtures.build_fixtures import STORIES

pytestmark = pytest.mark.browser


def card(app, status, drug):
    """Exactly one card for a drug, with its status as a word."""
    one = app.locator(".card").filter(has_text=re.compile(drug, re.IGNORECASE))
    expect(one).to_have_count(1)
    expect(one.locator(".status")).to_have_text(re.compile(f"^{status}$", re.IGNORECASE))


def test_the_list_shows_every_story_with_its_moral(context, stack):
    page = context.new_page()
    page.goto(stack.ehr + "/")
    for story in STORIES:
        expect(page.get_by_text(story.moral)).to_be_visible()


@pytest.mark.parametrize("local", [False, True], ids=["profile", "local"])
def test_a_launch_in_a_tab_shows_advice_and_one_confirmed_issue_stands_in_the_record(context, stack, local):
    chart = ehr.chart(context, stack, "Lindqvist", local=local)
    app = ehr.launch_in_tab(context, chart)
    assert app.url.startswith(stack.app + "/visit/")
    expect(app.locator(".card")).to_have_count(1)
    card(app, "avoid", "clopidogrel")
    ehr.confirm(app)
    first = ehr.written(chart)
    assert first.count("DetectedIssue") == 1
    assert first.count("Observation") >= 1

    app.go_back()
    app.get_by_role("button", name="Confirm and store").click()
    expect(app.get_by_role("heading", name="In the record")).to_be_visible()
    again = ehr.launch_in_tab(context, chart)
    expect(again.locator(".card")).to_have_count(1)
    expect(again.locator(".card")).to_contain_text("In the record since")
    expect(again.get_by_role("link", name="Store in the record")).to_have_count(0)
    assert ehr.written(chart) == first


def test_inside_the_chart_the_same(context, stack):
    chart = ehr.chart(context, stack, "Haddad", inside=True)
    chart.get_by_role("button", name="Open smartpgx").click()
    app = chart.frame_locator("iframe[name=app]")
    ehr.ready(app)
    frame = chart.frame(name="app")
    assert frame.url.startswith(stack.app)
    assert chart.url.startswith(stack.ehr)
    card(app, "avoid", "codeine")
    ehr.confirm(app)
    assert ehr.written(chart).count("DetectedIssue") == 1


def test_two_charts_in_two_tabs_never_mix(context, stack):
    one = ehr.launch_in_tab(context, ehr.chart(context, stack, "Lindqvist"))
    two = ehr.launch_in_tab(context, ehr.chart(context, stack, "O'Connell"))
    one.reload()
    expect(one.locator(".card")).to_contain_text(re.compile("clopidogrel", re.IGNORECASE))
    expect(one.get_by_text(re.compile("simvastatin", re.IGNORECASE))).to_have_count(0)
    expect(two.locator(".card")).to_contain_text(re.compile("simvastatin", re.IGNORECASE))
    ehr.confirm(two)
    assert ehr.written(ehr.chart(context, stack, "Lindqvist")) == []


def test_another_browser_cannot_open_the_visit(context, chromium, stack):
    app = ehr.launch_in_tab(context, ehr.chart(context, stack, "Lindqvist"))
    stranger = chromium.new_context()
    page = stranger.new_page()
    answer = page.goto(app.url)
    assert answer.status in (401, 403, 404)
    assert "clopidogrel" not in page.content().lower()
    stranger.close()


@pytest.mark.parametrize("story", STORIES, ids=[story.slug for story in STORIES])
def test_every_story_opens_and_shows_its_issues_and_no_others(context, stack, story):
    page = context.new_page()
    page.goto(f"{stack.ehr}/chart/{story.slug}")
    app = ehr.launch_in_tab(context, page)
    expect(app.locator(".card")).to_have_count(len(story.issues))
    for drug, _, _ in story.issues:
        expect(app.locator(".card").filter(has_text=re.compile(drug, re.IGNORECASE))).not_to_have_count(0)


def test_a_page_with_an_unread_part_does_not_say_nothing_to_do(context, stack):
    for name in ("Ivanov", "Rossi"):
        app = ehr.launch_in_tab(context, ehr.chart(context, stack, name))
        assert "nothing to do" not in app.locator("h1").inner_text().lower()


def test_no_patient_data_in_logs_addresses_or_cookies(context, stack):
    app = ehr.launch_in_tab(context, ehr.chart(context, stack, "Lindqvist"))
    ehr.confirm(app)
    words = ("lindqvist", "astrid", "clopidogrel", "cyp2c19", "1957-03-14")
    logs = "".join(log.read_text(encoding="utf-8") for log in stack.logs).lower()
    cookies = str(context.cookies(stack.app)).lower()
    assert not [word for word in words if word in cookies or word in app.url.lower()]
    assert not [word for word in words[:3] + words[4:] if word in stack.logs[1].read_text(encoding="utf-8").lower()]
    assert "traceback" not in logs
