"""The bookmarklet and the pages of the inbox in real Chromium."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from episodes.demo import collected
from episodes.models import Episode, InboxLink
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.test_start import fill
from lupcms.shows.models import User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Sponsor

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

COLLECT = "/admin/episodes/inboxlink/collect/"
TITLE = "100 % \"Tides\" & 'ebb' <b> \\ `${x}` 漢字 🌊 \ud83c"
SELECTED = 'It\'s 5 % + "more" & so on; 漢字 🌊'
PAGE = f"""<!doctype html><meta charset="utf-8"><title></title><p id="said"></p><p id="long">{"🌊 long " * 2000}</p>
<a id="bookmark" href="">Add to next episode</a>"""


@pytest.fixture
def draft() -> Episode:
    """On a show with four links in its inbox, all of them added by its one member."""
    show = make_show()
    collected.load(show, make_member("alice", show))
    return make_episode(show, "029", title="Slack water", published=False)


def alice() -> User:
    return User.objects.get(username="alice")


def visit_somebody(page: Page, address: str, bookmarklet: str) -> None:
    """A page of another origin, on which the bookmarklet stands as it does on a bar of bookmarks."""
    page.route(address, lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(address)
    page.evaluate(
        "([title, said, href]) => { document.title = title; document.querySelector('#said').textContent = said;"
        " document.querySelector('#bookmark').href = href; }",
        [TITLE, SELECTED, bookmarklet],
    )


def press(page: Page, selected: str) -> Page:
    """The bookmark, with what is selected still selected; the small window that opens."""
    page.evaluate("id => getSelection().selectAllChildren(document.querySelector(id))", selected)
    page.locator("#bookmark").focus()
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    return opened.value


def test_the_bookmarklet_brings_any_title_and_selection_from_another_site(live_server, browser):
    visitor, show = Visitor(browser.new_context()), make_show()
    sign_in(visitor, live_server.url, make_member("alice", show))
    page = visitor.page
    page.goto(live_server.url + COLLECT)
    bookmarklet = page.get_by_role("link", name="Add to next episode").get_attribute("href")
    address = live_server.url.replace("localhost", "elsewhere.localhost") + "/a?b=%20&c=%C3%A4"
    visit_somebody(page, address, bookmarklet)

    window = press(page, "#said")
    assert window.locator("#id_description").input_value() == SELECTED
    window.get_by_role("button", name="Add to the inbox").click()
    expect(window.get_by_role("heading", name="In the inbox of Tide Radio")).to_be_visible()
    link = InboxLink.objects.get()
    assert (link.url, link.text, link.description) == (address, TITLE.replace("\ud83c", "�"), SELECTED)
    with window.expect_event("close"):
        window.get_by_role("button", name="Close").click()

    window = press(page, "#long")
    assert window.locator("#id_url").input_value() == address
    assert window.locator("#id_description").input_value().startswith("🌊 long 🌊 long")
    assert len(window.url) < 4200
    expect(window.locator(".also")).to_contain_text("also in the inbox of TR")
    assert visitor.complaints == []


def test_a_link_is_collected_and_sorted_without_script_too(live_server, visitor, draft):
    sign_in(visitor, live_server.url, alice())
    page, show = visitor.page, draft.show
    page.goto(f"{live_server.url}{COLLECT}?url=https://new.example/a&title=New&_popup=1")
    page.get_by_role("button", name="Add to the inbox").click()
    expect(page.get_by_text("You can close this window now.")).to_be_visible()
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Inbox 5").click()
    page.get_by_label("New", exact=True).check()
    page.get_by_label("Order of New").fill("1")
    page.get_by_label("How long is slack water?", exact=True).check()
    page.get_by_label("Episode").select_option("029: Slack water")
    page.get_by_label("Topic heading").fill("Found this week")
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.get_by_text("2 links added to 029: Slack water.")).to_be_visible()
    rows = [(link.text, link.heading) for link in draft.links.all()]
    assert rows == [("New", "Found this week"), ("How long is slack water?", "")]

    page.goto(f"{live_server.url}/admin/episodes/episode/{draft.pk}/change/")
    page.get_by_text("3 links wait in the inbox").click()
    page.get_by_label("The list of lights for 2027, a preview").check()
    page.locator('[name="_save"]').click()
    page.wait_for_url("**/episodes/episode/")
    assert draft.links.last().text == "The list of lights for 2027, a preview"

    page.goto(f"{live_server.url}/admin/episodes/inboxlink/show/{show.pk}/")
    page.get_by_label("https://wetwords.example/ligger", exact=True).check()
    page.get_by_role("button", name="Discard").click()
    sure = page.get_by_role("button", name="Yes, I’m sure")
    expect(sure).to_be_visible()
    assert show.inbox.waiting().count() == 2
    sure.click()
    expect(page.get_by_text("Successfully deleted 1")).to_be_visible()
    assert show.inbox.waiting().count() == 1
    assert visitor.complaints == []


@needs_npm
@pytest.mark.parametrize(
    "window",
    [{"viewport": {"width": 1366, "height": 768}}, {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}],
    ids=["wide", "phone-dark"],
)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(live_server, browser, window: Any, draft):
    fill(draft.show, Sponsor.objects.named("Lamp Oil Ltd"), 2)
    visitor = Visitor(browser.new_context(**window))
    sign_in(visitor, live_server.url, alice())
    page = visitor.page
    known = "?url=https://tidetables.example/slack&title=T"
    for path in (
        "/admin/",
        COLLECT,
        f"{COLLECT}{known}&_popup=1",
        f"/admin/episodes/inboxlink/show/{draft.show_id}/",
        "/admin/episodes/inboxlink/",
        f"/admin/episodes/episode/{draft.pk}/change/",
    ):
        page.goto(live_server.url + path)
        for fold in page.locator("details.inbox > summary").all():
            fold.click()
        assert accessibility_problems(page, impacts=("serious", "critical", "moderate")) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert visitor.complaints == []
