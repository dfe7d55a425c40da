"""`make screenshots`: every kind of page of the demo, light and dark, on a phone, a tablet and a desk.

They go to var/screenshots; those that README and docs show are kept beside this file.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

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
PASTED = """## Lights
* [The list of lights](https://lights.example/list) — Every lamp on the coast, and who minds it.
* [How a horn is tuned](https://horns.example/tuning?utm_source=tide)
Slack water, explained - tides.example/slack
https://tides.example/slack
"""


# --- Alice at the desk, one after another; docs/producing.md shows where she gets to. ---
def begin(page: Page) -> None:
    page.goto("/admin/")


def paste_links(page: Page) -> None:
    page.click("text=New episode")
    page.fill("#id_title", "The lamp goes out")
    page.fill("#id_summary", "Nell and Ambrose count the lamps, and one is missing.")
    page.fill("#paste-box", PASTED)
    page.click("text=Find links")
    page.wait_for_selector(".pasted")


def look_before_publishing(page: Page) -> None:
    page.click(".paste .add")
    page.click("text=Publish…")
    page.wait_for_url("**/publish/")


def meet_somebody_else(page: Page) -> None:
    page.click("text=Back to the episode")
    page.wait_for_url("**/change/")
    with page.context.new_page() as other:
        other.goto(page.url)
        other.fill("#id_summary", "Nell and Ambrose count the lamps. One is missing, and Inês knows why.")
        other.click("[name=_continue]")
        other.wait_for_selector(".messagelist")
    page.fill("#id_summary", "Nell and Ambrose count the lamps, and one is out.")
    page.click("[name=_continue]")
    page.wait_for_selector(".conflict")


def look_back(page: Page) -> None:
    page.click("text=Save mine over theirs")
    page.click(".object-tools >> text=History")
    page.wait_for_url("**/history/")


DESK: dict[str, Callable[[Page], None]] = {
    "desk-start": begin,
    "desk-form": paste_links,
    "desk-publish": look_before_publishing,
    "desk-conflict": meet_somebody_else,
    "desk-history": look_back,
}


# --- And after an import, which docs/moving.md and docs/after-an-import.md show. ---
def look_after_the_import(page: Page) -> None:
    page.goto("/admin/")
    page.click("text=After an import")
    page.wait_for_url("**/after-import/*/")


def look_at_the_run(page: Page) -> None:
    page.click("text=RSS feed: ")
    page.wait_for_url("**/change/")


IMPORTED: dict[str, Callable[[Page], None]] = {
    "desk-after-import": look_after_the_import,
    "desk-import": look_at_the_run,
}


def old_feed() -> bytes:
    """Half-Tide Radio as its old host has it: the demo's newest episodes and some more, and what was pasted there."""
    sys.path.insert(0, str(ROOT))
    from episodes.tests.old_feeds import SPONSORS, fireside, old_episode

    episodes = [old_episode(number) for number in range(40, 25, -1)]
    for number, episode in enumerate(episodes):
        (name, url, words, code), *others = episode.sponsors or SPONSORS[:1]
        spots = ((name, url, words, code.upper() if number % 2 else code), *others)
        pasted = (
            ("https://half-tide.example/crew", "Join the crew", ""),
            ("charts.example/tonight", "Tonight’s chart", ""),
            ("https://app.fireside.fm/podcasts/half-tide/edit", "Notes", ""),
        )
        episodes[number] = replace(episode, sponsors=spots, links=(*pasted[: 3 - number % 3], *episode.links[:4]))
    return fireside(episodes, prefix="https://op3.dev/e/")


@contextmanager
def demo() -> Iterator[tuple[int, Callable[..., None]]]:
    """The demo on a free port, from nothing and gone afterwards; with it, what runs a command of manage.py."""
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

        def manage(*command: str) -> None:
            line = [sys.executable, str(ROOT / "manage.py"), *command, "-v0"]
            subprocess.run(line, env=env, cwd=folder, check=True, stdout=subprocess.DEVNULL)

        for command in (["migrate"], ["collectstatic", "--noinput"], ["load_demo"]):
            manage(*command)
        (Path(folder) / "old").mkdir()
        (Path(folder) / "old" / "feed.xml").write_bytes(old_feed())
        server = subprocess.Popen([sys.executable, "-m", "gunicorn", "lupcms.wsgi"], env=env, cwd=ROOT)
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.1)
            yield port, manage
        finally:
            server.terminate()
            server.wait()


def keep(page: Page, name: str, quality: int = 80) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    picture = Image.open(FOLDER / f"{name}.png").convert("RGB")
    picture.save(Path(__file__).with_name(f"{name}.webp"), quality=quality, method=6)


def keep_desk(browser: Browser, port: int, steps: dict[str, Callable[[Page], None]]) -> None:
    context = browser.new_context(base_url=f"http://localhost:{port}", viewport={"width": 1200, "height": 720})
    page = context.new_page()
    page.goto("/admin/")
    page.fill("#id_username", "alice")
    page.fill("#id_password", "demo")
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")
    for name, step in steps.items():
        step(page)
        page.evaluate("scrollTo(0, 0)")
        keep(page, name, quality=60)
    context.close()


def main(*names: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as (port, manage), sync_playwright() as playwright:
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
            keep(page, kept)
            page.close()
        keep_desk(browser, port, DESK)
        manage("import_feed", "old/feed.xml", "--show=HTR", "--by=alice")
        keep_desk(browser, port, IMPORTED)


if __name__ == "__main__":
    main(*sys.argv[1:])
