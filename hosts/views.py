"""The people of a show: hosts and guests, at one address each."""

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hosts.models import Host, HostName
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import show_of
from lupcms.shows.lists import page_of_list


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    show = show_of(request)
    first = HostName.objects.filter(show=show).values("host").annotate(first=Min("pk")).values("first")
    people = (
        HostName.objects.filter(pk__in=first, host__credits__episode__in=show.episodes.published())
        .annotate(episodes=Count("host__credits__episode", distinct=True))
        .order_by("-episodes", "name", "pk")
    )
    return render(request, "hosts/index.html", {"show": show, "page": page_of_list(request, people)})


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A host's page. Their other slugs on the show, and other letter cases, lead to it."""
    show = show_of(request)
    names = HostName.objects.filter(show=show).select_related("host")
    known = names.filter(slug=slug).first() or names.filter(slug__iexact=slug).first()
    if known is None:
        return elsewhere(request)
    host: Host = known.host
    episodes = show.episodes.filter(pk__in=host.credits.published().values("episode")).newest_first()
    page = page_of_list(request, episodes)
    if not page.paginator.count:
        return elsewhere(request)
    first = names.filter(host=host).earliest("pk")
    if first.slug != slug:
        return moved(request, f"/hosts/{first.slug}")
    return render(request, "hosts/detail.html", {"show": show, "name": first, "host": host, "page": page})


@require_safe
def guests(request: HttpRequest) -> HttpResponse:
    return moved(request, reverse("hosts:index"))


@require_safe
def guest(request: HttpRequest, slug: str) -> HttpResponse:
    """Old hosts give guests an address of their own; here a person has one."""
    answer = detail(request, slug)
    return moved(request, f"/hosts/{slug}") if answer.status_code == 200 else answer
