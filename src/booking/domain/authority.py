"""Rights in which changes are made: found when the caller was identified, granted by a row when it is written."""

from typing import TypeAlias

from booking.domain.agent import AgentRole, role_of
from booking.domain.events import Actor
from booking.domain.refusals import Refusal
from booking.domain.slot import Key
from booking.domain.values import Value

_ROLES = frozenset(AgentRole)  # any other, of a newer release's perhaps, is nobody's here (T24)


def acts(claimed_role: str | None, provisioned_role: str | None) -> bool:
    """Return whether the roles in a row make an agent, whose slots can be offered."""
    return role_of(claimed_role, provisioned_role) in _ROLES


class AgentRight(Value, kw_only=True):
    """The right of an agent to a change.

    Why: identity may be some seconds old. Every event names an actor, and a right gives one only in exchange for what
    its row says now, under its lock; so nothing is recorded in a right that is gone.

    `key` is the agent's; `claimed`: by signed claims, not by an operator's word; `admin`: whether the change takes one.
    `gone` is told where there is no such agent any more, `demoted` where an admin is needed and none any more.
    """

    subject: str
    request_id: str | None
    key: Key
    claimed: bool
    admin: bool
    gone: type[Refusal]
    demoted: type[Refusal]

    def granted(self, claimed_role: str | None, provisioned_role: str | None) -> Actor:
        """Return the actor, by the roles in the agent's row; refuse what they do not allow."""
        role = claimed_role if self.claimed else provisioned_role
        if role not in _ROLES:
            raise self.gone
        if self.admin and role != AgentRole.ADMIN:
            raise self.demoted
        return Actor(subject=self.subject, role=role, request_id=self.request_id)


class ApplicantRight(Value, kw_only=True):
    """The right of an applicant to a change, for the same reason. `key` is the applicant's; `gone` is told where the
    login is not theirs any more."""

    subject: str
    request_id: str | None
    key: Key
    gone: type[Refusal]

    def granted(self, login: str | None) -> Actor:
        """Return the actor, by the login in the applicant's row; refuse any other one's."""
        if login != self.subject:
            raise self.gone
        return Actor(subject=self.subject, role="applicant", request_id=self.request_id)


Right: TypeAlias = AgentRight | ApplicantRight
By: TypeAlias = Right | Actor
"""In whose right something is changed. An actor has no row: the clock, an operator or a screening."""
