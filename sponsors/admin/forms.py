"""What is refused at the desk, each with its reason at the field."""

from typing import Any

from lupcms.shows.fields import VerbatimForm
from sponsors.checks import is_refused


class AddressForm(VerbatimForm):
    """A form with an address to publish."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if is_refused(cleaned.get("url") or ""):
            self.add_error("url", "This is a program and not an address. Write one that begins with https://.")
        return cleaned


class OfferForm(AddressForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without a show it would count nowhere, and be nobody's."""
        super().__init__(*args, **kwargs)
        if "shows" in self.fields:
            self.fields["shows"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "The offer ends before it begins.")
        return cleaned


class CampaignForm(VerbatimForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The campaign ends before it begins.")
        offer, sponsor = cleaned.get("offer"), cleaned.get("sponsor")
        if offer and sponsor and offer.sponsor_id != sponsor.pk:
            self.add_error("offer", "This is an offer of another sponsor.")
        return cleaned
