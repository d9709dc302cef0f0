"""An agency's own site, of another origin, with what docs/embedding.md says is put into it."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from playwright.sync_api import Route

from tests.web.windows import SITE, Window

DOCS = (Path(__file__).parents[2] / "docs/embedding.md").read_text(encoding="utf-8")
SERVICE = "https://booking.example.com"


def snippet(kind: str) -> str:
    """The first example of this kind in the docs."""
    (found, *_) = re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)
    return str(found)


def policy(page: str) -> str:
    """The policy that the docs ask for, with the hash of each script that stands in the page."""
    section = DOCS[DOCS.index("## Content-Security-Policy") :]
    (asked,) = re.findall(r"```\n(script-src .*?)\n```", section, re.DOTALL)
    inline = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    hashes = (f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in inline)
    return str(asked).replace("script-src", " ".join(["script-src", *hashes]))


def visit(window: Window, service: str, property_id: str, token: str) -> list[str]:
    """Open the site with the example of the docs in it; return what its scripts say on the console, as it comes."""
    page = snippet("html").replace(SERVICE, service).replace("PROPERTY_ID", property_id).replace("TOKEN", token)
    headers = {"Content-Security-Policy": policy(page).replace(SERVICE, service)}
    said: list[str] = []

    def serve(route: Route) -> None:
        route.fulfill(body=page, content_type="text/html; charset=utf-8", headers=headers)

    window.context.route(f"{SITE}/**", serve)
    window.page.on("console", lambda message: said.append(message.text))
    window.page.goto(f"{SITE}/home")
    return said
