"""Rights to changes: found at identification, granted by a locked row at the time of the write."""

from typing import TypeAlias

from booking.domain.events import Actor, Via
from booking.domain.idempotency import Asked
from booking.domain.keys import Key
from booking.domain.people.agent import AgentRole, role_of
from booking.domain.refusals import Refusal
from booking.domain.values import Value

_ROLES = frozenset(AgentRole)  # any other, perhaps of a newer release, makes no agent


def acts(claimed_role: str | None, provisioned_role: str | None) -> bool:
    """Return whether the roles in a row make an agent. Only agents can have slots."""
    return role_of(claimed_role, provisioned_role) in _ROLES


class AgentRight(Value, kw_only=True):
    """Right of an agent to a change.

    Why: identity may be some seconds old. Every event names an actor, and a right gives one only in exchange for the
    current row, under its lock; so no change is recorded by a right that is gone.

    `key`: the agent; `claimed`: by signed claims, not by an operator; `admin`: whether the change needs an admin.
    `gone` is raised if there is no such agent any more, `demoted` if an admin is needed and the agent is none.
    `asked`: the request whose answer the change keeps under a key, see `Caller.keeping`.
    """

    subject: str
    request_id: str | None
    key: Key
    claimed: bool
    admin: bool
    gone: type[Refusal]
    demoted: type[Refusal]
    asked: Asked | None = None

    def granted(self, claimed_role: str | None, provisioned_role: str | None) -> Actor:
        """Return the actor by the roles in the agent's row, or raise `gone` or `demoted`."""
        role = claimed_role if self.claimed else provisioned_role
        if role not in _ROLES:
            raise self.gone
        if self.admin and role != AgentRole.ADMIN:
            raise self.demoted
        return Actor(subject=self.subject, role=role, request_id=self.request_id)


class ApplicantRight(Value, kw_only=True):
    """Right of an applicant to a change, granted by their row. `gone` is raised if the login is not theirs any more.

    With `via`, it is the right of a link's bearer, or of a phone that answered, whatever the login. `link` is the link
    that the change uses up, by its hash: its row grants the right too.
    """

    subject: str
    request_id: str | None
    key: Key
    gone: type[Refusal]
    asked: Asked | None = None
    via: Via | None = None
    link: bytes | None = None

    def granted(self, login: str | None) -> Actor:
        """Return the actor by the login in the applicant's row, or raise `gone`."""
        if self.via is not None:
            return Actor(subject=login, role="applicant", request_id=self.request_id, via=self.via)
        if login != self.subject:
            raise self.gone
        return Actor(subject=self.subject, role="applicant", request_id=self.request_id)


Right: TypeAlias = AgentRight | ApplicantRight
By: TypeAlias = Right | Actor
"""Right or actor of a change. An actor has no row: the clock, an operator or a screening."""
