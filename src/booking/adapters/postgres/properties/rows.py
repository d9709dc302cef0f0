"""Rows of policies."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from booking.adapters.postgres.rows import Words
from booking.domain.people.applicant import RiskLevel
from booking.domain.properties.policy import Policy, Settings

_LEVELS = Words(RiskLevel)

RULE_NAMES = tuple(name for name in Policy.__annotations__ if name != "withdrawn_from")
"""What admins set."""


def settings_from(row: Any) -> Settings:
    """Read a row of policies, also one that comes as JSON."""
    values = {name: row[name] for name in RULE_NAMES}
    if values["approval_levels"] is not None:
        values["approval_levels"] = tuple([_LEVELS[level] for level in values["approval_levels"]])
    withdrawn_from = row["withdrawn_from"]
    if isinstance(withdrawn_from, str):
        withdrawn_from = datetime.fromisoformat(withdrawn_from)
    return Settings(**values, withdrawn_from=withdrawn_from, version=row["version"])


@lru_cache(maxsize=1024)
def policy_of(rules: str | None) -> Policy:
    """Read {rules}. Few are set, and every row of a list comes with the same."""
    policy = Policy()
    for of in msgspec.json.decode(rules) if rules else ():
        policy = policy.overridden_by(settings_from(of) if of else None)
    return policy
