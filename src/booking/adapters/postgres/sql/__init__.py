"""Statements in SQL, a file for each noun. Shared rules stand once, in fragments/: start there.

The repositories beside this package read them by name when they are imported.
"""

from pathlib import Path

from booking.adapters.postgres.engine.sql_files import SqlFiles
from booking.domain.notices.deadline import READ
from booking.domain.notices.plan import DEFAULT_PLAN
from booking.domain.notices.rules import WANTED
from booking.domain.notices.times import SKIPPED_TOGETHER
from booking.domain.notices.unsubscription import GROUPS
from booking.domain.visits.booking import TAKE_BACK, UNMADE, VISITS
from booking.domain.visits.commitments import COOL_DOWN
from booking.domain.visits.slot import LONGEST
from booking.domain.visits.watch import TOLD_FOR

_files = SqlFiles(
    Path(__file__).parent,
    constants={
        "cool_down": f"interval '{COOL_DOWN.total_seconds():.0f} s'",
        "told_for": f"interval '{TOLD_FOR.total_seconds():.0f} s'",
        "take_back": f"interval '{TAKE_BACK.total_seconds():.0f} s'",
        "read": f"interval '{READ.total_seconds():.0f} s'",
        "skipped_together": f"interval '{SKIPPED_TOGETHER.total_seconds():.0f} s'",
        "longest": f"interval '{LONGEST.total_seconds():.0f} s'",
        "default_channels": f"ARRAY{[str(channel) for channel in DEFAULT_PLAN.channels]}",
        "default_offsets": f"ARRAY{[f'{before.total_seconds():.0f} s' for before in DEFAULT_PLAN.offsets]}::interval[]",
        "notice_groups": ", ".join(f"('{kind}', '{group}')" for kind, group in GROUPS.items()),
        "unmade_states": ", ".join(f"'{status}'" for status in sorted(UNMADE)),
        "visit_states": ", ".join(f"'{status}'" for status in sorted(VISITS)),
        "wanted_states": ", ".join(
            f"('{kind}', '{status}')" for kind, statuses in WANTED.items() for status in sorted(statuses)
        ),
    },
)

query, composed, fragment = _files.query, _files.composed, _files.fragment
