"""The public pages of a show. Every one is a function of host, path and moment: no session, no cookie."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from episodes import network
from episodes.chapters import chapters_of
from episodes.clicks import spoken
from episodes.episode_page import episode_page
from episodes.exporters.notes import page_of
from episodes.formats.chapters import render_json
from episodes.formats.transcripts import Paragraph, paragraphs
from episodes.models import Tag
from episodes.models.tag import LETTERS
from episodes.player import player_of
from episodes.transcripts import FILES, languages_of, transcript_of
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import home_of, show_of
from lupcms.shows.linked_data import breadcrumbs, podcast_series
from lupcms.shows.lists import page_of_list
from lupcms.shows.models import Show
from lupcms.shows.pages import render_page

NEWEST = 12
# The tags of so many newest episodes are what a show is about lately.
LATELY = 100
TAGS_LATELY = 60
TAGS_PER_PAGE = 200
FRAMED_CSP: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": ["*"]}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """A show's newest episodes; where no show answers, all shows."""
    show: Show | None = request.show  # type: ignore[attr-defined]
    if show is None:
        return network_page(request)
    episodes = list(show.episodes.published().newest_first()[:NEWEST])
    path = reverse("episodes:index")
    return render_page(
        request,
        "episodes/index.html",
        path,
        show,
        title="",
        description=show.description,
        episodes=episodes,
        things=[podcast_series(show)],
    )


@require_safe
def all_shows(request: HttpRequest) -> HttpResponse:
    """The page of all shows on a show's own host; on the network's host it stands at the root."""
    if request.show is None:  # type: ignore[attr-defined]
        return moved(request, reverse("episodes:index"))
    return network_page(request)


def network_page(request: HttpRequest) -> HttpResponse:
    shows = network.shows()
    if request.show is not None and len(shows) < 2:  # type: ignore[attr-defined]
        return elsewhere(request)
    context = {
        "title": settings.SITE_NAME,
        "canonical": f"{settings.NETWORK_URL}/" if settings.NETWORK_URL else "",
        # A show without an address of its own cannot be visited from here.
        "shows": [(show, home) for show in shows if (home := home_of(show, request))],
        "episodes": [
            (episode, home) for episode in network.newest_episodes() if (home := home_of(episode.show, request))
        ],
        "people": [(person, home) for person in network.people() if (home := home_of(person.name.show, request))],
    }
    return render(request, "network.html", context)


@require_safe
def archive(request: HttpRequest, year: str = "") -> HttpResponse:
    """Every episode, or those of one year, newest first under their years."""
    show = show_of(request)
    episodes = show.episodes.published()
    years = episodes.years()
    if year and year not in map(str, years):
        return elsewhere(request)
    if year:
        episodes = episodes.filter(air_date__year=year)
    path = reverse("episodes:year", args=[year]) if year else reverse("episodes:archive")
    # By the day they aired, so that each year stands once, also where a back catalogue was published late.
    page = page_of_list(request, episodes.order_by("-air_date", "-published_at", "-pk"))
    title = _("Episodes of %(year)s") % {"year": year} if year else _("Episodes")
    return render_page(request, "episodes/archive.html", path, show, title=title, page=page, year=year, years=years)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    episode = show.episodes.published().for_page().filter(slug=slug).first()
    if episode is None:
        return _folded_episode(request, show, slug, "detail") or spoken(request, show, slug)
    return episode_page(request, episode)


@require_safe
@xframe_options_exempt
@csp_override(FRAMED_CSP)
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The player alone: the one page that others may put into a frame."""
    show = show_of(request)
    episode = show.episodes.published().select_related("show").filter(slug=slug).first()
    if episode is None:
        return _folded_episode(request, show, slug, "embed") or elsewhere(request)
    player = player_of(episode, request, languages_of(episode))
    if player is None or not player.url:
        raise Http404("This episode has no audio that we know.")
    title = f"{episode.code}: {episode.printed_title}"
    return render_page(
        request, "episodes/embed.html", episode.get_absolute_url(), show, title=title, episode=episode, player=player
    )


@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    episode = show.episodes.published().with_entries().filter(slug=slug).first()
    if episode is None:
        return _folded_episode(request, show, slug, "notes") or elsewhere(request)
    return HttpResponse(page_of(episode), content_type="text/markdown; charset=utf-8")


@require_safe
def chapters(request: HttpRequest, slug: str) -> HttpResponse:
    """JSON chapters of an episode that has some."""
    show = show_of(request)
    episode = show.episodes.published().prefetch_related("chapters").filter(slug=slug).first()
    if episode is None or not episode.chapters.all():
        return _folded_episode(request, show, slug, "chapters") or elsewhere(request)
    return _file(request, render_json(chapters_of(episode.chapters.all())), "application/json+chapters")


@require_safe
def transcript(request: HttpRequest, slug: str) -> HttpResponse:
    """To be read; `?lang=de` where there are several."""
    show = show_of(request)
    episode = show.episodes.published().filter(slug=slug).first()
    languages = languages_of(episode) if episode else []
    found = transcript_of(episode, languages, request.GET.get("lang", "")) if episode else None
    if episode is None or found is None:
        return _folded_episode(request, show, slug, "transcript") or elsewhere(request)
    asked = f"?{urlencode({'lang': found.language})}" if found.language != languages[0] else ""
    return render_page(
        request,
        "episodes/transcript.html",
        f"{found.get_absolute_url()}{asked}",
        show,
        title=_("Transcript of %(episode)s") % {"episode": f"{episode.code}: {episode.printed_title}"},
        description=episode.excerpt,
        episode=episode,
        transcript=found,
        asked=asked,
        languages=languages,
        paragraphs=_with_places(paragraphs(found.said())),
        files=FILES,
    )


@require_safe
def transcript_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    show = show_of(request)
    episode = show.episodes.published().filter(slug=slug).first() if ending in FILES else None
    asked = request.GET.get("lang", "")
    found = transcript_of(episode, languages_of(episode), asked) if episode else None
    if found is None:
        return _folded_episode(request, show, slug, "transcript_file", ending) or elsewhere(request)
    return _file(request, FILES[ending].render(found.said()), FILES[ending].content_type)


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """What the show talks about lately; with `?letter=`, every tag under it in pages of the alphabet.

    Neither looks at more tags than it shows, or than the newest episodes have: 15,000 cost what 150 do.
    """
    show = show_of(request)
    letter, after = request.GET.get("letter", ""), request.GET.get("after", "").replace("\0", "")
    if letter not in LETTERS:
        newest = show.episodes.published().newest_first()[:LATELY].values("pk")
        found, path = list(Tag.objects.of_episodes(newest)[:TAGS_LATELY]), reverse("episodes:tags")
    else:
        under = Tag.objects.on(show).counted(show).filter(letter=letter, name__gt=after).order_by("name")
        asked = {"letter": letter} | ({"after": after} if after else {})
        found, path = list(under[: TAGS_PER_PAGE + 1]), f"{reverse('episodes:tags')}?{urlencode(asked)}"
    more = found[TAGS_PER_PAGE - 1].name if len(found) > TAGS_PER_PAGE else ""
    return render_page(
        request,
        "episodes/tags.html",
        path,
        show,
        title=_("Tags"),
        tags=found[:TAGS_PER_PAGE],
        letter=letter if letter in LETTERS else "",
        letters=LETTERS,
        after=after,
        more=more,
    )


@require_safe
def tag(request: HttpRequest, name: str) -> HttpResponse:
    """The episodes of a tag: `/tags/%2Fboot` is `/boot`. Another letter case and an alias lead to it."""
    show = show_of(request)
    found = Tag.objects.answering(show, name)
    if found is None:
        return elsewhere(request)
    if found.name != name:
        return moved(request, f"/tags/{found.name}")
    page = page_of_list(request, show.episodes.published().tagged(found).newest_first())
    things = [breadcrumbs(show, [(_("Tags"), reverse("episodes:tags"))], found.name)]
    path = found.get_absolute_url()
    return render_page(request, "episodes/tag.html", path, show, title=found.name, page=page, things=things)


@require_safe
def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """No page has this form; it may have been one, or be one with a slash too many."""
    return elsewhere(request)


def _folded_episode(request: HttpRequest, show: Show, slug: str, view: str, *more: str) -> HttpResponse | None:
    """Letter case and leading zeros lead to the one address."""
    found = show.episodes.published().folded(slug)
    if found is None or found.slug == slug:
        return None
    return moved(request, reverse(f"episodes:{view}", args=[found.slug, *more]))


def _file(request: HttpRequest, text: str, content_type: str) -> HttpResponse:
    """For apps and players on any site; unchanged, it is not sent again."""
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _with_places(rows: Iterable[Paragraph]) -> Iterator[tuple[Paragraph, int, bool]]:
    """Each paragraph, the second it starts in, and whether it is the first of that second, which has its address."""
    before = -1
    for row in rows:
        second = row.start // 1000
        yield row, second, second != before
        before = second
