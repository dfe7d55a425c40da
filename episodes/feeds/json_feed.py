"""The same feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Sequence
from typing import Any

from episodes.feeds.document import Channel, Item

VERSION = "https://jsonfeed.org/version/1.1"


def render(channel: Channel, items: Sequence[Item]) -> bytes:
    """The same values are the same bytes. `items` come as they shall stand, the newest first."""
    feed = _said(
        version=VERSION,
        title=channel.title,
        home_page_url=channel.url,
        feed_url=channel.json_url,
        description=channel.description,
        icon=channel.artwork_url or next((picture.url for picture in channel.pictures), ""),
        authors=[{"name": channel.author, "url": channel.url}] if channel.author else [],
        language=channel.language,
        expired=channel.is_complete,
    )
    feed["items"] = [_item(item) for item in items]
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _item(item: Item) -> dict[str, Any]:
    said = _said(
        id=item.guid,
        url=item.url,
        title=item.title or item.code,
        content_html=item.html,
        image=item.picture_url,
        date_published=item.published_at.isoformat(),
        date_modified=item.changed_at.isoformat(),
        authors=[
            _said(name=person.name, url=person.url, avatar=person.picture_url)
            for person in item.people
            if person.role == "host"
        ],
        attachments=[
            _said(
                url=item.enclosure_url,
                mime_type=item.enclosure_type,
                size_in_bytes=item.enclosure_length,
                duration_in_seconds=item.duration_seconds,
            )
        ],
    )
    # One of the two is required.
    return said if item.html else said | {"content_text": said["title"]}


def _said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
