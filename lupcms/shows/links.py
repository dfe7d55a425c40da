"""What a browser makes of an address as somebody wrote it, which may be anything."""

from urllib.parse import urlsplit


def web_address(url: str) -> str:
    """The address where it is one of the web, else ""."""
    return url if url.lower().startswith(("https://", "http://")) else ""


def site_of(url: str) -> str:
    """`https://www.example.org/a` is on `example.org`; "" where an address names no site."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
