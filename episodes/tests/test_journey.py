"""Real Chromium: the weekly job on one episode, from the start page to the public page, with its interactions counted.

The episode is the demo's LUP 245: ten links, three sponsors with codes, two hosts, thirteen tags.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from episodes import demo
from episodes.models import Episode
from episodes.notes import Notes, parse
from episodes.tests.factories import add_credit, make_campaign, make_episode, make_member, make_offer, make_show
from lupcms.tests.browser import Visitor, needs_chromium, sign_in
from sponsors.models import Sponsor

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

MOST_INTERACTIONS = 12
PAGE = (Path(demo.__file__).parent / "notes" / "linux-unplugged" / "2018" / "episode-245.md").read_bytes()
LINK_LIST = PAGE.decode().partition("## Episode links")[2].partition("## Tags")[0].strip()
CODES = {"Linux Academy": "PENGUIN", "DigitalOcean": "dounplugged", "Ting": "SIM"}
WIDE = {"viewport": {"width": 1366, "height": 768}}
LARGE = {"viewport": {"width": 1600, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"}


def wanted() -> Notes:
    notes = parse(PAGE)
    assert (len(notes.links), len(notes.placements), len(notes.credits), len(notes.tags)) == (10, 3, 2, 13)
    return replace(notes, placements=tuple(replace(spot, promo_code=CODES[spot.name]) for spot in notes.placements))


@pytest.fixture
def desk(live_server: Any, browser: Any, request: Any) -> Iterator[Visitor]:
    """Alice's window on a show with two weeks behind it, both hosted by two, and three sponsors who booked."""
    show = make_show("linux-unplugged", "LUP", title="LINUX Unplugged", hostname="lup.example")
    today = show.today()
    for week, number in ((2, "243"), (1, "244")):
        day = today - timedelta(weeks=week)
        episode = make_episode(show, number, title=number, air_date=day, published_at=show.midnight(day))
        for position, credit in enumerate(wanted().credits, 1):
            add_credit(episode, credit.slug, credit.name, position=position)
    for spot in wanted().placements:
        sponsor = Sponsor.objects.named(spot.name)
        offer = make_offer(sponsor, show, url=spot.url, words=spot.words, promo_code=spot.promo_code)
        make_campaign(sponsor, show, starts_on=today, ends_on=today + timedelta(days=30), offer=offer)
    context = browser.new_context(base_url=live_server.url, **getattr(request, "param", WIDE))
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor = Visitor(context)
    sign_in(visitor, live_server.url, make_member("alice", show))
    visitor.page.goto("/admin/")
    yield visitor
    assert visitor.complaints == []
    context.close()


class Hand:
    """Does as a person does, and counts: a click, a paste, a typed field."""

    def __init__(self, page: Page) -> None:
        self.page, self.interactions = page, 0

    def press(self, what: Locator) -> None:
        self.interactions += 1
        what.click()

    def type(self, text: str) -> None:
        """Where the focus is."""
        self.interactions += 1
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        self.interactions += 1
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("Control+V")


class Thumb(Hand):
    def press(self, what: Locator) -> None:
        self.interactions += 1
        what.tap()


class Keys(Hand):
    """No mouse: Tab until it has the focus, and Enter where it is to be pressed."""

    def press(self, what: Locator) -> None:
        for _ in range(200):
            if what.evaluate("element => element === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(what).to_be_focused()
        if what.evaluate("element => element.matches('a, button, [type=submit]')"):
            self.interactions += 1
            self.page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("desk", "kind"),
    [(WIDE, Hand), (PHONE, Thumb), (WIDE, Keys)],
    ids=["mouse", "phone", "keyboard"],
    indirect=["desk"],
)
def test_from_new_to_published_in_twelve_interactions(desk, kind):
    page, notes = desk.page, wanted()
    hand = kind(page)
    hand.press(page.get_by_role("link", name="New episode"))
    expect(page.locator("#id_title")).to_be_focused()
    hand.type(notes.title)
    hand.press(page.locator("#id_summary"))
    hand.type(notes.summary)
    hand.press(page.locator("#paste-box"))
    hand.paste(LINK_LIST)
    hand.press(page.get_by_role("button", name="Add 10 links"))
    hand.press(page.locator("#id_tags"))
    hand.paste(", ".join(notes.tags))
    hand.press(page.get_by_role("button", name="Publish…"))
    hand.press(page.get_by_role("button", name="Publish now"))
    page.wait_for_url("**/change/")
    expect(page.locator(".messagelist")).to_contain_text("LUP 245 is published")
    assert hand.interactions <= MOST_INTERACTIONS

    visitor = Client(headers={"host": "lup.example"})
    published = parse(visitor.get("/245.md").content)
    for name in ("acronym", "number", "title", "summary", "links", "credits", "placements", "tags"):
        assert getattr(published, name) == getattr(notes, name)
    html = visitor.get("/245").content.decode()
    assert [word for word in (*CODES.values(), *notes.tags) if word not in html] == []


def test_the_bar_has_the_next_step_first_and_leaves_a_phone_its_window(desk):
    page = desk.page
    published = Episode.objects.get(number="244")
    draft = make_episode(published.show, "245", published=False)
    for size, most in ((WIDE, 60), (PHONE, 100)):
        page.set_viewport_size(size["viewport"])
        for episode, first in ((draft, "Publish…"), (published, "Save")):
            page.goto(f"/admin/episodes/episode/{episode.pk}/change/")
            bar = page.locator(".submit-row")
            buttons = bar.locator("> :is(input, button)").all()
            places = {button.get_attribute("value") or "Preview": button.bounding_box() for button in buttons}
            assert min(places, key=lambda name: (places[name]["y"], places[name]["x"])) == first
            assert len({place["y"] for place in places.values()}) == 1
            assert bar.locator(".default").evaluate_all("boxes => boxes.map(box => box.value)") == [first]
            assert bar.bounding_box()["height"] <= most
            bar.get_by_text("More").click()
            assert page.get_by_text("Delete…").bounding_box()["y"] < bar.bounding_box()["y"]


@pytest.mark.parametrize("desk", [LARGE, PHONE], ids=["large", "phone"], indirect=True)
def test_nothing_jumps_or_asks_for_what_is_known_while_scripts_load(desk):
    page, asked = desk.page, []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => { for (const { value } of list.getEntries()) moved += value; })
          .observe({ type: "layout-shift", buffered: true });"""
    )
    for path in ("add/", f"{Episode.objects.get(number='244').pk}/change/"):
        page.goto(f"/admin/episodes/episode/{path}", wait_until="networkidle")
        assert page.evaluate("moved") < 0.01
    assert [url for url in asked if "/prefill/" in url] == []
