"""The same with scripts switched off, and by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser import ehr

pytestmark = pytest.mark.browser


class TestWithoutScript:
    @pytest.fixture
    def script(self):
        return False

    def test_launch_and_write_back(self, context, stack):
        chart = ehr.chart(context, stack, "Lindqvist")
        app = ehr.launch_in_tab(context, chart)
        ehr.confirm(app)
        assert ehr.written(chart).count("DetectedIssue") == 1


def test_by_keyboard(context, stack):
    app = ehr.launch_in_tab(context, ehr.chart(context, stack, "Lindqvist"))
    press(app, lambda: "Store in the record" in focused(app))
    expect(app.get_by_role("button", name="Confirm and store")).to_be_visible()
    press(app, lambda: "Confirm and store" in focused(app))
    expect(app.get_by_role("heading", name="In the record")).to_be_visible()


def focused(page):
    return page.evaluate("document.activeElement ? document.activeElement.innerText || '' : ''")


def press(page, there):
    """Tab until there, then Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if there():
            return page.keyboard.press("Enter")
    raise AssertionError("the keyboard does not reach it")
