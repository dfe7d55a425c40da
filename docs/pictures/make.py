"""`make screenshots`: every kind of page of the demo, light and dark, on a phone, a tablet and a desk.

They go to var/screenshots; the two that README shows are kept beside this file.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "screenshots"
WIDTHS = (320, 768, 1440)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = {
    "home": ("half-tide-radio", "/"),
    "episode": ("half-tide-radio", "/28"),
    "seed": ("linux-unplugged", "/245"),
    "links-45": ("half-tide-radio", "/19"),
    "people-14": ("half-tide-radio", "/regatta"),
    "archive": ("half-tide-radio", "/episodes"),
    "year": ("half-tide-radio", "/episodes/2025"),
    "hosts": ("half-tide-radio", "/hosts"),
    "host": ("half-tide-radio", "/hosts/nell"),
    "sponsors": ("half-tide-radio", "/sponsors"),
    "sponsor": ("half-tide-radio", "/sponsors/kittiwake-batteries"),
    "offers": ("network", "/sponsors"),
    "statement": ("half-tide-radio", "/sponsors/private/demo-of-a-private-address?from=2026-08-01&to=2026-11-30"),
    "tags": ("half-tide-radio", "/tags"),
    "letter": ("half-tide-radio", "/tags?letter=l"),
    "tag": ("half-tide-radio", "/tags/lighthouses"),
    "about": ("half-tide-radio", "/about"),
    "404": ("half-tide-radio", "/tags/lighthuoses"),
    "network": ("network", "/"),
}
# README's: page, scheme, width and height of the window.
KEPT: dict[str, tuple[str, Scheme, int, int]] = {
    "episode-light": ("seed", "light", 1280, 900),
    "episode-dark-phone": ("seed", "dark", 390, 844),
}


@contextmanager
def demo() -> Iterator[int]:
    """The demo on a free port, from nothing and gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        env = os.environ | {
            "ENV_FILE": os.devnull,
            "DEMO": "true",
            "HTTPS": "false",
            "SECRET_KEY": "screenshots",
            "SITE_NAME": "Demo Network",
            "NETWORK_URL": f"http://network.localhost:{port}",
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "STATIC_ROOT": f"{folder}/static",
            "PORT": str(port),
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        for command in (["migrate"], ["collectstatic", "--noinput"], ["load_demo"]):
            subprocess.run([*manage, *command, "-v0"], env=env, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([sys.executable, "-m", "gunicorn", "lupcms.wsgi"], env=env, cwd=ROOT)
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait()


def main(*names: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )

        def address(name: str) -> str:
            host, path = PAGES[name]
            return f"http://{host}.localhost:{port}{path}"

        for scheme in SCHEMES:
            page = browser.new_page(color_scheme=scheme)
            for name in names or PAGES:
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.goto(address(name), wait_until="networkidle")
                    page.screenshot(path=FOLDER / f"{name}-{scheme}-{width}.png", full_page=True)
                if scheme == "light":
                    page.set_viewport_size({"width": 320, "height": 900})
                    page.evaluate("document.documentElement.style.fontSize = '200%'")
                    page.screenshot(path=FOLDER / f"{name}-text-200.png", full_page=True)
                    page.goto(address(name), wait_until="networkidle")
                    page.pdf(path=FOLDER / f"{name}.pdf", format="A4", margin={"top": "15mm", "bottom": "15mm"})
            page.close()
        for kept, (name, scheme, width, height) in KEPT.items():
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
            page.goto(address(name), wait_until="networkidle")
            page.screenshot(path=FOLDER / f"{kept}.png")
            Image.open(FOLDER / f"{kept}.png").convert("RGB").save(Path(__file__).with_name(f"{kept}.webp"), quality=80)
            page.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
