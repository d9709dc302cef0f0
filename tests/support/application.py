"""The application over any store."""

from booking.adapters.tokens.verification import tokens_for
from booking.capabilities import ROUTES, services_of
from booking.config import AuthSettings, InboundSettings, LinkSettings
from booking.config.web import WebSettings
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.paths import PlainPaths
from booking.entrypoints.http.pipeline.access import Access
from booking.entrypoints.http.pipeline.hot import Hot
from booking.entrypoints.http.pipeline.steps import Pipeline
from booking.entrypoints.http.web.assets import Assets, built_folder
from booking.entrypoints.http.web.page import WebPage
from booking.service.rate_limits import Limits
from tests.support.stores import CIPHERS, LINKS, NOTHING_INBOUND, Store, parts_of

SECRET = "s" * 32
PAGE = WebPage(Assets(built_folder()), WebSettings())


async def ready() -> None:
    pass


def pipeline_of(store: Store, limits: Limits) -> Pipeline:
    """With tokens that are signed with SECRET."""
    tokens, services = tokens_for(AuthSettings(hs256_secret=SECRET)), services_of(parts_of(store))
    return Pipeline(
        tokens, services["identity"], limits, store.answers, store.directory, services["tickets"], CIPHERS.answers
    )


def application(
    store: Store,
    pipeline: Pipeline,
    *,
    hot: bool = True,
    inbound: InboundSettings = NOTHING_INBOUND,
    links: LinkSettings = LINKS,
) -> Access:
    api = litestar(ROUTES, services_of(parts_of(store, inbound, links)), pipeline, ready, PAGE)
    return Access(PlainPaths(api), Hot(api) if hot else None)
