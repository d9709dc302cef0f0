"""Tables of docs/notices.md, made of the rules that decide. `python -m tools.notice_table` writes them anew."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from booking import files
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.plan import DEFAULT_PLAN
from booking.domain.notices.rules import CHANNELS, RULES, WANTED, Urgency
from booking.domain.notices.times import DAY_AHEAD, DAY_BEGINS, LONGEST_WARNING, SHORTEST_WARNING
from booking.domain.notices.unsubscription import GROUPS
from booking.domain.people.contact import Channel

PAGE = files.path("docs/notices.md")
BETWEEN = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end -->)", re.DOTALL)
HEAD = ("event", "notice", "is told to", "by", "when", "what stops it")
TOLD = {
    Recipient.APPLICANT: "the applicant",
    Recipient.AGENT: "the agent",
    Recipient.ORGANIZATION: "the organization's address",
}
WAITING = {
    NoticeKind.OFFER_MADE: "who waits",
    NoticeKind.OFFER_ENDING: "who waits",
    NoticeKind.WAITLIST_CLOSED: "who waits",
    NoticeKind.PLACE_FREED: "who watches",
}
"""Applicants without a visit."""
WHEN = {
    Urgency.AT_ONCE: "at once",
    Urgency.SOON: "at once within 24 hours of the visit, else after quiet hours",
    Urgency.WAITS: "after quiet hours",
}
STOPS = {
    NoticeKind.AGENT_DAY: "no confirmed visit of it is to come",
    NoticeKind.SLOTS_WITHDRAWN: "nothing: it has happened",
    NoticeKind.WAITLIST_CLOSED: "nothing: it has happened",
    NoticeKind.SLOTS_SKIPPED: "none of them is to come, or their schedules have ended",
    NoticeKind.CALENDAR_CONFLICT: "none of the slots is there any more, or all have begun",
    NoticeKind.CALENDAR_UNREADABLE: "it can be read again, or is removed",
    NoticeKind.PLACE_FREED: (
        "the place is taken, the person has a claim there, has dismissed it, or watches no more, or the visit has begun"
    ),
    NoticeKind.WEBHOOK_FAILING: "it answers again, or is disabled",
    NoticeKind.WEBHOOK_DISABLED: "it is enabled again",
}


def table() -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (HEAD, ["---"] * len(HEAD), *_events(), *_planned()))


def _events() -> Iterable[Sequence[str]]:
    for rule in RULES:
        for one in rule.recipients:
            event = f"`{rule.event}`" + (f" to `{rule.to_state}`" if rule.to_state else "")
            yield event, *_told(rule.kind, one), WHEN[rule.urgency], _stops(rule.kind)


def _planned() -> Iterable[Sequence[str]]:
    offsets = " and ".join(_hours(one) for one in DEFAULT_PLAN.offsets)
    most, least = _minutes(LONGEST_WARNING), _minutes(SHORTEST_WARNING)
    warning = f"when a quarter of its time is left, {most} at most; not below {least}"
    yield (
        *("a confirmed visit comes", *_told(NoticeKind.REMINDER, Recipient.APPLICANT)),
        *(f"{offsets} before it; before quiet hours", _stops(NoticeKind.REMINDER)),
    )
    yield (
        *("no answer by the plan's deadline, and not released", *_told(NoticeKind.UNANSWERED, Recipient.AGENT)),
        *("at once, where the plan releases visits", f"somebody says so, or {_stops(NoticeKind.UNANSWERED)}"),
    )
    yield (
        *("an offer is about to end", *_told(NoticeKind.OFFER_ENDING, Recipient.APPLICANT)),
        *(warning, _stops(NoticeKind.OFFER_ENDING)),
    )
    yield (
        *("an agent has links sent", f"`{NoticeKind.LINKS}`", TOLD[Recipient.APPLICANT], str(Channel.EMAIL)),
        *("at once, once a minute at most", _stops(NoticeKind.LINKS)),
    )
    yield (
        *("a day with confirmed visits begins", *_told(NoticeKind.AGENT_DAY, Recipient.AGENT)),
        *(
            f"at {DAY_BEGINS:%H:%M} by the organization's clock, or {_hours(DAY_AHEAD)} before the first of them if"
            " that is earlier; after quiet hours",
            _stops(NoticeKind.AGENT_DAY),
        ),
    )
    yield (
        *("a place comes free at a property that is watched", *_told(NoticeKind.PLACE_FREED, Recipient.APPLICANT)),
        *("in order of arrival, once a day at most; after quiet hours", _stops(NoticeKind.PLACE_FREED)),
    )
    yield (
        *("a message to a phone has no outcome", *_told(NoticeKind.OUTCOME_UNKNOWN, Recipient.AGENT)),
        *("at once", "the booking was moved, or has begun"),
    )


def _told(kind: NoticeKind, recipient: Recipient) -> Sequence[str]:
    told = WAITING.get(kind) if recipient is Recipient.APPLICANT else None
    return f"`{kind}`", told or TOLD[recipient], ", ".join(CHANNELS[recipient])


def _stops(kind: NoticeKind) -> str:
    if kind not in WANTED:
        return STOPS[kind] + _unsubscribed(kind)
    states = " or ".join(f"`{one}`" for one in sorted(WANTED[kind]))
    return f"the booking is not {states} any more, was moved, or has begun{_unsubscribed(kind)}"


def _unsubscribed(kind: NoticeKind) -> str:
    return "; the recipient has unsubscribed" if kind in GROUPS else ""


def _hours(one: timedelta) -> str:
    count = one // timedelta(hours=1)
    return "an hour" if count == 1 else f"{count} hours"


def _minutes(one: timedelta) -> str:
    return f"{one // timedelta(minutes=1)} minutes"


def main() -> None:
    PAGE.write_text(BETWEEN.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
