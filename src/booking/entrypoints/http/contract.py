"""Contracts over HTTP: the hand-written files, REST as JSON too, and a page to read it offline."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.metadata import distribution
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.datastructures import State
from litestar.file_system import BaseLocalFileSystem
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router

from booking import files
from booking.entrypoints.http.web.page import PAGE as APP_PAGE
from booking.entrypoints.http.web.page import PATH as APP
from booking.entrypoints.http.web.page import WebPage

if TYPE_CHECKING:
    from litestar.types import PathType
    from litestar.types.file_types import FileInfo

ASSETS = distribution("flask-swagger-ui").locate_file("flask_swagger_ui/dist")  # located, so that Flask is not imported


class Assets(BaseLocalFileSystem):
    async def info(self, path: "PathType", **kwargs: Any) -> "FileInfo":
        """Raise FileNotFoundError for a path with a NUL, or too long to be a name."""
        try:
            return await super().info(path, **kwargs)
        except (ValueError, OSError) as error:
            raise FileNotFoundError(path) from error


# Swagger UI would otherwise ask validator.swagger.io for a badge.
START = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#contract", deepLinking: true, validatorUrl: null, '
    "filter: true, persistAuthorization: true, tryItOutEnabled: true})"
)

WRITTEN = {
    "slot": "019a9f31-02d8-7e6c-8b1f-5a9d3c7e4f21",
    "another": "019a9f31-0b7c-7d2e-8f10-2b3c4d5e6f70",  # slot, to move a visit to
    "property": "5f0c6d1e-8a4b-4c57-9e0d-2b7a1c3d4e5f",
    "agent": "019a9f2e-7c41-7b3a-9d52-1f6c8e4a2b10",
    "applicant": "019a9f2f-1d7a-7c82-b4e6-3f9a5d0c8b17",
    "organization": "7d4c2b1a-3e5f-4a6b-8c9d-0e1f2a3b4c5d",
    "day": "2026-12-01",
}
"""What the examples of the contract are about, as the file writes it."""

EXAMPLES = "examples"
"""Where the application's state keeps what there really is of that: the demo's, so that a first try succeeds."""

PAGE = f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Booking</title>
  <link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
  <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
  <link rel="stylesheet" href="/docs/assets/index.css">
</head>
<body>
  <noscript>This page needs JavaScript. The contract itself is at <a href="/openapi.yaml">/openapi.yaml</a>.</noscript>
  <div id="contract"></div>
  <script src="/docs/assets/swagger-ui-bundle.js"></script>
  <script>{START}</script>
</body>
</html>
"""

# Nothing from elsewhere, and of inline scripts only ours, by its hash.
# Swagger UI sets styles inline and has its icons as data.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' 'sha256-{b64encode(sha256(START.encode()).digest()).decode()}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@cache
def _as_yaml() -> bytes:
    return files.path("openapi3.yaml").read_bytes()


@cache
def _events_as_yaml() -> bytes:
    return files.path("asyncapi.yaml").read_bytes()


@cache
def _as_json() -> bytes:
    """Convert by libyaml if installed. Why: in Python alone it takes 0.3 s, and blocks the event loop."""
    import yaml  # which few instances are ever asked for

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return msgspec.json.encode(yaml.load(_as_yaml(), loader))  # noqa: S506 - either is a safe one


@get("/openapi.yaml", operation_id="getContractYaml", sync_to_thread=False)
def get_contract_yaml() -> Response[bytes]:
    return Response(_as_yaml(), media_type="application/yaml")


@get("/asyncapi.yaml", operation_id="getEventsContractYaml", sync_to_thread=False)
def get_events_contract_yaml() -> Response[bytes]:
    return Response(_events_as_yaml(), media_type="application/yaml")


@get("/openapi.json", operation_id="getContractJson", sync_to_thread=False)
def get_contract_json(state: State) -> Response[bytes]:
    content = _as_json()
    for name, real in state.get(EXAMPLES, {}).items():
        content = content.replace(WRITTEN[name].encode(), real.encode())
    return Response(content, media_type=MediaType.JSON)


@get("/docs", operation_id="getDocumentation", sync_to_thread=False)
def get_documentation() -> Response[str]:
    return Response(PAGE, media_type=MediaType.HTML, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})


@get("/", operation_id="getStart", status_code=307, sync_to_thread=False)
def get_start(state: State) -> Response[None]:
    """Redirect a browser from the bare address to the page, or to the documentation where the page is not built."""
    page: WebPage = state[APP_PAGE]
    return Response(None, media_type=MediaType.TEXT, headers={"Location": APP if page.built else "/docs"})


contract_routes: list[HTTPRouteHandler | Router] = [
    get_contract_yaml,
    get_contract_json,
    get_events_contract_yaml,
    get_documentation,
    get_start,
    create_static_files_router("/docs/assets", [str(ASSETS)], include_in_schema=False, file_system=Assets()),
]
