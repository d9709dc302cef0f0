"""Answers with a page, and in place of refusals."""

import re
from base64 import b64encode
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Protocol

from litestar import MediaType, Response

from booking.domain.notices.page import Page, PageFacts, PageName
from booking.domain.refusals import NotFound, RateLimited, Refusal
from booking.entrypoints.http.problems import AnyRequest, fault, problem_response

MOST_LANGUAGES = 8
POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")


class PageWriter(Protocol):
    async def write(self, facts: PageFacts) -> Page:
        """Write a page in the first language that there are texts for, or else in English."""


@dataclass(frozen=True, slots=True)
class Pages:
    writer: PageWriter

    async def answer(
        self, request: AnyRequest, made: Awaitable[tuple[PageFacts, int] | Response[bytes]]
    ) -> Response[bytes]:
        """Answer with a page and its status, also in place of a refusal: all that is not found is told alike.

        What is made may be an answer by itself, such as a file."""
        try:
            found = await made
        except Refusal as refusal:
            return await self._refused(request, refusal)
        except Exception as error:
            return await self._refused(request, fault(error))
        return found if isinstance(found, Response) else await self._answer(*found, {})

    async def _refused(self, request: AnyRequest, refusal: Refusal) -> Response[bytes]:
        name = PageName.FAILED
        if isinstance(refusal, NotFound):
            name = PageName.GONE
        elif isinstance(refusal, RateLimited):
            name = PageName.BUSY
        problem = problem_response(request.scope["path"], refusal)
        return await self._answer(PageFacts(name=name, languages=languages(request)), problem.status, problem.headers)

    async def _answer(self, facts: PageFacts, status: int, headers: Mapping[str, str]) -> Response[bytes]:
        return page_response(await self.writer.write(facts), status, headers)


def page_response(page: Page, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> Response[bytes]:
    """Answer with a page. The style in it is the only thing that its policy lets a browser use."""
    style = b64encode(sha256(page.style.encode()).digest()).decode()
    more = {
        "Content-Security-Policy": f"{POLICY}; style-src 'sha256-{style}'",
        "Content-Language": page.language,
        "Vary": "Accept-Language",
        "X-Robots-Tag": "noindex",
    }
    return Response(page.html.encode(), status_code=status, media_type=MediaType.HTML, headers={**headers, **more})


def languages(request: AnyRequest) -> Sequence[str]:
    """Return the languages that the browser asks for, the best first."""
    given = request.headers.get("accept-language", "").split(",")[:MOST_LANGUAGES]
    wanted = [(-float(found[2] or 1), found[1]) for found in map(_LANGUAGE.fullmatch, given) if found]
    return [tag for quality, tag in sorted(wanted, key=lambda one: one[0]) if quality]
