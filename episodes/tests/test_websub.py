"""Telling a hub that a feed has changed: what is sent, what is owed, and that nobody waits for it."""

import logging
import threading
import time
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.tasks import default_task_backend
from django.test import TestCase, override_settings
from django.utils import timezone

from episodes.feeds import websub
from episodes.models import OwedPing
from episodes.models.owed_ping import PAUSES
from episodes.tests.factories import make_episode, make_show
from lupcms.shows.fetch import Unreachable
from lupcms.tests.servers import answer, moved

FEED = "https://tide-radio.example/rss"
HUB = "https://hub.example/"
DUMMY = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
IMMEDIATE = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


def refusal(url: str) -> str:
    with pytest.raises(Unreachable) as error:
        websub.tell(url, FEED)
    return str(error.value)


# --- What is sent ---


def test_a_hub_is_told_of_the_feed(server):
    websub.tell(server.at("/hub?a=b", answer(b"x" * 1_000_000, "204 No Content")), FEED)
    [asked] = server.asked
    assert (asked.method, asked.path) == ("POST", "/hub?a=b")
    assert asked.body == b"hub.mode=publish&hub.url=https%3A%2F%2Ftide-radio.example%2Frss"


@pytest.mark.parametrize("status", [307, 400, 404, 500])
def test_any_other_answer_is_a_failure_and_no_redirect_is_followed(server, status):
    server.at("/", moved("/elsewhere", f"{status} x"))
    assert refusal(server.url) == f"it answered {status}"
    assert len(server.asked) == 1


def test_a_hub_is_guarded_like_any_address(server):
    assert refusal("http://169.254.169.254/") == "its address is not public"
    assert refusal("ftp://hub.example/") == "it is no address of the web"


# --- When, and what happens if not ---


@pytest.fixture
def hub(server, settings, db):
    """A show, whose hub is at `server.url`; tasks are done at once."""
    settings.TASKS = IMMEDIATE
    return partial(make_show, hub_url=server.at("/", answer(status="202 Accepted")))


def owed() -> list[tuple[str, int]]:
    return list(OwedPing.objects.values_list("show__acronym", "tries"))


def test_a_hub_that_was_told_is_owed_nothing(hub, server):
    websub.changed(hub())
    assert len(server.asked) == 1
    assert owed() == []


def test_what_a_hub_did_not_hear_is_owed_and_told_with_the_next_change(hub, server, caplog):
    show, other = hub(), hub("lamp-talk", "LT")
    server.at("/", answer(status="503 Busy"))
    websub.changed(show)
    assert owed() == [("TR", 1)]
    [record] = [record for record in caplog.records if record.name == "episodes.feeds.websub"]
    assert (record.levelno, record.getMessage()) == (
        logging.WARNING,
        "The hub at 127.0.0.1 was not told: it answered 503",
    )
    server.at("/", answer())
    websub.changed(other)
    assert owed() == [("TR", 1)], "a minute has not passed"
    OwedPing.objects.update(next_try_at=timezone.now())
    websub.changed(other)
    assert owed() == []
    told = [asked.body.partition(b"%2F%2F")[2].partition(b".")[0] for asked in server.asked]
    assert told == [b"tide-radio", b"lamp-talk", b"lamp-talk", b"tide-radio"]


def test_cron_tells_what_is_owed(hub, server):
    server.at("/", answer(status="503 Busy"))
    websub.changed(hub())
    OwedPing.objects.update(next_try_at=timezone.now())
    server.at("/", answer())
    out = StringIO()
    call_command("ping_hubs", stdout=out)
    assert out.getvalue() == "shows with something new: 0, hubs told: 1\n"
    assert owed() == []


def test_pauses_grow_and_end(hub, server):
    server.at("/", answer(status="503 Busy"))
    websub.changed(hub())
    waits = []
    while row := OwedPing.objects.first():
        waits.append(round((row.next_try_at - timezone.now()).total_seconds() / 60))
        OwedPing.objects.update(next_try_at=timezone.now())
        websub.pay()
    assert waits == [1, 5, 30, 180]
    assert len(server.asked) == 5


def test_another_change_begins_anew(hub, server):
    show = hub()
    server.at("/", answer(status="503 Busy"))
    websub.changed(show)
    OwedPing.objects.update(tries=4, next_try_at=timezone.now() + timedelta(hours=3))
    websub.changed(show)
    assert owed() == [("TR", 1)]
    assert len(server.asked) == 2


def test_what_changed_while_a_hub_was_told_is_still_owed(hub, server, monkeypatch):
    show = hub()
    tell = websub.tell

    def tell_slowly(*args):
        tell(*args)
        OwedPing.objects.owe(show)

    monkeypatch.setattr(websub, "tell", tell_slowly)
    websub.changed(show)
    assert owed() == [("TR", 0)]


def test_a_hub_that_was_taken_out_is_owed_nothing(hub, server, settings):
    show = hub()
    server.at("/", answer(status="503 Busy"))
    websub.changed(show)
    show.hub_url = ""
    show.save()
    OwedPing.objects.update(next_try_at=timezone.now())
    assert websub.pay() == 0
    assert (owed(), len(server.asked)) == ([], 1)


def test_where_asking_is_switched_off_no_hub_is_owed_anything(hub, server, settings):
    settings.ASK_OTHER_SERVERS = False
    websub.changed(hub())
    assert (owed(), server.asked) == ([], [])


def test_a_failure_is_tried_again_by_a_backend_that_can_wait(hub, server, settings):
    settings.TASKS = DUMMY
    server.at("/", answer(status="503 Busy"))
    OwedPing.objects.owe(hub())
    begun = timezone.now()
    websub.pay()
    [again] = default_task_backend.results
    assert again.task.run_after - begun >= PAUSES[0]
    assert OwedPing.objects.get().next_try_at <= again.task.run_after
    default_task_backend.clear()


@pytest.mark.django_db(transaction=True)
def test_nobody_who_saves_waits_for_a_hub_that_does_not_answer(server, settings):
    """With lupcms's own backend, without a worker."""
    settings.TASKS = {"default": {"BACKEND": "lupcms.shows.tasks.ThreadBackend"}}
    is_saved = threading.Event()
    show = make_show(hub_url=server.at("/", lambda *_: is_saved.wait(20) and None))
    with transaction.atomic():
        show.save()
    assert OwedPing.objects.filter(tries=0).exists()
    is_saved.set()
    deadline = time.monotonic() + 10
    while OwedPing.objects.filter(tries=0).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert owed() == [("TR", 1)]


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_tried_again_in_the_background_without_a_worker(server, settings, monkeypatch):
    settings.TASKS = {"default": {"BACKEND": "lupcms.shows.tasks.ThreadBackend"}}
    monkeypatch.setattr("episodes.models.owed_ping.PAUSES", [timedelta(seconds=0.2)])
    show = make_show(hub_url=server.at("/", answer(status="503 Busy")))
    websub.changed(show)
    deadline = time.monotonic() + 10
    while len(server.asked) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
        if server.asked:
            server.at("/", answer())
    while OwedPing.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (owed(), len(server.asked)) == ([], 2)


@override_settings(TASKS=DUMMY, ASK_OTHER_SERVERS=True)
class WhenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hub_url=HUB)
        cls.silent = make_show("lamp-talk", "LT")

    def told(self) -> list[str]:
        """Who is owed something; and that somebody is asked to tell them."""
        found = [row.show.acronym for row in OwedPing.objects.select_related("show").order_by("show__acronym")]
        self.assertEqual(bool(default_task_backend.results), bool(found))
        default_task_backend.clear()
        OwedPing.objects.all().delete()
        return found

    def tearDown(self):
        default_task_backend.clear()

    def test_a_show_with_a_hub_tells_it(self):
        websub.changed(self.show)
        websub.changed(self.silent)
        self.assertEqual(self.told(), ["TR"])

    def test_a_show_without_an_address_has_no_feed_to_tell_of(self):
        self.show.site_url = ""
        websub.changed(self.show)
        self.assertEqual(self.told(), [])

    def test_what_a_show_says_of_itself_is_told_after_the_commit(self):
        with self.captureOnCommitCallbacks() as callbacks:
            self.show.save()
        self.assertEqual(self.told(), [])
        [callback() for callback in callbacks]
        self.assertEqual(self.told(), ["TR"])

    def test_what_became_public_in_the_last_minutes_is_owed(self):
        now = timezone.now()
        audio = {"enclosure_url": "https://audio.example/1.mp3"}
        make_episode(self.show, "1", published_at=now - timedelta(minutes=30), **audio)
        make_episode(self.show, "2", published_at=now + timedelta(minutes=2), **audio)
        make_episode(self.show, "3", published_at=now - timedelta(minutes=2))
        make_episode(self.silent, "4", published_at=now - timedelta(minutes=2), **audio)
        for minutes, number, new in ((10, "5", 0), (1, "6", 0), (5, "7", 1)):
            self.assertEqual(websub.owe_the_newest(minutes), new)
            make_episode(self.show, number, published_at=now - timedelta(minutes=2), **audio)
        self.assertEqual(list(OwedPing.objects.values_list("show__acronym", flat=True)), ["TR"])
