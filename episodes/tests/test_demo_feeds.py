"""The feeds that the demo serves: nothing is wrong with them, and programs of other people read what they say."""

import pytest

from episodes import demo
from episodes.feeds.report import feed_bytes, problems_of
from episodes.tests.foreign_parsers import disagreements, exact
from lupcms.shows.models import Show
from lupcms.tests.browser import needs_npm

pytestmark = pytest.mark.django_db


def test_the_linter_finds_nothing_that_matters():
    demo.load()
    found = {show.acronym: problems_of(show) for show in Show.objects.all()}
    assert len(found) == 2
    assert [(name, str(one)) for name, all_ in found.items() for one in all_ if one.severity != "note"] == []


@needs_npm
def test_four_parsers_read_what_is_said():
    demo.load()
    for show in Show.objects.all():
        feed = feed_bytes(show)
        said = exact(feed)
        assert said["items"], show
        assert disagreements(feed, said) == []
