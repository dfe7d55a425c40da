"""Broken pages: each is one change away from a good page, and is refused with line, section and reason.

Also the older dialects that are read but not written (rules 7 and 9), and hostile pages, which must be
answered in linear time. Lines, sections and spellings are those of docs/notes-format.md.
"""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import repeat
from types import FrameType

import pytest

from episodes.notes import NotesError, parse, render

GOOD = """\
# GLD 042: A Lamp in Every Window

<iframe src="https://player.fireside.fm/v2/GoldenSh+Episod42?theme=dark" width="740" height="200" \
frameborder="0" scrolling="no"></iframe>

* Air Date: 2023-02-28
* Duration: 61 mins 5 secs

## About this episode

We light the lamps.

## Your hosts
* [Ada Finch](https://golden.example/hosts/ada)
* [Ben Oak](https://golden.example/guests/ben)

## Sponsored by

  * [Wick & Son](https://wick.example/gld): [Candles that smile.](https://wick.example/gld) Promo Code: GLOW
  * [Moth Maps](https://moth.example)



## Episode links

  * [Lamp lore](https://lamp.example/lore "Lamp lore") — All about wicks.
  * [Oil](https://oil.example "Oil, a
history")

  * <https://bare.example>



## Tags

[lamps](https://golden.example/tags/lamps), [warm light](https://golden.example/tags/warm%20light)\
""".encode()


def changed(old: str | bytes, new: str | bytes, page: bytes = GOOD) -> bytes:
    """The good page with one change; `old` must stand in it exactly once."""
    old = old.encode() if isinstance(old, str) else old
    new = new.encode() if isinstance(new, str) else new
    assert page.count(old) == 1, old
    return page.replace(old, new)


def refusal(page: bytes) -> NotesError:
    with pytest.raises(NotesError) as caught:
        parse(page)
    return caught.value


def test_the_page_that_the_broken_ones_come_from_is_good() -> None:
    assert render(parse(GOOD)) == GOOD
    assert len(GOOD.split(b"\n")) == 35


# id: (text of the good page, what stands there instead, line, section, words of the message)
BROKEN: dict[str, tuple[str | bytes, str | bytes, int, str, str]] = {
    # Heading
    "byte-order-mark": (b"# GLD", b"\xef\xbb\xbf# GLD", 1, "heading", "byte order mark"),
    "no-heading": ("# GLD 042: A Lamp in Every Window\n\n", "", 1, "heading", "number: title"),
    "empty-line-before-heading": ("# GLD", "\n# GLD", 1, "heading", "number: title"),
    "heading-without-hash": ("# GLD 042", "GLD 042", 1, "heading", "number: title"),
    "heading-of-second-level": ("# GLD 042", "## GLD 042", 1, "heading", "number: title"),
    "acronym-lower-case": ("# GLD 042", "# gld 042", 1, "heading", "number: title"),
    "acronym-with-digit": ("# GLD 042", "# GL1 042", 1, "heading", "number: title"),
    "acronym-not-ascii": ("# GLD 042", "# GLÖ 042", 1, "heading", "number: title"),
    "two-blanks-before-number": ("# GLD 042", "# GLD  042", 1, "heading", "number: title"),
    "no-number": ("GLD 042: ", "GLD : ", 1, "heading", "number: title"),
    "number-with-blank": ("GLD 042: ", "GLD 04 2: ", 1, "heading", "number: title"),
    "number-with-slash": ("GLD 042: ", "GLD 0/42: ", 1, "heading", "number: title"),
    "number-with-two-dots": ("GLD 042: ", "GLD 0..42: ", 1, "heading", "two dots"),
    "number-of-two-dots": ("GLD 042: ", "GLD ..: ", 1, "heading", "two dots"),
    "number-not-ascii": ("GLD 042: ", "GLD ٠٤٢: ", 1, "heading", "number: title"),
    "colon-without-blank": ("GLD 042: A", "GLD 042:A", 1, "heading", "number: title"),
    "two-colons": ("GLD 042: ", "GLD 042:: ", 1, "heading", "number: title"),
    "no-empty-line-below-heading": ("Window\n\n<", "Window\n<", 2, "heading", "empty line after the heading"),
    "second-line-below-heading": ("Window\n", "Window\nand door\n", 2, "heading", "empty line after the heading"),
    "cr-lf-heading": ("Window\n\n", "Window\r\n\r\n", 1, "heading", "CR LF"),
    # Player
    "player-width-of-version-3": ('width="740"', 'width="100%"', 3, "heading", "player line"),
    "player-width": ('width="740"', 'width="741"', 3, "heading", "player line"),
    "player-version": ("fm/v2/", "fm/v4/", 3, "heading", "player line"),
    "player-version-3-with-width-of-2": ("fm/v2/", "fm/v3/", 3, "heading", "player line"),
    "player-id-short": ("+Episod42", "+Episod4", 3, "heading", "player line"),
    "player-id-without-plus": ("GoldenSh+", "GoldenSh-", 3, "heading", "player line"),
    "player-theme": ("theme=dark", "theme=light", 3, "heading", "player line"),
    "player-elsewhere": ("player.fireside.fm", "player.example", 3, "heading", "player line"),
    "player-line-goes-on": ("</iframe>", "</iframe> ", 3, "heading", "player line"),
    "no-empty-line-below-player": ("</iframe>\n\n", "</iframe>\n", 3, "heading", "empty line after the player"),
    # Air date and duration
    "not-a-leap-year": ("2023-02-28", "2023-02-29", 5, "heading", "not a date"),
    "year-zero": ("2023-02-28", "0000-02-28", 5, "heading", "not a date"),
    "month-thirteen": ("2023-02-28", "2023-13-28", 5, "heading", "not a date"),
    "date-unpadded": ("2023-02-28", "2018-4-17", 5, "heading", "YYYY-MM-DD"),
    "date-with-time": ("2023-02-28", "2023-02-28 20:00", 5, "heading", "YYYY-MM-DD"),
    "date-in-arabic-digits": ("2023-02-28", "٢٠٢٣-٠٢-٢٨", 5, "heading", "YYYY-MM-DD"),
    "no-air-date": ("* Air Date: 2023-02-28\n", "", 5, "heading", "Air Date"),
    "no-duration": ("* Duration: 61 mins 5 secs\n", "", 6, "heading", "Duration"),
    "sixty-seconds": ("5 secs", "60 secs", 6, "heading", "S below 60"),
    "seconds-padded": ("5 secs", "05 secs", 6, "heading", "61 mins 5 secs"),
    "minutes-padded": ("61 mins", "061 mins", 6, "heading", "61 mins 5 secs"),
    "minutes-negative": ("61 mins", "-1 mins", 6, "heading", "Duration"),
    "minutes-in-arabic-digits": ("61 mins", "٦١ mins", 6, "heading", "Duration"),
    "seconds-in-arabic-digits": ("5 secs", "٥ secs", 6, "heading", "Duration"),
    "minutes-beyond-reason": ("61 mins", "9" * 5000 + " mins", 6, "heading", "Duration"),
    "duration-in-the-singular": ("61 mins", "1 min", 6, "heading", "Duration"),
    "no-empty-line-below-duration": ("5 secs\n\n", "5 secs\n", 7, "heading", "empty line after the duration"),
    # About this episode
    "no-about-section": (
        "## About this episode\n\nWe light the lamps.\n\n",
        "",
        8,
        "About this episode",
        "## About this episode",
    ),
    "about-in-lower-case": (
        "About this",
        "about this",
        8,
        "About this episode",
        "## About this episode",
    ),
    "no-empty-line-below-about": ("episode\n\nWe", "episode\nWe", 8, "About this episode", "empty line"),
    "nul-in-summary": ("the lamps.", "the\0lamps.", 10, "About this episode", "NUL"),
    "not-utf-8-in-summary": (b"the lamps.", b"the l\xe4mps.", 10, "About this episode", "not UTF-8"),
    "surrogate-in-summary": (b"the lamps.", b"the \xed\xa0\x80 lamps.", 10, "About this episode", "not UTF-8"),
    "overlong-utf-8-in-summary": (b"the lamps.", b"the \xc0\xaf lamps.", 10, "About this episode", "not UTF-8"),
    "no-empty-line-before-hosts": ("lamps.\n\n##", "lamps.\n##", 10, "About this episode", "Your hosts"),
    # Your hosts
    "no-hosts-section": ("## Your hosts\n", "", 10, "About this episode", "Your hosts"),
    "hosts-end-inside-summary": ("lamps.\n", "lamps.\n\n## Your hosts of old\n", 12, "Your hosts", "empty line"),
    "empty-line-below-hosts": ("hosts\n*", "hosts\n\n*", 14, "Sponsored by", "## Sponsored by"),
    "host-after-guest": (
        "guests/ben)",
        "guests/ben)\n* [Cy](https://golden.example/hosts/cy)",
        15,
        "Your hosts",
        "after a guest",
    ),
    "credit-without-brackets": ("* [Ada Finch]", "* Ada Finch ", 13, "Your hosts", "[name]"),
    "credit-indented": ("* [Ada Finch]", "  * [Ada Finch]", 12, "Your hosts", "[name]"),
    "credit-of-another-kind": ("/guests/ben", "/crew/ben", 14, "Your hosts", "/guests/"),
    "credit-of-kind-in-upper-case": ("/guests/ben", "/Guests/ben", 14, "Your hosts", "/guests/"),
    "credit-with-slash-in-slug": ("/guests/ben", "/guests/ben/oak", 14, "Your hosts", "/guests/"),
    "credit-with-bracket-in-slug": ("/guests/ben", "/guests/b)en", 14, "Your hosts", "closing bracket"),
    "credit-with-blank-at-end": ("guests/ben)", "guests/ben) ", 14, "Your hosts", "/guests/"),
    "credit-without-site": ("https://golden.example/guests/ben", "/guests/ben", 14, "Your hosts", "site"),
    "credit-with-text-after-it": ("guests/ben)", "guests/ben) — editor", 14, "Your hosts", "/guests/"),
    "credit-of-another-site": (
        "https://golden.example/guests",
        "https://silver.example/guests",
        14,
        "Your hosts",
        "the site is",
    ),
    # Sponsored by
    "no-sponsors-section": ("## Sponsored by\n\n", "", 16, "Sponsored by", "## Sponsored by"),
    "two-empty-lines-before-sponsors": ("ben)\n\n", "ben)\n\n\n", 16, "Sponsored by", "## Sponsored by"),
    "no-empty-line-below-sponsors": ("by\n\n  *", "by\n  *", 16, "Sponsored by", "empty line"),
    "no-sponsors-and-no-none": (
        "  * [Wick & Son](https://wick.example/gld): [Candles that smile.](https://wick.example/gld) Promo Code: GLOW\n"
        "  * [Moth Maps](https://moth.example)",
        "",
        18,
        "Sponsored by",
        "None",
    ),
    "none-in-lower-case": (
        "  * [Wick & Son](https://wick.example/gld): [Candles that smile.](https://wick.example/gld) Promo Code: GLOW\n"
        "  * [Moth Maps](https://moth.example)",
        "none",
        18,
        "Sponsored by",
        "None",
    ),
    "none-and-a-placement": ("  * [Wick", "None\n  * [Wick", 18, "Sponsored by", "three empty lines"),
    "placement-indented-by-one": ("  * [Wick", " * [Wick", 18, "Sponsored by", "[name](url)"),
    "placement-with-two-addresses": (
        "smile.](https://wick.example/gld)",
        "smile.](https://wick.example/bld)",
        18,
        "Sponsored by",
        "differ",
    ),
    "placement-address-with-blank": ("moth.example)", "moth.example/a b)", 19, "Sponsored by", "[name](url)"),
    "placement-address-with-quote": ("moth.example)", 'moth.example/")', 19, "Sponsored by", "[name](url)"),
    "placement-address-with-bare-bracket": ("moth.example)", "moth.example/(a))", 19, "Sponsored by", "[name](url)"),
    "placement-address-with-bare-backslash": ("moth.example)", "moth.example/\\a)", 19, "Sponsored by", "[name](url)"),
    "placement-without-address": (
        "[Moth Maps](https://moth.example)",
        "[Moth Maps]",
        19,
        "Sponsored by",
        "[name](url)",
    ),
    "placement-with-empty-words": ("[Candles that smile.]", "[]", 18, "Sponsored by", "wick.example"),
    "placement-with-code-without-words": (
        "moth.example)",
        "moth.example) Promo Code: FLY",
        19,
        "Sponsored by",
        "Promo Code: FLY",
    ),
    "placement-with-empty-code": ("Promo Code: GLOW", "Promo Code: ", 18, "Sponsored by", "wick.example"),
    "placement-with-code-in-lower-case": ("Promo Code: GLOW", "promo code: GLOW", 18, "Sponsored by", "promo code"),
    "placement-with-blank-at-end": ("moth.example)", "moth.example) ", 19, "Sponsored by", "' '"),
    "empty-line-between-placements": ("GLOW\n", "GLOW\n\n", 18, "Sponsored by", "three empty lines"),
    "two-empty-lines-below-sponsors": (
        "moth.example)\n\n\n\n",
        "moth.example)\n\n\n",
        19,
        "Sponsored by",
        "empty lines",
    ),
    "four-empty-lines-below-sponsors": (
        "moth.example)\n\n\n\n",
        "moth.example)\n\n\n\n\n",
        23,
        "Episode links",
        "## Episode links",
    ),
    # Episode links
    "no-links-section": ("## Episode links\n\n", "", 23, "Episode links", "## Episode links"),
    "link-without-dash": ("  * [Lamp lore]", "    [Lamp lore]", 25, "Episode links", "[text]"),
    "link-with-tab": ("  * [Lamp lore]", "\t* [Lamp lore]", 25, "Episode links", "[text]"),
    "link-without-address": ('](https://lamp.example/lore "Lamp lore")', "]", 25, "Episode links", "]("),
    "link-with-empty-text": (
        '[Lamp lore](https://lamp.example/lore "Lamp lore")',
        '[](u "")',
        25,
        "Episode links",
        "<u>",
    ),
    "link-with-empty-text-and-no-title": (
        '[Lamp lore](https://lamp.example/lore "Lamp lore")',
        "[](u)",
        25,
        "Episode links",
        "<u>",
    ),
    "link-address-with-blank": ("example/lore ", "example/lo re ", 25, "Episode links", "title"),
    "link-address-with-quote": ("example/lore ", 'example/lo"re ', 25, "Episode links", "title"),
    "link-address-with-bare-bracket": ("example/lore ", "example/(lore) ", 25, "Episode links", "backslash"),
    "link-address-with-bare-backslash": ("example/lore ", "example/\\lore ", 25, "Episode links", "backslash"),
    "link-address-of-two-lines": ("example/lore ", "example/\nlore ", 25, "Episode links", "backslash"),
    "link-text-that-ends-the-text": ("[Lamp lore]", "[Lamp ](lore]", 25, "Episode links", "title"),
    "link-title-with-bare-bracket": ('"Lamp lore"', '"Lamp (lore)"', 25, "Episode links", "backslash"),
    "link-title-with-bare-square-bracket": ('"Lamp lore"', '"Lamp [lore"', 25, "Episode links", "backslash"),
    "link-title-with-bare-backslash": ('"Lamp lore"', '"Lamp \\lore"', 25, "Episode links", "backslash"),
    "link-title-with-bare-end": ('"Lamp lore"', '"Lamp ") lore"', 25, "Episode links", "end of the line"),
    "link-title-without-quote": ('"Lamp lore"', '"Lamp lore', 25, "Episode links", '")'),
    "link-title-in-single-quotes": ('"Lamp lore"', "'Lamp lore'", 25, "Episode links", "title"),
    "link-title-after-two-blanks": ('lore "Lamp', 'lore  "Lamp', 25, "Episode links", "title"),
    "link-with-blank-at-end": ("<https://bare.example>", "<https://bare.example> ", 29, "Episode links", "description"),
    "link-with-hyphen-for-dash": (" — All", " - All", 25, "Episode links", "description"),
    "link-with-empty-description": (" — All about wicks.", " — ", 25, "Episode links", "Lamp lore"),
    "link-bare-with-blank": ("<https://bare.example>", "<https://bare .example>", 29, "Episode links", "<url>"),
    "link-bare-unclosed": ("<https://bare.example>", "<https://bare.example", 29, "Episode links", "<url>"),
    "description-after-title-of-lines": ('history")', 'history") — A tale.', 27, "Episode links", "several lines"),
    "no-empty-line-after-title-of-lines": (
        'history")\n\n',
        'history")\n',
        28,
        "Episode links",
        "no empty line between two links",
    ),
    "two-empty-lines-after-title-of-lines": ('history")\n\n', 'history")\n\n\n', 27, "Episode links", "another link"),
    "empty-line-before-four-blanks-rule": (
        "\nhistory",
        "\n    history",
        28,
        "Episode links",
        "an empty line between two links",
    ),
    "empty-line-after-link-of-one-line": (
        "wicks.\n",
        "wicks.\n\n",
        26,
        "Episode links",
        "an empty line between two links",
    ),
    "two-empty-lines-below-links": ("bare.example>\n\n\n\n", "bare.example>\n\n\n", 29, "Episode links", "empty lines"),
    "four-empty-lines-below-links": ("bare.example>\n\n\n\n", "bare.example>\n\n\n\n\n", 33, "Tags", "## Tags"),
    # Tags
    "no-tags-section": ("## Tags\n\n", "", 33, "Tags", "## Tags"),
    "no-empty-line-below-tags": ("Tags\n\n", "Tags\n", 33, "Tags", "empty line"),
    "nul-in-tag": ("[lamps]", "[lam\0ps]", 35, "Tags", "NUL"),
    "tag-address-in-lower-case-hex": ("[warm light]", "[wärm light]", 35, "Tags", "percent-encoded"),
    "tag-address-not-encoded": ("warm%20light", "warm light", 35, "Tags", "percent-encoded"),
    "tag-address-encoded-too-much": ("tags/lamps", "tags/l%61mps", 35, "Tags", "percent-encoded"),
    "tag-address-of-another-tag": ("tags/lamps", "tags/lights", 35, "Tags", "percent-encoded"),
    "tag-of-another-site": (
        "https://golden.example/tags/lamps",
        "https://silver.example/tags/lamps",
        35,
        "Tags",
        "the site is",
    ),
    "tag-without-site": ("https://golden.example/tags/lamps", "/tags/lamps", 35, "Tags", "site"),
    "tag-without-name": (
        "[lamps](https://golden.example/tags/lamps)",
        "[](https://golden.example/tags/)",
        35,
        "Tags",
        "name",
    ),
    "tag-with-comma": (
        "[lamps](https://golden.example/tags/lamps)",
        "[la,mps](https://golden.example/tags/la,mps)",
        35,
        "Tags",
        "comma",
    ),
    "tag-that-ends-the-text": (
        "[lamps](https://golden.example/tags/lamps)",
        "[la](mps](https://golden.example/tags/la%5D%28mps)",
        35,
        "Tags",
        "percent-encoded",
    ),
    "tag-of-two-lines": (
        "[lamps](https://golden.example/tags/lamps)",
        "[la\nmps](https://golden.example/tags/la%0Amps)",
        35,
        "Tags",
        "line break",
    ),
    "tag-without-brackets": ("[lamps](https://golden.example/tags/lamps)", "lamps", 35, "Tags", "[tag]"),
    "tags-in-another-order": (
        "[warm light](https://golden.example/tags/warm%20light)",
        "[a](https://golden.example/tags/a)",
        35,
        "Tags",
        "order",
    ),
    "tag-twice": (
        "[warm light](https://golden.example/tags/warm%20light)",
        "[lamps](https://golden.example/tags/lamps)",
        35,
        "Tags",
        "twice",
    ),
    "tags-apart-by-comma-only": ("lamps), [", "lamps),[", 35, "Tags", "next tag"),
    "tags-apart-by-two-blanks": ("lamps), [", "lamps),  [", 35, "Tags", "[tag]"),
    "tags-on-two-lines": ("lamps), [", "lamps),\n[", 35, "Tags", "next tag"),
    "comma-after-last-tag": ("warm%20light)", "warm%20light), ", 35, "Tags", "another tag"),
    "bare-comma-after-last-tag": ("warm%20light)", "warm%20light),", 35, "Tags", "next tag"),
    "blank-after-last-tag": ("warm%20light)", "warm%20light) ", 35, "Tags", "next tag"),
    "two-line-breaks-at-end": ("warm%20light)", "warm%20light)\n\n", 35, "Tags", "next tag"),
    "cr-lf-at-end": ("warm%20light)", "warm%20light)\r\n", 35, "Tags", "next tag"),
}


@pytest.mark.parametrize(("old", "new", "line", "section", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_page_is_refused_with_line_section_and_reason(
    old: str | bytes, new: str | bytes, line: int, section: str, words: str
) -> None:
    error = refusal(changed(old, new))
    assert (error.line, error.section) == (line, section)
    assert words in error.message
    assert str(error) == f"{line}: {section}: {error.message}"


def test_page_that_breaks_off_is_refused() -> None:
    """No beginning of the page is itself a page, but the two that end where the tags may end."""
    for length in range(len(GOOD)):
        page = GOOD[:length]
        if page.endswith((b"## Tags\n\n", b"/tags/lamps)")):
            assert render(parse(page)) == page
        else:
            assert 1 <= refusal(page).line <= page.count(b"\n") + 1


def test_cr_lf_page_is_refused_for_its_line_ends() -> None:
    error = refusal(GOOD.replace(b"\n", b"\r\n"))
    assert (error.line, error.section) == (1, "heading")
    assert "CR LF" in error.message


@pytest.mark.parametrize("page", [b"", b"\n", b"#", b"# ", b"None", b"\xff", b"\0", b"\xef\xbb\xbf"])
def test_next_to_nothing_is_refused_in_line_one(page: bytes) -> None:
    error = refusal(page)
    assert (error.line, error.section) == (1, "heading")


@pytest.mark.parametrize("separator", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_lf_counts_as_a_line(separator: str) -> None:
    """Python's str.splitlines would count these as well."""
    page = changed("We light the lamps.", f"We{separator}light{separator}the lamps.")
    assert render(parse(page)) == page
    assert refusal(changed("## Tags", "# Tags", page)).line == 33


# Older dialects: read, and written in the form of today.


def test_heading_without_acronym_is_read() -> None:
    notes = parse(changed("# GLD 042: ", "# 042: "))
    assert (notes.acronym, notes.number, notes.title) == ("", "042", "A Lamp in Every Window")


def test_one_line_break_at_the_end_is_read_and_not_written() -> None:
    assert render(parse(GOOD + b"\n")) == GOOD


def test_one_line_break_after_no_tags_is_read_and_not_written() -> None:
    page = GOOD[: GOOD.index(b"## Tags\n\n") + len(b"## Tags\n\n")]
    assert render(parse(page + b"\n")) == page
    assert refusal(page + b"\n\n").section == "Tags"


def test_doubled_slash_after_the_site_is_read_and_written_as_one() -> None:
    page = re.sub(rb"(golden\.example)/", rb"\1//", GOOD)
    assert page.count(b"golden.example//") == 4
    assert parse(page) == parse(GOOD)
    assert render(parse(page)) == GOOD


def test_slash_may_be_doubled_in_one_place_only() -> None:
    page = changed("golden.example/guests", "golden.example//guests")
    assert render(parse(page)) == GOOD


def test_doubled_slash_elsewhere_is_kept() -> None:
    page = changed("lamp.example/lore", "lamp.example//lore")
    assert render(parse(page)) == page


def test_doubled_slash_and_line_break_at_the_end_are_read_together() -> None:
    page = re.sub(rb"(golden\.example)/", rb"\1//", GOOD) + b"\n"
    assert render(parse(page)) == GOOD


def test_tripled_slash_is_refused() -> None:
    error = refusal(re.sub(rb"(golden\.example)/", rb"\1///", GOOD))
    assert (error.line, error.section) == (13, "Your hosts")


def _with_tags_only(tags: str) -> bytes:
    """A page without people: its site is known from its tags alone."""
    return (
        "# GLD 042: A Lamp\n\n* Air Date: 2023-02-28\n* Duration: 61 mins 5 secs\n\n## About this episode\n\n\n\n"
        "## Your hosts\n\n## Sponsored by\n\nNone\n\n\n\n## Episode links\n\nNone\n\n\n\n## Tags\n\n" + tags
    ).encode()


@pytest.mark.parametrize(
    "tags",
    [
        "[é](https://golden.example/tags/%c3%a9), [é](https://golden.example/tags/%C3%A9)",
        "[a](https://golden.example/tags/b), [x](https://golden.example/tags/a)",
    ],
    ids=["lower-case-hex", "another-tag"],
)
def test_wrong_tag_address_does_not_swallow_the_next_tag(tags: str) -> None:
    assert refusal(_with_tags_only(tags)).section == "Tags"


def test_quote_in_bare_address_is_refused() -> None:
    error = refusal(changed("<https://bare.example>", '<https://bare.example/">'))
    assert (error.line, error.section) == (29, "Episode links")


# Hostile pages: a megabyte in one place must not take the parser minutes.

HOSTILE = [
    "\\",
    "[",
    "]",
    "](",
    '"',
    '")',
    "\\)",
    "\\\\)",
    ' "',
    "(",
    "<",
    "/",
    ", ",
    "[a](",
    ", [a](",
    "  * [",
    "\r",
    "é",
]
HOSTILE += ["\n", "\n* [", "\n  * ", "\n    ", '\n  * [a](b "', "\n\n\n", "\n\n## Your hosts", "## Tags\n\n"]
PLACES = ["Lamp in Every", "We light the lamps.", "Ada Finch", "hosts/ada", "Moth Maps", "moth.example", "Candles that"]
PLACES += [
    "Promo Code: GLOW",
    "[Lamp lore",
    "lamp.example/lore",
    "Oil, a\nhistory",
    "https://bare.example",
    "All about",
]
PLACES += ["[lamps", "tags/lamps", "warm%20light)"]


class TookTooLongError(BaseException):
    """Not an Exception, so that nothing on the way takes it for an answer."""


@contextmanager
def seconds_at_most(limit: int) -> Iterator[None]:
    """Stop the test, rather than the whole run, where an answer takes minutes."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TookTooLongError(f"no answer within {limit} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _refusal_or_page(page: bytes) -> NotesError | bytes:
    try:
        return render(parse(page))
    except NotesError as error:
        return error


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_page_is_answered_in_time(text: str) -> None:
    """A megabyte of `text` in each place: each takes some milliseconds, a quadratic parser minutes."""
    filling = text * (1_000_000 // len(text))
    with seconds_at_most(60):
        for place in PLACES:
            page = changed(place, filling)
            answer = _refusal_or_page(page)
            if isinstance(answer, NotesError):
                assert 1 <= answer.line <= page.count(b"\n") + 1
            else:
                assert answer in (page, page.removesuffix(b"\n"))


def _many_people(count: int) -> bytes:
    people = "".join(repeat("\n* [Ben Oak](https://golden.example/guests/ben)", count))
    return changed("\n* [Ben Oak](https://golden.example/guests/ben)", people)


def _many_links(count: int) -> bytes:
    links = "".join(repeat('  * [Poem](https://poem.example "A lamp,\na door")\n\n', count))
    return changed("  * <https://bare.example>", links + "  * <https://bare.example>")


def _many_tags(count: int) -> bytes:
    return _with_tags_only(
        ", ".join(f"[🦆{n:06}](https://golden.example/tags/%F0%9F%A6%86{n:06})" for n in range(count))
    )


def _many_doubled_slashes(count: int) -> bytes:
    return _many_people(count).replace(b"golden.example/guests", b"golden.example//guests")


@pytest.mark.parametrize("many", [_many_people, _many_links, _many_tags, _many_doubled_slashes])
def test_time_grows_with_the_page_and_not_with_its_square(many: Callable[[int], bytes]) -> None:
    """It has no clock: if each row looked at all the others, this would take many minutes."""
    notes = parse(many(60_000))
    assert max(len(notes.credits), len(notes.links), len(notes.tags)) >= 60_000
