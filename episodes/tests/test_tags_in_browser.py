"""Real Chromium: suggestions while somebody types tags, and changes to many episodes, with script and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from episodes.models import Tag
from episodes.tests.factories import add_placement, make_episode, make_member, make_show
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def episode():
    """A draft, and tags in other episodes; who writes it is Alice."""
    show = make_show()
    make_member("alice", show)
    add_placement(make_episode(show, "001"), "Lamps")
    first = show.episodes.get()
    first.tags.add("kernel", "kernel module", "moon", "open source")
    Tag.objects.create(name="lunar", alias_of=Tag.objects.get(name="moon"))
    return make_episode(show, "002", published=False)


def opened(visitor: Visitor, url: str, episode: Any) -> Any:
    sign_in(visitor, url, episode.show.memberships.get().user)
    visitor.page.goto(f"{url}/admin/episodes/episode/{episode.pk}/change/")
    return visitor.page


@pytest.fixture
def desk(browser) -> Iterator[Visitor]:
    context = browser.new_context(**DESK)
    yield Visitor(context)
    context.close()


@pytest.fixture
def phone(browser) -> Iterator[Visitor]:
    context = browser.new_context(**PHONE)
    yield Visitor(context)
    context.close()


def test_tags_by_keyboard_alone(live_server, desk, episode):
    page = opened(desk, live_server.url, episode)
    box, options = page.locator("#id_tags"), page.locator("#id_tags-suggestions:not([hidden]) > li")
    box.focus()
    page.keyboard.type("ker")
    expect(options).to_have_text(["kernel", "kernel module"])
    assert accessibility_problems(page, ("serious", "critical")) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(box).to_have_value("kernel, ")
    page.keyboard.type("lun")
    expect(options).to_have_text(["moon alias: lunar"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(box).to_have_value("kernel, moon, ")
    # Nothing is chosen for who does not choose.
    page.keyboard.type("open")
    expect(options).to_have_text(["open source"])
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.type("er")
    page.keyboard.press("Tab")
    expect(box).not_to_be_focused()
    expect(box).to_have_value("kernel, moon, opener")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+End")
    page.keyboard.type(", kernell, moons, ")
    remarks = page.locator(".tag-remarks li")
    expect(remarks).to_have_text(["kernell is new; like kernel?", "moons is new; like moon?"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(box).to_have_value("kernel, moon, opener, moons, ")
    expect(remarks).to_have_text(["moons is new; like moon?"])
    page.locator('[name="_continue"]').click()
    expect(page.locator(".messagelist .warning")).to_have_text(
        "New tags that resemble others: “moons”, like “moon”. If they are one, merge them."
    )
    assert sorted(episode.tags.names()) == ["kernel", "moon", "moons", "opener"]
    assert desk.complaints == []


def test_a_pasted_list_stays_as_it_is(live_server, desk, episode):
    page = opened(desk, live_server.url, episode)
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.focus("#id_tags")
    page.evaluate("navigator.clipboard.writeText('harbour, Kernel, ker')")
    page.keyboard.press("Control+V")
    expect(page.locator(".tag-remarks li")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator(".tag-remarks li")).to_have_text(["Kernel is new; like kernel?"])
    assert page.input_value("#id_tags") == "harbour, Kernel, ker"
    # In the middle of a word nobody is asked how it may go on.
    page.locator("#id_tags").press("Control+Home")
    page.keyboard.type("x")
    page.wait_for_timeout(400)
    expect(page.locator("#id_tags-suggestions:not([hidden]) > li")).to_have_count(0)
    assert desk.complaints == []


def test_tags_by_thumb(live_server, phone, episode):
    page = opened(phone, live_server.url, episode)
    page.tap("#id_tags")
    page.keyboard.type("mod")
    page.get_by_role("option", name="kernel module").tap()
    page.keyboard.type("kernal,")
    page.get_by_role("button", name="Take kernel instead of kernal").tap()
    expect(page.locator("#id_tags")).to_have_value("kernel module, kernel, ")
    assert accessibility_problems(page, ("serious", "critical")) == []
    assert phone.complaints == []


def test_many_episodes_with_script_and_without(live_server, visitor, episode):
    sign_in(visitor, live_server.url, episode.show.memberships.get().user)
    page = visitor.page
    page.goto(f"{live_server.url}/admin/episodes/episode/")
    for box in page.locator('[name="_selected_action"]').all():
        box.check()
    page.select_option('[name="action"]', "add_tags")
    page.locator('.actions [type="submit"]').click()
    page.fill("#id_tags", "moon, harbour")
    page.click("text=Show what will change")
    expect(page.locator("td.what")).to_have_text(["Gets “harbour”, “moon”", "Gets “harbour”"])
    page.click("text=Choose again")
    page.fill("#id_tags", "moon")
    page.click("text=Show what will change")
    page.click("text=Change 1 episode")
    expect(page.locator(".messagelist")).to_contain_text("Add “moon”: 1 episode changed.")
    assert list(episode.tags.names()) == ["moon"]
    assert visitor.complaints == []


def test_near_duplicates_are_merged_with_script_and_without(live_server, visitor, episode):
    episode.tags.add("kernels")
    sign_in(visitor, live_server.url, episode.show.memberships.get().user)
    page = visitor.page
    page.goto(f"{live_server.url}/admin/episodes/tag/")
    page.click("text=Near-duplicates")
    page.click('[value="Merge…"]')
    page.locator("label", has_text="kernels").click()
    page.click('[value="Merge"]')
    expect(page.locator(".messagelist")).to_contain_text("1 spelling now leads to “kernels”")
    expect(page.locator("#content")).to_contain_text("No two tags resemble each other.")
    page.goto(f"{live_server.url}/tags/kernel")
    assert page.locator("h1").inner_text() == "kernels"
    assert visitor.complaints == []


@needs_npm
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(live_server, browser, episode, size):
    episode.tags.add("kernels", "Open Source")
    context = browser.new_context(**size)
    visitor = Visitor(context)
    sign_in(visitor, live_server.url, episode.show.memberships.get().user)
    page, url = visitor.page, f"{live_server.url}/admin/episodes"
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = accessibility_problems(page, ("serious", "critical"))
        width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= window, name

    page.goto(f"{url}/tag/")
    look("tags")
    page.goto(f"{url}/tag/near/")
    look("near")
    page.locator('[value="Merge…"]').first.click()
    look("merge")
    for action, fill in [
        ("add_tags", lambda: page.fill("#id_tags", "moon")),
        ("add_host", lambda: None),
        ("add_sponsor", lambda: page.select_option("#id_sponsor", label="Lamps")),
    ]:
        page.goto(f"{url}/episode/")
        page.locator('[name="_selected_action"]').first.check()
        page.locator('[name="_selected_action"]').last.check()
        page.select_option('[name="action"]', action)
        page.locator('.actions [type="submit"]').click()
        fill()
        look(action)
        page.click("text=Show what will change")
        look(f"{action}, summary")
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert visitor.complaints == []
