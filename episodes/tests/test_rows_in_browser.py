"""Real Chromium: rows dragged, moved by keys and by number, added without script; what is not saved is asked about."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from episodes.models import Episode
from episodes.tests.factories import add_credit, add_link, make_episode, make_member, make_offer, make_show
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Sponsor

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

WIDE = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NARROW = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
SMALL_TARGETS = """() =>
  [...document.querySelectorAll(".rows :is(input, select, textarea, summary, .handle):not(.select2-hidden-accessible)")]
    .map((box) => [box.id || box.outerHTML, (box.closest("label") ?? box).getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (width < 24 || height < 24))
    .map(([name]) => name)"""
NO_SCRIPT = {**WIDE, "java_script_enabled": False}


@pytest.fixture
def desk(live_server: Any, browser: Any, request: Any) -> Iterator[Visitor]:
    """Alice's window on an episode with the links a to e, and "Ann" known to its show."""
    show = make_show()
    episode = make_episode(show)
    for position, name in enumerate("abcde", 1):
        add_link(episode, f"https://{name}.example", text=name, position=position)
    add_credit(make_episode(show, "002"), "ann", "Ann Host")
    visitor = Visitor(browser.new_context(base_url=live_server.url, **getattr(request, "param", WIDE)))
    sign_in(visitor, live_server.url, make_member("alice", show))
    visitor.page.goto(f"/admin/episodes/episode/{episode.pk}/change/")
    yield visitor
    assert visitor.complaints == []
    visitor.page.context.close()


def shown(page: Page) -> str:
    boxes = page.locator("#links-group .inline-related:not(.empty-form) [id$='-text']").all()
    return "".join(box.input_value() for box in boxes)


def stored() -> str:
    return "".join(link.text for link in Episode.objects.get(number="001").links.all())


def handle(page: Page, row: int) -> Any:
    return page.locator(f"#links-{row} .handle")


def drag(page: Page, row: int, to: int, *, drop: bool = True) -> None:
    # In the middle of the window: near its edges the page scrolls along.
    page.locator("#links-2").evaluate("row => row.scrollIntoView({ block: 'center' })")
    handle(page, row).hover()
    page.mouse.down()
    box = handle(page, to).bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + (0 if to < row else box["height"]), steps=5)
    page.wait_for_timeout(100)  # A frame or two.
    if drop:
        page.mouse.up()


def save(page: Page) -> None:
    page.click("[name=_save]")
    page.wait_for_url("**/episodes/episode/")


class TestOrder:
    def test_by_mouse_and_given_up_by_escape(self, desk):
        page = desk.page
        drag(page, 0, 3)
        assert shown(page) == "bcdae"
        expect(page.locator("[role=status]", has_text="Moved")).to_have_text("Moved: now 4 of 5.")
        drag(page, 4, 1, drop=False)
        assert shown(page) == "ebcda"
        page.keyboard.press("Escape")
        page.mouse.up()
        assert shown(page) == "bcdae"
        save(page)
        assert stored() == "bcdae"

    def test_by_keys_with_the_focus_kept_and_said_aloud(self, desk):
        page = desk.page
        handle(page, 2).focus()
        for key, order in (("ArrowUp", "acbde"), ("Alt+ArrowUp", "cabde"), ("ArrowUp", "cabde"), ("End", "abdec")):
            page.keyboard.press(key)
            assert shown(page) == order
            expect(handle(page, 2)).to_be_focused()
        expect(page.locator("[role=status]", has_text="Moved")).to_have_text("Moved: now 5 of 5.")
        expect(page.get_by_role("button", name="Move Link 5")).to_be_focused()
        save(page)
        assert stored() == "abdec"

    def test_by_number_at_once_and_as_the_server_would(self, desk):
        page = desk.page
        for row, number, order in ((4, "1", "eabcd"), (4, "3", "abecd"), (0, "", "becda")):
            page.fill(f"#id_links-{row}-position", number)
            page.keyboard.press("Tab")
            assert shown(page) == order
        save(page)
        assert stored() == "becda"

    def test_rows_keep_their_names_when_a_new_one_was_moved_before_them_and_another_is_removed(self, desk):
        """Django's script numbers the names anew, in the order of the page."""
        page = desk.page
        for row, text in ((5, "x"), (6, "y")):
            page.click("text=Add another Link")
            page.fill(f"#id_links-{row}-text", text)
            page.fill(f"#id_links-{row}-url", "https://new.example")
            handle(page, row).press("Home")
        assert shown(page) == "yxabcde"
        page.click("#links-5 .inline-deletelink")
        assert shown(page) == "yabcde"
        save(page)
        assert stored() == "yabcde"

    @pytest.mark.parametrize("desk", [PHONE], ids=["phone"], indirect=True)
    def test_by_finger(self, desk):
        page = desk.page
        handle(page, 1).scroll_into_view_if_needed()
        start, end = handle(page, 1).bounding_box(), handle(page, 0).bounding_box()
        assert min(start["width"], start["height"]) >= 36
        touch = page.context.new_cdp_session(page)
        x, y, to = start["x"] + 10, start["y"] + 10, end["y"] - 10
        for kind, points in (
            ("touchStart", [{"x": x, "y": y}]),
            ("touchMove", [{"x": x, "y": (y + to) / 2}]),
            ("touchMove", [{"x": x, "y": to}]),
        ):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(100)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert shown(page) == "bacde"
        save(page)
        assert stored() == "bacde"


class TestUnfolding:
    def test_what_is_empty_unfolds_by_more_and_what_is_filled_stays(self, desk):
        page = desk.page
        heading, title = page.locator("#id_links-1-heading"), page.locator("#id_links-1-title")
        expect(heading).not_to_be_visible()
        page.click("#links-1 summary")
        heading.fill("النشرة")
        expect(title).to_be_visible()
        page.click("#links-1 summary")
        expect(title).not_to_be_visible()
        expect(heading).to_be_visible()
        save(page)
        assert Episode.objects.get(number="001").links.all()[1].heading == "النشرة"

    @pytest.mark.parametrize("desk", [PHONE], ids=["phone"], indirect=True)
    def test_a_description_that_a_script_fills_in_is_shown(self, desk):
        """As a paste does: a row by Django's own link, its value set, and told."""
        page = desk.page
        page.evaluate("document.querySelector('#links-group .add-row a').click()")
        box = page.locator("#id_links-5-description")
        expect(box).not_to_be_visible()
        box.evaluate("box => { box.value = 'Read it.'; box.dispatchEvent(new Event('input', { bubbles: true })); }")
        expect(box).to_be_visible()
        expect(page.locator("#links-5 .handle")).to_be_visible()


class TestWithoutScript:
    @pytest.mark.parametrize("desk", [NO_SCRIPT], ids=["no-script"], indirect=True)
    def test_a_link_a_person_and_a_sponsor_are_added_and_a_link_is_moved(self, desk):
        page, episode = desk.page, Episode.objects.get(number="001")
        oil = Sponsor.objects.create(name="Lamp Oil", slug="oil")
        make_offer(oil, episode.show, promo_code="TIDE")
        page.click("[value=links]")
        page.fill("#id_links-6-text", "f")
        page.fill("#id_links-6-url", "https://f.example")
        page.fill("#id_links-4-position", "1")
        page.click("[value=credits]")
        page.fill("#id_credits-0-name", "ann host")
        page.select_option("#id_credits-0-role", "guest")
        page.click("[value=placements]")
        page.fill("#id_placements-0-name", "lamp oil")
        page.press("#id_placements-0-name", "Enter")
        page.wait_for_url("**/episodes/episode/#*")
        assert stored() == "eabcdf"
        assert episode.credits.values_list("name", "slug", "role").get() == ("Ann Host", "ann", "guest")
        assert episode.placements.values_list("sponsor", "promo_code").get() == (oil.pk, "TIDE")


class TestUnsaved:
    @pytest.mark.parametrize(
        "change",
        [
            lambda page: page.fill("#id_title", "Changed"),
            lambda page: page.select_option("#id_links-1-title_kind", "none", force=True),
            lambda page: page.check("#id_links-0-DELETE"),
            lambda page: page.click("text=Add another Link"),
            lambda page: handle(page, 0).press("End"),
        ],
        ids=["typed", "chosen", "deleted", "added", "moved"],
    )
    def test_leaving_a_changed_form_asks(self, desk, change):
        page, asked = desk.page, []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        change(page)
        page.evaluate("location.href = '/admin/'")
        page.wait_for_timeout(200)
        assert asked == ["beforeunload"]
        assert page.url.endswith("/change/")

    def test_an_untouched_form_a_saved_one_and_one_put_back_do_not_ask(self, desk):
        page, asked = desk.page, []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        address = page.url
        page.goto("/admin/")
        page.go_back()
        handle(page, 0).press("ArrowDown")
        handle(page, 0).press("ArrowUp")
        page.goto("/admin/")
        page.goto(address)
        page.fill("#id_title", "Changed")
        save(page)
        page.goto("/admin/")
        assert asked == []

    def test_what_was_refused_is_asked_about_and_going_back_is_leaving(self, desk):
        page, asked = desk.page, []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.fill("#id_number", "no number")
        page.click("[name=_save]")
        expect(page.locator(".errornote")).to_be_visible()
        # The page can be seen before its scripts ran, and a browser asks only where somebody has touched it.
        page.wait_for_load_state()
        page.click("#id_title")
        page.go_back()
        assert asked == ["beforeunload"]


@needs_npm
@pytest.mark.parametrize("desk", [WIDE, PHONE, NARROW], ids=["wide", "phone", "narrow and dark"], indirect=True)
def test_rows_unfolded_are_readable_by_everybody(desk):
    """With everything that can be unfolded, new, or marked: axe is content, thumbs hit, nothing is cut off."""
    page = desk.page
    page.click("#links-1 summary")
    page.fill("#id_links-1-heading", "עדכונים")
    page.fill("#id_links-1-description", "אלפים")
    page.check("#id_links-2-DELETE")
    for kind in ("Link", "Person", "Sponsor"):
        page.click(f"text=Add another {kind}")
    page.click("#placements-0 summary")
    assert accessibility_problems(page, impacts=("serious", "critical")) == []
    assert page.evaluate(SMALL_TARGETS) == []
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        sizes = page.eval_on_selector_all(
            ".rows", "all => all.map((group) => [group.id, group.scrollWidth - group.clientWidth])"
        )
        assert [group for group, too_wide in sizes if too_wide > 0] == [], size
