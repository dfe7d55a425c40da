"""Real Chromium: what a browser does to a form, and what a visitor's browser complains about."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from episodes import demo
from episodes.exporters.notes import page_of
from episodes.models import Episode
from episodes.notes import Link as NotesLink
from episodes.tests.factories import (
    add_placement,
    import_file,
    import_notes,
    make_campaign,
    make_episode,
    make_member,
    make_notes,
    make_offer,
    make_show,
)
from lupcms.shows.models import Membership, Role, Show, User
from lupcms.tests.browser import Visitor, needs_chromium, sign_in
from sponsors.models import Sponsor
from sponsors.reports import last_month

GOLDEN = Path(__file__).parent / "golden"

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


def save_unchanged(visitor: Visitor, url: str, episode: Episode) -> None:
    visitor.page.goto(f"{url}/admin/episodes/episode/{episode.pk}/change/")
    visitor.page.locator('[name="_save"]').first.click()
    visitor.page.wait_for_url(f"{url}/admin/episodes/episode/")


def test_saving_every_golden_page_unchanged_changes_no_byte(live_server, visitor):
    show = make_show("gold", "GLD", site_url="https://golden.example")
    pages = {path: import_file(path).episode for path in sorted(GOLDEN.glob("*.md"))}
    sign_in(visitor, live_server.url, make_member("alice", show))
    for path, episode in pages.items():
        save_unchanged(visitor, live_server.url, episode)
        after = Episode.objects.with_entries().get(pk=episode.pk)
        assert page_of(after) == path.read_bytes(), path.name
    assert visitor.complaints == []


def test_what_browsers_do_to_line_breaks_and_control_characters_is_undone(live_server, visitor):
    odd = " a\t\x01\x0b\x1f\x7f\x85\u2028\ufeff\r\u200b\xa0 "
    notes = make_notes(
        title=odd,
        summary=f"\n\n{odd}\r\n{odd}\n",
        links=(
            NotesLink("https://a.example/\r\t", odd, description=odd),
            NotesLink("https://b.example", "b", f"\n{odd}\r\n{odd}", "own"),
        ),
        tags=(odd, "b"),
    )
    show = make_show()
    episode = import_notes(show, notes).episode
    before = page_of(Episode.objects.with_entries().get(pk=episode.pk))
    sign_in(visitor, live_server.url, make_member("alice", show))
    save_unchanged(visitor, live_server.url, episode)
    assert page_of(Episode.objects.with_entries().get(pk=episode.pk)) == before


def test_public_pages_of_every_show_without_a_complaint(live_server, visitor):
    demo.load()
    for show in Show.objects.all():
        home = live_server.url.replace("localhost", f"{show.slug}.localhost")
        visitor.page.goto(f"{home}/")
        assert visitor.page.locator("h1").inner_text() == show.title
        for episode in show.episodes.published():
            visitor.page.goto(f"{home}{episode.get_absolute_url()}")
            assert visitor.page.locator("h1").inner_text() == episode.title
            assert visitor.page.locator(".links > li:not(.topic)").count() == episode.links.count()
            width, window = visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width <= window
    assert visitor.complaints == []


def test_the_desk_without_a_complaint(live_server, visitor):
    demo.load()
    sign_in(visitor, live_server.url, User.objects.get(username="alice"))
    url = f"{live_server.url}/admin/"
    draft = Episode.objects.get(number="029")
    for path in (
        "",
        "episodes/episode/",
        "episodes/episode/add/",
        f"episodes/episode/{draft.pk}/change/",
        "hosts/host/",
    ):
        visitor.page.goto(url + path)
    assert visitor.complaints == []


def test_a_producer_writes_an_episode(live_server, browser):
    """By mouse and keyboard: text, a link row added by script, tags; the page is there at once."""
    visitor = Visitor(browser.new_context())
    show = make_show()
    sign_in(visitor, live_server.url, make_member("alice", show))
    page = visitor.page
    page.goto(f"{live_server.url}/admin/episodes/episode/add/")
    page.fill("#id_number", "042")
    page.fill("#id_title", "High water")
    page.fill("#id_summary", "The *moon* did it.")
    page.fill("#id_tags", "moon, spring tide, c++")
    page.click("text=Add another Link")
    page.fill("#id_links-0-text", "Tide tables")
    page.fill("#id_links-0-url", "https://tides.example")
    page.locator('[name="_publish"]').click()
    page.locator("text=Publish now").click()
    page.wait_for_url("**/change/")
    page.goto(f"{live_server.url}/42")
    assert page.locator("h1").inner_text() == "High water"
    assert page.locator(".about em").inner_text() == "moon"
    assert page.locator(".links a").get_attribute("href") == "https://tides.example"
    assert page.locator(".tags li").all_inner_texts() == ["c++", "moon", "spring tide"]
    assert visitor.complaints == []


def test_choosing_a_sponsor_fills_the_row_and_leaves_what_was_written(live_server, browser):
    """With the keyboard alone, and twice: another sponsor replaces what we filled, not what the producer wrote."""
    visitor = Visitor(browser.new_context())
    show = make_show()
    episode = make_episode(show, published=False)
    lamps, oil = (Sponsor.objects.create(name=name, slug=name.lower(), kind="paid") for name in ("Lamps", "Oil"))
    offer = make_offer(lamps, show, promo_code="LAMPS", words="A lamp for two.", url="https://lamps.example")
    campaign = make_campaign(lamps, show, offer=offer)
    add_placement(make_episode(show, "002"), "Oil", promo_code="OIL")
    sign_in(visitor, live_server.url, make_member("alice", show))
    page = visitor.page

    def choose(name: str) -> None:
        page.focus("#id_placements-0-sponsor + .select2 .select2-selection")
        page.keyboard.press("Enter")
        expect(page.locator(".select2-search__field")).to_be_focused()
        page.keyboard.type(name)
        page.locator(f".select2-results__option--highlighted:has-text('{name}')").wait_for()
        with page.expect_response("**/prefill/**"):
            page.keyboard.press("Enter")

    page.goto(f"{live_server.url}/admin/episodes/episode/{episode.pk}/change/")
    page.click("text=Add another Sponsor")
    choose("Lamps")
    expect(page.locator("#id_placements-0-promo_code")).to_have_value("LAMPS")
    page.fill("#id_placements-0-words", "Our own words.")
    choose("Oil")
    expect(page.locator("#id_placements-0-promo_code")).to_have_value("OIL")
    assert page.input_value("#id_placements-0-url") == "https://oil.example"
    assert page.input_value("#id_placements-0-campaign") == ""
    choose("Lamps")
    expect(page.locator("#id_placements-0-promo_code")).to_have_value("LAMPS")
    page.locator('[name="_save"]').first.click()
    page.wait_for_url("**/episodes/episode/")
    row = episode.placements.get()
    assert (row.sponsor, row.campaign, row.offer, row.kind) == (lamps, campaign, offer, "paid")
    assert (row.name, row.words, row.url) == ("Lamps", "Our own words.", "https://lamps.example")
    assert oil.placements.count() == 1
    assert visitor.complaints == []


def test_a_sponsor_says_that_something_is_wrong_and_reads_the_answer(live_server, browser):
    """From the desk to the sponsor and back: an address made, a correction, its answer, an address revoked."""
    show = make_show()
    placement = add_placement(make_episode(show, air_date=last_month(show.today())[1]), "Oil")
    alice, rita = Visitor(browser.new_context(base_url=live_server.url)), Visitor(browser.new_context())
    sign_in(alice, live_server.url, make_member("alice", show))
    desk, page = alice.page, rita.page

    desk.goto("/admin/sponsors/recipient/add/")
    desk.focus("#id_sponsor + .select2 .select2-selection")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Oil")
    desk.locator(".select2-results__option--highlighted:has-text('Oil')").wait_for()
    desk.keyboard.press("Enter")
    desk.fill("#id_name", "Rita")
    desk.check("#id_shows input >> nth=0")
    desk.click("[name=_save]")
    address = desk.locator(".messagelist a[href*='/sponsors/private/']").get_attribute("href")
    desk.reload()
    assert desk.locator("a[href*='/sponsors/private/']").count() == 0

    page.goto(address)
    assert page.locator("#spots ~ .spots h3").inner_text() == "TR 001: The first tide"
    page.click("text=This is wrong")
    page.fill("textarea", "The code is TIDES.")
    page.click("text=Send to the producers")
    assert page.locator("#corrections ~ ul").inner_text().count("Sent, not answered yet") == 1

    desk.goto("/admin/episodes/correction/")
    desk.click("text=TR 001, Oil")
    assert "The code is TIDES." in desk.locator(".field-message").inner_text()
    desk.select_option("#id_state", "done")
    desk.fill("#id_answer", "So it is. The page says it now.")
    desk.click("[name=_save]")
    page.reload()
    assert "So it is. The page says it now." in page.locator("#corrections ~ ul").inner_text()

    desk.goto("/admin/sponsors/recipient/")
    desk.click("th.field-name a")
    desk.select_option("select[name$=action]", label="Revoke the address")
    desk.click("text=Run")
    desk.locator(".messagelist").get_by_text("leads nowhere now").wait_for()
    answer = page.reload()
    assert answer.status == 404
    assert placement.corrections.get().answered_by.username == "alice"
    assert [text for text in rita.complaints if "404 (Not Found)" not in text] == []
    assert alice.complaints == []


def test_a_late_answer_for_another_sponsor_fills_nothing(live_server, browser):
    visitor = Visitor(browser.new_context())
    show = make_show()
    episode = make_episode(show, published=False)
    lamps, oil = (Sponsor.objects.create(name=name, slug=name.lower()) for name in ("Lamps", "Oil"))
    make_offer(lamps, show, promo_code="LAMPS", words="A lamp for two.")
    make_offer(oil, show, promo_code="OIL", words="")
    sign_in(visitor, live_server.url, make_member("alice", show))
    page, held = visitor.page, []
    page.route(f"**/prefill/?sponsor={lamps.pk}&**", lambda route: held.append(route))
    page.goto(f"{live_server.url}/admin/episodes/episode/{episode.pk}/change/")
    page.click("text=Add another Sponsor")
    for name in ("Lamps", "Oil"):
        page.click("#id_placements-0-sponsor + .select2 .select2-selection")
        expect(page.locator(".select2-search__field")).to_be_focused()
        page.keyboard.type(name)
        page.locator(f".select2-results__option--highlighted:has-text('{name}')").wait_for()
        page.keyboard.press("Enter")
    expect(page.locator("#id_placements-0-promo_code")).to_have_value("OIL")
    with page.expect_response("**/prefill/**"):
        held[0].continue_()
    page.wait_for_timeout(100)  # The page reads it.
    said = [page.input_value(f"#id_placements-0-{name}") for name in ("name", "words", "promo_code")]
    assert said == ["Oil", "", "OIL"]
    assert visitor.complaints == []


def test_a_show_that_is_chosen_after_its_sponsor_fills_the_row(live_server, browser):
    visitor = Visitor(browser.new_context())
    show, other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
    alice, lamps = make_member("alice", show), Sponsor.objects.create(name="Lamps", slug="lamps")
    Membership.objects.create(user=alice, show=other, role=Role.PRODUCER)
    make_offer(lamps, show, promo_code="TIDE")
    make_offer(lamps, other, promo_code="TALK")
    sign_in(visitor, live_server.url, alice)
    page = visitor.page
    page.goto(f"{live_server.url}/admin/episodes/episode/add/")
    page.click("text=Add another Sponsor")
    page.click("#id_placements-0-sponsor + .select2 .select2-selection")
    expect(page.locator(".select2-search__field")).to_be_focused()
    page.keyboard.type("Lamps")
    page.locator(".select2-results__option--highlighted:has-text('Lamps')").wait_for()
    page.keyboard.press("Enter")
    for chosen, code in ((show, "TIDE"), (other, "TALK")):
        page.select_option("#id_show", str(chosen.pk))
        expect(page.locator("#id_placements-0-promo_code")).to_have_value(code)
    assert visitor.complaints == []
