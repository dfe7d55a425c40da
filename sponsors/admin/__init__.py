"""Sponsors at the desk: who they are, what they give, what they booked."""

from sponsors.admin.campaign import CampaignAdmin
from sponsors.admin.offer import OfferAdmin
from sponsors.admin.recipient import RecipientAdmin
from sponsors.admin.short_link import ShortLinkAdmin
from sponsors.admin.sponsor import SponsorAdmin

__all__ = ["CampaignAdmin", "OfferAdmin", "RecipientAdmin", "ShortLinkAdmin", "SponsorAdmin"]
