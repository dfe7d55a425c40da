"""The people of a show: hosts and guests, at one address each."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, Q, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hosts.models import Host, HostName
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import home_of, show_of
from lupcms.shows.linked_data import breadcrumbs
from lupcms.shows.lists import page_of_list
from lupcms.shows.markdown import excerpt
from lupcms.shows.pages import render_page


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who hosts first, then who hosted, then the others, each by the number of episodes."""
    show = show_of(request)
    people = (
        HostName.objects.main(show)
        .listed()
        .filter(host__credits__episode__in=show.episodes.published())
        .annotate(
            episodes=Count("host__credits__episode", distinct=True),
            hosted=Count("host__credits__episode", filter=Q(host__credits__role="host"), distinct=True),
        )
        .annotate(group=Case(When(hosted=0, then=2), When(is_former=True, then=1), default=0))
        .order_by("group", "-episodes", "name", "pk")
        .select_related("host")
    )
    page = page_of_list(request, people)
    return render_page(request, "hosts/index.html", reverse("hosts:index"), show, title=_("People"), page=page)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A host's page. Their other slugs on the show, and other letter cases, lead to it."""
    show = show_of(request)
    known = HostName.objects.filter(show=show).select_related("host").spelled(slug)
    if known is None:
        return elsewhere(request)
    host: Host = known.host
    public = host.public_names()
    first = public.pop(show, None)
    if first is None:
        return elsewhere(request)
    if first.slug != slug:
        return moved(request, f"/hosts/{first.slug}")
    episodes = show.episodes.filter(pk__in=host.credits.published().values("episode")).newest_first()
    page = page_of_list(request, episodes)
    _say_roles(host, page)
    response = render_page(
        request,
        "hosts/detail.html",
        first.get_absolute_url(),
        show,
        title=first.name or first.slug,
        description=excerpt(host.bio_html),
        host=host,
        is_former=first.is_former,
        others=[(name, home) for other, name in public.items() if (home := home_of(other, request))],
        page=page,
        things=[breadcrumbs(show, [(_("People"), reverse("hosts:index"))], first.name or first.slug)],
    )
    if host.is_hidden:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _say_roles(host: Host, episodes: Sequence[Any]) -> None:
    """Of one person in each of these episodes: “Host, Guest” where they were both. One query."""
    roles: dict[int, dict[str, None]] = {episode.pk: {} for episode in episodes}
    for credit in host.credits.filter(episode__in=roles):
        roles[credit.episode_id][credit.get_role_display()] = None
    for episode in episodes:
        episode.roles = ", ".join(roles[episode.pk])


@require_safe
def guests(request: HttpRequest) -> HttpResponse:
    return moved(request, reverse("hosts:index"))


@require_safe
def guest(request: HttpRequest, slug: str) -> HttpResponse:
    """Old hosts give guests an address of their own; here a person has one."""
    answer = detail(request, slug)
    return moved(request, f"/hosts/{slug}") if answer.status_code == 200 else answer
