"""Audio kept elsewhere in the form of an episode: asked what it is when its address is new or something is unknown."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from episodes import audio
from episodes.audio_elsewhere import FIELDS, Read, fill_in, in_words, read
from episodes.formats.media_types import type_of
from episodes.models import Episode
from lupcms.shows.fetch import Unreachable
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.keys import key_in
from lupcms.shows.links import site_of
from lupcms.shows.permissions import may

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object

# Where somebody types what was not read.
BOXES = {
    "enclosure_length": "its size under “Feed”",
    "enclosure_type": "its type under “Feed”",
    "duration_seconds": "its duration in seconds",
}


class AudioElsewhereForm(VerbatimForm):
    # What was read for this request; why nothing was; None where nothing was asked.
    elsewhere: ClassVar[Read | Unreachable | None] = None
    # Level and sentence, for who saves.
    said: list[tuple[int, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = []

    def fill_in_from_elsewhere(self, cleaned: dict[str, Any]) -> None:
        """What was typed stays; what was not is what was read, or what the ending of the address says."""
        url, found = cleaned["enclosure_url"], self.elsewhere
        site, empty = site_of(url), _empty(cleaned)
        if isinstance(found, Read):
            self.said += [(messages.WARNING, sentence) for sentence in fill_in(cleaned, found)]
            if known := [in_words(name, cleaned[name]) for name in empty if cleaned[name]]:
                self.said.append((messages.INFO, f"Read from the audio at {site}: {', '.join(known)}."))
        cleaned["enclosure_type"] = cleaned.get("enclosure_type") or type_of(url)
        give = " and ".join(BOXES[name] for name in _empty(cleaned))
        if isinstance(found, Unreachable):
            todo = f"Check its address{give and f', or give {give}'}."
            self.said.append((messages.WARNING, f"The audio at {site} was not read: {found}. {todo}"))
        elif found and give:
            self.said.append((messages.WARNING, f"Not all of the audio at {site} could be read: give {give}."))


class AudioElsewhereAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Before the transaction, in which nobody else could write while a foreign server thinks."""
        request.elsewhere = self._read(request, object_id)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.elsewhere = getattr(request, "elsewhere", None)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for level, sentence in form.said:
            self.message_user(request, sentence, level)

    def _read(self, request: HttpRequest, object_id: str | None) -> Read | Unreachable | None:
        """One query and one foreign server, if at all."""
        url = request.POST.get("enclosure_url", "")
        if not (url and settings.ASK_OTHER_SERVERS) or request.FILES.get("audio"):
            return None
        stored = self._stored(request, object_id)
        if not may(request, "write", stored.show_id) or (audio.is_own(stored) and url == stored.enclosure_url):
            return None
        if url == stored.enclosure_url and all(request.POST.get(name) for name in FIELDS):
            return None
        try:
            return read(url)
        except Unreachable as reason:
            return reason

    def _stored(self, request: HttpRequest, object_id: str | None) -> Episode:
        pk = key_in(unquote(object_id or ""))
        return self.get_queryset(request).filter(pk=pk).select_related("show").first() or Episode()


def _empty(values: dict[str, Any]) -> list[str]:
    return [name for name in FIELDS if values.get(name) in (None, "")]
