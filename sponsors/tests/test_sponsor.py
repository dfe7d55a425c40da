"""Names and addresses that a sponsor had: what leads where after renames and merges, and who may take them again."""

from django.core.exceptions import ValidationError
from django.test import TestCase

from episodes.tests.factories import (
    add_placement,
    make_campaign,
    make_episode,
    make_offer,
    make_recipient,
    make_show,
)
from lupcms.shows.models import OldPath, Show
from sponsors.merging import Belongings, merge
from sponsors.models import FormerName, ShortLink, Sponsor


def rename(sponsor: Sponsor, name: str = "", slug: str = "") -> None:
    old_name, old_slug = sponsor.name, sponsor.slug
    sponsor.name, sponsor.slug = name or old_name, slug or old_slug
    sponsor.full_clean()
    sponsor.save()
    sponsor.rename(old_name, old_slug)


def leads(show: Show) -> dict[str, str]:
    return dict(OldPath.objects.filter(show=show).values_list("path", "target"))


class NameTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")
        cls.oil = add_placement(make_episode(cls.show), "Oil").sponsor
        cls.rope = add_placement(make_episode(cls.other), "Rope").sponsor

    def refused(self, **fields: str) -> dict[str, list[str]]:
        with self.assertRaises(ValidationError) as caught:
            Sponsor(**{"name": "New", "slug": "new"} | fields).full_clean()
        return caught.exception.message_dict

    def test_every_former_name_is_found_through_renames_and_merges(self):
        rename(self.oil, "Lamp Oil", "lamp-oil")
        rename(self.oil, "Lamps", "lamps")
        self.rope.absorb(self.oil)
        third = Sponsor.objects.create(name="Third", slug="third")
        third.absorb(self.rope)
        for name in ("Oil", "Lamp Oil", "Lamps", "Rope", "Third"):
            self.assertEqual(Sponsor.objects.named(name), third, name)
        self.assertEqual(Sponsor.objects.count(), 1)

    def test_renaming_back_and_forth_leaves_one_former_name(self):
        rename(self.oil, "Lamp Oil", "lamp-oil")
        rename(self.oil, "Oil", "oil")
        self.assertEqual(list(FormerName.objects.values_list("name", "sponsor")), [("Lamp Oil", self.oil.pk)])
        self.assertEqual(leads(self.show), {"/sponsors/lamp-oil": "/sponsors/oil"})

    def test_the_key_of_a_merged_sponsor_is_kept_through_every_later_name(self):
        was = self.rope.pk
        self.oil.absorb(self.rope)
        for name in ("Rope", "Oil", "Rope and Oil"):
            rename(self.oil, name)
            self.assertEqual(FormerName.objects.get(was=was).sponsor, self.oil, name)
        third = Sponsor.objects.create(name="Third", slug="third")
        keys = {was, self.oil.pk}
        third.absorb(self.oil)
        self.assertEqual(set(third.former_names.exclude(was=None).values_list("was", flat=True)), keys)

    def test_nobody_takes_a_name_under_which_another_has_published(self):
        rename(self.oil, "Lamp Oil")
        self.assertEqual(
            self.refused(name="Oil"), {"name": ["Lamp Oil had this name, and pages published under it are theirs."]}
        )
        rename(self.oil, "Oil")

    def test_nobody_takes_an_address_that_leads_to_another_in_any_letter_case(self):
        rename(self.oil, slug="lamp-oil")
        for slug in ("oil", "OIL"):
            self.assertEqual(
                self.refused(slug=slug), {"slug": ["Published pages lead from this address to /sponsors/lamp-oil."]}
            )
        self.assertEqual(
            self.refused(slug="Rope"), {"slug": ["Another sponsor has this address in another letter case."]}
        )
        rename(self.oil, slug="oil")

    def test_a_made_address_is_none_that_stands_or_stood_in_any_letter_case(self):
        rename(self.oil, slug="Lamp-Oil")
        rename(self.oil, slug="lamps")
        self.assertEqual(
            [Sponsor.objects.free_slug(name) for name in ("Oil", "Lamp Oil", "Lamps", "Rope", "Free")],
            ["oil-2", "lamp-oil-2", "lamps-2", "rope-2", "free"],
        )


class AddressTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")
        cls.placement = add_placement(make_episode(cls.show), "Oil")
        cls.oil = cls.placement.sponsor
        cls.rope = add_placement(make_episode(cls.show, "002"), "Rope").sponsor
        add_placement(make_episode(cls.other), "Rope")

    def test_merges_of_merges_lead_to_the_last_one_in_one_step(self):
        third = Sponsor.objects.create(name="Third", slug="third")
        self.rope.absorb(self.oil)
        third.absorb(self.rope)
        rename(third, slug="fourth")
        self.assertEqual(
            leads(self.show), dict.fromkeys(["/sponsors/oil", "/sponsors/rope", "/sponsors/third"], "/sponsors/fourth")
        )
        self.assertEqual(
            leads(self.other), {"/sponsors/rope": "/sponsors/fourth", "/sponsors/third": "/sponsors/fourth"}
        )
        for host, path in [("tide-radio", "oil"), ("tide-radio", "ROPE"), ("lamp-talk", "third")]:
            response = self.client.get(f"/sponsors/{path}", headers={"host": f"{host}.localhost"})
            self.assertRedirects(response, "/sponsors/fourth", 301, fetch_redirect_response=False)

    def test_old_addresses_lead_on_also_where_no_placement_is_left(self):
        rename(self.oil, slug="lamp-oil")
        self.placement.delete()
        rename(self.oil, slug="lamps")
        expected = dict.fromkeys(["/sponsors/oil", "/sponsors/lamp-oil"], "/sponsors/lamps")
        self.assertEqual(leads(self.show), expected)
        self.rope.absorb(self.oil)
        self.assertEqual(leads(self.show), dict.fromkeys([*expected, "/sponsors/lamps"], "/sponsors/rope"))

    def test_a_sponsor_that_takes_its_old_address_again_answers_there(self):
        rename(self.oil, slug="lamp-oil")
        rename(self.oil, slug="oil")
        response = self.client.get("/sponsors/oil", headers={"host": "tide-radio.localhost"})
        self.assertEqual(response.status_code, 200)

    def test_everything_moves_and_is_counted(self):
        make_offer(self.oil, self.other)
        make_campaign(self.oil, self.show)
        make_recipient(self.oil, self.show)
        ShortLink.objects.create(show=self.show, word="oil", sponsor=self.oil)
        before = Belongings.of(self.oil)
        self.assertEqual(before, Belongings(1, 1, 1, 1, 1, 0, 2))
        self.assertEqual(str(before), "1 placement, 1 offer, 1 campaign, 1 recipient, 1 short link")
        third = Sponsor.objects.create(name="Third", slug="third")
        moved = merge(third, [self.oil, self.rope])
        self.assertEqual(moved, Belongings(3, 1, 1, 1, 1, 0, 4))
        self.assertEqual(Belongings.of(third), Belongings(3, 1, 1, 1, 1, 0, 6))
        self.assertEqual(str(Belongings()), "nothing")

    def test_a_merge_that_fails_half_way_changes_nothing(self):
        before = [Belongings.of(sponsor) for sponsor in Sponsor.objects.all()]
        with self.assertRaises(ValueError):
            merge(self.oil, [self.rope, self.oil])
        self.assertEqual([Belongings.of(sponsor) for sponsor in Sponsor.objects.all()], before)
