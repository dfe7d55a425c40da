"""Real Chromium: the preview beside the form and over it, a guest's window, and copies by one press."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from episodes.models import Episode
from episodes.tests.factories import add_link, add_placement, make_episode, make_member, make_show
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

WIDE = {"viewport": {"width": 1680, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def serious(page: Any) -> list[str]:
    return accessibility_problems(page, impacts=("serious", "critical"))


def draft() -> Episode:
    episode = make_episode(make_show(colour="#114477"), title="Low water", published=False, summary="tide\n\n" * 60)
    add_link(episode)
    add_placement(episode)
    return episode


def producer(live_server: Any, browser: Browser, episode: Episode, **window: Any) -> Visitor:
    visitor = Visitor(browser.new_context(base_url=f"{live_server.url}/admin/episodes/episode/", **window))
    sign_in(visitor, live_server.url, make_member("alice", episode.show))
    return visitor


@needs_npm
def test_the_page_follows_what_is_typed_beside_it(live_server, browser, tmp_path):
    episode = draft()
    alice = producer(live_server, browser, episode, **WIDE)
    page = alice.page
    posted: list[str] = []
    page.on("request", lambda r: r.method == "POST" and posted.append(str(r.post_data_buffer)))
    page.goto(f"{episode.pk}/change/")
    shown = page.frame_locator(".preview iframe:not(.coming)")
    expect(shown.locator("h1")).to_have_text("Low water")
    form, pane = page.locator("#content-main").bounding_box(), page.locator(".preview").bounding_box()
    assert form["x"] + form["width"] <= pane["x"]
    assert pane["y"] + pane["height"] <= 900
    assert serious(page) == []

    steps = page.evaluate("history.length")
    page.locator(".preview iframe:not(.coming)").evaluate("frame => frame.contentWindow.scrollTo(0, 700)")
    (tmp_path / "new.mp3").write_bytes(b"not to be sent" * 1000)
    page.set_input_files("#id_audio", tmp_path / "new.mp3")
    page.fill("#id_title", "High water")
    expect(shown.locator("h1")).to_have_text("High water")
    assert page.locator(".preview iframe:not(.coming)").evaluate("frame => frame.contentWindow.scrollY") == 700
    page.click("text=Add another Link")
    page.fill("#id_links-1-text", "A new page")
    page.fill("#id_links-1-url", "")
    expect(shown.get_by_text("Link 2: Address: A link needs an address.")).to_be_visible()
    page.fill("#id_links-1-url", "https://new.example")
    expect(shown.get_by_role("link", name="A new page")).to_have_attribute("target", "_blank")
    assert page.evaluate("history.length") == steps
    assert posted
    assert not [body for body in posted if "not to be sent" in body]

    page.click("[data-width=computer]")
    expect(page.locator("[data-width=computer]").first).to_have_attribute("aria-pressed", "true")
    assert page.locator(".preview iframe:not(.coming)").evaluate("frame => frame.contentWindow.innerWidth") == 1280
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=Podcast app")
    expect(shown.get_by_text("All of it is shown.")).to_be_visible()
    page.fill("#id_summary", "tide " * 1000)
    expect(shown.get_by_text("4,000 bytes: apps may stop here")).to_be_visible()
    assert serious(page) == []

    page.get_by_role("button", name="Close").click()
    expect(page.locator(".preview")).to_be_hidden()
    expect(page.get_by_role("button", name="Preview")).to_be_focused()
    page.reload()
    expect(page.locator(".preview")).to_be_hidden()
    assert Episode.objects.get().title == "Low water"
    assert alice.complaints == []


@needs_npm
def test_on_a_phone_a_button_shows_it_over_the_form(live_server, browser):
    episode = draft()
    alice = producer(live_server, browser, episode, **PHONE)
    page = alice.page
    page.goto(f"{episode.pk}/change/")
    expect(page.locator(".preview")).to_be_hidden()
    page.fill("#id_title", "High water")
    page.get_by_role("button", name="Preview").tap()
    expect(page.frame_locator(".preview iframe:not(.coming)").locator("h1")).to_have_text("High water")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".preview")).to_be_hidden()
    assert page.input_value("#id_title") == "High water"
    assert alice.complaints == []


def test_an_ended_session_is_said_and_loses_nothing(live_server, browser):
    episode = draft()
    alice = producer(live_server, browser, episode, **WIDE)
    page = alice.page
    page.goto(f"{episode.pk}/change/")
    expect(page.frame_locator(".preview iframe").locator("h1")).to_have_text("Low water")
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_title", "High water")
    expect(page.locator(".preview-said")).to_contain_text("You are signed out")
    assert page.input_value("#id_title") == "High water"
    expect(page.frame_locator(".preview iframe").locator("h1")).to_have_text("Low water")


def test_without_script_a_button_opens_it_in_a_tab(live_server, browser):
    episode = draft()
    alice = producer(live_server, browser, episode, **WIDE, java_script_enabled=False)
    page = alice.page
    page.goto(f"{episode.pk}/change/")
    assert not page.locator(".preview").is_visible()
    page.fill("#id_title", "High water")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview").click()
    assert opened.value.locator("h1").inner_text() == "High water"
    assert page.input_value("#id_title") == "High water"
    assert Episode.objects.get().title == "Low water"
    assert alice.complaints == []


@needs_npm
def test_a_guest_reads_it_signed_out_until_it_is_revoked(live_server, browser):
    episode, visitor = draft(), Visitor(browser.new_context(**PHONE))
    alice = producer(live_server, browser, episode, **PHONE)
    desk = alice.page
    desk.goto(f"{episode.pk}/change/")
    desk.click("text=Preview for guests")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.fill("#id_name", "Gil Guest")
    desk.click("text=Make an address")
    address = desk.locator(".messagelist a").inner_text()
    page = visitor.page
    assert page.goto(address).status == 200
    assert page.locator("h1").inner_text() == "Low water"
    assert page.locator(".band strong").inner_text() == "Preview, not published yet"
    assert serious(page) == []
    assert serious(desk) == []
    desk.get_by_role("button", name="Revoke").click()
    desk.locator(".messagelist").get_by_text("leads nowhere now").wait_for()
    assert visitor.complaints == []
    assert page.reload().status == 404
    assert alice.complaints == []


@needs_npm
def test_each_text_is_copied_by_one_press(live_server, browser):
    episode = draft()
    alice = producer(live_server, browser, episode, permissions=["clipboard-read", "clipboard-write"])
    page = alice.page
    page.goto(f"{episode.pk}/copy/")
    for name in ("html", "text", "markdown", "post"):
        button = page.locator(f"[data-copy={name}]")
        button.focus()
        page.keyboard.press("Enter")
        expect(button.locator("xpath=following-sibling::*[@role='status']")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == page.input_value(f"#{name}")
    assert page.evaluate("navigator.clipboard.readText()").startswith("TR 001: Low water\n")
    assert serious(page) == []
    assert alice.complaints == []
