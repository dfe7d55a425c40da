"""What the demo's producers found during the week: links that wait in the inbox of a show."""

from datetime import timedelta

from django.utils import timezone

from episodes.models import InboxLink
from lupcms.shows.models import Show, User

# Address, title, description.
LINKS = [
    (
        "https://tidetables.example/slack",
        "How long is slack water?",
        "Eleven minutes at Merrow Head, says the table; Ambrose says as long as the kettle.",
    ),
    ("https://harbourboard.example/minutes/november", "Minutes of the harbour board, November", "Item 4 is the horn."),
    ("https://wetwords.example/ligger", "", ""),
    (
        "https://lightlist.example/2027/preview",
        "The list of lights for 2027, a preview",
        "Two lights go out, one of them ours on a bad day.",
    ),
]


def load(show: Show, producer: User) -> None:
    now = timezone.now()
    for days, (url, text, description) in enumerate(reversed(LINKS)):
        InboxLink.objects.create(
            show=show,
            url=url,
            text=text,
            description=description,
            added_by=producer,
            added_at=now - timedelta(days=days, hours=3),
        )
