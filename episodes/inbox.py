"""Links that wait for an episode: what a browser hands over, where it is already, and who takes them."""

import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

from episodes.models import Episode, InboxLink, Link
from episodes.paste.addresses import spellings
from lupcms.shows.models import User

# Longer ones are programs or pictures in place of addresses.
URL_MAX_LENGTH = 4000
PLACES_SHOWN = 5
# The whole address must pass proxies and gunicorn, also inside the sign-in page's, where each % becomes %25.
_QUERY_MAX_LENGTH = 4000

# URLSearchParams takes any text, halves of characters too, which encodeURIComponent refuses.
_BOOKMARKLET = """(() => {
  const title = document.title.slice(0, 300);
  const asked = new URLSearchParams({ url: location.href, title, text: getSelection(), _popup: 1 });
  for (let text = [...asked.get("text")]; `${asked}`.length > LENGTH && text.length; ) {
    text = text.slice(0, text.length * 0.9);
    asked.set("text", text.join(""));
  }
  open(`ADDRESS?${asked}`, "_blank", "popup,width=640,height=720");
})()"""


def bookmarklet(address: str) -> str:
    """A `javascript:` address that opens `address` with the page, its title and what is selected on it."""
    lines = (line.strip() for line in _BOOKMARKLET.splitlines())
    code = " ".join(lines).replace("LENGTH", str(_QUERY_MAX_LENGTH)).replace("ADDRESS", address)
    return f"javascript:{quote(code)}"


def tidied(text: str) -> str:
    """One line that a notes page can print as the text of a link, of whatever a page says of itself."""
    plain = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join(plain.split()).replace("](", "] (")


def places(url: str, user: User, besides: InboxLink | None = None) -> list[str]:
    """Where it waits or stands on this person's shows, newest first: “the inbox of LUP”, “LUP 512”. Two queries."""
    shows, same = user.shows("view"), spellings(url)
    waiting = InboxLink.objects.waiting().filter(show__in=shows, url__in=same)
    if besides is not None:
        waiting = waiting.exclude(pk=besides.pk)
    inboxes = waiting.values_list("show__acronym", flat=True)
    standing = Episode.objects.filter(pk__in=Link.objects.filter(url__in=same).values("episode"), show__in=shows)
    episodes = standing.select_related("show").newest_first()[:PLACES_SHOWN]
    return [*(f"the inbox of {acronym}" for acronym in sorted(set(inboxes))), *(_named(row) for row in episodes)]


def take(waiting: Sequence[InboxLink], episode: Episode, heading: str = "") -> int:
    """They become the last links of the episode, in this order, the first under the heading; returns how many.

    What another episode took meanwhile stays there. Four queries. Whoever calls it calls `saving.saved`.
    """
    still = InboxLink.objects.waiting().select_for_update().in_bulk([row.pk for row in waiting])
    taken = [row for row in waiting if row.pk in still]
    links = [Link(url=row.url, text=row.text, description=row.description) for row in taken]
    for first in links[:1]:
        first.heading = heading
    Link.objects.append(episode, links)
    InboxLink.objects.filter(pk__in=[row.pk for row in taken]).update(episode=episode)
    return len(taken)


def _named(episode: Episode) -> str:
    return episode.code if episode.is_published() else f"{episode.code} ({episode.state})"
