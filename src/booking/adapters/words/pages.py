"""Pages of links: a title, paragraphs and a form in one layout, in the words of `templates/pages`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from babel import Locale

from booking.adapters.words import catalogs, colours
from booking.adapters.words.environment import templates
from booking.adapters.words.moments import Moments
from booking.adapters.words.plain_text import one_line
from booking.domain.notices.facts import AgencyFacts, VisitFacts
from booking.domain.notices.page import Page, PageFacts, PageName

BACKGROUNDS = {"light": "#ffffff", "dark": "#1d1f22"}
NO_AGENCY = AgencyFacts(time_zone="UTC")


class JinjaPages:
    """Pages by templates that are read once."""

    def __init__(self) -> None:
        environment = templates()
        self._languages = catalogs.load()
        self._pages = {name: environment.get_template(f"pages/{name}.txt") for name in PageName}
        self._refused = environment.get_template("pages/refused.txt")
        layouts = environment.overlay(trim_blocks=True, lstrip_blocks=True)
        self._layout = layouts.get_template("pages/layout.html")
        self._style = layouts.get_template("pages/style.css")

    def write(self, facts: PageFacts) -> Page:
        locale = catalogs.language(list(facts.languages), self._languages)
        style = self._style.render(_colours(facts.agency or NO_AGENCY))
        said = {
            "catalog": self._languages[locale.language],
            "language": str(locale).replace("_", "-"),
            "done": facts.done,
            "changed": facts.changed,
            "pending": facts.pending,
            "released": facts.released,
            "refused": facts.refused,
            "group": facts.group,
            **_agency(facts.agency or NO_AGENCY),
            **_visit(facts, locale),
        }
        blocks = self._pages[facts.name].blocks
        context = self._pages[facts.name].new_context(said)
        told = {name: "".join(blocks[name](context)) for name in blocks}
        html = self._layout.render(
            **said,
            style=style,
            title=" ".join(told["title"].split()),
            paragraphs=_lines(told["body"]),
            button=" ".join(told.get("button", "").split()),
            undo=" ".join(told.get("undo", "").split()),
            why=_lines(self._refused.render(said)) if facts.refused else [],
        )
        return Page(html=html, language=said["language"], style=style)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _colours(agency: AgencyFacts) -> Mapping[str, Any]:
    colour = colours.usable(agency.colour)
    return {
        "colour": colour,
        "ink": colours.ink(colour),
        "accent": {scheme: colours.legible(colour, behind) for scheme, behind in BACKGROUNDS.items()},
        "backgrounds": BACKGROUNDS,
    }


def _agency(agency: AgencyFacts) -> Mapping[str, Any]:
    website = agency.website if agency.website and agency.website.startswith("https://") else None
    return {
        "agency": one_line(agency.name) if agency.name else None,
        "phone": agency.phone,
        "website": website,
        "site": urlsplit(website).hostname if website else None,
    }


def _visit(facts: PageFacts, locale: Locale) -> Mapping[str, Any]:
    visit = facts.visit
    if visit is None or facts.at is None:
        return {"place": [], "when": [], "deadline": None, "choices": []}
    moments = Moments(locale, visit.time_zone, facts.at)
    choices = [
        {"id": str(one.id), "day": moments.day_of(one.start_time), "times": moments.times(one.start_time, one.end_time)}
        for one in facts.choices
    ]
    return {
        "place": _place(visit),
        "when": list(moments.span(visit.start_time, visit.end_time)),
        "deadline": moments.full(facts.deadline) if facts.deadline else None,
        "choices": choices,
    }


def _place(visit: VisitFacts) -> list[str]:
    return [line for line in (one_line(name) for name in (visit.label, visit.area) if name) if line]
