"""The catalogues of the public pages are whole, and compiled from what stands beside them."""

import gettext
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(ROOT.glob("lupcms/locale/*/LC_MESSAGES/django.po"))


def entries(po: str) -> dict[str, list[str]]:
    """Message -> its translations, as the text of a catalogue has them."""
    joined = re.sub(r'"\n"', "", po)
    found = re.findall(r'^msgid "(.*)"\n(?:msgid_plural ".*"\n)?((?:msgstr.*\n?)+)', joined, re.MULTILINE)
    return {message: re.findall(r'"(.*)"', forms) for message, forms in found if message}


def marked() -> set[str]:
    """Every text that templates and views of public pages mark for translation."""
    templates = [path for path in ROOT.glob("templates/**/*.html") if "admin" not in path.parts]
    text = "".join(path.read_text() for path in templates)
    texts = set(re.findall(r'{% translate "([^"]+)"', text))
    texts |= {
        re.sub(r"{{ (\w+) }}", r"%(\1)s", message)
        for message in re.findall(r"{% blocktranslate[^%]*%}(.+?){% (?:plural|endblocktranslate)", text)
    }
    views = [
        *ROOT.glob("*/views.py"),
        ROOT / "lupcms/urls.py",
        ROOT / "lupcms/shows/private.py",
        ROOT / "lupcms/shows/views.py",
        ROOT / "episodes/episode_page.py",
        ROOT / "episodes/models/credit.py",
        ROOT / "episodes/models/episode.py",
        ROOT / "sponsors/statement.py",
    ]
    return texts | {
        text for path in views for text in re.findall(r'(?:\b_|\bgettext_lazy)\("([^"]+)"\)', path.read_text())
    }


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_is_translated(path):
    po = path.read_text()
    translated = {message for message, forms in entries(po).items() if all(forms)}
    assert len(marked()) > 40
    assert marked() - translated == set()
    assert "fuzzy" not in po


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_is_the_written_one(path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, forms in entries(path.read_text()).items():
        if len(forms) == 1:
            assert compiled.gettext(message) == forms[0]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_placeholders_stay(path):
    for message, forms in entries(path.read_text()).items():
        for form in forms:
            assert sorted(re.findall(r"%\(\w+\)s", form)) == sorted(re.findall(r"%\(\w+\)s", message))
