"""Notice templates in PostgreSQL. One that was reset is kept empty, so that its version goes on."""

from typing import Any

import sqlalchemy as sa

from booking.adapters.postgres import versions
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables.notices import notice_templates
from booking.domain.authority import AgentRight
from booking.domain.notices import events
from booking.domain.notices.template import Language, NoticeTemplate, OwnText, TemplateKey

TEXTS = ("subject", "heading", "body")


class PostgresTemplates:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: TemplateKey) -> NoticeTemplate:
        rows = await self._database.fetch(_of(key).where(notice_templates.c.language == (key.language or "")))
        if not rows:
            return NoticeTemplate(key=key, text=OwnText(language=key.language))
        return _template(rows[0], key)

    async def of_kind(self, key: TemplateKey) -> tuple[OwnText, ...]:
        return tuple(map(_text, await self._database.fetch(_of(key).where(notice_templates.c.body.is_not(None)))))

    async def put(self, template: NoticeTemplate, expected: int | None, by: AgentRight) -> NoticeTemplate:
        key, values = template.key, {name: getattr(template.text, name) for name in TEXTS}

        async def work(transaction: Transaction) -> NoticeTemplate:
            actor = await granted(transaction, by)
            row = await versions.put(transaction, notice_templates, _columns(key), values, expected)
            kept = _template(row, key)
            await record(transaction, events.notice_template_changed(key.organization_id, actor))
            await keep(transaction, [(by, (kept,))])
            return kept

        return await self._database.unit(work)

    async def reset(self, key: TemplateKey, by: AgentRight) -> None:
        at = [notice_templates.c[name] == value for name, value in _columns(key).items()]
        reset = (
            sa.update(notice_templates)
            .where(*at, notice_templates.c.body.is_not(None))
            .values(**dict.fromkeys(TEXTS), version=notice_templates.c.version + 1, updated_at=sa.func.booking_now())
        )

        async def work(transaction: Transaction) -> None:
            actor = await granted(transaction, by)
            if await transaction.execute(reset):
                await record(transaction, events.notice_template_reset(key.organization_id, actor))
            await keep(transaction, [(by, ())])

        await self._database.unit(work)


def _columns(key: TemplateKey) -> dict[str, Any]:
    return {
        "organization_id": key.organization_id,
        "kind": key.kind.value,
        "recipient": key.recipient.value,
        "language": key.language.value if key.language else "",
    }


def _of(key: TemplateKey) -> sa.Select[Any]:
    return sa.select(notice_templates).where(
        notice_templates.c.organization_id == key.organization_id,
        notice_templates.c.kind == key.kind.value,
        notice_templates.c.recipient == key.recipient.value,
    )


def _template(row: Row, key: TemplateKey) -> NoticeTemplate:
    return NoticeTemplate(key=key, text=_text(row), version=row.version, updated_at=row.updated_at)


def _text(row: Row) -> OwnText:
    language = Language(row.language) if row.language else None
    return OwnText(language=language, subject=row.subject, heading=row.heading, body=row.body)
