"""Real Chromium for tests, and what measures the pages in it: axe and html-validate, from npm (package.json)."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from lupcms.shows.models import User

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
HTML_VALIDATE = ROOT / "node_modules" / ".bin" / "html-validate"

# Skipped where somebody lacks them, never in CI.
needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists() and not os.environ.get("CI"), reason="there is no /usr/bin/chromium"
)
needs_npm = pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"), reason="axe and html-validate are not installed: npm ci"
)

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (tags) => {
  const bar = document.querySelector(".submit-row");
  bar?.style.setProperty("position", "static");
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  bar?.style.removeProperty("position");
  return found;
}"""
HTML_RULES = {
    "extends": ["html-validate:recommended"],
    "rules": {
        "no-trailing-whitespace": "off",  # Templates leave blanks.
        "long-title": "off",  # Titles are what people wrote.
        "require-sri": "off",  # Everything comes from the same host.
    },
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    options = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-sandbox"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=options)


class Visitor:
    """A browser window that remembers every complaint: console errors, violations of the policy, failed requests,
    and requests to anybody else."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _failed(self, request: Request) -> None:
        """What a test leaves behind by going on to the next page is aborted, and is no complaint."""
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def _asked(self, request: Request) -> None:
        if not (urlsplit(request.url).hostname or "").endswith("localhost"):
            self.complaints.append(f"asked somebody else: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.url}: {response.status}")


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(java_script_enabled=request.param)
    yield Visitor(context)
    context.close()


def sign_in(visitor: Visitor, url: str, user: User) -> None:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    visitor.page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": url}])


def accessibility_problems(page: Page, impacts: tuple[str, ...] = ()) -> list[str]:
    """What axe finds on the page as it stands; with `impacts`, only of those.

    A bar that sticks to the window stands at its own place meanwhile: what it covers, wherever the page is scrolled
    to, would be too small to axe.
    """
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN_AXE, AXE_TAGS)
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if not impacts or rule["impact"] in impacts
    ]


def html_problems(pages: dict[str, str], folder: Path) -> list[str]:
    """What html-validate finds in pages by name; one process for all of them."""
    config = folder / ".htmlvalidate.json"
    config.write_text(json.dumps({"root": True, **HTML_RULES}))
    for number, html in enumerate(pages.values()):
        (folder / f"{number}.html").write_text(html)
    report = folder / "report.json"
    run = subprocess.run(
        [HTML_VALIDATE, "--config", config, f"--formatter=json={report}", *sorted(folder.glob("*.html"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), run.stdout + run.stderr
    names = list(pages)
    return [
        f"{names[int(Path(file['filePath']).stem)]}:{message['line']} {message['ruleId']}: {message['message']}"
        for file in json.loads(report.read_text())
        for message in file["messages"]
    ]
