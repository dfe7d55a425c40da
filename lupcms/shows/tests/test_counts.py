"""Who is counted, and that no press gets lost, also when a thousand come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from unittest import mock

import pytest
from django.db import connection
from django.test import RequestFactory

from episodes.tests.factories import add_placement, make_episode, make_show
from lupcms.shows.counts import DailyCountQuerySet, counts_clicks, is_a_person
from lupcms.shows.models import Show

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"

PEOPLE = [
    FIREFOX,
    "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/131.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 13; SM-S918B) {WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 12; KINGKONG 8 Build/CUBOT) {WEBKIT} Chrome/120.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) {WEBKIT} Chrome/88.0.4324.93 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) {WEBKIT} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; K) {WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36 Telegram-Android/11.3.3 "
    "(Samsung SM-A546B; Android 14; SDK 34; HIGH)",
    f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1",
    f"{IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
    f"{IPHONE} FxiOS/132.0 Mobile/15E148 Safari/605.1.15",
    f"{IPHONE} GSA/342.0.693598186 Mobile/15E148 Safari/604.1",
    f"{IPHONE} Mobile/15E148",
    f"{IPHONE} Mobile/15E148 Overcast/2024.11",
    f"{IPHONE} Mobile/15E148 Castro/2024.9",
    f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/488.0.0.69.101;FBBV/653606674;FBDV/iPhone15,2;FBSN/iOS]",
    f"{IPHONE} Mobile/15E148 Instagram 355.0.0.23.96 (iPhone15,2; iOS 18_1; en_US; scale=3.00)",
    f"Mozilla/5.0 (Linux; Android 14; SM-G991B; wv) {WEBKIT} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 "
    "PocketCasts/7.76",
    f"Mozilla/5.0 (Linux; Android 13; M2101K6G; wv) {WEBKIT} Version/4.0 Chrome/131.0 Mobile Safari/537.3 Castbox/11",
    f"Mozilla/5.0 (Linux; Android 14; K; wv) {WEBKIT} Version/4.0 Chrome/131.0 Mobile Safari/537.36 PodcastAddict/v5",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Safari/605.1.15",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Spotify/1.2.50 Chrome/128.0.0.0 Safari/537.36",
    "Opera/9.80 (Android; Opera Mini/36.2.2254/191.249; U; en) Presto/2.12.423 Version/12.16",
    "Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.8.3",
    "w3m/0.5.3+git20230121",
    "ELinks/0.17.1.1 (textmode; Linux; 120x40-2)",
    "Links (2.29; Linux 6.6 x86_64; GNU C 13.2; text)",
    "NetSurf/3.11 (Linux)",
]

ROBOTS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 (Linux; Android 6; Nexus 5X) {WEBKIT} Chrome/131 Mobile Safari/537.36 (compatible; Googlebot/2.1)",
    "Googlebot-Image/1.0",
    "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)",
    f"Mozilla/5.0 (X11; Linux x86_64; Storebot-Google/1.0) {WEBKIT} Chrome/79.0.3945.88 Safari/537.36",
    f"Mozilla/5.0 {WEBKIT} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/103.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 6.1; WOW64) {WEBKIT} (KHTML, like Gecko) BingPreview/1.0b",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    f"Mozilla/5.0 {WEBKIT}; compatible; GPTBot/1.2; +https://openai.com/gptbot",
    f"Mozilla/5.0 (Linux; Android 5.0) {WEBKIT} Mobile Safari/537.36 (compatible; Bytespider; spider@example.com)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "Mozilla/5.0 (compatible; archive.org_bot)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "meta-externalagent/1.1",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.24.20.89 A",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/131.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/131.0 Safari/537.36 Chrome-Lighthouse",
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "curl/8.11.0",
    "Wget/1.24.5",
    "python-requests/2.32.3",
    "Python/3.12 aiohttp/3.11.2",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Java/21.0.5",
    "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A)",
    "AppleCoreMedia/1.0.0.22B83 (iPhone; U; CPU OS 18_1 like Mac OS X; en_us)",
    "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)",
    "AntennaPod/3.5.0",
    "Podcasts/4023.120.2 CFNetwork/1568.200.51 Darwin/24.1.0",
    "FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)",
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
]


def asks(agent: str = FIREFOX, method: str = "GET", **headers: str) -> bool:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return is_a_person(RequestFactory().generic(method, "/go/1", headers={"User-Agent": agent, **sent}))


@pytest.mark.parametrize("agent", PEOPLE)
def test_somebody_who_reads_with_it_is_a_person(agent):
    assert asks(agent)


@pytest.mark.parametrize("agent", ROBOTS)
def test_a_robot_is_none(agent):
    assert not asks(agent)


def test_a_request_without_a_user_agent_is_of_no_person():
    assert not is_a_person(RequestFactory().get("/go/1"))


@pytest.mark.parametrize(
    "headers",
    [
        {"method": "HEAD"},
        {"Sec_Purpose": "prefetch"},
        {"Sec_Purpose": "prefetch;prerender"},
        {"Sec_Purpose": "prefetch;anonymous-client-ip"},
        {"Purpose": "prefetch"},
        {"X_Moz": "prefetch"},
        {"Sec_Fetch_Dest": "image", "Sec_Fetch_Mode": "no-cors"},
        {"Sec_Fetch_Dest": "iframe", "Sec_Fetch_Mode": "navigate"},
        {"Sec_Fetch_Dest": "empty", "Sec_Fetch_Mode": "cors"},
    ],
)
def test_a_browser_that_looks_ahead_or_loads_parts_of_a_page_is_no_press(headers):
    assert not asks(**headers)


def test_a_browser_that_says_how_it_came_is_a_person():
    assert asks(Sec_Fetch_Dest="document", Sec_Fetch_Mode="navigate", Sec_Fetch_User="?1", Sec_Fetch_Site="same-origin")


@pytest.mark.parametrize(
    ("since", "counts"),
    [(None, False), (date(2024, 5, 3), False), (date(2024, 5, 2), True), (date(2024, 5, 1), True)],
)
def test_a_show_counts_from_its_day_on(since, counts):
    assert counts_clicks(Show(clicks_counted_since=since), date(2024, 5, 2)) is counts


@pytest.mark.django_db(transaction=True)
def test_a_thousand_presses_at_once_are_a_thousand():
    placement = add_placement(make_episode(make_show()))
    day = date(2024, 5, 2)

    def press(times: int) -> None:
        for _ in range(times):
            placement.clicks.add_one(day=day, placement=placement)
        connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(press, [125] * 8))
    assert list(placement.clicks.values_list("day", "count")) == [(day, 1000)]


@pytest.mark.django_db(transaction=True)
def test_a_press_that_came_a_moment_after_the_first_is_counted_too():
    placement, day = add_placement(make_episode(make_show())), date(2024, 5, 2)
    placement.clicks.add_one(day=day, placement=placement)
    increment = DailyCountQuerySet._increment
    answers = iter([lambda *_: 0])
    with mock.patch.object(DailyCountQuerySet, "_increment", lambda *of: next(answers, increment)(*of)):
        placement.clicks.add_one(day=day, placement=placement)
    assert placement.clicks.get().count == 2
