"""Where a life begins: who there is, what is offered, and the rules that an admin may set."""

from booking.domain.people.applicant import RiskLevel
from booking.domain.properties.policy import Settings
from tests.model.reference import DAY, Rules, Slot

PEOPLE = {"ana": "LOW", "ben": "LOW", "cleo": "MEDIUM", "dan": "LOW", "eva": "MEDIUM", "finn": "LOW"}
AGENTS = ("one", "other")
PLACES = ("attic", "barn")

RULES = (
    Rules(),
    Rules(approve=("LOW", "MEDIUM")),
    Rules(approve=("MEDIUM", "LOW")),
    Rules(approve=("MEDIUM",), limit=2),
    Rules(approve=("LOW", "MEDIUM"), approve_within=20, cancels=True),
    Rules(notice=60, horizon=DAY, cutoff=90),
    Rules(limit=1, offer=5, cancels=True),
    Rules(property_limit=1, hold=2, holds=1),
)


def slots() -> list[Slot]:
    """Two at once, the next right after the first, and one beyond the horizon of a day."""
    return [
        Slot("a", "attic", "one", 600, 660, 1),
        Slot("b", "barn", "other", 600, 660, 2),
        Slot("c", "attic", "one", 660, 720, 1),
        Slot("d", "barn", "one", 1800, 1860, 3),
    ]


def settings_of(rules: Rules) -> Settings:
    return Settings(
        notice_seconds=60 * rules.notice,
        cancellation_cutoff_seconds=60 * rules.cutoff,
        horizon_days=None if rules.horizon is None else rules.horizon // DAY,
        max_live_bookings=rules.limit,
        max_live_bookings_per_property=rules.property_limit,
        hold_seconds=60 * rules.hold,
        max_live_holds=rules.holds,
        offer_seconds=60 * rules.offer,
        approval_levels=tuple(map(RiskLevel, rules.approve)),
        approval_seconds=60 * rules.approve_within,
        approval_before_start_seconds=60 * rules.approve_before,
        cancel_when_ineligible=rules.cancels,
    )
