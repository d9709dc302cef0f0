"""Notice templates: an agency's own texts, and how messages look with them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from booking.domain.authority import AgentRight
from booking.domain.notices.facts import AgencyFacts, Message
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.template import Language, NoticeTemplate, OwnText, TemplateKey
from booking.domain.people.caller import Caller
from booking.domain.values import replace
from booking.service.notices.words import SampleWords
from booking.service.people.organizations import Organizations


class Templates(Protocol):
    async def get(self, key: TemplateKey) -> NoticeTemplate:
        """Return the template; of version 0 if there never was one."""

    async def of_kind(self, key: TemplateKey) -> tuple[OwnText, ...]:
        """Return the texts of a kind and recipient, of all languages."""

    async def put(self, template: NoticeTemplate, expected: int | None, by: AgentRight) -> NoticeTemplate:
        """Replace the text; PreconditionFailed unless the version was `expected` (None: any)."""

    async def reset(self, key: TemplateKey, by: AgentRight) -> None:
        """Go back to the usual text, if there is one of the agency's own."""


@dataclass(frozen=True, slots=True)
class TemplateService:
    """`words` are asked for in a thread, when they are first needed. Why: they take long to read."""

    templates: Templates
    organizations: Organizations
    words: Callable[[], SampleWords]

    async def get(
        self, caller: Caller, kind: NoticeKind, recipient: Recipient | None, language: Language | None
    ) -> NoticeTemplate:
        """Return the agency's own text, an empty one if there is none; for agents."""
        return await self.templates.get(TemplateKey.of(caller.as_agent().organization_id, kind, recipient, language))

    async def put(
        self, caller: Caller, kind: NoticeKind, recipient: Recipient | None, text: OwnText, *, expected: int | None
    ) -> NoticeTemplate:
        """Replace the text of its language, as an admin with the version `expected` in view (None: any)."""
        key = TemplateKey.of(caller.as_admin().organization_id, kind, recipient, text.language)
        template = NoticeTemplate(key=key, text=text)
        template.require_sound()
        by = caller.keeping(caller.acting_as_admin(), lambda kept: kept)
        return await self.templates.put(template, expected, by)

    async def reset(
        self, caller: Caller, kind: NoticeKind, recipient: Recipient | None, language: Language | None
    ) -> None:
        """Go back to the usual text, as an admin."""
        key = TemplateKey.of(caller.as_admin().organization_id, kind, recipient, language)
        await self.templates.reset(key, caller.keeping(caller.acting_as_admin(), lambda: None))

    async def preview(
        self, caller: Caller, kind: NoticeKind, recipient: Recipient | None, locale: str | None
    ) -> tuple[TemplateKey, Message]:
        """Return the message of this kind, for sample facts, as a person with that locale would get it; for agents."""
        key = TemplateKey.of(caller.as_agent().organization_id, kind, recipient, None)
        agency = AgencyFacts.of(await self.organizations.get(key.organization_id))
        texts = await self.templates.of_kind(key)

        def render() -> Message:
            words = self.words()
            return words.render(replace(words.sample(kind, key.recipient, locale), agency=agency, texts=texts))

        return key, await asyncio.to_thread(render)
