"""Delivery: whether subscribers hear, and events are sealed."""

from collections.abc import AsyncIterator
from datetime import timedelta

from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.delivery.outbox import PostgresOutbox
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.errors import StatementRefused
from booking.cli.examinations.diagnosis import Diagnosis
from booking.config import Settings
from booking.domain.refusals import Unavailable
from booking.service.audit import SealingService

LATE = timedelta(minutes=5)


async def deliveries(database: Database, settings: Settings) -> AsyncIterator[Diagnosis]:
    try:
        backlogs = await PostgresOutbox(database).backlogs()
        secrets = [one.encode() for one in (settings.audit_secret, *settings.audit_secrets_before)]
        alarms = await SealingService(PostgresTrail(database), database.now, secrets[0], secrets[1:]).alarms()
    except (Unavailable, StatementRefused):  # which was told
        return
    for kind, state in backlogs.items():
        about = f"{kind} events"
        if state.dead:
            yield Diagnosis(about, f"{state.dead} were given up", "see `booking events dead list`", fault=True)
        if state.disabled:
            yield Diagnosis(about, f"{state.disabled} subscriptions are disabled", "their owners enable them again")
        if state.oldest > LATE:
            says = f"the oldest that is unheard is {state.oldest.total_seconds():.0f} s old"
            yield Diagnosis(about, says, "see docs/runbooks/OldestEvent.md", fault=kind != "webhook")
        if not (state.dead or state.disabled or state.oldest > LATE):
            yield Diagnosis(about, "all are heard")
    for alarm in alarms:
        says = alarm.says if alarm.seal is None else f"seal {alarm.seal}: {alarm.says}"
        yield Diagnosis("seals", says, "see docs/runbooks/AuditBreach.md", fault=True)
    if not alarms:
        yield Diagnosis("seals", "what happened is sealed")
