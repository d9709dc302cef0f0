"""The page over HTTP. It runs its own scripts alone, and a browser holds it to that."""

from collections.abc import Mapping
from html import escape
from secrets import token_urlsafe
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State

from booking.config.web import WebSettings
from booking.domain.refusals import NotFound
from booking.entrypoints.http.revalidation import revalidated
from booking.entrypoints.http.web.assets import Asset, Assets, Build, takes_brotli

PAGE = "page"
"""Where the application's state keeps the WebPage."""
PATH = "/app"
TRUSTED_TYPES = ("lit-html", "default")
"""Policies that may make markup of text: Lit's own, of its templates; for two constants of the calendar's library."""

_NONCE, _SETTINGS = "__NONCE__", "__SETTINGS__"
_LONGEST_PATH = 1_000
_RETRY = "3"  # seconds
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
_ABSENT = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="{retry}">
<title>Visits</title>
<h1>{title}</h1>
<p>{text}</p>
<p>The API is up: <a href="/docs">its documentation</a>.</p>
"""

AnyRequest = Request[Any, Any, State]


class WebPage:
    """The page with its settings. `absent`: what to say in the place of it while it is not built."""

    def __init__(self, assets: Assets, web: WebSettings, *, people: bool = False) -> None:
        """`people`: of a development instance, who sign in without a password where no issuer is configured."""
        self.assets = assets
        self.absent = "The page is not built", "Build it with `make web`; it is there at once, without a restart."
        sign_in = "supabase" if web.issuer else "people" if people else "none"
        told = {"sign_in": sign_in, "supabase_url": web.supabase_url, "supabase_key": web.supabase_key}
        self._settings = msgspec.json.encode(told).decode().replace("<", "\\u003c")
        self._policy = _policy(web.issuer)

    @property
    def built(self) -> bool:
        return self.assets.find() is not None

    def answer(self) -> Response[bytes]:
        """Return the page under a nonce of its own, or a small one in place of it while it is not built."""
        build = self.assets.find()
        if build is None:
            title, text = map(escape, self.absent)
            return _html(
                _ABSENT.format(title=title, text=text, retry=_RETRY), _policy(None), 503, {"Retry-After": _RETRY}
            )
        nonce = token_urlsafe(18)
        return _html(self._filled(build, nonce), self._policy.replace(_NONCE, nonce))

    def _filled(self, build: Build, nonce: str) -> str:
        return build.index.replace(_NONCE, nonce).replace(_SETTINGS, self._settings)


def _policy(issuer: str | None) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{_NONCE}'",
            f"style-src 'self' 'nonce-{_NONCE}'",
            f"connect-src 'self'{f' {issuer}' if issuer else ''}",
            "img-src 'self' data:",
            "font-src data:",  # the icons of the calendar's library
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            f"trusted-types {' '.join(TRUSTED_TYPES)}",
        )
    )


def _html(body: str, policy: str, status: int = 200, more: Mapping[str, str] | None = None) -> Response[bytes]:
    headers = {"Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin", **(more or {})}
    return Response(body.encode(), status_code=status, media_type=MediaType.HTML, headers=headers)


def _file(request: AnyRequest, asset: Asset | None, kept: str) -> Response[bytes]:
    if asset is None:
        raise NotFound("there is no such file of the page")
    small = takes_brotli(request.headers.get("accept-encoding", "").encode("latin-1")) and asset.brotli
    tag = f'"{asset.tag}{".br" if small else ""}"'
    status, _, body = revalidated(request.scope["headers"], 200, [(b"etag", tag.encode())], small or asset.body)
    encoded = {"Content-Encoding": "br"} if small and body else {}
    headers = {**_SHARED, **encoded, "ETag": tag, "Cache-Control": kept}
    return Response(body, status_code=status, media_type=asset.media_type, headers=headers)


def _page(state: State) -> WebPage:
    page: WebPage = state[PAGE]
    return page


@get(PATH, operation_id="getPage", sync_to_thread=False, opt={"page": True, "answers": (503,)})
def get_page(state: State) -> Response[bytes]:
    return _page(state).answer()


@get(f"{PATH}/{{path:path}}", operation_id="getPageAt", sync_to_thread=False, opt={"page": True, "answers": (404, 503)})
def get_page_at(request: AnyRequest, state: State) -> Response[bytes]:
    """Answer with the page, at each of its own addresses: it says itself where there is nothing."""
    path = request.scope["path"]
    if len(path) > _LONGEST_PATH or not path.isprintable():
        raise NotFound("there is no such route")
    return _page(state).answer()


@get(
    f"{PATH}/visit-scheduler.js",
    operation_id="getVisitScheduler",
    sync_to_thread=False,
    opt={"page": True, "answers": (304, 404)},
)
def get_visit_scheduler(request: AnyRequest, state: State) -> Response[bytes]:
    build = _page(state).assets.find()
    return _file(request, None if build is None else build.scheduler, "no-cache")


@get(
    f"{PATH}/assets/{{file:str}}",
    operation_id="getPageAsset",
    sync_to_thread=False,
    opt={"page": True, "answers": (304, 404)},
)
def get_page_asset(request: AnyRequest, state: State) -> Response[bytes]:
    build = _page(state).assets.find()
    asset = None if build is None else build.assets.get(request.path_params["file"])
    return _file(request, asset, "public, max-age=31536000, immutable")


routes = (get_page, get_page_at, get_visit_scheduler, get_page_asset)
