"""The sponsors' desk in Chromium: what axe finds, what a thumb can hit, and a merge with and without script."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from episodes.tests.factories import (
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from lupcms.shows.models import Membership, Role
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Offer, Sponsor

pytestmark = [
    pytest.mark.looks,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.ignore_template_errors,
]

WIDE = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
KINDS = {
    "light": WIDE,
    "dark": {**WIDE, "color_scheme": "dark"},
    "phone": PHONE,
    "no-script": {**WIDE, "java_script_enabled": False},
}


@pytest.fixture
def desk(live_server: Any, browser: Any, request: Any) -> Iterator[Visitor]:
    """The window of Alice, whose shows have a sponsor with an odd offer and a campaign that is overdue."""
    show, other = make_show(), make_show("lamp-talk", "LT")
    alice = make_member("alice", show)
    for acronym in ("THIRD", "FOURTH"):
        Membership.objects.create(user=alice, show=make_show(acronym.lower(), acronym), role=Role.PRODUCER)
    oil = add_placement(make_episode(show), "Oil").sponsor
    offer = make_offer(oil, show, promo_code="oil.example/tide", url="oil.example")
    campaign = make_campaign(oil, show, offer=offer)
    add_placement(make_episode(show, "002", air_date=date(2024, 6, 3)), "Oil", campaign=campaign)
    add_placement(make_episode(show, "003"), "Rope")
    make_offer(Sponsor.objects.named("Lamp"), show, other)
    visitor = Visitor(browser.new_context(base_url=f"{live_server.url}/admin/sponsors/", **KINDS[request.param]))
    sign_in(visitor, live_server.url, alice)
    yield visitor
    visitor.page.context.close()


def pages(page: Any) -> Iterator[str]:
    """Every list and form, one after another, and at last the page before a merge."""
    oil, offer = Sponsor.objects.get(name="Oil"), Offer.objects.get(promo_code="oil.example/tide")
    campaign = oil.campaigns.get()
    for kind, row in (("sponsor", oil), ("offer", offer), ("campaign", campaign)):
        for path in ("", "add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
            page.goto(f"{kind}/{path}")
            yield f"{kind}/{path}"
    page.goto(f"offer/{offer.pk}/change/")
    page.click('[name="_continue"]')
    page.wait_for_selector(".messagelist .warning")
    yield "an offer with warnings"
    ask_to_merge(page)
    yield "merge"


def ask_to_merge(page: Any) -> None:
    page.goto("sponsor/")
    for box in page.locator(".action-select").all():
        box.check()
    page.select_option('[name="action"]', "merge")
    page.click('.actions [type="submit"]')
    page.wait_for_selector("text=Which one stays?")


@needs_npm
@pytest.mark.parametrize("desk", ["light", "dark", "phone"], indirect=True)
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_its_window(desk):
    for name in pages(desk.page):
        assert accessibility_problems(desk.page, impacts=("serious", "critical")) == [], name
        width, window = desk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= window, name
    assert desk.complaints == []


@pytest.mark.parametrize("desk", ["phone"], indirect=True)
def test_a_thumb_hits_every_choice(desk):
    for name in pages(desk.page):
        for box in desk.page.locator("#id_shows label, .merge label, .delivery th a").all():
            assert box.bounding_box()["height"] >= 24, name


@pytest.mark.parametrize("desk", ["light", "no-script"], indirect=True)
def test_two_are_merged_by_a_choice_and_a_press(desk):
    page = desk.page
    ask_to_merge(page)
    assert page.locator(".merge tbody tr").count() == 3
    assert page.get_by_label("Oil").count() == 0  # Lamp has an offer on another show, so it alone can stay.
    page.get_by_label("Lamp").check()
    page.click("text=Merge >> nth=-1")
    page.wait_for_selector(".messagelist .success")
    assert "“Oil” and “Rope” merged into “Lamp”" in page.inner_text(".messagelist")
    assert list(Sponsor.objects.values_list("name", flat=True)) == ["Lamp"]
    assert desk.complaints == []


@pytest.mark.parametrize("desk", ["light", "no-script"], indirect=True)
def test_an_odd_offer_is_saved_unchanged(desk):
    offer = Offer.objects.get(promo_code="oil.example/tide")
    offer.words, offer.promo_code, offer.url = "  *Ten* \r\n per\ncent ", " ti\nde ", " oil "
    offer.save()
    before = Offer.objects.values().get(pk=offer.pk)
    desk.page.goto(f"offer/{offer.pk}/change/")
    desk.page.click('[name="_continue"]')
    desk.page.wait_for_selector(".messagelist .success")
    assert Offer.objects.values().get(pk=offer.pk) == before
