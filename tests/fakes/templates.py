"""Notice templates in memory."""

from dataclasses import dataclass

from booking.domain.authority import AgentRight
from booking.domain.notices import events
from booking.domain.notices.template import NoticeTemplate, OwnText, TemplateKey
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryTemplates:
    state: State

    async def get(self, key: TemplateKey) -> NoticeTemplate:
        usual = NoticeTemplate(key=key, text=OwnText(language=key.language))
        return self.state.templates.get(key, usual)

    async def of_kind(self, key: TemplateKey) -> tuple[OwnText, ...]:
        return self.state.texts_of(key.organization_id, key.kind, key.recipient)

    async def put(self, template: NoticeTemplate, expected: int | None, by: AgentRight) -> NoticeTemplate:
        actor = self.state.actor(by)
        version = (await self.get(template.key)).version
        if expected not in (None, version):
            raise PreconditionFailed
        kept = replace(template, version=version + 1, updated_at=self.state.clock())
        self.state.templates[template.key] = kept
        self.state.record(events.notice_template_changed(template.key.organization_id, actor))
        return kept

    async def reset(self, key: TemplateKey, by: AgentRight) -> None:
        actor = self.state.actor(by)
        was = await self.get(key)
        if was.text.body is None:
            return
        text = OwnText(language=key.language)
        self.state.templates[key] = replace(was, text=text, version=was.version + 1, updated_at=self.state.clock())
        self.state.record(events.notice_template_reset(key.organization_id, actor))
