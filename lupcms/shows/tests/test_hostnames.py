"""The host decides which show answers."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from episodes.tests.factories import make_show
from lupcms.shows.models import Show

pytestmark = pytest.mark.django_db


@pytest.fixture
def shows() -> None:
    make_show("tide-radio", "TR", title="Tide Radio", hostname="tide.example")
    make_show("lamp-talk", "LT", title="Lamp Talk", hostname="lamp.example")


@pytest.mark.parametrize(
    ("host", "title"),
    [
        ("tide.example", "Tide Radio"),
        ("TIDE.Example:8000", "Tide Radio"),
        ("tide.example.", "Tide Radio"),
        ("lamp.example", "Lamp Talk"),
        ("lamp-talk.localhost", "Lamp Talk"),
        ("Lamp-Talk.localhost:8000", "Lamp Talk"),
        ("localhost", "Tide Radio"),
        ("127.0.0.1:8000", "Tide Radio"),
        ("evil.example", None),
        ("tide.example.evil.example", None),
        ("www.www.tide.example", None),
        ("www.evil.example", None),
        ("www.tide-radio.localhost", None),
        ("www.", None),
        ("unknown.localhost", None),
        (".localhost", None),
        ("10.0.0.1", None),
    ],
)
def test_host(shows, host, title):
    response = Client(headers={"host": host}).get("/")
    assert response.status_code == (200 if title else 404)
    if title:
        assert f'<h1 dir="auto">{title}</h1>' in response.content.decode()
    else:
        assert response.content == b"No show lives at this address.\n"


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("www.tide.example", "http://tide.example/001?t=8&q=%C3%A9"),
        ("WWW.Tide.Example.", "http://tide.example/001?t=8&q=%C3%A9"),
        ("www.tide.example:8000", "http://tide.example:8000/001?t=8&q=%C3%A9"),
        ("hair.example", "http://www.hair.example/001?t=8&q=%C3%A9"),
        ("www.network.example", "http://network.example/001?t=8&q=%C3%A9"),
    ],
)
def test_with_www_or_without_is_one_host(shows, settings, asked, location):
    make_show("hair", "OH", title="Office Hair", hostname="www.hair.example")
    settings.NETWORK_URL = "https://network.example"
    response = Client(headers={"host": asked}).get("/001?t=8&q=%C3%A9")
    assert (response.status_code, response["Location"]) == (301, location)


def test_another_name_leads_to_https_in_the_same_step_and_never_off_the_host(shows, settings):
    settings.SECURE_SSL_REDIRECT = True
    visitor = Client(headers={"host": "www.tide.example"})
    assert visitor.get("/1")["Location"] == "https://tide.example/1"
    for path in ("//evil.example", "/\\evil.example", "/@evil.example"):
        location = visitor.get("/", PATH_INFO=path)["Location"]
        assert location.startswith("https://tide.example/"), location


def test_malformed_host_is_refused(shows):
    assert Client(headers={"host": "a b"}, raise_request_exception=False).get("/").status_code == 400


def test_unknown_host_is_404_for_every_address(shows):
    for path in ("/", "/1", reverse("admin:login"), "/static/lupcms.css"):
        assert Client(headers={"host": "evil.example"}).get(path).status_code == 404


def test_the_default_show_is_a_setting(shows, settings):
    settings.DEFAULT_SHOW = "lamp-talk"
    assert '<h1 dir="auto">Lamp Talk</h1>' in Client(headers={"host": "localhost"}).get("/").content.decode()


def test_an_install_without_shows_has_an_admin_and_says_that_there_is_nothing_yet(db):
    assert Client(headers={"host": "localhost"}).get(reverse("admin:login")).status_code == 200
    assert "No show has published anything yet." in Client(headers={"host": "localhost"}).get("/").content.decode()
    assert Client(headers={"host": "localhost"}).get("/episodes").status_code == 404


def test_which_show_answers_costs_one_query(shows, django_assert_num_queries):
    with django_assert_num_queries(1):
        Client(headers={"host": "tide.example"}).get("/favicon.ico")


@pytest.mark.parametrize(
    "fields",
    [
        {"hostname": "Tide.Example"},
        {"hostname": "https://tide.example"},
        {"hostname": "x.localhost"},
        {"hostname": "-"},
        {"site_url": "https://x.example/"},
        {"site_url": "x.example"},
        {"site_url": "javascript:alert(1)"},
        {"site_url": "https://x.example/a b"},
        {"time_zone": "Mars/Olympus"},
        {"acronym": "lup"},
        {"acronym": "LUP\n"},
        {"slug": "a b"},
    ],
)
def test_a_show_refuses_what_would_not_work(fields):
    show = Show(**{"slug": "x", "acronym": "X", "title": "X"} | fields)
    with pytest.raises(ValidationError) as error:
        show.full_clean()
    assert list(error.value.message_dict) == list(fields)


@pytest.mark.parametrize("site_url", ["https://linuxunplugged.com", "http://x.example/show", "https://x.example:8443"])
def test_a_show_accepts_real_addresses(site_url):
    Show(slug="x", acronym="X", title="X", hostname="x.example", site_url=site_url).full_clean()
