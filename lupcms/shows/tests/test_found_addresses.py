"""Addresses are found in whatever people keep: lists, notes, pages, feeds. As a browser would send them."""

import json
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lupcms.shows import found_addresses
from lupcms.shows.found_addresses import addresses_in, found_below


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://tide.example/650", ["https://tide.example/650"]),
        ("see http://www.tide.example/650.", ["http://www.tide.example/650"]),
        ("(see https://tide.example/650), or", ["https://tide.example/650"]),
        ("is it https://tide.example/245?t=810?", ["https://tide.example/245?t=810"]),
        ("https://tide.example//614", ["https://tide.example//614"]),
        ("https://tide.example/tags/what?! \n", ["https://tide.example/tags/what?!"]),
        ("a https://tide.example/tags/what?!", ["https://tide.example/tags/what"]),
        ("HTTPS://Tide.Example/A", ["HTTPS://Tide.Example/A"]),
        ("[ann](https://tide.example/hosts/ann) and", ["https://tide.example/hosts/ann"]),
        ('[a](https://tide.example/tags/c(x)y "A title")', ["https://tide.example/tags/c(x)y"]),
        (
            "[a](https://tide.example/1), [b](https://tide.example/2)",
            ["https://tide.example/1", "https://tide.example/2"],
        ),
        ("[it's](https://tide.example/tags/it's)", ["https://tide.example/tags/it's"]),
        ("[a](https://tide.example/tags/what?!)", ["https://tide.example/tags/what?!"]),
        ("<https://tide.example/tags/.net.>", ["https://tide.example/tags/.net."]),
        ('<a href="https://tide.example/1?a=1&amp;copy=2#x">x</a>', ["https://tide.example/1?a=1&copy=2#x"]),
        ("<a href='https://tide.example/tags/a/b!'>x</a>", ["https://tide.example/tags/a/b!"]),
        ("<link>https://tide.example/tags/%F0%9F%98%80</link>", ["https://tide.example/tags/%F0%9F%98%80"]),
        ("<link><![CDATA[https://tide.example/1]]></link>", ["https://tide.example/1"]),
        ("&lt;a href=&quot;https://tide.example/1&quot;&gt;x", ["https://tide.example/1"]),
        ("https://tide.example/tags/😀", ["https://tide.example/tags/😀"]),
        ("https://tide.example/tags/a%20b+c", ["https://tide.example/tags/a%20b+c"]),
        (json.dumps({"url": "https://tide.example/1"}), ["https://tide.example/1"]),
        (r'{"url":"https:\/\/tide.example\/tags\/a\u0026b"}', ["https://tide.example/tags/a&b"]),
        (json.dumps({"html": '<a href="https://tide.example/1">'}), ["https://tide.example/1"]),
        ("ftp://tide.example/ //tide.example/1 /650 mailto:ann@tide.example https:/tide.example", []),
        ("", []),
    ],
)
def test_addresses_in(text, found):
    assert list(addresses_in(text)) == found


PATHS = st.text("abc0+%20/?=é😀-_.~!#&", min_size=1, max_size=20).map(lambda path: f"https://tide.example/{path}x")


@given(PATHS)
def test_in_every_form_of_text_the_address_is_the_one_that_was_printed(address):
    for text in (
        address,
        f"[a]({address})",
        f"<{address}>",
        f'<a href="{escape(address)}">a</a>',
        f"<link>{escape(address)}</link>",
        json.dumps([address], ensure_ascii=False),
        json.dumps([address]).replace("/", r"\/") if address.isascii() else address,
    ):
        assert list(addresses_in(text)) == [address], text


@given(st.text(st.sampled_from("htps:/\\\"'<>()&;#u a"), max_size=60))
def test_nothing_breaks_it(text):
    for address in addresses_in(text):
        assert address.lower().startswith(("http://", "https://"))


def test_folders_are_read_through_and_pictures_are_not(tmp_path):
    (tmp_path / "notes" / "2018").mkdir(parents=True)
    (tmp_path / "notes" / "2018" / "b.md").write_text("a\r\n\r\n[x](https://tide.example/2)\n")
    (tmp_path / "notes" / "a.txt").write_bytes(b"\xff https://tide.example/1")
    (tmp_path / "cover.jpg").write_bytes(b"\xff\xd8\0 https://tide.example/3")
    found = [(address, str(place)) for address, place in found_below([tmp_path, tmp_path / "notes" / "a.txt"])]
    assert found == [
        ("https://tide.example/2", f"{tmp_path}/notes/2018/b.md:3"),
        ("https://tide.example/1", f"{tmp_path}/notes/a.txt:1"),
        ("https://tide.example/1", f"{tmp_path}/notes/a.txt:1"),
    ]


@pytest.mark.parametrize("piece", [40, 41, 42, 43, 44, 1000])
def test_a_feed_of_one_line_is_read_in_pieces_that_cut_no_address(tmp_path, monkeypatch, piece):
    monkeypatch.setattr(found_addresses, "PIECE", piece)
    printed = [f"https://tide.example/{n}" for n in range(50)]
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(printed) + "\n" + printed[0])
    found = list(found_below([file]))
    assert [address for address, _ in found] == [*printed, printed[0]]
    assert found[-1][1] == (Path(file), 2)
