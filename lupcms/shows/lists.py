"""One page of a long list."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS_PER_PAGE = 50


def page_of_list(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """The page that `?page=` asks for; nonsense is the first, too far is the last. Two queries."""
    return Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
