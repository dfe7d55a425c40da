"""The player: its HTML, and what it does in Chromium with a recording of two minutes."""

import re
from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client, TestCase, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Route

from episodes import audio
from episodes.models import Episode
from episodes.tests.factories import make_episode, make_show
from episodes.tests.sounds import mp3
from lupcms.shows.models import Show
from lupcms.tests.browser import Visitor, accessibility_problems, html_problems, needs_chromium, needs_npm

FIRESIDE = "https://player.fireside.fm/v2/Show+Episode1?theme=dark"
# As the list of chapters and a transcript link into the audio.
CHAPTERS = "".join(
    f'<li><a href="{href}">{title}</a></li>'
    for href, title in (("?t=0", "Start"), ("?t=30", "Middle"), ("/1?t=90", "End"))
)


def make_heard(show: Show, number: str = "001", seconds: int = 120, **fields: Any) -> Episode:
    episode = make_episode(show, number, **fields)
    audio.attach(episode, ContentFile(mp3(seconds)))
    episode.summary_html = f'<ol class="chapters">{CHAPTERS}</ol>'
    episode.save()
    return episode


class PlayerTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_heard(cls.show, title='Say "<tide>"')

    def test_native_controls_are_in_the_html_and_load_nothing(self):
        page = self.client.get("/1").content.decode()
        tag = re.search(r"<audio[^>]*>", page)[0]
        self.assertIn('controls preload="none"', tag)
        self.assertIn(f'src="{self.episode.audio.url}"', tag)
        self.assertIn('aria-label="TR 001: Say &quot;&lt;tide&gt;&quot;"', tag)
        self.assertNotIn("autoplay", page)
        self.assertIn(f'<a href="{self.episode.audio.url}" download>Download</a> <span>1.8\xa0MB</span>', page)

    def test_t_starts_there_also_without_script(self):
        for asked in ("81", "81.5"):
            page = self.client.get(f"/1?t={asked}").content.decode()
            self.assertIn(f'src="{self.episode.audio.url}#t={asked}"', page)
            self.assertIn(f'<a href="{self.episode.audio.url}#t={asked}">The file from 1:21 on</a>', page)
        for asked in ("", "x", "-1", "1e3", "٨١", "1&quot;", "9999999", "81;82"):
            page = self.client.get("/1", {"t": asked}).content.decode()
            self.assertIn(f'src="{self.episode.audio.url}"', page, asked)

    def test_audio_elsewhere_or_measured_is_asked_for_by_its_address(self):
        Show.objects.update(media_prefix="https://op3.dev/e/")
        self.assertContains(
            self.client.get("/1"), f'src="https://op3.dev/e/tide-radio.example{self.episode.audio.url}"'
        )
        Show.objects.update(media_prefix="")
        Episode.objects.update(enclosure_url="https://cdn.example/1.mp3?a=1&b=2")
        self.assertContains(self.client.get("/1"), 'src="https://cdn.example/1.mp3?a=1&amp;b=2"')

    def test_an_episode_with_nothing_to_hear_has_no_player(self):
        make_episode(self.show, "002")
        page = self.client.get("/2").content.decode()
        for text in ("player", "Listen", "<audio"):
            self.assertNotIn(text, page)
        self.assertEqual(self.client.get("/2/embed").status_code, 404)

    def test_audio_costs_no_query(self):
        make_episode(self.show, "002")
        for path in ("/1", "/2"):
            with self.subTest(path), self.assertNumQueries(10):
                self.client.get(path)
        with self.assertNumQueries(3):
            self.client.get("/1/embed")

    def test_the_embed_page_alone_may_be_framed_and_is_not_indexed(self):
        embed = self.client.get("/1/embed")
        self.assertIn("frame-ancestors *", embed.headers["Content-Security-Policy"])
        self.assertNotIn("X-Frame-Options", embed.headers)
        self.assertContains(embed, '<meta name="robots" content="noindex">')
        self.assertContains(embed, '<link rel="canonical" href="https://tide-radio.example/1">')
        self.assertContains(embed, '<a href="https://tide-radio.example/1" target="_blank" rel="noopener">')
        self.assertEqual(embed.cookies, {})
        self.assertNotIn("Vary", embed.headers)
        page = self.client.get("/1")
        self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
        self.assertEqual(page.headers["X-Frame-Options"], "DENY")
        policies = [response.headers["Content-Security-Policy"] for response in (page, embed)]
        self.assertEqual(policies[0].replace("'none'", "*"), policies[1].replace("'none'", "*"))

    def test_embed_of_a_draft_is_404_and_a_folded_address_leads_there(self):
        self.assertRedirects(self.client.get("/001/embed?t=5"), "/1/embed?t=5", 301)
        Episode.objects.update(published_at=None)
        self.assertEqual(self.client.get("/1/embed").status_code, 404)

    def test_the_code_for_embedding_keeps_quotes(self):
        page = self.client.get("/1").content.decode()
        code = re.search(r"<textarea[^>]*>(.*)</textarea>", page)[1]
        self.assertIn("&lt;iframe src=&quot;" if "&quot;" in code[:20] else "&lt;iframe src=", code)
        self.assertIn("https://tide-radio.example/1/embed", code)
        self.assertIn('title="TR 001: Say &amp;quot;&amp;lt;tide&amp;gt;&amp;quot;"', code)
        Show.objects.update(site_url="")
        self.assertNotContains(self.client.get("/1"), "iframe")

    def test_a_foreign_player_is_a_press_away_where_its_host_is_known(self):
        Episode.objects.update(audio="", enclosure_url="", player_url=FIRESIDE)
        page = self.client.get("/1").content.decode()
        self.assertIn(f'data-frame="{FIRESIDE}"', page)
        self.assertIn(f'<a class="play" href="{FIRESIDE}" rel="noopener">Play at player.fireside.fm</a>', page)
        self.assertNotIn("<iframe", page)
        for url in (
            "https://evil.example/",
            "http://player.fireside.fm/v2/x",
            "https://player.fireside.fm.evil.example/",
            "https://player.fireside.fm@evil.example/",
            "https://player.fireside.fm:444/",
        ):
            Episode.objects.update(player_url=url)
            page = self.client.get("/1").content.decode()
            self.assertIn(f'href="{url}" rel="noopener">Listen</a>', page)
            self.assertNotIn("data-frame", page)
            self.assertNotIn("player.js", page)
        with override_settings(PLAYER_HOSTS=[]):
            Episode.objects.update(player_url=FIRESIDE)
            self.assertNotContains(self.client.get("/1"), "data-frame")

    def test_a_video_is_a_plain_link_that_says_where_it_leads(self):
        self.assertNotContains(self.client.get("/1"), "Watch the video")
        Episode.objects.update(video_url='https://www.youtube.com/watch?v=1&t="2"')
        page = self.client.get("/1").content.decode()
        self.assertIn(
            '<p class="facts"><a href="https://www.youtube.com/watch?v=1&amp;t=&quot;2&quot;" rel="noopener">Watch the '
            'video</a> <span class="site" dir="ltr">youtube.com</span></p>',
            page,
        )
        # Nothing else of the page knows that host, so nothing asks it before a press.
        self.assertEqual(page.count("youtube.com"), 2)

    def test_a_video_is_there_where_no_audio_is(self):
        make_episode(self.show, "002", video_url="https://video.example/2.mp4")
        self.assertContains(
            self.client.get("/2"), 'href="https://video.example/2.mp4" rel="noopener">Watch the video</a>'
        )

    def test_frames_are_allowed_from_those_hosts_alone(self):
        policy = self.client.get("/1").headers["Content-Security-Policy"]
        self.assertIn("frame-src https://player.fireside.fm;", policy)
        self.assertIn("media-src 'self' https:;", policy)

    def test_captions_are_there_where_a_transcript_is(self):
        self.episode.transcripts.create(language="de", format="vtt", cues=[[0, 1000, "", "Moin."]])
        page = self.client.get("/1").content.decode()
        self.assertIn('<track kind="captions" src="/1/transcript.vtt" srclang="de" label="Transcript">', page)


@needs_npm
@needs_chromium
@pytest.mark.django_db
@pytest.mark.ignore_template_errors
def test_html_validate_finds_nothing(tmp_path):
    show = make_show(language="de")
    make_heard(show)
    make_episode(show, "002", player_url=FIRESIDE)
    make_episode(show, "003", player_url="https://elsewhere.example/")
    make_episode(show, "004", video_url="https://youtu.be/1?a=b&c=d")
    client = Client()
    paths = ("/1", "/1?t=81", "/1/embed", "/2", "/3", "/4")
    assert html_problems({path: client.get(path).content.decode() for path in paths}, tmp_path) == []


@pytest.fixture
def home(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    # Django's test server would serve media itself, without ranges.
    monkeypatch.setattr("django.test.testcases._MediaFilesHandler._should_handle", lambda *_: False)
    make_heard(make_show(colour="#006644"))
    return live_server.url.replace("localhost", "tide-radio.localhost")


class _Framing(BaseHTTPRequestHandler):
    """A page that frames the address behind its `?`."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        url = escape(self.path.partition("?")[2])
        page = f'<!DOCTYPE html><title>x</title><iframe src="{url}" width="320" height="260"></iframe>'
        self.wfile.write(page.encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another origin, on this machine: Chromium lets no page from outside frame one of it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Framing) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://elsewhere.localhost:{server.server_port}/?"
        server.shutdown()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def asked_for_audio(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: "/media/audio/" in request.url and asked.append(request.url))
    return asked


def answer(html: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=html, content_type="text/html")


def wait(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {{ const audio = document.querySelector('audio'); return {condition}; }}")


def state(page: Page, expression: str) -> Any:
    return page.evaluate(f"() => {{ const audio = document.querySelector('audio'); return {expression}; }}")


@needs_chromium
@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
@pytest.mark.ignore_template_errors
# Django's test server does not close what a browser stopped reading.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestInChromium:
    def test_nothing_is_asked_before_play_and_a_press_plays(self, home, context):
        visitor = Visitor(context)
        page, asked = visitor.page, asked_for_audio(visitor.page)
        page.goto(f"{home}/1")
        page.wait_for_load_state("networkidle")
        assert asked == []
        page.focus("audio")
        page.keyboard.press("Space")
        wait(page, "!audio.paused && audio.currentTime > 0.2")
        assert asked
        assert 119 < state(page, "audio.duration") < 121
        assert state(page, "navigator.mediaSession.metadata.title") == "TR 001: The first tide"
        assert visitor.complaints == []

    def test_a_link_into_the_audio_jumps_there_without_loading_the_page_anew(self, home, context):
        visitor = Visitor(context)
        page = visitor.page
        page.goto(f"{home}/1")
        page.evaluate("window.same = true")
        page.click("text=Middle")
        wait(page, "!audio.paused && audio.currentTime >= 30 && audio.currentTime < 40")
        assert page.locator("[aria-current=true]").all_inner_texts() == ["Middle"]
        page.click("text=End")
        wait(page, "!audio.paused && audio.currentTime >= 90 && audio.currentTime < 100")
        assert page.locator(".chapters [aria-current=true]").all_inner_texts() == ["End"]
        assert page.evaluate("window.same")
        assert page.url == f"{home}/1"
        assert visitor.complaints == []

    @pytest.mark.parametrize("address", ["/1?t=81", "/1#t=81", "/1/embed?t=81"])
    def test_an_address_starts_there_with_one_press_where_the_browser_wants_one(self, home, context, address):
        visitor = Visitor(context)
        page, asked = visitor.page, asked_for_audio(visitor.page)
        page.goto(f"{home}{address}")
        page.wait_for_function("() => document.querySelector('[role=status]').textContent")
        assert page.locator("[role=status]").inner_text() == "Ready at 1:21: press play."
        assert page.evaluate("document.activeElement.tagName") == "AUDIO"
        assert asked == []
        page.keyboard.press("Space")
        wait(page, "!audio.paused && audio.currentTime >= 81 && audio.currentTime < 90")
        assert page.locator("[role=status]").text_content() == ""
        assert visitor.complaints == []

    def test_place_and_speed_are_remembered_until_the_end(self, home, context):
        page = Visitor(context).page
        page.goto(f"{home}/1")
        page.select_option(".player select", "1.5")
        page.click("text=Middle")
        wait(page, "audio.currentTime >= 31")
        page.evaluate("document.querySelector('audio').pause()")
        page.goto(f"{home}/episodes")
        page.goto(f"{home}/1")
        assert re.fullmatch(r"Goes on at 0:3\d\.", page.locator("[role=status]").inner_text())
        assert page.locator(".player select").input_value() == "1.5"
        page.focus("audio")
        page.keyboard.press("k")
        wait(page, "!audio.paused && audio.currentTime >= 31 && audio.currentTime < 40 && audio.playbackRate === 1.5")
        page.evaluate("document.querySelector('audio').currentTime = 119.5")
        wait(page, "audio.ended")
        page.goto(f"{home}/1")
        assert page.locator("[role=status]").inner_text() == ""
        assert page.evaluate("Object.keys(localStorage)") == ["speed"]

    def test_nothing_moves_when_the_script_runs(self, home, context):
        page = Visitor(context).page
        # What moves inside the browser's own controls has no node.
        shifts = """
            window.moved = [];
            new PerformanceObserver((list) => {
                for (const { sources } of list.getEntries())
                    moved.push(...sources.filter(({ node }) => node).map(({ node }) => node.nodeName));
            }).observe({ type: "layout-shift", buffered: true });
        """
        # Phone size: more of the page lies below the player than beside it.
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(f"{home}/1")
        page.evaluate("localStorage.setItem('at /1', '31.5')")
        page.add_init_script(shifts)
        page.goto(f"{home}/1")
        assert page.locator("[role=status]").inner_text() == "Goes on at 0:31."
        page.wait_for_timeout(300)
        assert page.evaluate("moved") == []

    def test_the_keyboard_works_in_the_player_and_nowhere_else(self, home, context):
        page = Visitor(context).page
        page.goto(f"{home}/1")
        for key in ("l", "k", "j"):
            page.keyboard.press(key)
        assert state(page, "audio.paused && audio.currentTime === 0")
        page.focus("audio")
        page.keyboard.press("l")
        page.keyboard.press("k")
        wait(page, "!audio.paused && audio.currentTime >= 30")
        page.keyboard.press("k")
        wait(page, "audio.paused")
        page.keyboard.press("j")
        wait(page, "audio.currentTime >= 15 && audio.currentTime < 25")
        stops = ["AUDIO"]
        page.focus("audio")
        # The browser's own controls are several stops, all of them this element.
        while stops[-1] and len(stops) < 20:
            page.keyboard.press("Tab")
            stop = "document.activeElement.closest('.player') && document.activeElement"
            stops.append(page.evaluate(f"({stop})?.tagName"))
        assert [stop for stop in stops if stop != "AUDIO"] == ["BUTTON", "BUTTON", "SELECT", "A", None]
        page.click("text=On 30 s")
        wait(page, "audio.currentTime >= 45 && audio.currentTime < 55")
        page.click("text=Back 15 s")
        wait(page, "audio.currentTime >= 30 && audio.currentTime < 40")

    def test_it_plays_in_a_frame_of_somebody_elses_page(self, home, elsewhere, context):
        visitor = Visitor(context)
        page = visitor.page
        page.goto(f"{elsewhere}{home}/1/embed")
        inside = page.frame_locator("iframe")
        inside.locator("text=On 30 s").click()
        inside.locator("audio").focus()
        page.keyboard.press("Space")
        embedded = page.frames[1]
        embedded.wait_for_function("() => document.querySelector('audio').currentTime > 30")
        width, window, height, inner = embedded.evaluate(
            "[document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight, innerHeight]"
        )
        assert (width <= window, height <= inner) == (True, True), (width, window, height, inner)
        assert context.cookies() == []
        assert visitor.complaints == []
        page.goto(f"{elsewhere}{home}/1")
        assert any("frame" in text for text in visitor.complaints)

    def test_without_script_the_controls_are_there_and_t_has_the_file_from_there(self, home, browser):
        context = browser.new_context(java_script_enabled=False)
        visitor = Visitor(context)
        page, asked = visitor.page, asked_for_audio(visitor.page)
        page.goto(f"{home}/1?t=81")
        assert page.locator("audio").is_visible()
        assert not page.locator(".steps").is_visible()
        assert page.locator("text=The file from 1:21 on").get_attribute("href").endswith(".mp3#t=81")
        assert asked == []
        page.focus("audio")
        page.keyboard.press("Space")
        page.wait_for_timeout(500)
        assert asked
        assert visitor.complaints == []
        context.close()

    def test_a_foreign_player_is_loaded_by_a_press(self, home, context):
        make_episode(Show.objects.get(), "002", player_url=FIRESIDE)
        visitor = Visitor(context)
        page = visitor.page
        context.route("https://player.fireside.fm/**", answer("<!DOCTYPE html><title>theirs</title>"))
        page.goto(f"{home}/2")
        assert visitor.complaints == []
        page.click("text=Play at player.fireside.fm")
        page.frame_locator("iframe").locator("title").wait_for(state="attached")
        assert page.frames[1].title() == "theirs"
        assert page.url == f"{home}/2"
        assert page.evaluate("document.activeElement.tagName") == "IFRAME"
        assert visitor.complaints == [f"asked somebody else: {FIRESIDE}"]

    def test_chromium_plays_mp3_ogg_and_wav(self, home, context):
        """What we accept, and what a browser could play besides."""
        page = context.new_page()
        page.goto(f"{home}/1")
        kinds = ["audio/mpeg", 'audio/ogg; codecs="opus"', 'audio/ogg; codecs="vorbis"', "audio/x-m4a", "audio/wav"]
        can = {kind: state(page, f"audio.canPlayType({kind!r})") for kind in kinds}
        assert all(can.values()), can

    @needs_npm
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [320, 1280])
    def test_axe_finds_nothing_and_nothing_is_too_wide_or_too_small(self, home, context, scheme, width):
        show = Show.objects.get()
        make_episode(show, "002", player_url=FIRESIDE)
        page = Visitor(context).page
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/1", "/1?t=81", "/1/embed", "/2"):
            page.goto(f"{home}{path}")
            assert accessibility_problems(page) == [], path
            for size in ("100%", "200%"):
                page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {size}"
            page.evaluate("document.documentElement.style.fontSize = ''")
            for target in page.locator(".player :is(button, select, a), .poster a").all():
                box = target.bounding_box()
                assert box["width"] >= 24, target.inner_text()
                assert box["height"] >= 24, target.inner_text()
