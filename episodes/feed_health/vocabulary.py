"""Words that the specifications list: namespaces, tags, languages, roles, types."""

from dataclasses import dataclass

from lupcms.shows.categories import CATEGORIES, SEPARATOR

NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "psc": "http://podlove.org/simple-chapters",
}
# The same by the specification, and not to every app.
LEGACY_PODCAST = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
GOOGLEPLAY = "http://www.google.com/schemas/play-podcasts/1.0"

# Main category -> its subcategories.
SUBCATEGORIES: dict[str, set[str]] = {}
for _name in CATEGORIES:
    _main, _, _sub = _name.partition(SEPARATOR)
    SUBCATEGORIES.setdefault(_main, set()).update({_sub} - {""})

RSS_CHANNEL = set(
    "title link description language copyright managingEditor webMaster pubDate lastBuildDate category generator docs "
    "cloud ttl image rating textInput skipHours skipDays item".split()
)
RSS_ITEM = set("title link description author category comments enclosure guid pubDate source".split())
RSS_INSIDE = {
    "rss": {"channel"},
    "channel": RSS_CHANNEL,
    "item": RSS_ITEM,
    "image": set("url title link width height description".split()),
    "textInput": set("title description name link".split()),
    "skipHours": {"hour"},
    "skipDays": {"day"},
}
ITUNES = set(
    "title author owner name email image category explicit type new-feed-url block complete duration episode season "
    "episodeType keywords summary subtitle order applepodcastsverify".split()
)
ITUNES_DROPPED = set("keywords summary subtitle".split())


@dataclass(frozen=True)
class Tag:
    parents: set[str]
    once: bool = False
    attributes: frozenset[str] = frozenset()


def _tag(parents: str, attributes: str = "", *, once: bool = False) -> Tag:
    return Tag(set(parents.split()), once, frozenset(attributes.split()))


_ITEMS = "item podcast:liveItem"
_ALL = f"channel {_ITEMS}"
# The podcast namespace at c0ff5ca, 2026-05-13.
PODCAST = {
    "guid": _tag("channel", once=True),
    "locked": _tag("channel", "owner", once=True),
    "medium": _tag("channel", once=True),
    "funding": _tag(_ALL, "url"),
    "person": _tag(_ALL, "role group img href"),
    "transcript": _tag(_ITEMS, "url type language rel"),
    "chapters": _tag(_ITEMS, "url type", once=True),
    "soundbite": _tag(_ITEMS, "startTime duration"),
    "episode": _tag(_ITEMS, "display", once=True),
    "season": _tag(_ITEMS, "name", once=True),
    "trailer": _tag("channel", "url pubdate length type season"),
    "image": _tag(_ALL, "href alt aspect-ratio width height type purpose"),
    "license": _tag(_ALL, "url", once=True),
    "updateFrequency": _tag("channel", "rrule dtstart complete", once=True),
    "liveItem": _tag("channel", "status start end"),
    "contentLink": _tag(_ITEMS, "href"),
    "socialInteract": _tag(_ALL, "protocol uri accountId accountUrl priority"),
    "value": _tag(_ALL, "type method suggested"),
    "valueRecipient": _tag("podcast:value podcast:valueTimeSplit", "type address split name customKey customValue fee"),
    "valueTimeSplit": _tag("podcast:value", "startTime duration remoteStartTime remotePercentage"),
    "chat": _tag(_ALL, "server protocol accountId space", once=True),
    "podroll": _tag("channel", once=True),
    "remoteItem": _tag(
        "channel podcast:podroll podcast:valueTimeSplit podcast:publisher", "feedGuid feedUrl itemGuid medium title"
    ),
    "publisher": _tag("channel", once=True),
    "location": _tag(_ALL, "rel geo osm country"),
    "txt": _tag(_ALL, "purpose"),
    "block": _tag("channel", "id"),
    "podping": _tag("channel", "usesPodping", once=True),
    "alternateEnclosure": _tag(_ITEMS, "type length bitrate height lang title rel codecs default"),
    "source": _tag("podcast:alternateEnclosure", "uri contentType"),
    "integrity": _tag("podcast:alternateEnclosure", "type value"),
}

_MEDIA = "podcast music video film audiobook newsletter blog publisher course".split()
MEDIUMS = {*_MEDIA, *(f"{name}L" for name in _MEDIA), "mixed"}
LICENSES = set("arr cc-by-4.0 cc-by-nc-4.0 cc-by-nc-nd-4.0 pod-v4v-1.0".split())
PURPOSES = set("artwork social canvas banner publisher circular poster".split())
CHATS = set("irc xmpp nostr matrix".split())
FREQUENCIES = set("SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY YEARLY".split())
RRULE_PARTS = set(
    "FREQ UNTIL COUNT INTERVAL BYSECOND BYMINUTE BYHOUR BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS "
    "WKST".split()
)
TRANSCRIPT_TYPES = set("text/vtt text/html application/json application/x-subrip text/plain".split())
# What was right before, and where players still look for it.
OLD_TRANSCRIPT_TYPES = {"application/srt": "application/x-subrip", "text/srt": "application/x-subrip"}
TIMED_TYPES = set("text/vtt application/json application/x-subrip".split())
CHAPTER_TYPES = {"application/json+chapters"}
ENCLOSURE_TYPES = {
    "mp3": {"audio/mpeg"},
    "m4a": {"audio/x-m4a", "audio/mp4"},
    "aac": {"audio/aac"},
    "ogg": {"audio/ogg"},
    "oga": {"audio/ogg"},
    "opus": {"audio/ogg", "audio/opus"},
    "flac": {"audio/flac"},
    "wav": {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"},
    "mp4": {"video/mp4"},
    "m4v": {"video/x-m4v", "video/mp4"},
    "mov": {"video/quicktime"},
    "pdf": {"application/pdf"},
    "epub": {"document/x-epub", "application/epub+zip"},
}
DESCRIPTION_TAGS = set("p br a ul ol li strong em".split())
FORBIDDEN_TAGS = set("script iframe style form input button object embed link meta base frame frameset svg".split())
VOID_TAGS = set("area base br col embed hr img input link meta source track wbr".split())
# Their end tag may be left out in HTML.
OPTIONAL_END = set("p li dt dd tr td th tbody thead tfoot option colgroup html head body".split())

# The taxonomy of podcast:person: group -> roles, both in any letter case.
_TAXONOMY = {
    "creative direction": "director, assistant director, executive producer, senior producer, producer, "
    "associate producer, development producer, creative director",
    "cast": "host, co-host, guest host, guest, voice actor, narrator, announcer, reporter",
    "writing": "author, editorial director, co-writer, writer, songwriter, guest writer, story editor, "
    "managing editor, script editor, script coordinator, researcher, editor, fact checker, translator, transcriber, "
    "logger",
    "audio production": "studio coordinator, technical director, technical manager, audio engineer, "
    "remote recording engineer",
    "audio post-production": "post production engineer, audio editor, sound designer, foley artist, composer, "
    "theme music, music production, music contributor",
    "administration": "production coordinator, booking coordinator, production assistant, content manager, "
    "marketing manager, sales representative, sales manager",
    "visuals": "graphic designer, cover art designer",
    "community": "social media manager",
    "misc.": "consultant, intern",
    "video production": "camera operator, lighting designer, camera grip, assistant camera",
    "video post-production": "editor, assistant editor",
}
TAXONOMY = {group: set(roles.split(", ")) for group, roles in _TAXONOMY.items()}

# ISO 639-1.
LANGUAGES = set(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
