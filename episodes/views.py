"""The public pages of a show. Every one is a function of show, path and moment: no session, no cookie."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from episodes.exporters.notes import page_of
from episodes.models import Credit, Tag
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import show_of
from lupcms.shows.lists import page_of_list
from lupcms.shows.models import Show


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    show = show_of(request)
    page = page_of_list(request, show.episodes.published().newest_first())
    return render(request, "episodes/index.html", {"show": show, "page": page})


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    episode = show.episodes.published().for_page().filter(slug=slug).first()
    if episode is None:
        return _folded_episode(request, show, slug, "detail") or elsewhere(request)
    people = episode.credits.all()
    context = {
        "show": show,
        "episode": episode,
        "hosts": [credit for credit in people if credit.role == Credit.Role.HOST],
        "guests": [credit for credit in people if credit.role == Credit.Role.GUEST],
        "crew": [credit for credit in people if credit.role not in Credit.ON_THE_PAGE],
        "tags": sorted(episode.tags.all(), key=lambda tag: tag.name),
    }
    return render(request, "episodes/detail.html", context)


@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    episode = show.episodes.published().with_entries().filter(slug=slug).first()
    if episode is None:
        return _folded_episode(request, show, slug, "notes") or elsewhere(request)
    return HttpResponse(page_of(episode), content_type="text/markdown; charset=utf-8")


@require_safe
def tag(request: HttpRequest, name: str) -> HttpResponse:
    """The episodes of a tag: `/tags/%2Fboot` is `/boot`. The exact name first, another letter case leads to it."""
    show = show_of(request)
    used = Tag.objects.filter(tagged_items__content_object__in=show.episodes.published())
    found = used.filter(name=name).first() or used.filter(name__iexact=name).first()
    alias = found or Tag.objects.filter(name=name).first()
    if alias is not None and alias.alias_of is not None:
        return moved(request, f"/tags/{alias.alias_of.name}")
    if found is None:
        return elsewhere(request)
    if found.name != name:
        return moved(request, f"/tags/{found.name}")
    page = page_of_list(request, show.episodes.published().filter(tagged_items__tag=found).newest_first())
    return render(request, "episodes/tag.html", {"show": show, "tag": found, "page": page})


@require_safe
def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """No page has this form; it may have been one, or be one with a slash too many."""
    return elsewhere(request)


def _folded_episode(request: HttpRequest, show: Show, slug: str, view: str) -> HttpResponse | None:
    """Letter case and leading zeros lead to the one address."""
    found = show.episodes.published().filter(slug__iexact=slug.lstrip("0") or "0").first()
    return moved(request, reverse(f"episodes:{view}", args=[found.slug])) if found else None
