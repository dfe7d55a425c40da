"""The public pages of a show. Every one is a function of host, path and moment: no session, no cookie."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from episodes import network
from episodes.clicks import spoken
from episodes.exporters.notes import page_of
from episodes.models import Credit, Tag
from episodes.models.tag import LETTERS
from episodes.offers import listed
from episodes.player import player_of
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.counts import counts_clicks
from lupcms.shows.hostnames import home_of, show_of
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
        request, "episodes/index.html", path, show, title="", description=show.description, episodes=episodes
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
    today, people = show.today(), episode.credits.all()
    before, after = show.episodes.published().around(episode)
    return render_page(
        request,
        "episodes/detail.html",
        episode.get_absolute_url(),
        show,
        title=f"{episode.code}: {episode.printed_title}",
        description=episode.excerpt,
        episode=episode,
        hosts=[credit for credit in people if credit.role == Credit.Role.HOST],
        guests=[credit for credit in people if credit.role == Credit.Role.GUEST],
        crew=[credit for credit in people if credit.role not in Credit.ON_THE_PAGE],
        sponsors=listed(episode, today),
        counts_clicks=counts_clicks(show, today),
        tags=sorted(episode.tags.all(), key=lambda tag: tag.name),
        before=before,
        after=after,
        player=player_of(episode, request),
    )


@require_safe
@xframe_options_exempt
@csp_override(FRAMED_CSP)
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The player alone: the one page that others may put into a frame."""
    show = show_of(request)
    episode = show.episodes.published().select_related("show").filter(slug=slug).first()
    if episode is None:
        return _folded_episode(request, show, slug, "embed") or elsewhere(request)
    player = player_of(episode, request)
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
    """The episodes of a tag: `/tags/%2Fboot` is `/boot`. The exact name first, another letter case leads to it."""
    show = show_of(request)
    found = Tag.objects.on(show).spelled(name)
    alias = found or Tag.objects.exclude(alias_of=None).spelled(name)
    if alias is not None and alias.alias_of is not None and Tag.objects.on(show).contains(alias.alias_of):
        return moved(request, f"/tags/{alias.alias_of.name}")
    if found is None:
        return elsewhere(request)
    if found.name != name:
        return moved(request, f"/tags/{found.name}")
    page = page_of_list(request, show.episodes.published().tagged(found).newest_first())
    return render_page(request, "episodes/tag.html", found.get_absolute_url(), show, title=found.name, page=page)


@require_safe
def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """No page has this form; it may have been one, or be one with a slash too many."""
    return elsewhere(request)


def _folded_episode(request: HttpRequest, show: Show, slug: str, view: str) -> HttpResponse | None:
    """Letter case and leading zeros lead to the one address."""
    found = show.episodes.published().filter(slug__iexact=slug.lstrip("0") or "0").first()
    return moved(request, reverse(f"episodes:{view}", args=[found.slug])) if found else None
