"""The folder of a website -> records, people and sponsors. `pages` reads it, `fill` writes what is empty here."""

from episodes.importers.site.pages import Failure, LeftOut, Person, ShowSaid, Site, SponsorSaid

__all__ = ["Failure", "LeftOut", "Person", "ShowSaid", "Site", "SponsorSaid"]
