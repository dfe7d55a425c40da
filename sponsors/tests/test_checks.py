"""Warnings, in the words that the desk shows."""

from datetime import date

import pytest
from django.test import TestCase

from episodes.tests.factories import make_campaign, make_offer, make_show
from sponsors import checks
from sponsors.models import Offer, Sponsor

NO_BROWSER = "No browser can follow this address, so pages print it as text. Write one that begins with https://."


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", ""),
        ("https://oil.example/tide", ""),
        ("HTTPS://oil.example", ""),
        ("http://oil.example", "This address is not encrypted. If the site also answers at https://, write that."),
        (
            "oil.example/tide",
            "Nobody can follow this address: it has no https://. Write https://oil.example/tide.",
        ),
        ("www.oil.example", "Nobody can follow this address: it has no https://. Write https://www.oil.example."),
        ("ftp://oil.example", NO_BROWSER),
        ("//oil.example", NO_BROWSER),
        ("the shop", NO_BROWSER),
        (" https://oil.example", NO_BROWSER),
    ],
)
def test_addresses(url, text):
    assert checks.of_address(url) == text


@pytest.mark.parametrize(
    "code", ["linode.com/ssh", "https://oil.example", "HTTP://x", "www.oil.example", " oil.example/x "]
)
def test_an_address_is_not_a_code(code):
    assert "looks like an address" in checks.of_code(code)


@pytest.mark.parametrize("code", ["", "TIDE", "two words", "20/20", "A.B", "UNPLUGGED.20", "50% off", "#tide", "24/7"])
def test_whatever_a_listener_may_type_is_a_code(code):
    assert checks.of_code(code) == ""


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("javascript:alert(1)", True),
        (" JavaScript:alert(1)", True),
        ("java\nscript:alert(1)", True),
        ("\x01data:text/html,x", True),
        ("vbscript:x", True),
        ("https://oil.example/javascript:x", False),
        ("javascript.example", False),
        ("", False),
    ],
)
def test_programs_are_refused(url, refused):
    assert checks.is_refused(url) is refused


class OfferTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.oil, cls.rope = Sponsor.objects.named("Oil"), Sponsor.objects.named("Rope")
        cls.offer = make_offer(cls.oil, cls.show, promo_code="TIDE")

    def warnings(self, **fields) -> dict[str, str]:
        for name, value in fields.items():
            setattr(self.offer, name, value)
        return checks.of_offer(self.offer, Offer.objects.all())

    def test_nothing_is_said_of_an_offer_in_order(self):
        make_offer(self.oil, self.show, promo_code="TIDE")
        make_offer(self.rope, self.show, promo_code="")
        with self.assertNumQueries(1):
            self.assertEqual(self.warnings(), {})

    def test_a_code_in_another_letter_case_or_with_another_sponsor(self):
        make_offer(self.oil, self.show, promo_code="Tide")
        make_offer(self.rope, self.show, promo_code="tide ")
        self.assertEqual(
            self.warnings(),
            {
                "promo_code": "Another offer of this sponsor writes it “Tide”. Write both alike. "
                "Rope uses this code too. Check whose it is."
            },
        )

    def test_an_offer_without_words_code_and_address(self):
        self.assertEqual(
            self.warnings(words=" ", url="", promo_code=""),
            {"words": "It says nothing yet: write words, a code or an address."},
        )


class CampaignTests(TestCase):
    def test_an_offer_should_count_on_every_show_until_the_campaign_ends(self):
        show, other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        oil = Sponsor.objects.named("Oil")
        offer = make_offer(oil, show, other, valid_until=date(2024, 5, 31))
        campaign = make_campaign(oil, show, other, offer=offer)
        self.assertEqual(checks.of_campaign(campaign), {})
        self.assertEqual(checks.of_campaign(make_campaign(oil, show)), {})
        offer.valid_until = date(2024, 5, 30)
        offer.shows.set([show])
        self.assertEqual(
            checks.of_campaign(campaign),
            {
                "offer": "This offer does not count on Lamp Talk. Add the show to the offer, or choose another. "
                "This offer ends on 30 May 2024, before the campaign does. Ask the sponsor for a new one."
            },
        )
