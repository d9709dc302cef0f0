"""Pages whose words are read with the first of them. Why: their templates and languages take long to read."""

import asyncio
from functools import cache
from typing import TYPE_CHECKING

from booking.domain.figures.property_page import PropertyFacts
from booking.domain.notices.page import Page, PageFacts

if TYPE_CHECKING:
    from booking.adapters.words.pages import JinjaPages
    from booking.adapters.words.property_pages import PropertyPages


class LatePages:
    async def write(self, facts: PageFacts) -> Page:
        return await asyncio.to_thread(lambda: _words().write(facts))


class LatePropertyPages:
    async def write(self, facts: PropertyFacts) -> Page:
        return await asyncio.to_thread(lambda: _property_pages().write(facts))


@cache
def _property_pages() -> "PropertyPages":
    from booking.adapters.words.property_pages import PropertyPages

    return PropertyPages()


@cache
def _words() -> "JinjaPages":
    from booking.adapters.words.pages import JinjaPages

    return JinjaPages()
