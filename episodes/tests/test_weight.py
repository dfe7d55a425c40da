"""What a visitor downloads, and what each page costs the database."""

import gzip
from datetime import date, timedelta
from pathlib import Path

from django.test import TestCase
from django.utils import timezone

from episodes.models import Episode
from episodes.notes import Credit as NotesCredit
from episodes.notes import Link as NotesLink
from episodes.tests.factories import add_placement, import_notes, make_notes, make_offer, make_show
from sponsors.models import Sponsor

STATIC = Path(__file__).parents[2] / "static"


def words(n: int) -> str:
    """Text that does not compress to nothing."""
    return " ".join(f"{(n * 7919 + i * 104729) % 99991:x}tide" for i in range(20))


class WeightTests(TestCase):
    def test_an_episode_with_25_links_weighs_at_most_30_kilobytes_with_style_and_script(self):
        links = tuple(NotesLink(f"https://{n}.example/{n}", words(n)[:60], description=words(n)) for n in range(25))
        import_notes(make_show(colour="#006644"), make_notes(links=links, summary=words(99) * 5))
        parts = [self.client.get("/1").content, self.client.get("/theme.css").content]
        parts += [(STATIC / name).read_bytes() for name in ("lupcms.css", "lupcms.js")]
        self.assertEqual(parts[0].count(b"tide</p>"), 26)
        self.assertLess(sum(len(gzip.compress(part)) for part in parts), 30_000)

    def test_every_page_costs_the_same_with_30_and_with_1000_episodes_and_lists_stay_small(self):
        show = make_show()
        import_notes(show, make_notes(number="2000", credits=(NotesCredit("host", "Ann Host", "ann"),)))
        first = show.episodes.get()
        queries = {
            "/": 2,
            "/episodes": 4,
            "/episodes/2020": 4,
            "/hosts": 3,
            "/hosts/ann": 6,
            "/sponsors": 6,
            "/sponsors/lamp-oil-ltd": 6,
            "/tags": 2,
            "/tags?letter=l": 2,
            "/tags/lamps": 4,
            "/about": 1,
            "/2000": 12,
            "/2000.md": 6,
        }
        now = timezone.now()
        for numbers in (range(30), range(30, 1000)):
            episodes = Episode.objects.bulk_create(
                Episode(
                    show=show,
                    number=f"{n:04}",
                    slug=str(n),
                    title=words(n)[:70],
                    excerpt=words(n),
                    air_date=date(2020, 1, 1) + timedelta(n % 300),
                    published_at=now - timedelta(days=2000 - n),
                )
                for n in numbers
            )
            for rows in (first.credits, first.placements):
                row = rows.first()
                for episode in episodes:
                    row.pk, row.episode = None, episode
                    row.save(force_insert=True)
            for item in first.tagged_items.all():
                type(item).objects.bulk_create(
                    type(item)(content_object=episode, tag_id=item.tag_id) for episode in episodes
                )
            for path, count in queries.items():
                with self.subTest(path, episodes=numbers.stop), self.assertNumQueries(count):
                    response = self.client.get(path)
                self.assertEqual(response.status_code, 200, path)
                self.assertLess(len(response.content), 40_000, path)

    def test_pages_of_two_hundred_offers_stay_small(self):
        """Of 200 sponsors, every second one's has ended."""
        shows = [make_show(colour="#006644"), make_show("lamp-talk", "LT", title="Lamp Talk")]
        for show in shows:
            import_notes(show, make_notes(acronym=show.acronym))
        today = shows[0].today()
        for n in range(200):
            sponsor = Sponsor.objects.named(words(n)[:30])
            ends = today + timedelta(20 if n % 2 else -20)
            fields = {"words": words(n)[:100], "promo_code": f"TIDE {n}", "terms": "New customers only."}
            make_offer(sponsor, *shows, valid_until=ends, **fields)
            add_placement(shows[0].episodes.get(), sponsor.name)
        queries = {"/sponsors": 6, "/sponsors?page=2": 3, "/network/sponsors": 4, "/network/sponsors?page=5": 4}
        for path, count in queries.items():
            with self.subTest(path), self.assertNumQueries(count):
                response = self.client.get(path)
            self.assertEqual(response.status_code, 200, path)
            self.assertLess(len(response.content), 40_000, path)
