"""Messages of notices: the plain text of a kind, each line a paragraph, in a layout for HTML and in one for text."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from babel import Locale

from booking.adapters.words import catalogs, colours
from booking.adapters.words.environment import templates
from booking.adapters.words.moments import Moments
from booking.adapters.words.own_texts import own_words
from booking.adapters.words.plain_text import lines, one_line
from booking.adapters.words.samples import sample
from booking.domain.notices.calendar import CalendarStatus
from booking.domain.notices.facts import AgencyFacts, EntryOwner, EntryText, Facts, Message, VisitFacts
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Recipient

MOST_VISITS = 50
"""Visits that are listed in one message."""
LONGEST_IN_SUBJECT = 60
"""Characters of a place's name in a subject, so that the time after it is still seen."""
LONGEST_BESIDE_LOGO = 40
"""Characters of an agency's name that stand for a logo which is not shown."""
CARD = {"light": "#ffffff", "dark": "#1d1f22"}
"""Background that texts stand on."""


class JinjaWords:
    """Words by templates that are read once. Rendering is pure, and safe in threads."""

    def __init__(self) -> None:
        environment = templates()
        self._languages = catalogs.load()
        self._kinds = {
            (kind, recipient): environment.get_template(f"kinds/{kind}.{recipient}.txt")
            for kind, recipients in RECIPIENTS.items()
            for recipient in recipients
        }
        layouts = environment.overlay(trim_blocks=True, lstrip_blocks=True)
        self._html = layouts.get_template("layout.html")
        self._text = layouts.get_template("layout.txt")
        self._calendar = layouts.get_template("calendar.txt")

    sample = staticmethod(sample)

    def render(self, facts: Facts) -> Message:
        locale = catalogs.language([facts.locale, facts.agency.locale], self._languages)
        said: dict[str, Any] = {
            "catalog": self._languages[locale.language],
            "language": str(locale).replace("_", "-"),
            "by": facts.by,
            "asks": facts.asks,
            "left": facts.left,
            "released": facts.kind is NoticeKind.RELEASED,
            "recipient": facts.recipient,
            "to_name": _cleaned(facts.to_name),
            "unsubscribe_url": facts.unsubscribe_url,
            "reason": lines(facts.reason or ""),
            "links": {purpose.value: url for purpose, url in facts.links.items()},
            **_agency(facts.agency),
            **_visit(facts, locale),
        }
        kind = self._kinds[facts.kind, facts.recipient]
        context = kind.new_context(said)
        told = {name: "".join(block(context)) for name, block in kind.blocks.items()}
        usual = {
            "subject": " ".join(told["subject"].split()),
            "heading": " ".join(told["heading"].split()),
            "paragraphs": _lines(told["body"]),
        }
        laid_out = {**said, **own_words(facts, locale, usual)}
        laid_out["paragraphs"] = [*laid_out["paragraphs"], *_lines(told.get("question", ""))]
        return Message(subject=laid_out["subject"], text=self._text.render(laid_out), html=self._html.render(laid_out))

    def entry(self, visit: VisitFacts, of: EntryOwner, status: CalendarStatus) -> EntryText:
        locale = catalogs.language([of.locale, of.agency.locale], self._languages)
        said: dict[str, Any] = {
            "catalog": self._languages[locale.language],
            "status": status,
            "recipient": of.recipient,
            "visitor": _cleaned(visit.applicant_name),
            "place": next(iter(_present(visit.label, visit.area)), None),
            "rows": _details(visit, own=of.name if of.recipient is Recipient.AGENT else None),
            **dict.fromkeys(("to_name", "by", "more", "released")),  # of messages, which the labels are of as well
            **_agency(of.agency),
        }
        context = self._calendar.new_context(said)
        summary, description = ("".join(self._calendar.blocks[part](context)) for part in ("summary", "description"))
        return EntryText(summary=" ".join(summary.split()), description=description.strip())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _agency(agency: AgencyFacts) -> Mapping[str, Any]:
    """Return what the layouts say of the agency; links are https or none."""
    colour = colours.usable(agency.colour)
    return {
        "agency": _cleaned(agency.name),
        "colour": colour,
        "ink": colours.ink(colour),
        "accent": {scheme: colours.legible(colour, card) for scheme, card in CARD.items()},
        "card": CARD,
        "logo_url": _link(agency.logo_url),
        "logo_text": one_line(agency.name or "", LONGEST_BESIDE_LOGO),
        "reply_to": agency.reply_to,
        "mailto": quote(agency.reply_to, safe="@") if agency.reply_to else None,
        "phone": agency.phone,
        "website": _link(agency.website),
        "site": urlsplit(agency.website).hostname if _link(agency.website) else None,
    }


def _visit(facts: Facts, locale: Locale) -> Mapping[str, Any]:
    """Return what is said of visits, deadlines and days, in words of the locale."""
    visit = facts.visit or next(iter(facts.visits), None)
    moments = Moments(locale, visit.time_zone if visit else facts.agency.time_zone, facts.at)
    listed = [_listed(each, Moments(locale, each.time_zone, facts.at)) for each in facts.visits[:MOST_VISITS]]
    return {
        "visit": place_and_time(visit, moments) if visit else None,
        "rows": _rows(facts.visit, moments, own=_own_name(facts)) if facts.visit else {},
        "days_until": moments.days_until(visit.start_time) if visit else None,
        "until": moments.until(visit.start_time) if visit else None,
        "deadline": moments.full(facts.deadline) if facts.deadline else None,
        "visits": listed,
        "count": len(facts.visits) or int(facts.visit is not None),
        "more": len(facts.visits) - len(listed),
        "first": listed[0]["start"] if listed else None,
        "day": moments.day(facts.day) if facts.day else None,
        "endpoint": urlsplit(facts.endpoint_url).hostname if facts.endpoint_url else None,
        "since": moments.short(facts.failing_since) if facts.failing_since else None,
    }


def place_and_time(visit: VisitFacts, moments: Moments) -> str:
    """Return where and when, for a subject; only when, of a property without a name."""
    names = (one_line(name, LONGEST_IN_SUBJECT) for name in (visit.label, visit.area) if name)
    return ", ".join((*[name for name in names if name][:1], moments.short(visit.start_time)))


def _rows(visit: VisitFacts, moments: Moments, *, own: str | None) -> Mapping[str, list[str]]:
    """Return the lines of each detail of a visit that is known, but for the agent who is told: `own` is her name."""
    before = [moments.full(visit.moved_from)] if visit.moved_from else []
    times = {"when": list(moments.span(visit.start_time, visit.end_time)), **({"before": before} if before else {})}
    return {**times, **_details(visit, own=own)}


def _details(visit: VisitFacts, *, own: str | None) -> Mapping[str, list[str]]:
    rows = {
        "where": _present(visit.label, visit.area),
        "address": lines(visit.address or ""),
        "meeting_point": lines(visit.meeting_point or ""),
        "directions": lines(visit.directions or ""),
        "agent": _present(visit.agent_name, visit.agent_phone)
        if visit.agent_name is None or visit.agent_name != own
        else [],
        "applicant": _present(visit.applicant_name),
        "party": [str(visit.party_size)] if _is_party(visit) else [],
    }
    return {name: told for name, told in rows.items() if told}


def _own_name(facts: Facts) -> str | None:
    return facts.to_name if facts.recipient is Recipient.AGENT else None


def _listed(visit: VisitFacts, moments: Moments) -> Mapping[str, Any]:
    """Return a visit as one of several: its day, its times and the lines that describe it."""
    return {
        "day": moments.day_of(visit.start_time),
        "start": moments.time(visit.start_time),
        "times": moments.times(visit.start_time, visit.end_time),
        "lines": _present(visit.label or visit.area, ", ".join(lines(visit.address or "")), _visitor(visit)),
    }


def _visitor(visit: VisitFacts) -> str | None:
    """Return who comes, with the number of people where that is more than one."""
    return f"{visit.applicant_name} ({visit.party_size})" if _is_party(visit) else visit.applicant_name


def _is_party(visit: VisitFacts) -> bool:
    return visit.applicant_name is not None and (visit.party_size or 1) > 1


def _present(*texts: str | None) -> list[str]:
    return [text for text in map(_cleaned, texts) if text]


def _cleaned(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _link(url: str | None) -> str | None:
    return url if url is not None and url.startswith("https://") else None
