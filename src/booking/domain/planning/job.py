"""Jobs: changes of many slots in steps, each a transaction. A step that is repeated finds nothing left to do."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from booking.domain.events import BY_JOB, Actor
from booking.domain.keys import Key
from booking.domain.values import Value

STEP = 50
"""Slots that change in one step, at most."""


class JobKind(StrEnum):
    WITHDRAWAL = "withdrawal"
    ABSENCE = "absence"
    SCHEDULE_CHANGE = "schedule_change"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobFailure(Value, kw_only=True):
    """Slot that could not be changed as planned, with the code of the refusal."""

    slot_id: UUID
    code: str


class Job(Value, kw_only=True):
    """Job of a person. `done` of `total` slots were gone through; `input` is of its kind."""

    organization_id: UUID
    id: UUID
    kind: JobKind
    state: JobState = JobState.QUEUED
    done: int = 0
    total: int
    failures: tuple[JobFailure, ...] = ()
    input: Mapping[str, Any]
    subject: str | None
    role: str
    created_at: datetime
    ended_at: datetime | None = None

    @property
    def key(self) -> Key:
        return self.organization_id, self.id

    @property
    def by(self) -> Actor:
        """Actor of each step. Why the job's name: its notices are of one cause, however many steps it takes."""
        return Actor(subject=self.subject, role=self.role, request_id=f"{BY_JOB}{self.id}")
