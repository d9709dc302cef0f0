"""Short texts, for phones: one sentence or two a kind, which are WhatsApp's templates, too."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale
from jinja2 import Template, meta

from booking.adapters.words import catalogs
from booking.adapters.words.environment import TEMPLATES, templates
from booking.adapters.words.moments import Moments
from booking.adapters.words.plain_text import one_line
from booking.adapters.words.words import place_and_time
from booking.domain.notices.facts import Facts
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Recipient
from booking.domain.notices.short_message import ShortWords

CODE, ASKING = "code", "reminder_asking"
LINKED = {
    ASKING: LinkPurpose.CONFIRM,
    str(NoticeKind.OFFER_MADE): LinkPurpose.ACCEPT_OFFER,
    str(NoticeKind.OFFER_ENDING): LinkPurpose.ACCEPT_OFFER,
    str(NoticeKind.RELEASED): LinkPurpose.CONFIRM,
}
"""Texts that there are with a link, too, and what it is for."""
LINK = "_link"
BY_EMAIL_ALONE = (NoticeKind.LINKS,)
KINDS = (
    *(str(kind) for kind, to in RECIPIENTS.items() if Recipient.APPLICANT in to and kind not in BY_EMAIL_ALONE),
    ASKING,
    *(name + LINK for name in LINKED),
    CODE,
)
PREFIX = "booking_"
"""Of the names of WhatsApp's templates."""
META_LANGUAGES = {"pt": "pt_PT"}
"""Languages that Meta names otherwise."""
LONGEST_AGENCY = 40  # characters


class ShortTexts:
    """Texts that are read once. Rendering is pure, and safe in threads."""

    def __init__(self) -> None:
        environment = templates()
        self._languages = catalogs.load()
        self._texts: dict[str, Template] = {}
        self._places: dict[str, Sequence[str]] = {}
        for name in (*KINDS, "somebody"):
            self._texts[name] = environment.get_template(f"short/{name}.txt")
            source = (TEMPLATES / "short" / f"{name}.txt").read_text(encoding="utf-8")
            self._places[name] = sorted(meta.find_undeclared_variables(environment.parse(source)))

    def render(self, facts: Facts) -> ShortWords:
        """Write a notice for a phone, in the recipient's language, or else the agency's, or else English."""
        locale = catalogs.language([facts.locale, facts.agency.locale], self._languages)
        visit = facts.visit
        moments = Moments(locale, visit.time_zone if visit else facts.agency.time_zone, facts.at)
        name = ASKING if facts.asks else str(facts.kind)
        link = facts.links.get(LINKED[name]) if name in LINKED else None
        said = {
            "agency": one_line(facts.agency.name or "", LONGEST_AGENCY) or self._written("somebody", locale, {}),
            "visit": place_and_time(visit, moments) if visit else "",
            "deadline": moments.short(facts.deadline) if facts.deadline else "",
            "link": link or "",
        }
        return self._words(name + LINK if link else name, locale, said)

    def code(self, code: str, locales: Sequence[str | None]) -> ShortWords:
        """Write the message with a code, in the first of these languages that there are words of."""
        return self._words(CODE, catalogs.language([*locales], self._languages), {"code": code}, code=code)

    def approved(self, name: str, language: str) -> str:
        """Return a text as WhatsApp's operator has it approved, with its places by their names."""
        places = {place: f"{{{{{place}}}}}" for place in self._places[name]}
        return self._written(name, Locale(language), places)

    def _words(self, name: str, locale: Locale, said: Mapping[str, str], code: str | None = None) -> ShortWords:
        return ShortWords(
            text=self._written(name, locale, said),
            template=PREFIX + name,
            language=META_LANGUAGES.get(locale.language, locale.language),
            places={place: said[place] for place in self._places[name]},
            code=code,
        )

    def _written(self, name: str, locale: Locale, said: Mapping[str, Any]) -> str:
        return self._texts[name].render({"catalog": self._languages[locale.language], **said}).strip()
