"""HTML, however hostile or badly made -> blocks. Tags are read as they come, and no tree is built of them."""

from collections.abc import Mapping

from lxml import etree

from episodes.paste.blocks import Anchor, Block, Piece, Words, one_line, pieces_of, without_control

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ul", "ol", "menu"})
# Each begins a line of its own.
BLOCKS = (
    HEADINGS
    | LISTS
    | frozenset(
        """
        address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form
        header hr html li main nav p pre section summary table tbody tfoot thead tr
        """.split()
    )
)
CELLS = frozenset({"td", "th"})
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source", "track"})
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "select", "textarea", "svg", "object"})


def blocks_of(html: str) -> list[Block]:
    """Never raises: what is no HTML is text."""
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", no_network=True, huge_tree=False)
    # As bytes: a declaration of another encoding in the text would be believed.
    parser.feed(b"<!DOCTYPE html><body>" + without_control(html).encode())
    parser.close()
    return reader.blocks


class _Reader:
    """Hears of tags and words one after the other."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[Piece] = []
        self.words: list[str] = []
        self.href: str | None = None
        self.is_heading = self.continues = False
        self.lists = self.unseen = 0
        # An item has said something: what follows in it on a line of its own belongs to that.
        self.in_item = self.has_begun = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.unseen or _is_unseen(tag, attributes):
            self.unseen += tag not in VOID
        elif tag == "a":
            self._end_anchor()
            self._end_words()
            self.href = attributes.get("href")
        elif tag in CELLS and (self.pieces or self.words):
            self.words.append(" — ")
        elif tag in BLOCKS:
            self._end_block()
            self._begin(tag)
        elif tag == "img" and self.href is not None:
            self.words.append(attributes.get("alt") or "")

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= tag not in VOID
        elif tag == "a":
            self._end_anchor()
        elif tag in BLOCKS:
            self._end_block()
            if tag in LISTS:
                self.lists = max(0, self.lists - 1)
            self.in_item = self.in_item and tag not in ("li", "dl", *LISTS)
            self.is_heading = False

    def data(self, text: str) -> None:
        if not self.unseen:
            self.words.append(text)

    def close(self) -> None:
        self._end_block()
        self._end_anchor()
        self._end_block()

    def _begin(self, tag: str) -> None:
        self.is_heading = tag in HEADINGS
        self.lists += tag in LISTS
        if tag in ("li", "tr", "dt"):
            self.in_item, self.has_begun = tag != "tr", False
        self.continues = tag in ("dd", "br") or (self.in_item and self.has_begun)

    def _end_anchor(self) -> None:
        if self.href is None:
            return
        text, href = one_line("".join(self.words)), self.href.strip()
        if href and not href.startswith("#"):
            self.pieces.append(Anchor(href, text))
        else:
            self.pieces += pieces_of(text)
        self.words, self.href = [], None

    def _end_words(self) -> None:
        if self.words:
            self.pieces += pieces_of("".join(self.words).replace("\n", " "))
            self.words = []

    def _end_block(self) -> None:
        # A link around several blocks is one link, of its first words.
        if "".join(self.words).strip():
            self._end_anchor()
        self._end_words()
        if any(isinstance(piece, Anchor) or piece.text.strip() for piece in self.pieces):
            depth = self.lists if self.in_item else 0
            self.blocks.append(
                Block(_tidy(self.pieces), is_heading=self.is_heading, continues=self.continues, depth=depth)
            )
            self.has_begun = True
        self.pieces = []


def _is_unseen(tag: str, attributes: Mapping[str, str]) -> bool:
    """Word writes the signs of its lists as text."""
    return tag in UNSEEN or "mso-list:ignore" in attributes.get("style", "").lower().replace(" ", "")


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """Without blanks and signs of a list before the first piece."""
    first = pieces[0]
    if isinstance(first, Words):
        rest = first.text.lstrip("\xa0 \t•·▪‣◦")
        return [Words(rest), *pieces[1:]] if rest else pieces[1:]
    return pieces
