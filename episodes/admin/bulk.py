"""One change to many episodes: the choice, then what it would do to each, then, confirmed, that.

What is shown before is what would be done, done and taken back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, action
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from episodes.admin.forms import TagNamesField
from episodes.models import Credit, Episode, EpisodeTag, Placement, Tag, history
from episodes.models.entry import Entry
from episodes.prefill import suggested
from episodes.saving import saved_all
from hosts.models import Host, HostName
from lupcms.shows.keys import key_in
from lupcms.shows.models import Ability, Show, User
from lupcms.shows.permissions import may, member
from lupcms.shows.plurals import counted
from sponsors.models import Sponsor

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


# 500 episodes with 30 rows each take five seconds, most of it for their history.
MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of an episode; without `done` it stays as it is, and `why` says why."""

    episode: Episode
    done: str = ""
    why: str = ""


class Change(forms.Form):
    """What is to be done to each episode."""

    # The name of its action.
    name: ClassVar[str]
    title: ClassVar[str]
    ability: ClassVar[Ability]
    # What whoever confirms should know where published episodes are among those that change.
    of_published: ClassVar[str]

    def __init__(self, *args: Any, shows: QuerySet[Show], **kwargs: Any) -> None:
        """`shows` are those on which whoever asks may do it."""
        super().__init__(*args, **kwargs)
        self.shows = shows

    def apply(self, episodes: list[Episode]) -> list[Line]:
        """Of a valid form, inside a transaction, to episodes that come with their show."""
        raise NotImplementedError

    def says(self) -> str:
        """What the valid form does, as a heading."""
        raise NotImplementedError


class AddTags(Change):
    name, title = "add_tags", "Add tags"
    ability = "write"
    of_published = "Their pages will have the tags at once."
    tags = TagNamesField(help_text="Separated by commas.")

    def says(self) -> str:
        return f"Add {_quoted(self.cleaned_data['tags'])}"

    def apply(self, episodes: list[Episode]) -> list[Line]:
        names = self.cleaned_data["tags"]
        tags, have = Tag.objects.named(names), _tags_of(episodes, names)
        rows, lines = [], []
        for episode in episodes:
            missing = [name for name in names if (episode.pk, name) not in have]
            rows += [EpisodeTag(content_object=episode, tag=tags[name]) for name in missing]
            done = f"gets {_quoted(missing)}" if missing else ""
            lines.append(Line(episode, done, f"has {_quoted(names)} already"))
        # Somebody may have saved one of them with a tag in this very moment.
        EpisodeTag.objects.bulk_create(rows, ignore_conflicts=True)
        return lines


class RemoveTags(Change):
    name, title = "remove_tags", "Remove tags"
    ability = "write"
    of_published = "Their pages, and those of the tags, will not have them any more."
    tags = TagNamesField(help_text="Separated by commas.")

    def says(self) -> str:
        return f"Remove {_quoted(self.cleaned_data['tags'])}"

    def apply(self, episodes: list[Episode]) -> list[Line]:
        names = self.cleaned_data["tags"]
        have = _tags_of(episodes, names)
        EpisodeTag.objects.filter(content_object__in=episodes, tag__name__in=names).delete()
        lines = []
        for episode in episodes:
            gone = [name for name in names if (episode.pk, name) in have]
            lines.append(Line(episode, f"loses {_quoted(gone)}" if gone else "", f"does not have {_quoted(names)}"))
        return lines


class AddHost(Change):
    name, title = "add_host", "Add a host or guest"
    ability = "write"
    of_published = "Their pages, and the person’s, will say so at once."
    host = forms.ModelChoiceField(
        Host.objects.none(), label="Person", help_text="With the name and slug by which each show knows them."
    )
    role = forms.ChoiceField(choices=Credit.Role.choices)

    def __init__(self, *args: Any, shows: QuerySet[Show], **kwargs: Any) -> None:
        super().__init__(*args, shows=shows, **kwargs)
        field: Any = self.fields["host"]
        field.queryset = Host.objects.filter(pk__in=HostName.objects.filter(show__in=shows).values("host"))

    def says(self) -> str:
        return f"Add {self.cleaned_data['host']} as {self._role()}"

    def apply(self, episodes: list[Episode]) -> list[Line]:
        host, role = self.cleaned_data["host"], self.cleaned_data["role"]
        # Of several names on a show, that of their page.
        names = {name.show_id: name for name in HostName.objects.filter(host=host, is_main=True)}
        credited = Credit.objects.filter(episode__in=episodes, host=host, role=role)
        have, last = set(credited.values_list("episode", flat=True)), _last_positions(Credit, episodes)
        rows, lines = [], []
        for episode in episodes:
            name = names.get(episode.show_id)
            if name is None:
                lines.append(Line(episode, why=f"{episode.show} knows no slug for {host}"))
            elif episode.pk in have:
                lines.append(Line(episode, why=f"has {name} as {self._role()} already"))
            else:
                row = Credit(episode=episode, host=host, role=role, name=name.name, slug=name.slug)
                row.position = last.get(episode.pk, 0) + 1
                rows.append(row)
                lines.append(Line(episode, f"gets {name.name} ({name.slug}) as {self._role()}"))
        Credit.objects.bulk_create(rows)
        return lines

    def _role(self) -> str:
        return str(Credit.Role(self.cleaned_data["role"]).label).lower()


class AddSponsor(Change):
    name, title = "add_sponsor", "Add a sponsor"
    ability = "sponsor"
    of_published = (
        "What they said when they were published is a record: the new spot will stand on their pages and in feeds, "
        "and count in what the sponsor is told has run."
    )
    sponsor = forms.ModelChoiceField(
        Sponsor.objects.order_by("name", "pk"),
        help_text="Each spot says what was booked for its day, or else what was said last.",
    )

    def says(self) -> str:
        return f"Add a spot of {self.cleaned_data['sponsor']}"

    def apply(self, episodes: list[Episode]) -> list[Line]:
        """Five queries a spot at most: in the order of the days, so that each counts for what is booked after it."""
        sponsor = self.cleaned_data["sponsor"]
        have = set(Placement.objects.filter(episode__in=episodes, sponsor=sponsor).values_list("episode", flat=True))
        last, lines = _last_positions(Placement, episodes), {}
        for episode in sorted(episodes, key=lambda episode: (episode.day_of_airing(), episode.pk)):
            if episode.pk in have:
                lines[episode.pk] = Line(episode, why=f"has a spot of {sponsor} already")
            else:
                lines[episode.pk] = _place(episode, sponsor, last.get(episode.pk, 0) + 1)
        return [lines[episode.pk] for episode in episodes]


def preview(episodes: QuerySet[Episode], change: Change) -> list[Line]:
    with transaction.atomic():
        lines = _apply(episodes, change)
        transaction.set_rollback(True)
    return lines


@transaction.atomic
def confirm(episodes: QuerySet[Episode], change: Change, by: User) -> list[Line]:
    """Those that changed."""
    lines = [line for line in _apply(episodes, change, before=history.keep_all_before) if line.done]
    changed = [line.episode for line in lines]
    saved_all(changed, by)
    LogEntry.objects.log_actions(by.pk, changed, CHANGE, change_message=f"{change.says()}.")
    return lines


def _apply(
    episodes: QuerySet[Episode], change: Change, before: Callable[[list[Episode]], None] = lambda _: None
) -> list[Line]:
    """A line for each, newest first."""
    pks = list(episodes.values_list("pk", flat=True))
    locked = Episode.objects.filter(pk__in=pks).select_for_update(of=("self",)).select_related("show").newest_first()
    may_change = set(change.shows.values_list("pk", flat=True))
    mine = [episode for episode in locked if episode.show_id in may_change]
    before(mine)
    lines = {line.episode: line for line in change.apply(mine)}
    return [lines.get(episode) or Line(episode, why=f"{episode.show} is not yours to change") for episode in locked]


class BulkAdmin(_Admin):
    """Mixin for the admin of episodes."""

    actions: Any = ["add_tags", "remove_tags", "add_host", "add_sponsor"]

    def has_write_permission(self, request: HttpRequest) -> bool:
        return may(request, "write")

    def has_sponsor_permission(self, request: HttpRequest) -> bool:
        return may(request, "sponsor")

    @action(description="Add tags…", permissions=["write"])
    def add_tags(self, request: HttpRequest, queryset: QuerySet[Episode]) -> HttpResponse | None:
        return self._change(request, queryset, AddTags)

    @action(description="Remove tags…", permissions=["write"])
    def remove_tags(self, request: HttpRequest, queryset: QuerySet[Episode]) -> HttpResponse | None:
        return self._change(request, queryset, RemoveTags)

    @action(description="Add a host or guest…", permissions=["write"])
    def add_host(self, request: HttpRequest, queryset: QuerySet[Episode]) -> HttpResponse | None:
        return self._change(request, queryset, AddHost)

    @action(description="Add a sponsor…", permissions=["sponsor"])
    def add_sponsor(self, request: HttpRequest, queryset: QuerySet[Episode]) -> HttpResponse | None:
        return self._change(request, queryset, AddSponsor)

    def _change(self, request: HttpRequest, queryset: QuerySet[Episode], kind: type[Change]) -> HttpResponse | None:
        """Without an answer the choice; with one the summary; with that confirmed, it is done."""
        count = queryset.count()
        if count > MOST_AT_ONCE:
            text = (
                f"{count} episodes are too many at once. Filter the list so that at most {MOST_AT_ONCE} are selected."
            )
            self.message_user(request, text, messages.WARNING)
            return None
        stage, user = request.POST.get("stage", ""), member(request)
        form = kind(request.POST if stage else None, shows=user.shows(kind.ability))
        if stage == "confirm" and form.is_valid():
            self._confirm(request, queryset, form, user)
            return None
        template, context = "bulk_choice", {"title": form.title, "adminform": _adminform(form)}
        if stage == "show" and form.is_valid():
            template, context = "bulk_summary", _summary(form, preview(queryset, form))
        across, selected = request.POST.get("select_across") == "1", request.POST.getlist(ACTION_CHECKBOX_NAME)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + form.media,
            "form": form,
            "count": count,
            "select_across": int(across),
            # Where all are selected the list's own filters say which, and one stands for them.
            "selected": selected[:1] if across else selected,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, f"admin/episodes/episode/{template}.html", context)

    def _confirm(self, request: HttpRequest, queryset: QuerySet[Episode], form: Change, user: User) -> None:
        """To what was shown, and counted again: somebody else may have changed it since."""
        pieces = request.POST.get("shown", "").split(",")
        shown = set(map(key_in, pieces)) - {0}
        changed = confirm(queryset.filter(pk__in=shown), form, user)
        kept = len(shown) - len(changed)
        rest = f" {counted(kept, 'episodes')} had changed since the summary and stayed as they are." if kept else ""
        level = messages.SUCCESS if changed else messages.WARNING
        self.message_user(request, f"{form.says()}: {counted(len(changed), 'episodes')} changed.{rest}", level)


def _adminform(form: Any) -> AdminForm:
    return AdminForm(form, [(None, {"fields": list(form.fields)})], {})


def _summary(form: Change, lines: list[Line]) -> dict[str, Any]:
    changed = [line for line in lines if line.done]
    return {
        "title": form.says(),
        "changed": changed,
        "kept": [line for line in lines if not line.done],
        "published": sum(line.episode.is_published() for line in changed),
        "shown": ",".join(str(line.episode.pk) for line in changed),
    }


def _place(episode: Episode, sponsor: Sponsor, position: int) -> Line:
    filled = suggested(sponsor, episode.show, episode.day_of_airing())
    spot = Placement(episode=episode, sponsor=sponsor, position=position, **filled._asdict())
    try:
        spot.clean_fields(exclude=["episode", "sponsor", "slug"])
    except ValidationError as refused:
        return Line(episode, why=" ".join(f"{name}: {' '.join(texts)}" for name, texts in refused.message_dict.items()))
    spot.save()
    said = f"“{spot.words or spot.url}”" if spot.words or spot.url else "a spot without words yet"
    code = f", code {spot.promo_code}" if spot.promo_code else ""
    return Line(episode, f"gets {said}{code}; booked by {spot.campaign or 'no campaign'}")


def _last_positions(model: type[Entry], episodes: list[Episode]) -> dict[int, int]:
    rows = model.objects.filter(episode__in=episodes).order_by().values_list("episode")
    return dict(rows.annotate(Max("position")))


def _tags_of(episodes: list[Episode], names: Iterable[str]) -> set[tuple[int, str]]:
    """Which of these tags each has. One query."""
    rows = EpisodeTag.objects.filter(content_object__in=episodes, tag__name__in=list(names))
    return set(rows.values_list("content_object", "tag__name"))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
