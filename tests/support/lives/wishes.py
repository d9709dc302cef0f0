"""Wishes of people, and what providers said of their addresses: messages that go against them."""

from collections.abc import Iterable

from tests.support.lives.agency import Agency, Person
from tests.support.lives.evidence import SeenNotice
from tests.support.lives.fates import Letter
from tests.support.lives.timeline import GRACE


def unwished(letter: Letter, agency: Agency) -> Iterable[str]:
    """Say that a message goes to somebody who had said that they do not want it, or cannot get it."""
    notice, latest = letter.notice, letter.at - GRACE
    if agency.agent_refused.get(letter.to, letter.at) < latest:
        yield "to an agent whose address was refused"
    person = _person(agency, notice)
    if person is None:
        return
    if person.erased_at is not None and person.erased_at < latest:
        yield "to an erased person"
    if person.refused.get(letter.to, letter.at) < latest:
        yield "to an address that was refused"
    if all(one is not None and notice.channel not in one for one in person.channels.lately(letter.at)):
        yield f"by {notice.channel}, which is not wanted"
    if notice.channel == "email" and notice.kind == "reminder" and all(person.unsubscribed.lately(letter.at)):
        yield "to somebody who has unsubscribed"
    if notice.channel == "whatsapp" and all(person.stopped.lately(letter.at)):
        yield "after STOP"


def _person(agency: Agency, notice: SeenNotice) -> Person | None:
    return next((one for one in agency.people if one.id == notice.recipient_id), None)
