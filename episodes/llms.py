"""`/llms.txt`: where a program finds everything in a form that it can read (https://llmstxt.org)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from lupcms.shows.channel import FEED_PATH
from lupcms.shows.hostnames import show_of

NEWEST = 50


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """Three queries, however many episodes there are."""
    show = show_of(request)
    published = show.episodes.published()
    lines = [f"# {_line(show.title)}", ""]
    if show.description:
        lines += [f"> {_line(show.description)}", ""]
    lines += [
        "Every episode has a page of notes in Markdown: its address with `.md`. The same as data has `.json`.",
        "",
        "## Newest episodes",
        "",
    ]
    for episode in published.newest_first()[:NEWEST].only("number", "slug", "title", "excerpt"):
        address = f"{show.site_url}{reverse('episodes:notes', args=[episode.slug])}"
        title = _label(f"{show.acronym} {episode.number}: {episode.title}")
        excerpt = f": {_line(episode.excerpt)}" if episode.excerpt else ""
        lines.append(f"- [{title}]({address}){excerpt}")
    lines += ["", "## All episodes by year", ""]
    for year in published.years():
        lines.append(f"- [{year}]({show.site_url}{reverse('episodes:year', args=[year])})")
    lines += [
        "",
        "## Feeds",
        "",
        f"- [RSS]({show.site_url}{FEED_PATH}): every episode with its notes",
        f"- [JSON Feed]({show.site_url}/json): the same as JSON",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _line(text: str) -> str:
    return " ".join(text.split())


def _label(text: str) -> str:
    """As the text of a link, whose brackets are its own."""
    return _line(text).replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]").removesuffix(":")
