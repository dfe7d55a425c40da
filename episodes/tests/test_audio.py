"""Audio: what is accepted, what follows from it, where it stands in the form, and who can ask for it."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.utils import timezone

from episodes import audio
from episodes.formats.media_types import type_of
from episodes.models import Episode, history
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.sounds import mp3, wav
from lupcms.shows.models import Role

ADD = "/admin/episodes/episode/add/"
NO_ROWS = {
    f"{prefix}-{name}_FORMS": 0 for prefix in ("links", "credits", "placements") for name in ("TOTAL", "INITIAL")
}


def upload(data: bytes, name: str = "My Mix FINAL (2).mp3") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/octet-stream")


def ogg(codec: bytes, samples: int, rate: int = 48_000) -> bytes:
    """First and last page of a stream, as RFC 3533 writes them."""

    def page(kind: int, position: int, number: int, packet: bytes) -> bytes:
        head = b"OggS\0" + bytes([kind]) + position.to_bytes(8, "little") + b"\1\0\0\0" + number.to_bytes(4, "little")
        return head + bytes(4) + bytes([1, len(packet)]) + packet

    return page(2, 0, 0, codec) + page(4, samples, 1, bytes(20))


OPUS = ogg(b"OpusHead\1\2\0\0" + (48_000).to_bytes(4, "little") + bytes(3), 48_000 * 30)


def test_an_mp3_is_known_by_its_bytes_whatever_it_is_called():
    read = audio.read_audio(upload(mp3(61), "notes.txt"))
    assert read == (".mp3", 61)
    assert read.media_type == "audio/mpeg"
    tagged = b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + mp3(61)
    assert audio.read_audio(ContentFile(tagged)) == (".mp3", 61)


def test_opus_is_known():
    read = audio.read_audio(ContentFile(OPUS))
    assert read == (".opus", 30)
    assert read.media_type == "audio/ogg"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (wav(1), audio.UNCOMPRESSED),
        (b"fLaC" + bytes(100), audio.UNCOMPRESSED),
        (b"\xff\xf1\x50\x80" + bytes(100), audio.BARE_AAC),
        (b"<html><script>alert(1)</script>", audio.REFUSED),
        (b"x", audio.REFUSED),
        (b"\xff", audio.REFUSED),
        (b"ID3", audio.DAMAGED),
        (b"ID3\3\0\0\0\0\0\x0a" + bytes(300), audio.DAMAGED),
        (b"\xff\xfb\x90\x64", audio.DAMAGED),
        (b"OggS" + bytes(60), audio.DAMAGED),
        (bytes(4) + b"ftypM4A " + bytes(50), audio.DAMAGED),
        (b"\xff\xfb" + b"\xff" * 5000, audio.DAMAGED),
    ],
)
def test_anything_else_is_refused_and_says_what_to_do(data, said):
    with pytest.raises(ValidationError) as refused:
        audio.read_audio(ContentFile(data))
    assert refused.value.messages == [said]


def test_no_start_of_a_file_and_no_flipped_byte_makes_it_crash():
    for whole in (mp3(1)[:2000], OPUS, b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + mp3(1)[:1500]):
        for n in range(0, len(whole), 7):
            for damaged in (whole[:n], whole[:n] + b"\xff" + whole[n + 1 :], whole[:n] + b"\0" + whole[n + 1 :]):
                with suppress(ValidationError):
                    audio.read_audio(ContentFile(damaged))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cdn.example/a/1.MP3?x=1.ogg", "audio/mpeg"),
        ("https://cdn.example/1.m4a#t=1", "audio/x-m4a"),
        ("https://cdn.example/1.opus", "audio/ogg"),
        ("https://cdn.example/1", ""),
        ("https://cdn.example/1.exe", ""),
    ],
)
def test_the_type_of_an_address_elsewhere_is_guessed_from_its_ending(url, expected):
    assert type_of(url) == expected


class AudioTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show)

    def setUp(self):
        self.client.force_login(self.alice)

    def values(self, episode, **values):
        fields = {"show": episode.show_id, "number": episode.number, "title": episode.title, "slug": episode.slug}
        fields |= {
            "guid": episode.guid,
            "seen": history.fingerprint(episode),
            "episode_type": "full",
            "explicit": "unknown",
            "_save": "Save",
        }
        return {**NO_ROWS, **fields, **values}

    def save(self, episode, **values):
        """Through the form, which must accept it."""
        url = f"/admin/episodes/episode/{episode.pk}/change/"
        response = self.client.post(url, self.values(episode, **values))
        if response.status_code != 302:
            self.fail(re.findall(r'class="errorlist".*', response.content.decode()))
        return Episode.objects.get(pk=episode.pk)

    def refused(self, episode, **values):
        response = self.client.post(f"/admin/episodes/episode/{episode.pk}/change/", self.values(episode, **values))
        self.assertEqual(response.status_code, 200)
        return response

    def test_address_size_type_and_length_are_read_from_an_upload(self):
        data = mp3(61)
        episode = self.save(self.episode, audio=upload(data))
        self.assertRegex(episode.audio.name, r"\Aaudio/[\w-]{16}/tr-001\.mp3\Z")
        self.assertEqual(episode.enclosure_url, f"https://tide-radio.example/media/{episode.audio.name}")
        self.assertEqual((episode.enclosure_length, episode.enclosure_type), (len(data), "audio/mpeg"))
        self.assertEqual(episode.duration_seconds, 61)
        self.assertTrue(episode.is_in_feed())
        with episode.audio.open() as file:
            self.assertEqual(file.read(), data)

    def test_a_large_upload_is_moved_from_where_django_streamed_it(self):
        with self.settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000):
            episode = self.save(self.episode, audio=upload(mp3(61)))
        with episode.audio.open() as file:
            self.assertEqual(file.read(), mp3(61))
        self.assertEqual(episode.enclosure_length, len(mp3(61)))

    def test_a_new_episode_comes_with_its_audio(self):
        values = {**NO_ROWS, "show": self.show.pk, "number": "002", "title": "New", "episode_type": "full"}
        response = self.client.post(ADD, {**values, "explicit": "unknown", "audio": upload(mp3(5))})
        self.assertEqual(response.status_code, 302)
        episode = Episode.objects.get(number="002")
        self.assertRegex(episode.audio.name, r"\Aaudio/[\w-]{16}/tr-002\.mp3\Z")
        self.assertEqual(episode.duration_seconds, 5)

    def test_saving_again_changes_nothing_and_fills_what_was_emptied(self):
        episode = self.save(self.episode, audio=upload(mp3(61)))
        kept = {name: getattr(episode, name) for name in ("enclosure_url", "enclosure_length", "enclosure_type")}
        for values in ({**kept, "duration_seconds": 61}, {}):
            again = self.save(episode, **values)
            self.assertEqual({name: getattr(again, name) for name in kept}, kept)
            self.assertEqual((again.audio.name, again.duration_seconds), (episode.audio.name, 61))
        self.assertEqual(self.save(episode, **kept, duration_seconds=60).duration_seconds, 60)

    def test_another_file_gets_another_name_and_its_own_facts(self):
        first = self.save(self.episode, audio=upload(mp3(61)))
        second = self.save(first, audio=upload(OPUS), enclosure_url=first.enclosure_url, duration_seconds=61)
        self.assertNotEqual(first.audio.name.split("/")[1], second.audio.name.split("/")[1])
        self.assertEqual((second.enclosure_type, second.duration_seconds), ("audio/ogg", 30))
        self.assertEqual(second.enclosure_url, f"https://tide-radio.example/media/{second.audio.name}")
        self.assertEqual(second.guid, first.guid)

    def test_a_file_taken_out_takes_its_address_with_it(self):
        episode = self.save(self.episode, audio=upload(mp3(61)))
        without = self.save(episode, **{"audio-clear": "on"}, enclosure_url=episode.enclosure_url)
        self.assertEqual((without.audio.name, without.enclosure_url), ("", ""))
        self.assertEqual((without.enclosure_length, without.enclosure_type), (None, ""))
        self.assertFalse(without.is_in_feed())

    def test_a_refused_file_says_why_at_its_box_and_loses_nothing(self):
        episode = self.save(self.episode, audio=upload(mp3(61)))
        response = self.refused(episode, audio=upload(b"RIFF----WAVE", "mix.wav"), title="Typed meanwhile")
        self.assertEqual(response.context["adminform"].form.errors, {"audio": [audio.UNCOMPRESSED]})
        self.assertContains(response, "Typed meanwhile")
        self.assertContains(response, "tr-001.mp3")
        self.assertEqual(Episode.objects.get(pk=episode.pk).audio.name, episode.audio.name)

    def test_a_file_and_another_address_at_once_are_one_too_many(self):
        response = self.refused(self.episode, audio=upload(mp3(5)), enclosure_url="https://cdn.example/1.mp3")
        self.assertEqual(list(response.context["adminform"].form.errors), ["enclosure_url"])

    def test_a_show_without_a_site_has_nowhere_to_put_audio(self):
        episode = make_episode(make_show("bare", "BARE", site_url=""))
        make_member("olga", episode.show)
        self.client.force_login(make_member("bare-alice", episode.show))
        response = self.refused(episode, audio=upload(mp3(5)))
        self.assertEqual(list(response.context["adminform"].form.errors), ["audio"])

    def test_of_audio_elsewhere_the_size_is_typed_and_the_type_guessed(self):
        url = "https://cdn.example/1.m4a"
        episode = self.save(self.episode, enclosure_url=url, enclosure_length=1234)
        self.assertEqual((episode.enclosure_length, episode.enclosure_type), (1234, "audio/x-m4a"))
        self.assertTrue(episode.is_in_feed())
        moved = self.save(
            episode, enclosure_url="https://cdn.example/2.mp3", enclosure_length=1234, enclosure_type="audio/x-m4a"
        )
        self.assertEqual((moved.enclosure_length, moved.enclosure_type), (None, "audio/mpeg"))

    def test_where_the_storage_has_an_address_of_its_own_the_enclosure_is_there(self):
        with self.settings(MEDIA_URL="https://cdn.example/media/"):
            episode = self.save(self.episode, audio=upload(mp3(5)))
        self.assertEqual(episode.enclosure_url, f"https://cdn.example/media/{episode.audio.name}")

    def test_a_program_attaches_audio_too(self):
        audio.attach(self.episode, ContentFile(mp3(7)))
        self.episode.save()
        episode = Episode.objects.get(pk=self.episode.pk)
        self.assertEqual(episode.enclosure_url, f"https://tide-radio.example/media/{episode.audio.name}")
        self.assertEqual(episode.audio.size, episode.enclosure_length)

    def test_the_desk_says_why_no_feed_has_an_episode(self):
        url = f"/admin/episodes/episode/{self.episode.pk}/change/"
        self.assertContains(self.client.get(url), "No feed has it: it has no audio.")
        episode = self.save(self.episode, audio=upload(mp3(5)))
        self.assertNotContains(self.client.get(url), "No feed has it")
        Episode.objects.filter(pk=episode.pk).update(is_blocked=True)
        self.assertContains(self.client.get(url), "No feed has it: it is switched off under “Feed”.")
        Episode.objects.update(is_blocked=False, guid=None, enclosure_url="")
        self.assertContains(self.client.get(url), "No feed has it: it has no audio and no GUID.")
        self.assertNotContains(self.client.get(ADD), "No feed has it")

    def test_what_the_desk_says_is_what_feeds_do(self):
        for n, (guid, url, blocked) in enumerate(
            (guid, url, blocked) for guid in (None, "g") for url in ("", "https://a.example") for blocked in (0, 1)
        ):
            fields = {"guid": guid and f"g{n}", "enclosure_url": url, "is_blocked": bool(blocked)}
            episode = make_episode(self.show, f"1{n:02}", **fields)
            self.assertEqual(not audio.absent_from_feed(episode), episode.is_in_feed(), fields)

    def test_audio_is_public_as_long_as_a_published_episode_has_it(self):
        episode = self.save(self.episode, audio=upload(mp3(5)))
        self.client.logout()
        url = episode.audio.url
        with self.assertNumQueries(2):  # One is the show of the host.
            response = self.client.get(url, headers={"range": "bytes=-10"})
        self.assertEqual((response.status_code, response.getvalue()), (206, mp3(5)[-10:]))
        self.assertEqual(response.headers["Content-Type"], "audio/mpeg")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.client.head(url).headers["Content-Length"], str(len(mp3(5))))
        self.assertEqual(self.client.post(url).status_code, 405)
        for fields in ({"published_at": None}, {"published_at": timezone.now() + timedelta(1)}, {"audio": ""}):
            with self.subTest(fields):
                Episode.objects.filter(pk=episode.pk).update(published_at=episode.published_at)
                Episode.objects.filter(pk=episode.pk).update(**fields)
                self.assertEqual(self.client.get(url).status_code, 404)

    def test_nothing_else_that_is_stored_has_an_address(self):
        episode = self.save(self.episode, audio=upload(mp3(5)))
        self.client.logout()
        folder, file = episode.audio.name.split("/")[1:]
        storage = episode.audio.storage
        for name in (f"audio/{folder}/other.mp3", f"audio/{folder}/page.html", "audio/loose.mp3"):
            storage.save(name, ContentFile(b"x"))
        Episode.objects.create(
            show=self.show, number="9", title="x", audio=f"audio/{folder}/page.html", published_at=timezone.now()
        )
        for path in (
            f"{folder}/other.mp3",
            f"{folder}/page.html",
            "loose.mp3",
            f"{folder}/",
            f"{folder}/{file}/",
            f"{folder}/{file.upper()}",
            f"x/../{folder}/{file}",
            f"%2e%2e/audio/{folder}/{file}",
            f"{folder}%2F..%2F{folder}/{file}",
            f"{folder}/..%2Fother.mp3",
            f"{folder}/{file}%00",
            f"{folder}/{file}%0A",
        ):
            self.assertEqual(self.client.get(f"/media/audio/{path}").status_code, 404, path)

    def test_members_hear_a_draft_and_nobody_else(self):
        draft = make_episode(self.show, "002", published=False)
        draft = self.save(draft, audio=upload(mp3(5)))
        url = f"/admin/episodes/episode/{draft.pk}/audio/"
        self.assertContains(self.client.get(f"/admin/episodes/episode/{draft.pk}/change/"), f'href="{url}"')
        for user in (self.alice, make_member("vera", self.show, Role.VIEWER)):
            self.client.force_login(user)
            response = self.client.get(url, headers={"range": "bytes=0-9"})
            self.assertEqual((response.status_code, response.getvalue()), (206, mp3(5)[:10]))
            self.assertIn("no-store", response.headers["Cache-Control"])
            self.assertNotIn("public", response.headers["Cache-Control"])
        self.client.force_login(make_member("bob", make_show("lamp-talk", "LT", title="Lamp Talk")))
        self.assertEqual(self.client.get(url).status_code, 404)
        self.client.logout()
        self.assertEqual(self.client.get(url).status_code, 302)
        self.client.force_login(self.alice)
        self.assertEqual(self.client.get(f"/admin/episodes/episode/{self.episode.pk}/audio/").status_code, 404)
