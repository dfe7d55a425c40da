"""The public pages of a show. Every one is a function of show, path and moment: no session, no cookie."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from episodes.exporters.notes import page_of
from episodes.models import Credit, Episode
from lupcms.shows.models import OldPath, Show

EPISODES_PER_PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    show = _show(request)
    page = Paginator(show.episodes.published().newest_first(), EPISODES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "episodes/index.html", {"show": show, "page": page})


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    show = _show(request)
    episode = show.episodes.published().with_entries().filter(slug=slug).first()
    if episode is None:
        return _moved_episode(show, slug, "detail") or old_path(request, slug)
    people = episode.credits.all()
    context = {
        "show": show,
        "episode": episode,
        "hosts": [credit for credit in people if credit.role == Credit.Role.HOST],
        "guests": [credit for credit in people if credit.role == Credit.Role.GUEST],
        "crew": [credit for credit in people if credit.role not in Credit.ON_THE_PAGE],
        "tags": sorted(tag.name for tag in episode.tags.all()),
    }
    return render(request, "episodes/detail.html", context)


@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    show = _show(request)
    episode = show.episodes.published().with_entries().filter(slug=slug).first()
    if episode is None:
        return _moved_episode(show, slug, "notes") or old_path(request, f"{slug}.md")
    return HttpResponse(page_of(episode), content_type="text/markdown; charset=utf-8")


@require_safe
def old_path(request: HttpRequest, path: str) -> HttpResponse:
    """Where an address that once existed leads."""
    known = OldPath.objects.filter(show=_show(request), path=f"/{path}").first()
    if known is None:
        raise Http404("Nothing was ever published at this address.")
    if known.status == OldPath.Status.GONE:
        return HttpResponseGone("This page was removed.\n", content_type="text/plain; charset=utf-8")
    return HttpResponsePermanentRedirect(known.target)


def _show(request: HttpRequest) -> Show:
    show: Show | None = request.show  # type: ignore[attr-defined]
    if show is None:
        raise Http404("There is no show yet.")
    return show


def _moved_episode(show: Show, slug: str, view: str) -> HttpResponse | None:
    """Folding, only on a miss: letter case and leading zeros lead to the one address."""
    folded = slug.lstrip("0") or "0"
    found: Episode | None = show.episodes.published().filter(slug__iexact=folded).first()
    return HttpResponsePermanentRedirect(reverse(f"episodes:{view}", args=[found.slug])) if found else None
