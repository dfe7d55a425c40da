from sponsors.models.campaign import Campaign, Delivery
from sponsors.models.offer import Offer, Standing
from sponsors.models.recipient import Recipient
from sponsors.models.short_link import ShortLink, ShortLinkCount
from sponsors.models.sponsor import FormerName, Kind, Sponsor

__all__ = [
    "Campaign",
    "Delivery",
    "FormerName",
    "Kind",
    "Offer",
    "Recipient",
    "ShortLink",
    "ShortLinkCount",
    "Sponsor",
    "Standing",
]
