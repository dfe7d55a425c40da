"""Who gets what answer at each address of the admin. An address that is in no line of the table fails the test."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TestCase
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern

from episodes.models import (
    Correction,
    DeskRules,
    Downloads,
    Episode,
    ImportRun,
    InboxLink,
    Tag,
    Transcript,
    UsualLink,
    history,
)
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_recipient,
    make_show,
)
from lupcms.shows.models import OldPath, Role, User
from sponsors.models import ShortLink

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

# Nobody is signed in; Ida is no longer active; then the roles on this show; Bob owns another one.
WHO = ("nobody", "ida", "viewer", "writer", "ad_manager", "producer", "owner", "bob")

# Below /admin/. What GET answers to each of WHO, and what POST does to a form with nothing but what SENT has.
TABLE = """
.                                              302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
login/                                         200 200 302 302 302 302 302 302 | 200 200 200 200 200 200 200 200
logout/                                        302 302 405 405 405 405 405 405 | 302 302 200 200 200 200 200 200
password_change/                               302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
password_change/done/                          302 302 200 200 200 200 200 200 | 403 403 405 405 405 405 405 405
autocomplete/                                  302 302 403 403 403 403 403 403 | 403 403 405 405 405 405 405 405
jsi18n/                                        302 302 200 200 200 200 200 200 | 403 403 405 405 405 405 405 405
shows/user/{user}/password/                    302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/user/                                    302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/user/add/                                302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/user/{user}/history/                     302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/user/{user}/delete/                      302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/user/{user}/change/                      302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/user/{user}/                             302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
shows/show/                                    302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
shows/show/add/                                302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/show/{show}/history/                     302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
shows/show/{show}/delete/                      302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
shows/show/{show}/change/                      302 302 200 200 200 200 200 302 | 403 403 403 403 403 403 200 302
shows/show/{show}/                             302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
shows/oldpath/                                 302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
shows/oldpath/add/                             302 302 403 403 403 403 200 200 | 403 403 403 403 403 403 200 200
shows/oldpath/{path}/history/                  302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
shows/oldpath/{path}/delete/                   302 302 403 403 403 403 200 302 | 403 403 403 403 403 403 200 302
shows/oldpath/{path}/change/                   302 302 200 200 200 200 200 302 | 403 403 403 403 403 403 200 302
shows/oldpath/{path}/                          302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/correction/                           302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/correction/add/                       302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
episodes/correction/{correction}/history/      302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/correction/{correction}/delete/       302 302 403 403 403 200 200 302 | 403 403 403 403 403 200 200 302
episodes/correction/{correction}/change/       302 302 200 200 200 200 200 302 | 403 403 403 403 200 200 200 302
episodes/correction/{correction}/              302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/deskrules/                            302 302 403 403 403 403 200 200 | 403 403 403 403 403 403 200 200
episodes/deskrules/add/                        302 302 403 403 403 403 200 200 | 403 403 403 403 403 403 200 200
episodes/deskrules/{rules}/history/            302 302 302 302 302 302 200 302 | 403 403 302 302 302 302 200 302
episodes/deskrules/{rules}/delete/             302 302 403 403 403 403 200 302 | 403 403 403 403 403 403 200 302
episodes/deskrules/{rules}/change/             302 302 403 403 403 403 200 302 | 403 403 403 403 403 403 302 302
episodes/deskrules/{rules}/                    302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/downloads/load/                       302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
episodes/downloads/                            302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/downloads/add/                        302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
episodes/downloads/{downloads}/history/        302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/downloads/{downloads}/delete/         302 302 403 200 403 200 200 302 | 403 403 403 200 403 200 200 302
episodes/downloads/{downloads}/change/         302 302 200 200 200 200 200 302 | 403 403 403 200 403 200 200 302
episodes/downloads/{downloads}/                302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
sponsors/campaign/                             302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
sponsors/campaign/add/                         302 302 403 403 200 200 200 200 | 403 403 403 403 200 200 200 200
sponsors/campaign/{campaign}/history/          302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
sponsors/campaign/{campaign}/delete/           302 302 403 403 200 200 200 302 | 403 403 403 403 200 200 200 302
sponsors/campaign/{campaign}/change/           302 302 200 200 200 200 200 302 | 403 403 403 403 200 200 200 302
sponsors/campaign/{campaign}/                  302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
sponsors/offer/                                302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
sponsors/offer/add/                            302 302 403 403 200 200 200 200 | 403 403 403 403 200 200 200 200
sponsors/offer/{offer}/history/                302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
sponsors/offer/{offer}/delete/                 302 302 403 403 200 200 200 302 | 403 403 403 403 200 200 200 302
sponsors/offer/{offer}/change/                 302 302 200 200 200 200 200 302 | 403 403 403 403 200 200 200 302
sponsors/offer/{offer}/                        302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
sponsors/recipient/                            302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
sponsors/recipient/add/                        302 302 403 403 200 200 200 200 | 403 403 403 403 200 200 200 200
sponsors/recipient/{recipient}/history/        302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
sponsors/recipient/{recipient}/delete/         302 302 403 403 200 200 200 302 | 403 403 403 403 200 200 200 302
sponsors/recipient/{recipient}/change/         302 302 200 200 200 200 200 302 | 403 403 403 403 200 200 200 302
sponsors/recipient/{recipient}/                302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
sponsors/shortlink/                            302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
sponsors/shortlink/add/                        302 302 403 403 200 200 200 200 | 403 403 403 403 200 200 200 200
sponsors/shortlink/{short}/history/            302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
sponsors/shortlink/{short}/delete/             302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
sponsors/shortlink/{short}/change/             302 302 200 200 200 200 200 302 | 403 403 403 403 302 302 302 302
sponsors/shortlink/{short}/                    302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
sponsors/sponsor/                              302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
sponsors/sponsor/add/                          302 302 403 403 200 200 200 200 | 403 403 403 403 200 200 200 200
sponsors/sponsor/{sponsor}/history/            302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
sponsors/sponsor/{sponsor}/delete/             302 302 403 403 403 200 200 403 | 403 403 403 403 403 200 200 403
sponsors/sponsor/{sponsor}/change/             302 302 200 200 200 200 200 200 | 403 403 403 403 200 200 200 403
sponsors/sponsor/{sponsor}/                    302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/episode/prefill/                      302 302 400 400 400 400 400 400 | 403 403 405 405 405 405 405 405
episodes/episode/{draft}/audio/                302 302 404 404 404 404 404 404 | 403 403 405 405 405 405 405 405
episodes/episode/feed-health/                  302 302 302 302 302 302 302 302 | 403 403 405 405 405 405 405 405
episodes/episode/feed-health/{show}/           302 302 200 200 200 200 200 404 | 403 403 405 405 405 405 405 405
episodes/episode/titles/                       302 302 405 405 405 405 405 405 | 403 403 403 400 403 400 400 400
episodes/episode/deleted/                      302 302 403 403 403 200 200 200 | 403 403 405 405 405 405 405 405
episodes/episode/deleted/{gone}/               302 302 404 404 404 200 200 404 | 403 403 404 404 404 302 302 404
episodes/episode/{draft}/history/{version}/    302 302 200 200 200 200 200 404 | 403 403 403 302 403 302 302 404
episodes/episode/{draft}/publish/              302 302 403 200 403 200 200 404 | 403 403 403 200 403 200 200 404
episodes/episode/{published}/unpublish/        302 302 403 200 403 200 200 404 | 403 403 403 200 403 200 200 404
episodes/episode/paste/                        302 302 405 405 405 405 405 405 | 403 403 403 200 403 200 200 200
episodes/episode/{draft}/paste/                302 302 403 200 403 200 200 404 | 403 403 403 302 403 302 302 404
episodes/episode/preview/                      302 302 405 405 405 405 405 405 | 403 403 403 200 403 200 200 200
episodes/episode/{draft}/preview/              302 302 405 405 405 405 405 405 | 403 403 403 200 200 200 200 404
episodes/episode/theme/{show}/                 302 302 200 200 200 200 200 404 | 403 403 405 405 405 405 405 405
episodes/episode/{draft}/previews/             302 302 403 200 403 200 200 404 | 403 403 403 302 403 302 302 404
episodes/episode/{draft}/copy/                 302 302 200 200 200 200 200 404 | 403 403 405 405 405 405 405 405
episodes/episode/                              302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/episode/add/                          302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
episodes/episode/{draft}/history/              302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/episode/{draft}/delete/               302 302 403 403 403 200 200 302 | 403 403 403 403 403 302 302 302
episodes/episode/{draft}/change/               302 302 200 200 200 200 200 302 | 403 403 403 200 200 200 200 302
episodes/episode/{draft}/                      302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/usuallink/                            302 302 403 403 403 403 200 200 | 403 403 403 403 403 403 200 200
episodes/usuallink/add/                        302 302 403 403 403 403 200 200 | 403 403 403 403 403 403 200 200
episodes/usuallink/{usual}/history/            302 302 302 302 302 302 200 302 | 403 403 302 302 302 302 200 302
episodes/usuallink/{usual}/delete/             302 302 403 403 403 403 200 302 | 403 403 403 403 403 403 200 302
episodes/usuallink/{usual}/change/             302 302 403 403 403 403 200 302 | 403 403 403 403 403 403 200 302
episodes/usuallink/{usual}/                    302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/importrun/after-import/               302 302 200 302 302 302 302 302 | 403 403 405 405 405 405 405 405
episodes/importrun/after-import/{show}/        302 302 403 200 200 200 200 404 | 403 403 405 405 405 405 405 405
episodes/importrun/after-import/{show}/no-guid/ 302 302 403 200 403 200 200 404 | 403 403 403 302 403 302 302 404
episodes/importrun/after-import/{show}/unknown-kinds/ 302 302 403 403 200 200 200 404 | 403 403 403 403 302 302 302 404
episodes/importrun/after-import/{show}/usual-links/ 302 302 403 200 403 200 200 404 | 403 403 403 403 403 403 302 404
episodes/importrun/after-import/{show}/no-guid/leave/ 302 302 405 405 405 405 405 405 | 403 403 403 302 403 302 302 404
episodes/importrun/after-import/{show}/no-guid/again/ 302 302 405 405 405 405 405 405 | 403 403 403 302 403 302 302 404
episodes/importrun/{run}/text/                 302 302 200 200 200 200 200 404 | 403 403 405 405 405 405 405 405
episodes/importrun/{run}/original/{entry}/     302 302 200 200 200 200 200 404 | 403 403 405 405 405 405 405 405
episodes/importrun/                            302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/importrun/add/                        302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
episodes/importrun/{run}/history/              302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/importrun/{run}/delete/               302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
episodes/importrun/{run}/change/               302 302 200 200 200 200 200 302 | 403 403 403 403 403 403 403 302
episodes/importrun/{run}/                      302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/inboxlink/collect/                    302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
episodes/inboxlink/show/{show}/                302 302 200 200 200 200 200 404 | 403 403 403 200 403 200 200 404
episodes/inboxlink/                            302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/inboxlink/add/                        302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
episodes/inboxlink/{inbox}/history/            302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/inboxlink/{inbox}/delete/             302 302 403 200 403 200 200 302 | 403 403 403 302 403 302 302 302
episodes/inboxlink/{inbox}/change/             302 302 200 200 200 200 200 302 | 403 403 403 200 403 200 200 302
episodes/inboxlink/{inbox}/                    302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/tag/near/                             302 302 200 200 200 200 200 200 | 403 403 405 405 405 405 405 405
episodes/tag/suggestions/                      302 302 200 200 200 200 200 200 | 403 403 405 405 405 405 405 405
episodes/tag/resembling/                       302 302 200 200 200 200 200 200 | 403 403 405 405 405 405 405 405
episodes/tag/                                  302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/tag/add/                              302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
episodes/tag/{tag}/history/                    302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/tag/{tag}/delete/                     302 302 403 403 403 403 403 403 | 403 403 403 403 403 403 403 403
episodes/tag/{tag}/change/                     302 302 200 200 200 200 200 302 | 403 403 403 302 403 302 302 302
episodes/tag/{tag}/                            302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/transcript/                           302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
episodes/transcript/add/                       302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
episodes/transcript/{transcript}/history/      302 302 200 200 200 200 200 302 | 403 403 200 200 200 200 200 302
episodes/transcript/{transcript}/delete/       302 302 403 200 403 200 200 302 | 403 403 403 200 403 200 200 302
episodes/transcript/{transcript}/change/       302 302 200 200 200 200 200 302 | 403 403 403 200 403 200 200 302
episodes/transcript/{transcript}/              302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
hosts/host/                                    302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
hosts/host/add/                                302 302 403 200 403 200 200 200 | 403 403 403 200 403 200 200 200
hosts/host/{host}/history/                     302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
hosts/host/{host}/delete/                      302 302 403 403 403 200 200 403 | 403 403 403 403 403 200 200 403
hosts/host/{host}/change/                      302 302 200 200 200 200 200 200 | 403 403 403 200 403 200 200 403
hosts/host/{host}/                             302 302 302 302 302 302 302 302 | 403 403 302 302 302 302 302 302
episodes/                                      302 302 200 200 200 200 200 200 | 403 403 200 200 200 200 200 200
no/such/page/                                  302 302 404 404 404 404 404 404 | 403 403 404 404 404 404 404 404
r/{type}/{draft}/                              404 404 404 404 404 404 404 404 | 403 403 404 404 404 404 404 404
"""

# What makes a POST the deed, where an empty form is not.
SENT: dict[str, dict[str, Any]] = {
    "episodes/episode/paste/": {"text": "https://example.org/b"},
    "episodes/episode/{draft}/paste/": {"text": "https://example.org/b", "row": "0", "add": "1"},
    "episodes/episode/{draft}/previews/": {"name": "Gil"},
    "episodes/inboxlink/{inbox}/delete/": {"post": "yes"},
    "episodes/episode/{draft}/delete/": {"post": "yes"},
}


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def lines() -> Iterator[tuple[str, list[int], list[int]]]:
    for line in filter(None, TABLE.splitlines()):
        address, *statuses = line.replace("|", " ").split()
        numbers = [int(status) for status in statuses]
        yield address.removeprefix("."), numbers[: len(WHO)], numbers[len(WHO) :]


class DeskPermissionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        show = make_show(hostname="tide.example")
        cls.other = make_show("river", "RV", title="River")
        gone = make_episode(show, "009", published=False)
        history.keep(gone)
        gone_pk = gone.pk
        gone.delete()
        draft = make_episode(show, "002", published=False, title="A draft")
        add_link(draft)
        add_credit(draft)
        spot = add_placement(draft)
        history.keep(draft)
        published = make_episode(show)
        tag = Tag.objects.create(name="tide")
        draft.tags.add(tag)
        recipient, _ = make_recipient(spot.sponsor, show)
        cls.people: dict[str, User] = {role: make_member(role, show, Role(role)) for role in WHO if role in Role.values}
        cls.people |= {"bob": make_member("bob", cls.other, Role.OWNER), "ida": make_member("ida", show, Role.OWNER)}
        User.objects.update(is_staff=True)
        run = ImportRun.objects.create(show=show, source="rss", origin="old.xml")
        cls.rows = {
            "show": show.pk,
            "draft": draft.pk,
            "published": published.pk,
            "gone": gone_pk,
            "version": history.last_version(Episode, str(draft.pk)).pk,
            "usual": UsualLink.objects.create(show=show, url="https://example.org/u").pk,
            "run": run.pk,
            "entry": run.entries.create(place="item 1", verdict="created", original="<p>x</p>").pk,
            "inbox": InboxLink.objects.create(show=show, url="https://example.org/in").pk,
            "rules": DeskRules.objects.create(show=show).pk,
            "correction": Correction.objects.create(show=show, sponsor=spot.sponsor, about="words", message="x").pk,
            "downloads": Downloads.objects.create(episode=published, days=7, count=1, source="x").pk,
            "transcript": Transcript.objects.create(
                episode=draft, language="en", format="vtt", cues=[[0, 1, "", "x"]]
            ).pk,
            "campaign": make_campaign(spot.sponsor, show).pk,
            "offer": make_offer(spot.sponsor, show).pk,
            "recipient": recipient.pk,
            "sponsor": spot.sponsor_id,
            "short": ShortLink.objects.create(show=show, sponsor=spot.sponsor, word="oil").pk,
            "path": OldPath.objects.create(show=show, path="/x", target="/y").pk,
            "tag": tag.pk,
            "host": draft.credits.get().host_id,
            "user": cls.people["viewer"].pk,
            "type": ContentType.objects.get_for_model(Episode).pk,
        }

    def sign_in(self, who: str) -> None:
        self.client.logout()
        if who in self.people:
            self.client.force_login(self.people[who])
        # Ida's session is older than that.
        User.objects.filter(username="ida").update(is_active=False)

    def ask(self, method: str, address: str) -> int:
        """What is refused writes nothing; what is done is taken back."""
        url, sent = f"/admin/{address.format(**self.rows)}", SENT.get(address, {}) if method == "post" else {}
        cookies, wrote = deepcopy(self.client.cookies), list[str]()

        def watched(execute: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
                wrote.append(sql)
            return execute(sql, *rest)

        with transaction.atomic(), connection.execute_wrapper(watched):
            status: int = getattr(self.client, method)(url, sent).status_code
            transaction.set_rollback(True)
        # After a sign-out.
        self.client.cookies = cookies
        if status >= 400:
            self.assertEqual(wrote, [])
        return status

    def test_each_address_of_the_admin_is_in_the_table(self):
        known = URLResolver(RegexPattern(""), admin.site.urls[0])
        listed = {known.resolve(address.format(**self.rows)).route.removeprefix("^") for address, _, _ in lines()}
        self.assertEqual(set(routes(admin.site.urls[0])) - listed, set())

    def test_everybody_gets_the_answer_that_is_theirs(self):
        """HEAD is asked where GET shows nothing: where it does they are one, but for Django’s login."""
        for at, who in enumerate(WHO):
            self.sign_in(who)
            for address, got, posted in lines():
                with self.subTest(who, address=address):
                    self.assertEqual(self.ask("get", address), got[at])
                    if got[at] != 200 and address != "login/":
                        self.assertEqual(self.ask("head", address), got[at])
                    self.assertEqual(self.ask("post", address), posted[at])
