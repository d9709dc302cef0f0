"""Texts of an agency's own, with facts in place of their placeholders. They are plain text: nothing in them is run."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from babel import Locale

from booking.adapters.words.moments import Moments
from booking.adapters.words.plain_text import lines, one_line
from booking.domain.notices.facts import Facts, VisitFacts
from booking.domain.notices.template import Placeholder, filled, own_text

LONGEST_IN_SUBJECT = 60
"""Characters of a value in a subject or a heading, so that what stands after it is still seen."""

Values = Mapping[Placeholder, str | None]


def own_words(facts: Facts, locale: Locale, usual: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the usual subject, heading and paragraphs, with the agency's own in their place.

    A line of which a placeholder has nothing to say is left out; where nothing is left, what is usual stays. An agent
    whom the visit has left is told so in usual words, unless the agency has own ones for that.
    """
    text, values = own_text(facts.texts, locale.language), _values(facts, locale)
    if text.body is None or (facts.left and not (text.tells_of_giving and values.get(Placeholder.GIVEN_TO))):
        return usual
    own = {
        "subject": _filled(text.subject or "", values, LONGEST_IN_SUBJECT),
        "heading": _filled(text.heading or "", values, LONGEST_IN_SUBJECT),
        "paragraphs": [told for told in (_filled(line, values) for line in text.body.splitlines()) if told],
    }
    return {name: own[name] or said for name, said in usual.items()}


def _filled(line: str, values: Values, longest: int | None = None) -> str | None:
    told = filled(one_line(line), lambda name: one_line(values.get(name) or "", longest) or None)
    return told and told.strip()


def _values(facts: Facts, locale: Locale) -> Values:
    """Return the words that stand for placeholders, None where nothing is known."""
    visit = facts.visit or next(iter(facts.visits), None)
    moments = Moments(locale, visit.time_zone if visit else facts.agency.time_zone, facts.at)
    return {
        Placeholder.NAME: facts.to_name,
        Placeholder.AGENCY: facts.agency.name,
        Placeholder.REASON: facts.reason,
        Placeholder.DEADLINE: moments.full(facts.deadline) if facts.deadline else None,
        Placeholder.COUNT: str(len(facts.visits)),
        Placeholder.ENDPOINT: urlsplit(facts.endpoint_url).hostname if facts.endpoint_url else None,
        Placeholder.SINCE: moments.short(facts.failing_since) if facts.failing_since else None,
        Placeholder.GIVEN_TO: visit.agent_name if visit and facts.left else None,
        **(_of_visit(visit, moments) if visit else {}),
        **({Placeholder.DATE: moments.day(facts.day)} if facts.day else {}),
    }


def _of_visit(visit: VisitFacts, moments: Moments) -> Values:
    return {
        Placeholder.PLACE: visit.label or visit.area,
        Placeholder.AREA: visit.area,
        Placeholder.ADDRESS: ", ".join(lines(visit.address or "")),
        Placeholder.DIRECTIONS: visit.directions,
        Placeholder.MEETING_POINT: visit.meeting_point,
        Placeholder.DATE: moments.day_of(visit.start_time),
        Placeholder.TIME: moments.time(visit.start_time),
        Placeholder.END_TIME: moments.time(visit.end_time),
        Placeholder.ZONE: moments.zone_name(visit.start_time),
        Placeholder.AGENT_NAME: visit.agent_name,
        Placeholder.AGENT_PHONE: visit.agent_phone,
        Placeholder.APPLICANT_NAME: visit.applicant_name,
        Placeholder.BEFORE: moments.full(visit.moved_from) if visit.moved_from else None,
    }
