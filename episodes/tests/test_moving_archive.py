"""Real pages and a feed of the same episodes, in several orders: they end in the same, and again nothing changes.

The sample archive stands beside the project (`../shared/archive`) and is not part of it. The feed is made of its pages.
"""

import json
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as xml
from xml.sax.saxutils import quoteattr

import pytest
from django.core.management import call_command

from episodes.exporters.notes import page_of
from episodes.models import Episode
from episodes.notes import Notes, parse
from episodes.tests.factories import ARCHIVE, make_show
from episodes.tests.old_feeds import HEAD, TAIL
from episodes.tests.test_importing import content
from lupcms.shows.models import OldPath, Show

SITE = ARCHIVE / "site"
PAGES = {path.stem.removeprefix("episode-"): path for path in ARCHIVE.glob("notes/linux-unplugged/*/episode-*.md")}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (PAGES and SITE.is_dir()), reason=f"the sample archive {ARCHIVE} is not there"),
]
# Each source is once the first, once the last, and once after the one that is believed less.
ORDERS = ["notes feed site", "site feed notes", "feed site notes", "site notes feed"]


def front_matter() -> dict[str, dict[str, Any]]:
    pages = sorted((SITE / "show" / "linux-unplugged").glob("0*.md"))
    heads = [json.JSONDecoder().raw_decode(page.read_text())[0] for page in pages]
    return {str(head["episode"]): head for head in heads}


def notes_html(notes: Notes) -> str:
    """As Fireside writes what a notes page says."""
    html = "".join(f"<p>{escape(part)}</p>" for part in notes.summary.split("\n\n"))
    if notes.placements:
        rows = [
            f'<li><a href="{escape(row.url)}" rel="nofollow">{escape(row.name)}</a>: '
            f'<a href="{escape(row.url)}" rel="nofollow">{escape(row.words)}</a>'
            f"{f' Promo Code: {row.promo_code}' if row.promo_code else ''}</li>"
            for row in notes.placements
        ]
        html += f"<p>Sponsored By:</p><ul>{''.join(rows)}</ul>"
    rows = [
        f'<li><a href="{escape(row.url)}" title="{escape(row.text)}" rel="nofollow">{escape(row.text)}</a>'
        f"{f' &mdash; {escape(row.description)}' if row.description else ''}</li>"
        for row in notes.links
    ]
    return f"{html}<p>Links:</p><ul>{''.join(rows)}</ul>"


def item(head: dict[str, Any], notes: Notes) -> str:
    at, site = datetime.fromisoformat(head["date"]), notes.site_url
    people = "".join(
        f'<podcast:person email="" href={quoteattr(f"{site}/{credit.role}s/{credit.slug}")} '
        f'role="{credit.role.title()}">{xml(credit.name)}</podcast:person>'
        for credit in notes.credits
    )
    return f"""<item>
      <title>{head["episode"]}: {xml(notes.title)}</title>
      <link>{site}/{head["episode"]}</link>
      <guid isPermaLink="false">{head["episode_guid"]}</guid>
      <pubDate>{at:%a, %d %b %Y %H:%M:%S %z}</pubDate>
      <enclosure url={quoteattr(head["podcast_file"])} length="{head["podcast_bytes"]}" type="audio/mpeg"/>
      <itunes:duration>{head["podcast_duration"]}</itunes:duration>
      <itunes:explicit>no</itunes:explicit>
      <itunes:keywords>{xml(", ".join(notes.tags))}</itunes:keywords>
      <content:encoded><![CDATA[{notes_html(notes)}]]></content:encoded>
      {people}
    </item>
"""


def feed() -> tuple[bytes, set[str]]:
    """Of every episode that has a page in both, and their GUIDs."""
    heads = {number: head for number, head in front_matter().items() if number.zfill(3) in PAGES}
    items = [item(head, parse(PAGES[number.zfill(3)].read_bytes())) for number, head in heads.items()]
    return (HEAD + "".join(items) + TAIL).encode(), {head["episode_guid"] for head in heads.values()}


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, tuple[str, ...]]:
    """The commands that import each of them."""
    file = tmp_path / "feed.xml"
    file.write_bytes(feed()[0])
    return {
        "notes": ("import_notes", *map(str, PAGES.values())),
        "feed": ("import_feed", str(file), "--show", "LUP"),
        "site": ("import_site", str(SITE), "--show", "LUP"),
    }


def run_in(order: str, sources: dict[str, tuple[str, ...]]) -> tuple[Any, ...]:
    for source in order.split():
        call_command(*sources[source])
    show = Show.objects.get()
    pages = {episode.code: page_of(episode) for episode in Episode.objects.with_entries()}
    return content(show), pages, sorted(OldPath.objects.values_list("path", "target"))


@pytest.mark.parametrize("order", ORDERS[1:])
def test_every_order_ends_in_the_same_and_again_nothing_changes(order, sources):
    results = []
    for each in (ORDERS[0], order):
        Show.objects.all().delete()
        make_show("linux-unplugged", "LUP", title="LINUX Unplugged", site_url="https://linuxunplugged.com")
        results.append(run_in(each, sources))
        assert run_in(each, sources) == results[-1]
    assert results[0] == results[1]


def test_pages_come_out_as_they_went_in_with_the_guids_of_the_feed(sources):
    make_show("linux-unplugged", "LUP", title="LINUX Unplugged", site_url="https://linuxunplugged.com")
    _, pages, _ = run_in("site feed notes", sources)
    for number, path in PAGES.items():
        assert pages[f"LUP {number}"] == path.read_bytes(), path
    guids = set(Episode.objects.exclude(guid=None).values_list("guid", flat=True))
    assert guids >= feed()[1]
    assert guids == {head["episode_guid"] for head in front_matter().values()}
