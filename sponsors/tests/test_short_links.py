"""Words that sponsors have said aloud: where they lead, what they never lead to, and who may make them."""

from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, TestCase

from episodes.models import Episode
from episodes.tests.factories import (
    import_notes,
    make_episode,
    make_member,
    make_notes,
    make_offer,
    make_show,
)
from episodes.tests.test_admin import errors, form_values, save
from lupcms.shows.models import OldPath, Role
from lupcms.shows.tests.test_counts import FIREFOX
from sponsors.models import ShortLink, ShortLinkCount, Sponsor

LIST = "/admin/sponsors/shortlink/"


class _Cast(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(clicks_counted_since=date(2024, 5, 1))
        cls.other = make_show("lamp-talk", "LT")
        cls.sponsor = Sponsor.objects.named("Lamp Oil Ltd", "https://oil.example/")
        cls.link = ShortLink.objects.create(show=cls.show, word="Batteries", sponsor=cls.sponsor)


class SpokenTests(_Cast):
    def get(self, path: str, **headers: str):
        """The raw path of a request line; the test client would read a host in `//`."""
        return self.client.get("/", PATH_INFO=unquote(path, "latin-1"), headers={"User-Agent": FIREFOX, **headers})

    def leads(self, path: str = "/batteries") -> str | None:
        return self.get(path).headers.get("Location")

    def test_any_letter_case_and_any_slash_leads_there(self):
        ShortLink.objects.create(show=self.show, word="Über-Öl", sponsor=self.sponsor)
        paths = ("/batteries", "/Batteries", "/BATTERIES", "/batteries/", "//batteries", "//Batteries//")
        for path in (*paths, "/%C3%BCber-%C3%B6l", "/%C3%9CBER-%C3%96L/"):
            with self.subTest(path):
                response = self.get(path)
                self.assertEqual((response.status_code, response["Location"]), (302, "https://oil.example/"))
                self.assertEqual(response["Cache-Control"], "no-store")
                self.assertEqual(response["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(self.link.counts.get().count, len(paths))
        self.assertEqual(self.link.counts.get().day, self.show.today())

    def test_no_other_form_of_the_word_is_an_address(self):
        for path in ("/batteries.md", "/batteries/x", "/batterie", "/batteries%20", "/go/batteries"):
            self.assertEqual(self.get(path).status_code, 404, path)
        self.assertFalse(ShortLinkCount.objects.exists())

    def test_a_word_of_another_show_leads_nowhere_here(self):
        host = {"host": "lamp-talk.localhost"}
        self.assertEqual(self.get("/batteries", **host).status_code, 404)
        ShortLink.objects.create(show=self.other, word="batteries", sponsor=self.sponsor, url="https://else.example")
        self.assertEqual(self.get("/batteries", **host)["Location"], "https://else.example")

    def test_where_the_show_does_not_count_it_leads_on(self):
        self.show.clicks_counted_since = None
        self.show.save()
        self.assertEqual(self.leads(), "https://oil.example/")
        self.assertFalse(ShortLinkCount.objects.exists())

    def test_robots_are_led_and_not_counted(self):
        self.assertEqual(self.get("/batteries", **{"User-Agent": "curl/8.11.0"}).status_code, 302)
        self.assertFalse(ShortLinkCount.objects.exists())

    def test_its_own_address_goes_before_the_offers_and_that_before_the_sponsors(self):
        today = self.show.today()
        self.link.offer = make_offer(self.sponsor, self.show, url="https://oil.example/offer", valid_until=today)
        self.link.save()
        self.assertEqual(self.leads(), "https://oil.example/offer")
        self.link.offer.valid_until = today - timedelta(days=1)
        self.link.offer.save()
        self.assertEqual(self.leads(), "https://oil.example/")
        self.link.url = "http://oil.example/own ad"
        self.link.save()
        self.assertEqual(self.leads(), "http://oil.example/own%20ad")

    def test_an_address_that_no_browser_follows_is_replaced_by_the_sponsors_page(self):
        for url in ("javascript:alert(1)", "oil.example", "ftp://oil.example", "//oil.example", ""):
            Sponsor.objects.update(url=url)
            self.assertEqual(self.leads(), "/sponsors/lamp-oil-ltd", url)
            self.link.offer = make_offer(self.sponsor, self.show, url=url)
            self.link.save()
            self.assertEqual(self.leads(), "/sponsors/lamp-oil-ltd", url)

    def test_before_and_after_it_counts_it_leads_to_the_sponsors_page(self):
        today = self.show.today()
        day = timedelta(days=1)
        for starts, ends, location in [
            (today + day, None, "/sponsors/lamp-oil-ltd"),
            (None, today - day, "/sponsors/lamp-oil-ltd"),
            (today, today, "https://oil.example/"),
        ]:
            self.link.starts_on, self.link.ends_on = starts, ends
            self.link.save()
            self.assertEqual(self.leads(), location)

    def test_pages_episodes_and_old_paths_come_first(self):
        for word in ("tags", "first", "old"):
            ShortLink.objects.create(show=self.show, word=word, sponsor=self.sponsor)
        make_episode(self.show, slug="first")
        OldPath.objects.create(show=self.show, path="/old", target="/first")
        self.assertEqual(self.get("/tags").status_code, 200)
        self.assertEqual(self.get("/first").status_code, 200)
        self.assertEqual(self.leads("/First"), "/first")
        self.assertEqual(self.leads("/Old"), "/first")

    def test_where_nothing_is_one_more_query_looks_for_a_word(self):
        """The show, the episode, its folded slug, old paths, the word; the 404 page looks for titles."""
        with self.assertNumQueries(6):
            self.assertEqual(self.get("/nothing").status_code, 404)
        self.get("/batteries")
        with self.assertNumQueries(6):
            self.get("/batteries")


class NeverReusedTests(_Cast):
    """What is a word is no other address, and the other way round."""

    def refused(self, **fields) -> dict[str, list[str]]:
        link = ShortLink(**{"show": self.show, "word": "new", "sponsor": self.sponsor} | fields)
        with self.assertRaises(ValidationError) as caught:
            link.full_clean()
        return caught.exception.message_dict

    def test_a_word_is_no_other_address(self):
        make_episode(self.show, slug="Tide", published=False)
        make_episode(self.other, slug="free")
        OldPath.objects.create(show=self.show, path="/Old", target="/tide")
        OldPath.objects.create(show=self.show, path="/older/", target="/tide")
        OldPath.objects.create(show=self.show, path="/removed", status=410)
        for word, error in [
            ("Sponsors", "This is the address of a built-in page."),
            ("go", "This is the address of a built-in page."),
            ("tide", "This is the address of an episode."),
            ("old", "This is an old address, which leads to another page."),
            ("OLDER", "This is an old address, which leads to another page."),
            ("removed", "This is an old address, which leads to another page."),
            ("two words", "Write one word of letters, digits and hyphens."),
            ("-x", "Write one word of letters, digits and hyphens."),
            ("x.md", "Write one word of letters, digits and hyphens."),
        ]:
            with self.subTest(word):
                self.assertEqual(self.refused(word=word), {"word": [error]})
        ShortLink(show=self.show, word="free", sponsor=self.sponsor).full_clean()

    def test_a_word_is_used_once_on_a_show_by_anybody(self):
        self.link.ends_on = date(2024, 5, 2)
        self.link.save()
        rope = Sponsor.objects.named("Rope & Sons")
        said = {"__all__": ["This word has been used on this show: it stays what it was."]}
        self.assertEqual(self.refused(word="BATTERIES", sponsor=rope), said)
        ShortLink(show=self.other, word="batteries", sponsor=rope).full_clean()

    def test_it_leads_to_the_web(self):
        for url in (
            "javascript:alert(1)",
            "oil.example",
            "ftp://oil.example",
            "//oil.example",
            "https://",
            "https://a b",
        ):
            self.assertEqual(self.refused(url=url), {"url": ["Write a whole address, with https://."]}, url)

    def test_the_offer_is_the_sponsors(self):
        offer = make_offer(Sponsor.objects.named("Rope & Sons"), self.show)
        self.assertEqual(self.refused(offer=offer), {"offer": ["This offer is of Rope & Sons."]})

    def test_a_new_episode_avoids_a_word(self):
        ShortLink.objects.create(show=self.show, word="p03", sponsor=self.sponsor)
        self.assertEqual(Episode.objects.create(show=self.show, number="P03").slug, "episode-P03")
        import_notes(self.show, make_notes(number="p03"))
        self.assertEqual(Episode.objects.get(number="p03").slug, "episode-p03-2")
        self.assertEqual(Episode.objects.create(show=self.other, number="P03").slug, "P03")

    def test_an_episode_or_old_path_cannot_take_a_word(self):
        said = {"slug": ["“BATTERIES” is a sponsor’s short link, and stays it."]}
        with self.assertRaises(ValidationError) as caught:
            Episode(show=self.show, number="1", title="T", slug="BATTERIES").full_clean()
        self.assertEqual(caught.exception.message_dict, said)
        for path in ("/Batteries", "/batteries/"):
            with self.assertRaises(ValidationError) as caught:
                OldPath(show=self.show, path=path, target="/1").full_clean()
            said = {"path": ["A sponsor’s short link has this address, and keeps it."]}
            self.assertEqual(caught.exception.message_dict, said)
        OldPath(show=self.other, path="/batteries", target="/1").full_clean()


@pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.
class AdminTests(_Cast):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.alice = make_member("alice", cls.show)
        cls.bob = make_member("bob", cls.other)
        cls.will = make_member("will", cls.show, Role.WRITER)
        cls.url = f"{LIST}{cls.link.pk}/change/"

    def add(self, client: Client, **fields: str):
        values = {"show": self.show.pk, "word": "Lamps", "sponsor": self.sponsor.pk}
        return client.post(f"{LIST}add/", {**values, **fields, "_save": "Save"})

    def test_alice_makes_and_ends_a_word(self):
        self.client.force_login(self.alice)
        self.assertRedirects(self.add(self.client), LIST)
        self.assertTrue(ShortLink.objects.filter(word="lamps").exists())
        url = f"{LIST}{ShortLink.objects.get(word='lamps').pk}/change/"
        save(self.client, url, ends_on="2024-05-31", word="other", sponsor="999", show=str(self.other.pk))
        ended = ShortLink.objects.get(word="lamps")
        self.assertEqual((ended.show, ended.sponsor, ended.ends_on), (self.show, self.sponsor, date(2024, 5, 31)))
        self.assertEqual(self.client.post(f"{LIST}{ended.pk}/delete/", {"post": "yes"}).status_code, 403)

    def test_a_used_word_is_refused_with_a_reason(self):
        self.client.force_login(self.alice)
        said = ["This word has been used on this show: it stays what it was."]
        self.assertEqual(errors(self.add(self.client, word="BATTERIES")), said)

    def test_an_address_without_https_is_taken_with_a_warning(self):
        self.client.force_login(self.alice)
        self.client.post(self.url, {**form_values(self.client, self.url), "url": "http://oil.example"})
        self.assertContains(self.client.get(LIST), "This address is not encrypted.")

    def test_an_episodes_form_refuses_a_word(self):
        self.client.force_login(self.alice)
        episode = make_episode(self.show)
        response = save(self.client, f"/admin/episodes/episode/{episode.pk}/change/", slug="Batteries")
        self.assertEqual(errors(response), ["“Batteries” is a sponsor’s short link, and stays it."])

    def test_another_shows_offer_cannot_be_chosen(self):
        self.client.force_login(self.alice)
        theirs = make_offer(self.sponsor, self.other)
        self.assertIn("Select a valid choice.", errors(self.add(self.client, offer=str(theirs.pk)))[0])

    def test_another_shows_editor_finds_nothing(self):
        self.client.force_login(self.bob)
        self.assertNotContains(self.client.get(LIST), "/batteries")
        self.assertEqual(self.client.get(self.url).status_code, 302)
        self.assertIn("Select a valid choice.", errors(self.add(self.client))[0])

    def test_a_writer_looks_only(self):
        self.client.force_login(self.will)
        self.assertContains(self.client.get(LIST), "/batteries")
        self.assertEqual(self.add(self.client).status_code, 403)
        self.assertEqual(self.client.post(self.url, {"_save": "Save"}).status_code, 403)

    def test_the_list_says_where_words_lead_and_how_often(self):
        self.client.force_login(self.alice)
        today = self.show.today()
        for days, count in ((0, 3), (20, 4), (40, 5)):
            ShortLinkCount.objects.create(short_link=self.link, day=today - timedelta(days=days), count=count)
        page = self.client.get(LIST).content.decode()
        self.assertInHTML('<td class="field-uses">7</td>', page)
        self.assertInHTML('<td class="field-leads_to">https://oil.example/</td>', page)
        self.show.clicks_counted_since = None
        self.show.save()
        self.assertInHTML('<td class="field-uses">not counted</td>', self.client.get(LIST).content.decode())

    def test_the_list_costs_the_same_with_many_words(self):
        self.client.force_login(self.alice)
        for number in range(2):
            with self.assertNumQueries(10):
                self.client.get(LIST)
            for n in range(20):
                offer = make_offer(self.sponsor, self.show)
                ShortLink.objects.create(show=self.show, word=f"w{number}-{n}", sponsor=self.sponsor, offer=offer)
