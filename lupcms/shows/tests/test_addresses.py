import pytest

from lupcms.shows.templatetags.addresses import site


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.org/a?b=c#d", "example.org"),
        ("http://shop.example.org:8000", "shop.example.org"),
        ("HTTPS://Example.org", "example.org"),
        ("example.org/a", ""),
        ("//example.org/a", ""),
        ("javascript:alert(1)", ""),
        ("mailto:ann@example.org", ""),
        ("https://", ""),
        ("https://[example.org", ""),
        ("", ""),
    ],
)
def test_the_site_of_an_address_is_named_where_a_browser_can_follow_it(url, expected):
    assert site(url) == expected
