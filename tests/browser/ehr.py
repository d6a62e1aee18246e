"""What a clinician does in the simulated EHR and in the app, as steps."""

from playwright.sync_api import Page, expect


def chart(context, stack, name, *, local=False, inside=False):
    """The EHR page of a patient, reached from the list by name."""
    page = context.new_page()
    page.goto(stack.ehr + "/")
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("link", name="In local codes").click() if local else row.get_by_role("link", name=name).first.click()
    if inside:
        page.get_by_role("link", name="Inside the chart").click()
    return page


def launch_in_tab(context, page) -> Page:
    """Press the button; the app opens in a tab and shows its overview."""
    with context.expect_page() as opened:
        page.get_by_role("button", name="Open smartpgx").click()
    app = opened.value
    ready(app)
    return app


def ready(app):
    """Wait for the overview: it alone offers to read the record again."""
    expect(app.get_by_role("button", name="Read the record again")).to_be_visible(timeout=30_000)


def confirm(app):
    """From the overview through the preview to what is in the record."""
    app.get_by_role("link", name="Store in the record").first.click()
    app.get_by_role("button", name="Confirm and store").click()
    expect(app.get_by_role("heading", name="In the record")).to_be_visible()


def written(page):
    """Types of the resources that the EHR's page of this patient lists as written back, after a fresh look."""
    page.goto(page.url.split("?")[0])
    section = page.locator("section").filter(has=page.get_by_role("heading", name="Written back by apps"))
    places = section.locator("td.place").all_inner_texts()
    return sorted(place.split("/")[0] for place in places)
