"""Every kind of page in Chromium: for eyes, ears and keyboards, in light and dark, on a phone and at a desk."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page

from episodes import demo
from episodes.chapters import replace_chapters
from episodes.formats.chapters import Chapter
from episodes.models import Episode
from episodes.notes import Credit as NotesCredit
from episodes.notes import Link as NotesLink
from episodes.notes import Placement as NotesPlacement
from episodes.tests.factories import import_notes, make_notes, make_offer, make_show
from lupcms.shows.models import Show
from lupcms.tests.browser import Visitor, accessibility_problems, html_problems, needs_chromium, needs_npm
from sponsors.models import Kind, Sponsor

NETWORK = "network"
STATEMENT = f"{demo.STATEMENT}?from=2026-08-01&to=2026-11-30"
# Host, address and status of one page of each kind, and of the odd ones.
PAGES = [
    ("half-tide-radio", "/", 200),
    ("half-tide-radio", "/28", 200),
    ("half-tide-radio", "/28/transcript", 200),
    ("half-tide-radio", "/28/transcript?lang=de", 200),
    ("half-tide-radio", "/19", 200),
    ("half-tide-radio", "/regatta", 200),
    ("half-tide-radio", "/episodes", 200),
    ("half-tide-radio", "/episodes/2025", 200),
    ("half-tide-radio", "/hosts", 200),
    ("half-tide-radio", "/hosts/nell", 200),
    ("half-tide-radio", "/hosts/josie", 200),
    ("half-tide-radio", "/sponsors", 200),
    ("half-tide-radio", "/sponsors/kittiwake-batteries", 200),
    ("half-tide-radio", STATEMENT, 200),
    ("half-tide-radio", f"{demo.STATEMENT}?from=2026-11-30&to=2026-08-01", 200),
    ("half-tide-radio", "/sponsors/private/wrong", 404),
    ("half-tide-radio", "/tags", 200),
    ("half-tide-radio", "/tags?letter=l", 200),
    ("half-tide-radio", "/tags?letter=x", 200),
    ("half-tide-radio", "/tags/lighthouses", 200),
    ("half-tide-radio", "/about", 200),
    ("half-tide-radio", "/nowhere", 404),
    ("half-tide-radio", "/2800", 404),
    ("linux-unplugged", "/245", 200),
    ("linux-unplugged", "/about", 200),
    ("odd", "/1", 200),
    ("odd", "/1/transcript", 200),
    ("odd", "/2", 200),
    ("odd", "/3", 200),
    ("odd", "/hosts", 200),
    ("odd", "/sponsors", 200),
    ("odd", "/sponsors/offers", 200),
    ("odd", "/network/sponsors", 200),
    ("empty", "/", 200),
    ("empty", "/episodes", 200),
    ("empty", "/tags", 200),
    ("empty", "/sponsors", 200),
    (NETWORK, "/", 200),
    (NETWORK, "/sponsors", 200),
    (NETWORK, STATEMENT, 200),
    (NETWORK, "/nowhere", 404),
]

pytestmark = [
    pytest.mark.looks,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.ignore_template_errors,
]


def load_pages() -> None:
    """The demo, a show with every oddity in a language of its own, and one with nothing."""
    demo.load()
    odd = make_show("odd", "ODD", title="عرض " * 12, language="ar", site_url="https://odd.example", colour="#ffff00")
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3
    import_notes(
        odd,
        make_notes(
            acronym="ODD",
            title=long,
            summary=f"{long}\n\n* {'https://example.org/' + 'a' * 300}\n\n# مرحبا\n\n> `{'x' * 200}`",
            links=tuple(NotesLink(f"https://{n}.example/{'a' * n}", long[: n * 3] or "x") for n in range(122)),
            credits=tuple(NotesCredit("host", f"Person {n} {long[:n]}", f"p{n}") for n in range(14)),
            placements=tuple(NotesPlacement(long, f"https://{n}.example", long, f"CODE {long}") for n in range(4)),
            tags=tuple(sorted({f"tag {n}" for n in range(89)} | {long.strip()[:95]})),
        ),
    )
    import_notes(
        odd,
        make_notes(
            acronym="ODD",
            number="002",
            title="حلقة عن المد والجزر",
            summary="نتحدث عن *المد* والجزر، ثم عن https://example.org/a.",
            links=(NotesLink("https://example.org/", "رابط", description="وصف بالعربية"),) * 2,
        ),
    )
    import_notes(
        odd,
        make_notes(acronym="ODD", number="003", title="", summary="", credits=(), placements=(), links=(), tags=()),
    )
    make_odd_offers(odd, long)
    tide = Episode.objects.get(show__slug="half-tide-radio", slug="28")
    make_what_is_heard(tide, ["Nell Tarrant", "Theo Marsh"], "The tide comes in twice a day. ", ["en", "de"])
    make_what_is_heard(odd.episodes.get(slug="1"), [long, ""], f"{long} مرحبا ", ["ar"])
    make_show("empty", "EMP", title="Nothing Yet", language="de")


def make_what_is_heard(episode: Episode, speakers: list[str], words: str, languages: list[str]) -> None:
    """Forty chapters, with and without address and title, and transcripts of a thousand cues."""
    Episode.objects.filter(pk=episode.pk).update(enclosure_url="https://audio.example/1.mp3")
    addresses = ["", "https://www.example.org/a", f"https://{'a' * 60}.example/"]
    chapters = [Chapter(n * 300_000, words * (n % 3), url=addresses[n % 3], is_listed=n != 5) for n in range(40)]
    replace_chapters(episode, chapters)
    cues = [[n * 700, n * 700 + 650, speakers[n // 13 % 2], words] for n in range(1000)]
    for language in languages:
        episode.transcripts.create(language=language, format="vtt", cues=cues)


def make_odd_offers(show: Show, long: str) -> None:
    """In every state, of a sponsor with a wide logo, of one with the longest words, and of the show itself."""
    today, logo = show.today(), BytesIO()
    Image.new("RGB", (1200, 60), "#0b4f6c").save(logo, "PNG")
    offers = Sponsor.objects.create(name="عرض", slug="offers", kind=Kind.AFFILIATE, url="https://www.oil.example")
    offers.logo.save("logo.png", ContentFile(logo.getvalue()))
    for first, last, confirmed in ((1, None, None), (None, 0, None), (-9, 5, None), (None, None, -3), (None, -1, None)):
        days = [n if n is None else today + timedelta(n) for n in (first, last, confirmed)]
        fields = dict(zip(("valid_from", "valid_until", "last_verified_on"), days, strict=True))
        make_offer(offers, show, words="وصف *بالعربية*", promo_code="  TIDE  10  ", terms="شروط", **fields)
    placed = Sponsor.objects.get(name=long)
    for last in (None, today - timedelta(400)):
        make_offer(
            placed, show, words=long, promo_code="X" * 90, url=f"javascript:{long}", terms=long, valid_until=last
        )
    house = Sponsor.objects.create(name="Shop", slug="shop", kind=Kind.HOUSE)
    make_offer(house, show, promo_code="", url=f"https://{'a' * 60}.example/{'b' * 99}")


@pytest.fixture
def addresses(live_server, settings) -> list[tuple[str, int]]:
    port = live_server.url.rpartition(":")[2]
    settings.NETWORK_URL = f"http://{NETWORK}.localhost:{port}"
    load_pages()
    return [(f"http://{host}.localhost:{port}{path}", status) for host, path, status in PAGES]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_no_page_has_a_complaint_with_script_and_without(addresses, visitor: Visitor):
    for url, status in addresses:
        answer = visitor.page.goto(url)
        assert answer is not None
        assert answer.status == status, url
        assert visitor.page.locator("h1").count() == 1, url
    assert [text for text in visitor.complaints if "404 (Not Found)" not in text] == []


@needs_npm
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(addresses, page: Page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for url, _ in addresses:
        page.goto(url)
        if problems := accessibility_problems(page):
            found[url] = problems
    assert not found, "\n".join(f"{url}: {text}" for url, texts in found.items() for text in texts)


@needs_npm
def test_html_validate_finds_nothing(addresses, tmp_path):
    pages = {
        f"{host}{path}": Client(headers={"host": f"{host}.localhost"}).get(path).content.decode()
        for host, path, _ in PAGES
    }
    pages |= {name: render_to_string(name, {"message": "Back at nine."}) for name in ("500.html", "503.html")}
    assert html_problems(pages, tmp_path) == []


def test_nothing_is_wider_than_a_small_phone_also_with_text_of_twice_the_size(addresses, page: Page):
    page.set_viewport_size({"width": 320, "height": 640})
    for url, _ in addresses:
        page.goto(url)
        for size in ("100%", "200%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 320, f"{url} at {size}"


def test_every_target_is_large_enough_for_a_finger(addresses, page: Page):
    """24 CSS pixels, or inside a sentence (WCAG 2.2, 2.5.8)."""
    small = """() => [...document.querySelectorAll("a, button, input, summary")]
        .filter((target) => target.checkVisibility() && !target.closest(".prose, p, .links > li, .skip"))
        .map((target) => [target.getBoundingClientRect(), target.outerHTML])
        .filter(([box]) => box.width < 24 || box.height < 24)
        .map(([box, html]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
    page.set_viewport_size({"width": 390, "height": 844})
    found = {}
    for url, _ in addresses:
        page.goto(url)
        if targets := page.evaluate(small):
            found[url] = targets
    assert not found, "\n".join(f"{url}: {text}" for url, texts in found.items() for text in texts)


def test_a_keyboard_gets_everywhere_in_reading_order(addresses, page: Page):
    """The skip link is first and leads to the content; each stop can be seen and comes after the one before it."""
    # Of the player's own controls a page knows nothing.
    url = next(url for url, _ in addresses if url.endswith("/19"))
    page.goto(url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(url)
    stops = "a[href], button:not([hidden]), [data-theme]"
    visible = page.evaluate(f"[...document.body.querySelectorAll('{stops}')].filter(e => e.checkVisibility()).length")
    for number in range(visible):
        page.keyboard.press("Tab")
        at = page.evaluate(
            f"[...document.body.querySelectorAll('{stops}')].filter(e => e.checkVisibility())"
            ".indexOf(document.activeElement)"
        )
        assert at == number
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", page.evaluate("document.activeElement.outerHTML")


def test_light_or_dark_is_the_visitors_choice_and_needs_no_cookie(addresses, page: Page):
    page.emulate_media(color_scheme="light")
    page.goto(addresses[0][0])
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("button[data-theme=dark]")
    dark = page.evaluate(paper)
    assert dark != light
    page.goto(addresses[1][0])
    assert page.evaluate(paper) == dark
    assert page.locator("button[data-theme=dark]").get_attribute("aria-pressed") == "true"
    page.click('button[data-theme=""]')
    assert page.evaluate(paper) == light
    assert page.context.cookies() == []


def test_a_code_is_copied_and_said_so(addresses, page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(next(url for url, _ in addresses if url.endswith("/245")))
    page.click(".ticket button")
    page.locator(".ticket [role=status]", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "dounplugged"


def test_a_printed_page_spells_its_addresses_out(addresses, page: Page):
    page.goto(next(url for url, _ in addresses if url.endswith("/245")))
    page.emulate_media(media="print", color_scheme="dark")
    printed = "getComputedStyle(document.querySelector('.links a'), '::after').content"
    assert "utopian.io" in page.evaluate(printed)
    assert page.locator(".masthead nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_statement_of_a_month_prints_on_one_sheet_with_the_address_of_each_spot(addresses, page: Page):
    home = addresses[0][0]
    page.goto(f"{home.rstrip('/')}{demo.STATEMENT}?from=2026-10-15&to=2026-11-14")
    assert page.locator(".spots > li").count() == 2
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")
    for sheet in ("A4", "Letter"):
        pdf = page.pdf(format=sheet, margin=margin)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, sheet
    page.emulate_media(media="print")
    printed = "[...document.querySelectorAll('.spots h3 a')].map(a => getComputedStyle(a, '::after').content)"
    assert all("sponsor-" in text for text in page.evaluate(printed))
