"""What was published stays said: ten episodes, and everything about their sponsor changes."""

from datetime import date

from django.test import TestCase

from episodes.exporters.notes import notes_of, page_of
from episodes.models import Episode, Placement
from episodes.tests.factories import (
    add_placement,
    import_notes,
    make_campaign,
    make_episode,
    make_offer,
    make_show,
)
from sponsors.models import Sponsor

HOST = {"host": "tide-radio.localhost"}


class FrozenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")
        cls.oil = Sponsor.objects.named("Lamp Oil Ltd")
        cls.offer = make_offer(cls.oil, cls.show, cls.other)
        cls.campaign = make_campaign(cls.oil, cls.show, offer=cls.offer, spots=10)
        for number in range(10):
            episode = make_episode(cls.show, f"{number + 1:03}", air_date=date(2024, 5, number + 1))
            add_placement(episode, "Lamp Oil Ltd", offer=cls.offer, campaign=cls.campaign)
        add_placement(make_episode(cls.other), "Lamp Oil Ltd", offer=cls.offer)
        cls.rope = add_placement(make_episode(cls.show, "020"), "Rope & Sons").sponsor

    def change_everything(self) -> None:
        self.offer.words, self.offer.url, self.offer.promo_code = "Now *half* price.", "https://new.example", "NEW"
        self.offer.save()
        old_name, old_slug = self.oil.name, self.oil.slug
        self.oil.name, self.oil.slug, self.oil.url = "Bright Oil", "bright-oil", "https://bright.example"
        self.oil.save()
        self.oil.rename(old_name, old_slug)
        self.rope.absorb(self.oil)

    def notes(self) -> list[bytes | str]:
        episodes = Episode.objects.with_entries().order_by("pk")
        return [page_of(episode) for episode in episodes] + [
            self.client.get(f"/{number}.md", headers=HOST).content for number in range(1, 11)
        ]

    def test_notes_pages_keep_every_byte(self):
        before = self.notes()
        self.change_everything()
        self.assertEqual(self.notes(), before)

    def test_public_pages_keep_every_byte(self):
        before = [self.client.get(f"/{number}", headers=HOST).content for number in range(1, 11)]
        self.change_everything()
        after = [self.client.get(f"/{number}", headers=HOST).content for number in range(1, 11)]
        self.assertEqual(after, before)

    def test_the_addresses_of_the_pages_lead_to_the_one_that_stays_on_every_show(self):
        self.change_everything()
        for host in ("tide-radio", "lamp-talk"):
            for slug in ("lamp-oil-ltd", "bright-oil"):
                response = self.client.get(f"/sponsors/{slug}", headers={"host": f"{host}.localhost"})
                self.assertRedirects(response, "/sponsors/rope-sons", 301, fetch_redirect_response=False)
        page = self.client.get("/sponsors/rope-sons", headers=HOST)
        self.assertContains(page, "The first tide", 11)

    def test_an_old_page_imported_again_changes_nothing_and_makes_no_sponsor(self):
        pages = {episode: notes_of(episode) for episode in self.show.episodes.with_entries()}
        self.change_everything()
        before = list(Placement.objects.order_by("pk").values())
        for notes in pages.values():
            import_notes(self.show, notes)
        self.assertEqual(list(Placement.objects.order_by("pk").values()), before)
        self.assertEqual(list(Sponsor.objects.all()), [self.rope])
        Placement.objects.filter(episode__show=self.show).delete()
        for notes in pages.values():
            import_notes(self.show, notes, overwrite=True)
        self.assertEqual(set(Placement.objects.values_list("sponsor", flat=True)), {self.rope.pk})
        self.assertEqual(list(Sponsor.objects.all()), [self.rope])
