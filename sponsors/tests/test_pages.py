"""What visitors read of sponsors and their offers: on a show, on a sponsor's page, and of all shows."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest import mock
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.test import Client, TestCase
from django.utils import timezone
from django.utils.html import strip_tags
from PIL import Image

from episodes.tests.factories import add_placement, make_episode, make_member, make_offer, make_show
from sponsors.models import Kind, Offer, Sponsor

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def at(host: str) -> Client:
    """A visitor of a show on a developer's machine, or of the network."""
    return Client(headers={"host": host if "." in host else f"{host}.localhost"})


def read(client: Client, path: str) -> str:
    """What a visitor reads on the page."""
    response = client.get(path)
    assert response.status_code == 200, path
    page = response.content.decode().partition('<main id="main" tabindex="-1">')[2].partition("</main>")[0]
    return " ".join(strip_tags(page).split())


def sections(client: Client, path: str) -> dict[str, str]:
    """Heading -> what a visitor reads under it."""
    response = client.get(path)
    assert response.status_code == 200, path
    found = re.findall(r"<h2[^>]*>(.*?)</h2>(.*?)(?=<h2|</main>)", response.content.decode(), re.DOTALL)
    return {heading: " ".join(strip_tags(text).split()) for heading, text in found}


def now(moment: datetime):
    return mock.patch("django.utils.timezone.now", return_value=moment)


class OffersOfAShowTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.today = cls.show.today()
        add_placement(make_episode(cls.show), "Lamp Oil Ltd")
        cls.oil = Sponsor.objects.get(name="Lamp Oil Ltd")
        cls.oil.kind = Kind.AFFILIATE
        cls.oil.save()

    def days(self, count: int):
        return self.today + timedelta(count)

    def offer(self, name: str, **fields) -> Offer:
        return make_offer(Sponsor.objects.named(name), self.show, **fields)

    def test_an_offer_that_counts_says_whose_it_is_what_it_is_and_until_when(self):
        self.offer(
            "Lamp Oil Ltd",
            words="**Ten** per cent off.",
            promo_code="TIDE and time",
            url="https://www.oil.example/tide",
            terms="New customers only.",
            valid_until=self.days(5),
        )
        page = self.client.get("/sponsors").content.decode()
        for text in [
            '<a href="/sponsors/lamp-oil-ltd">Lamp Oil Ltd</a>',
            "<strong>Ten</strong> per cent off.",
            '<p class="ticket"><span>Promo code</span> <code>TIDE and time</code> <button',
            '<a class="to" href="https://www.oil.example/tide" rel="sponsored noopener" dir="ltr">oil.example</a>',
            "New customers only.",
            f'<time datetime="{self.days(5)}">Ends in 5 days</time>',
            "· Affiliate: the show gets a share",
        ]:
            self.assertIn(text, page)
        self.assertNotIn("<img", page)

    def test_a_logo_is_shown_whole(self):
        logo = BytesIO()
        Image.new("RGB", (400, 100)).save(logo, "PNG")
        self.oil.logo.save("logo.png", ContentFile(logo.getvalue()))
        self.offer("Lamp Oil Ltd")
        self.assertContains(self.client.get("/sponsors"), 'width="96" height="24" alt=""')
        self.assertContains(self.client.get("/sponsors/lamp-oil-ltd"), 'width="192" height="48" alt=""')

    def test_an_address_that_a_browser_cannot_follow_is_text(self):
        self.offer("Lamp Oil Ltd", url="javascript:alert(1)")
        self.offer("Rope & Sons", url="rope.example/tide")
        self.offer("Tea", url="https://[tea.example")
        page = self.client.get("/sponsors").content.decode()
        for url in ("javascript:alert(1)", "rope.example/tide", "https://[tea.example"):
            self.assertIn(f'<code dir="ltr">{url}</code>', page)
            self.assertNotIn(f'href="{url}', page)

    def test_hostile_texts_stay_text(self):
        evil = '"><script>alert(1)</script>'
        self.offer(evil, words=evil, promo_code=evil, terms=evil, url=f"https://x.example/{evil}")
        self.offer(evil, promo_code=evil, words=evil, valid_until=self.days(-1))
        for path in ("/sponsors", Sponsor.objects.get(name=evil).get_absolute_url()):
            self.assertNotIn("<script>alert", self.client.get(path).content.decode())

    def test_the_soonest_end_comes_first_and_what_nobody_has_confirmed_last(self):
        self.offer("Nobody Knows", promo_code="FIVE")
        self.offer("Long Ago", promo_code="FOUR", last_verified_on=self.days(-90))
        self.offer("Tried", promo_code="THREE", last_verified_on=self.days(-3))
        self.offer("Later", promo_code="TWO", valid_until=self.days(40))
        self.offer("Soon", promo_code="ONE", valid_until=self.today)
        found = sections(self.client, "/sponsors")["Offers that count today"]
        self.assertEqual(re.findall("ONE|TWO|THREE|FOUR|FIVE", found)[::2], ["ONE", "TWO", "THREE", "FOUR", "FIVE"])
        self.assertIn("Confirmed 3 days ago", found)
        self.assertIn("Not confirmed since", found)

    def test_the_shows_own_promotions_stand_apart(self):
        shop = Sponsor.objects.create(name="The Shop", slug="shop", kind=Kind.HOUSE)
        make_offer(shop, self.show, promo_code="MUG", url="https://shop.example")
        make_offer(shop, self.show, promo_code="OLDMUG", valid_until=self.days(-1))
        self.offer("Lamp Oil Ltd", promo_code="OIL")
        add_placement(make_episode(self.show, "002"), "The Shop")
        found = sections(self.client, "/sponsors")
        self.assertEqual(
            list(found), ["Offer that counts today", "From the show", "Who has sponsored episodes", "Own promotions"]
        )
        self.assertIn("OIL", found["Offer that counts today"])
        self.assertIn("MUG", found["From the show"])
        self.assertEqual(found["Own promotions"], "The Shop 1 episode")
        self.assertNotIn("Shop", found["Offer that counts today"] + found["Who has sponsored episodes"])
        page = self.client.get("/sponsors").content.decode()
        self.assertNotIn("OLDMUG", page)
        self.assertIn('href="https://shop.example" rel="noopener"', page)
        self.assertIn("OLDMUG", sections(self.client, "/sponsors/shop")["Earlier offers"])

    def test_an_ended_offer_is_kept_and_says_so_and_what_counts_now(self):
        self.offer("Lamp Oil Ltd", promo_code="LONGAGO", words="Five off.", valid_until=self.days(-300))
        self.offer("Rope & Sons", promo_code="ROPE", words="", valid_until=self.days(-1))
        self.offer("Lamp Oil Ltd", promo_code="TODAY", valid_until=self.days(9))
        page = self.client.get("/sponsors").content.decode()
        earlier = sections(self.client, "/sponsors")["Earlier offers"]
        ended = (self.days(-1).strftime("%-d %B %Y"), self.days(-300).strftime("%-d %B %Y"))
        self.assertEqual(
            earlier,
            f"Rope &amp; Sons ROPE Ended on {ended[0]} Lamp Oil Ltd Five off. LONGAGO Ended on {ended[1]} · Now: TODAY",
        )
        self.assertIn("<s><code>ROPE</code></s>", page)
        self.assertEqual(page.count('class="ticket"'), 1)

    def test_what_is_offered_now_may_need_no_code(self):
        self.offer("Lamp Oil Ltd", valid_until=self.days(-300))
        self.offer("Lamp Oil Ltd", promo_code="")
        self.assertIn("Now: another offer", read(self.client, "/sponsors"))

    def test_the_newest_ended_offers_stand_here_and_all_on_their_sponsors_page(self):
        for n in range(21):
            self.offer("Lamp Oil Ltd", promo_code=f"CODE{n:02}", words="", valid_until=self.days(-1 - n))
        earlier = sections(self.client, "/sponsors")["Earlier offers"]
        self.assertEqual(re.findall(r"CODE(\d+)", earlier), [f"{n:02}" for n in range(20)])
        self.assertIn("Older ones stand on the pages of their sponsors.", earlier)
        everything = sections(self.client, "/sponsors/lamp-oil-ltd")["Earlier offers"]
        self.assertEqual(re.findall(r"CODE(\d+)", everything), [f"{n:02}" for n in range(21)])
        Offer.objects.get(promo_code="CODE20").delete()
        self.assertNotIn("Older ones", read(self.client, "/sponsors"))

    def test_where_many_offers_count_every_sponsor_is_reached(self):
        for n in range(30):
            self.offer(f"Sponsor {n:02}", valid_until=self.days(n))
        page = self.client.get("/sponsors").content.decode()
        self.assertEqual(page.count('class="ticket"'), 20)
        for n in range(30):
            self.assertEqual(page.count(f'href="/sponsors/sponsor-{n:02}"'), 1, n)

    def test_an_upcoming_offer_is_nowhere(self):
        make_episode(self.other)
        upcoming = make_offer(Sponsor.objects.named("Secret Ltd"), self.show, self.other, valid_from=self.days(1))
        make_offer(self.oil, self.show, promo_code="SECRETCODE", valid_from=self.days(2), valid_until=self.days(3))
        for path in ("/sponsors", "/sponsors/lamp-oil-ltd", "/network/sponsors", "/sitemap-sponsors.xml"):
            response = self.client.get(path)
            self.assertEqual(response.status_code, 200, path)
            self.assertNotIn("secret", response.content.decode().lower(), path)
        for path in ("/sponsors/secret-ltd", "/sponsors/Secret-Ltd"):
            self.assertNotContains(self.client.get(path), "Secret Ltd", status_code=404)
        upcoming.valid_from = self.today
        upcoming.save()
        for path in ("/sponsors", "/sponsors/secret-ltd", "/network/sponsors", "/sitemap-sponsors.xml"):
            self.assertContains(self.client.get(path), "ecret")

    def test_another_shows_offers_are_not_here(self):
        make_offer(self.oil, self.other, promo_code="THEIRS")
        make_offer(self.oil, self.other, promo_code="THEIRS", valid_until=self.days(-1))
        for path in ("/sponsors", "/sponsors/lamp-oil-ltd"):
            self.assertNotContains(self.client.get(path), "THEIRS")
        self.assertContains(at("lamp-talk").get("/sponsors"), "THEIRS")

    def test_further_pages_go_on_with_the_list_alone(self):
        self.offer("Lamp Oil Ltd", promo_code="OIL")
        self.offer("Lamp Oil Ltd", promo_code="OLDOIL", valid_until=self.days(-1))
        episode = make_episode(self.show, "002")
        for n in range(60):
            add_placement(episode, f"Sponsor {n:02}")
        first, second = (read(self.client, f"/sponsors?page={n}") for n in (1, 2))
        for code in ("OIL", "OLDOIL"):
            self.assertIn(code, first)
            self.assertNotIn(code, second)
        self.assertIn("Sponsor 59 1 episode", second)

    def test_where_nothing_counts_a_visitor_is_helped_on(self):
        self.assertIn("No offer counts today. The page of each sponsor has its codes", read(self.client, "/sponsors"))
        self.assertEqual(read(at("lamp-talk"), "/sponsors"), "Sponsors No episode has had a sponsor yet.")
        make_offer(self.oil, self.other, valid_until=self.days(-1))
        self.assertIn("No offer counts today.", read(at("lamp-talk"), "/sponsors"))
        make_offer(self.oil, self.other)
        self.assertNotIn("No ", read(at("lamp-talk"), "/sponsors"))

    def test_days_are_those_of_the_show(self):
        """Ends on 31 May in Los Angeles: there at 23:30, gone at 00:00, when Berlin has long gone to bed."""
        berlin = make_show("berlin", "B", title="Berlin", time_zone="Europe/Berlin")
        for show in (self.other, berlin):
            make_episode(show)
        offer = make_offer(Sponsor.objects.named("Tea"), self.show, berlin, promo_code="TIN", valid_until="2026-05-31")
        late, midnight = datetime(2026, 5, 31, 23, 30, tzinfo=LOS_ANGELES), datetime(2026, 6, 1, tzinfo=LOS_ANGELES)
        with now(late.astimezone(UTC)):
            for path in ("/sponsors", "/sponsors/tea"):
                self.assertIn("Ends today", sections(self.client, path)["Offer that counts today"])
                self.assertIn("TIN Ended on 31 May 2026", sections(at("berlin"), path)["Earlier offers"])
            network = sections(self.client, "/network/sponsors")["Offer that counts today"]
            self.assertIn("Ends today Counts on Tide Radio", network)
            self.assertNotIn("Berlin", network)
        with now(midnight.astimezone(UTC)):
            for path in ("/sponsors", "/sponsors/tea"):
                self.assertNotIn("Offer that counts today", sections(self.client, path))
                self.assertIn("TIN Ended on 31 May 2026", sections(self.client, path)["Earlier offers"])
            self.assertIn("No show has an offer that counts today.", read(self.client, "/network/sponsors"))
        Offer.objects.filter(pk=offer.pk).update(valid_from="2026-05-31", valid_until=None)
        with now(datetime(2026, 5, 30, 23, 30, tzinfo=UTC)):
            self.assertIn("Since 31 May 2026", sections(at("berlin"), "/sponsors")["Offer that counts today"])
            self.assertNotIn("TIN", read(self.client, "/sponsors"))
            self.assertIn("Since 31 May 2026 Counts on Berlin", read(self.client, "/network/sponsors"))

    def test_pages_are_the_same_for_a_member_and_touch_no_session(self):
        self.offer("Lamp Oil Ltd")
        alice = Client()
        alice.force_login(make_member("alice", self.show))
        for path in ("/sponsors", "/sponsors/lamp-oil-ltd"):
            mine, theirs = alice.get(path), self.client.get(path)
            self.assertEqual(mine.content, theirs.content)
            self.assertFalse(mine.cookies)
            self.assertNotIn("Cookie", theirs.get("Vary", ""))

    def test_a_german_show_speaks_german(self):
        self.show.language = "de"
        self.show.save()
        self.offer("Lamp Oil Ltd", valid_until=self.days(5))
        self.offer("Lamp Oil Ltd", valid_until=self.days(-5))
        page = read(self.client, "/sponsors")
        for text in ("Angebot, das heute gilt", "Endet in 5 Tagen", "Frühere Angebote", "Endete am", "Partnerprogramm"):
            self.assertIn(text, page)

    def test_texts_in_a_language_that_lupcms_does_not_speak_are_marked(self):
        self.show.language = "ar"
        self.show.save()
        self.offer("Lamp Oil Ltd", words="مرحبا", terms="شروط")
        page = self.client.get("/sponsors").content.decode()
        self.assertIn('<p lang="ar">مرحبا</p>', page)
        self.assertIn('<p class="facts" lang="ar" dir="auto">شروط</p>', page)

    def test_queries_are_the_same_with_fifty_offers(self):
        self.offer("Lamp Oil Ltd")
        self.offer("Lamp Oil Ltd", valid_until=self.days(-1))
        for count in (1, 50):
            for path, queries in (("/sponsors", 6), ("/sponsors/lamp-oil-ltd", 6)):
                with self.subTest(path, count=count), self.assertNumQueries(queries):
                    self.client.get(path)
            for n in range(50):
                self.offer("Lamp Oil Ltd" if n % 2 else f"Sponsor {n}", valid_until=self.days(n - 25))
                add_placement(make_episode(self.show, str(100 + 50 * count + n)), "Lamp Oil Ltd")


class SponsorPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.today = cls.show.today()
        first, second = make_episode(cls.show), make_episode(cls.show, "002", title="The second tide")
        add_placement(first, "Lamp Oil Ltd", promo_code="LAMP2024")
        add_placement(second, "Lamp Oil Ltd", promo_code="", position=1)
        add_placement(second, "Rope & Sons", promo_code="ROPE", position=2)
        cls.oil = Sponsor.objects.get(name="Lamp Oil Ltd")

    def test_it_says_who_they_are_what_they_give_and_where_they_were(self):
        self.oil.kind, self.oil.url, self.oil.description = Kind.PAID, "https://www.oil.example/", "Oil for lamps."
        self.oil.save()
        make_offer(self.oil, self.show, promo_code="TODAY", valid_until=self.today)
        make_offer(self.oil, self.show, promo_code="BEFORE", valid_until=self.today - timedelta(1))
        self.assertContains(
            self.client.get("/sponsors/lamp-oil-ltd"),
            '<a href="https://www.oil.example/" rel="sponsored noopener" dir="ltr">oil.example</a> · Paid',
        )
        page = read(self.client, "/sponsors/lamp-oil-ltd")
        order = [
            "Lamp Oil Ltd",
            "Oil for lamps.",
            "oil.example · Paid",
            "Offer that counts today",
            "TODAY",
            "Ends today",
        ]
        order += ["Earlier offers", "BEFORE Ended on", "Episodes 2 episodes", "The second tide", "The first tide"]
        places = [page.find(text) for text in order]
        self.assertNotIn(-1, places)
        self.assertEqual(places, sorted(places))

    def test_each_episode_says_what_was_said_there(self):
        self.oil.name = "Bright Oil Ltd"
        self.oil.save()
        episodes = sections(self.client, "/sponsors/lamp-oil-ltd")["Episodes"]
        self.assertEqual(
            episodes,
            "2 episodes 002 The second tide as Lamp Oil Ltd 2 May 2024 "
            "001 The first tide as Lamp Oil Ltd Code as published: LAMP2024 2 May 2024",
        )

    def test_a_known_kind_is_said_and_an_unknown_one_claims_nothing(self):
        words = {
            Kind.UNKNOWN: "Lamp Oil Ltd Episodes",
            Kind.PAID: "Lamp Oil Ltd Paid Episodes",
            Kind.AFFILIATE: "Lamp Oil Ltd Affiliate: the show gets a share Episodes",
            Kind.PARTNER: "Lamp Oil Ltd Partner Episodes",
            Kind.HOUSE: "Lamp Oil Ltd Own promotion Episodes",
        }
        for kind, text in words.items():
            self.oil.kind = kind
            self.oil.save()
            self.assertIn(text, read(self.client, "/sponsors/lamp-oil-ltd"))

    def test_a_link_to_the_shows_own_site_is_not_sponsored(self):
        self.oil.kind, self.oil.url = Kind.HOUSE, "https://shop.example"
        self.oil.save()
        self.assertContains(self.client.get("/sponsors/lamp-oil-ltd"), 'href="https://shop.example" rel="noopener"')

    def test_drafts_scheduled_and_other_shows_episodes_are_not_on_it(self):
        make_episode(self.other, title="Theirs")
        add_placement(self.other.episodes.get(), "Lamp Oil Ltd", promo_code="THEIRCODE")
        draft = make_episode(self.show, "003", title="Draft", published=False)
        later = make_episode(self.show, "004", title="Later", published_at=timezone.now() + timedelta(hours=1))
        for episode in (draft, later):
            add_placement(episode, "Lamp Oil Ltd", promo_code="SECRET")
        page = read(self.client, "/sponsors/lamp-oil-ltd")
        for text in ("Theirs", "THEIRCODE", "Draft", "Later", "SECRET"):
            self.assertNotIn(text, page)

    def test_an_offer_alone_makes_a_page_and_is_found(self):
        for name, until in (("Live Ltd", None), ("Ended Ltd", self.today - timedelta(1))):
            make_offer(Sponsor.objects.named(name), self.show, valid_until=until)
        self.assertIn("Not confirmed yet", read(self.client, "/sponsors/live-ltd"))
        self.assertIn("Ended on", read(self.client, "/sponsors/ended-ltd"))
        self.assertNotIn("pisode", read(self.client, "/sponsors/live-ltd"))
        self.assertRedirects(self.client.get("/sponsors/LIVE-ltd"), "/sponsors/live-ltd", 301)
        self.assertRedirects(self.client.get("/sponsors/live-ltd/"), "/sponsors/live-ltd", 301)
        listed = self.client.get("/sitemap-sponsors.xml").content.decode()
        for slug in ("live-ltd", "ended-ltd", "lamp-oil-ltd"):
            self.assertIn(f"https://tide-radio.example/sponsors/{slug}<", listed)

    def test_a_sponsor_without_anything_public_here_has_no_page(self):
        add_placement(make_episode(self.show, "003", published=False), "Draft Ltd")
        add_placement(make_episode(self.other), "Other Ltd")
        make_offer(Sponsor.objects.named("Theirs Ltd"), self.other)
        make_offer(Sponsor.objects.named("Upcoming Ltd"), self.show, valid_from=self.today + timedelta(1))
        for slug in ("draft-ltd", "other-ltd", "theirs-ltd", "upcoming-ltd"):
            self.assertEqual(self.client.get(f"/sponsors/{slug}").status_code, 404, slug)

    def test_a_renamed_sponsor_that_has_only_an_offer_is_found_by_its_old_address(self):
        tea = Sponsor.objects.named("Tea Ltd")
        make_offer(tea, self.show)
        tea.name, tea.slug = "Better Tea Ltd", "better-tea"
        tea.save()
        tea.rename("Tea Ltd", "tea-ltd")
        self.assertRedirects(self.client.get("/sponsors/tea-ltd"), "/sponsors/better-tea", 301)

    def test_further_pages_go_on_with_the_episodes_alone(self):
        make_offer(self.oil, self.show, promo_code="TODAY")
        for n in range(100, 160):
            add_placement(make_episode(self.show, str(n)), "Lamp Oil Ltd")
        self.assertIn("TODAY", read(self.client, "/sponsors/lamp-oil-ltd"))
        self.assertNotIn("TODAY", read(self.client, "/sponsors/lamp-oil-ltd?page=2"))


class NetworkTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.tide = make_show(hostname="tide-radio.example")
        cls.lamp = make_show("lamp-talk", "LT", title="Lamp Talk", hostname="lamp-talk.example")
        cls.empty = make_show("empty", "EMP", title="Nothing Yet", hostname="empty.example")
        for show in (cls.tide, cls.lamp):
            make_episode(show)
        make_episode(cls.empty, published=False)
        cls.oil = Sponsor.objects.named("Lamp Oil Ltd")
        cls.today = cls.tide.today()
        make_offer(cls.oil, cls.tide, cls.lamp, cls.empty, promo_code="OIL", valid_until=cls.today + timedelta(30))

    def setUp(self):
        settings = self.settings(NETWORK_URL="https://network.example", SITE_NAME="The Network")
        settings.enable()
        self.addCleanup(settings.disable)

    def test_every_offer_stands_once_with_the_shows_on_which_it_counts(self):
        make_offer(Sponsor.objects.named("Rope & Sons"), self.lamp, promo_code="ROPE", last_verified_on=self.today)
        make_offer(Sponsor.objects.named("Secret Ltd"), self.empty, promo_code="UNPUBLISHED")
        make_offer(Sponsor.objects.named("Nowhere Ltd"), promo_code="NOWHERE")
        make_offer(self.oil, self.tide, promo_code="ENDED", valid_until=self.today - timedelta(2))
        page = at("network.example").get("/sponsors").content.decode()
        self.assertEqual(page.count('class="ticket"'), 2)
        for text in [
            '<link rel="canonical" href="https://network.example/sponsors">',
            '<a href="http://lamp-talk.example/sponsors/lamp-oil-ltd" dir="auto">Lamp Talk</a>, '
            '<a href="http://tide-radio.example/sponsors/lamp-oil-ltd" dir="auto">Tide Radio</a>',
            '<a href="http://lamp-talk.example/sponsors/rope-sons" dir="auto">Lamp Talk</a></p>',
        ]:
            self.assertIn(text, page)
        for text in ("Nothing Yet", "UNPUBLISHED", "NOWHERE", "ENDED"):
            self.assertNotIn(text, page)

    def test_own_promotions_stand_apart(self):
        shop = Sponsor.objects.create(name="The Shop", slug="shop", kind=Kind.HOUSE)
        make_offer(shop, self.tide, promo_code="MUG", valid_until=self.today)
        found = sections(at("network.example"), "/sponsors")
        self.assertEqual(list(found), ["Offer that counts today", "From the shows"])
        self.assertIn("MUG", found["From the shows"])
        self.assertNotIn("MUG", found["Offer that counts today"])

    def test_it_has_one_address_on_the_network_and_one_on_each_show(self):
        self.assertRedirects(
            at("network.example").get("/network/sponsors?page=1"),
            "/sponsors?page=1",
            301,
            fetch_redirect_response=False,
        )
        for host in ("tide-radio.example", "lamp-talk.example", "empty.example"):
            page = at(host).get("/network/sponsors").content.decode()
            self.assertIn('<link rel="canonical" href="https://network.example/sponsors">', page)
            self.assertIn("OIL", page)
        self.assertRedirects(at("tide-radio.example").get("/network/sponsors/"), "/network/sponsors", 301)

    def test_one_public_show_alone_is_no_network(self):
        self.lamp.delete()
        self.assertEqual(at("tide-radio.example").get("/network/sponsors").status_code, 404)
        self.assertNotContains(at("tide-radio.example").get("/sponsors"), "Offers of all shows")
        self.assertNotContains(at("network.example").get("/"), "Offers of all shows")
        self.assertContains(at("network.example").get("/sponsors"), "OIL")

    def test_it_is_linked_from_a_shows_offers_and_from_the_network(self):
        link = '<a href="{}">Offers of all shows</a>'
        self.assertContains(at("tide-radio.example").get("/sponsors"), link.format("/network/sponsors"))
        self.assertContains(at("tide-radio.example").get("/network"), link.format("/network/sponsors"))
        self.assertContains(at("network.example").get("/"), link.format("/sponsors"))

    def test_on_a_developers_machine_it_stays_there(self):
        self.assertContains(
            at("lamp-talk").get("/network/sponsors"), "http://tide-radio.localhost/sponsors/lamp-oil-ltd"
        )

    def test_a_show_that_nobody_can_visit_is_not_announced(self):
        type(self.lamp).objects.filter(pk=self.lamp.pk).update(hostname="", site_url="")
        make_offer(self.oil, self.lamp, promo_code="UNREACHABLE")
        page = read(at("network.example"), "/sponsors")
        self.assertIn("Counts on Tide Radio", page)
        self.assertNotIn("Lamp Talk", page)
        self.assertNotIn("UNREACHABLE", page)

    def test_three_days_at_once_are_kept_apart(self):
        """At half past ten in the morning it is yesterday in Pago Pago, and tomorrow on Kiritimati."""
        zones = {"pago": "Pacific/Pago_Pago", "utc": "UTC", "kiri": "Pacific/Kiritimati"}
        for slug, zone in zones.items():
            make_episode(make_show(slug, slug.upper(), title=slug, time_zone=zone))
        shows = type(self.tide).objects.filter(slug__in=zones)
        for day in (9, 10, 11):
            offer = make_offer(self.oil, *shows, promo_code=f"DAY{day}", words="", url="")
            Offer.objects.filter(pk=offer.pk).update(valid_from=f"2026-06-{day}", valid_until=f"2026-06-{day}")
        make_offer(self.oil, *shows, promo_code="ALWAYS", words="", url="", valid_until="2026-06-12")
        with now(datetime(2026, 6, 10, 10, 30, tzinfo=UTC)):
            found = sections(at("pago"), "/network/sponsors")["Offers that count today"]
        for text in [
            "DAY9 Copy DAY9 Ends today Counts on pago Lamp",
            "DAY10 Copy DAY10 Ends today Counts on utc Lamp",
            "DAY11 Copy DAY11 Ends today Counts on kiri Lamp",
            "ALWAYS Copy ALWAYS Ends in 1 day Counts on kiri, pago, utc",
        ]:
            self.assertIn(text, found)

    def test_nothing_to_show_is_said(self):
        Offer.objects.all().delete()
        self.assertIn("No show has an offer that counts today.", read(at("network.example"), "/sponsors"))
        type(self.tide).objects.all().delete()
        self.assertIn("No show has an offer that counts today.", read(at("network.example"), "/sponsors"))

    def test_many_offers_have_pages_and_cost_the_same(self):
        network, show = at("network.example"), at("tide-radio.example")
        for count in (1, 50):
            for client, path in ((network, "/sponsors"), (show, "/network/sponsors")):
                with self.subTest(path, count=count), self.assertNumQueries(4):
                    client.get(path)
            for n in range(49):
                sponsor = Sponsor.objects.named(f"Sponsor {n}")
                make_offer(sponsor, self.tide, self.lamp, valid_until=self.today + timedelta(n))
        last = network.get("/sponsors?page=5").content.decode()
        self.assertIn('<link rel="canonical" href="https://network.example/sponsors?page=5">', last)
        self.assertEqual(last.count('class="ticket"'), 19)
        self.assertEqual(network.get("/sponsors").content.count(b'class="ticket"'), 20)
