"""Page of a property's figures, in the words of `templates/reports`: for one sheet of paper."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from booking import time_zones
from booking.adapters.words import catalogs, charts, colours
from booking.adapters.words.charts import Chart
from booking.adapters.words.environment import templates
from booking.adapters.words.moments import Moments
from booking.adapters.words.plain_text import one_line
from booking.domain.figures.figures import Row
from booking.domain.figures.periods import ReportGroup
from booking.domain.figures.property_page import PropertyFacts
from booking.domain.notices.page import Page

KINDS = ("attended", "not_recorded", "coming", "no_show", "cancelled")
"""Parts of a bar, from the bottom up."""


class PropertyPages:
    """Pages by a template that is read once."""

    def __init__(self) -> None:
        environment = templates().overlay(trim_blocks=True, lstrip_blocks=True)
        self._languages = catalogs.load()
        self._layout = environment.get_template("reports/property.html")
        self._style = environment.get_template("reports/property.css")

    def write(self, facts: PropertyFacts) -> Page:
        locale = catalogs.language(list(facts.languages), self._languages)
        colour = colours.usable(facts.agency.colour)
        style = self._style.render(colour=colour, ink=colours.ink(colour))
        language = str(locale).replace("_", "-")
        html = self._layout.render(
            catalog=self._languages[locale.language],
            language=language,
            style=style,
            width=charts.WIDTH,
            height=charts.HEIGHT,
            kinds=KINDS,
            agency=one_line(facts.agency.name) if facts.agency.name else None,
            home=one_line(facts.label) if facts.label else None,
            area=one_line(facts.area) if facts.area else None,
            agent=one_line(facts.agent) if facts.agent else None,
            by_week=facts.group is ReportGroup.WEEK,
            times=_chart(facts.times, [_day(row.label.key, locale) for row in facts.times]),
            hours=_chart(facts.hours, [f"{row.label.key}" for row in facts.hours]),
            total=facts.total,
            **_period(facts, locale),
            **_numbers(facts, locale),
        )
        return Page(html=html, language=language, style=style)


def _chart(rows: Sequence[Row], labels: Sequence[str]) -> Chart:
    return charts.stacked([[(kind, getattr(row.figures, kind)) for kind in KINDS] for row in rows], labels)


def _day(day: date, locale: Locale) -> str:
    return format_skeleton("MMMd", day, locale=locale)


def _period(facts: PropertyFacts, locale: Locale) -> Mapping[str, Any]:
    zone = time_zones.zone(facts.time_zone)
    last = facts.period.until - timedelta(microseconds=1)
    return {
        "first": format_date(facts.period.since.astimezone(zone).date(), "long", locale),
        "last": format_date(last.astimezone(zone).date(), "long", locale),
        "at": Moments(locale, facts.time_zone, facts.at).full(facts.at),
    }


def _numbers(facts: PropertyFacts, locale: Locale) -> Mapping[str, Any]:
    of = facts.total
    return {
        "fill": None
        if of.fill is None
        else format_percent(of.fill, "0 %" if locale.language != "en" else "0%", locale),
        "lead": None if of.lead_hours is None else format_decimal(round(of.lead_hours / 24, 1), locale=locale),
        "rating": facts.rating and format_decimal(facts.rating.mean, "0.0", locale),
        "ratings": facts.rating and facts.rating.ratings,
    }
