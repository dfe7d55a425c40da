"""All shows as a list that feed readers import: OPML 2.0 (http://opml.org/spec2.opml)."""

from collections.abc import Iterable

from lxml import etree

from episodes.formats.xml import for_xml
from lupcms.shows.models import Show


def render(title: str, shows: Iterable[Show]) -> bytes:
    """Those that have a feed."""
    opml = etree.Element("opml", {"version": "2.0"})
    etree.SubElement(etree.SubElement(opml, "head"), "title").text = for_xml(title)
    body = etree.SubElement(opml, "body")
    for show in shows:
        if show.site_url:
            outline = {
                "type": "rss",
                "text": show.title,
                "title": show.title,
                "description": show.description,
                "language": show.language,
                "xmlUrl": show.feed_url,
                "htmlUrl": f"{show.site_url}/",
            }
            etree.SubElement(body, "outline", {name: for_xml(value) for name, value in outline.items() if value})
    rendered: bytes = etree.tostring(opml, xml_declaration=True, encoding="UTF-8")
    return rendered
