"""Short texts: what phones are told in each language, and the templates that Meta approves of the same texts."""

import re
from datetime import timedelta

import pytest

from booking.adapters.words import catalogs
from booking.adapters.words.samples import AGENCY, VISIT, sample
from booking.adapters.words.short_texts import KINDS, ShortTexts
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.values import replace
from tools.whatsapp_templates import templates

TEXTS = ShortTexts()
NOTICES = [NoticeKind(kind) for kind in KINDS if kind in set(NoticeKind)]


@pytest.mark.parametrize("locale", sorted(catalogs.load()))
@pytest.mark.parametrize("kind", NOTICES)
def test_a_text_says_which_visit_and_whose_in_two_parts_of_a_message_at_most(kind: NoticeKind, locale: str) -> None:
    words = TEXTS.render(sample(kind, Recipient.APPLICANT, locale))
    assert {"agency", "visit"} <= words.places.keys()
    for text in words.places.values():
        assert text in words.text
    assert 20 < len(words.text) <= 268  # four parts of 67 letters, as SMS count them outside of GSM's alphabet
    assert "\n" not in words.text


def test_a_reminder_reads_so() -> None:
    facts = sample(NoticeKind.REMINDER, Recipient.APPLICANT, "en-GB")
    words = TEXTS.render(facts)
    assert words.text == (
        "Message from Casa Clara Imobiliária: this is a reminder of your visit, T2 with a balcony, Rua das Flores 12,"
        " Mon 29 Mar, 14:30. If you cannot come, please cancel in good time."
    )
    assert (words.template, words.language, words.code) == ("booking_reminder", "en", None)


def test_a_reminder_that_asks_says_until_when() -> None:
    facts = sample(NoticeKind.REMINDER, Recipient.APPLICANT, "en-GB")
    words = TEXTS.render(replace(facts, asks=True, deadline=VISIT.start_time - timedelta(hours=3)))
    assert words.text == (
        "Message from Casa Clara Imobiliária: are you coming to your visit, T2 with a balcony, Rua das Flores 12,"
        " Mon 29 Mar, 14:30? Please answer YES by Mon 29 Mar, 11:30, or somebody else may have your place."
    )
    assert words.template == "booking_reminder_asking"


def test_a_reminder_that_asks_has_the_link_that_answers() -> None:
    facts = sample(NoticeKind.REMINDER, Recipient.APPLICANT, "en-GB")
    links = {LinkPurpose.CONFIRM: "https://visits.example.com/l/abc", LinkPurpose.CANCEL: "https://other.example"}
    asking = replace(facts, asks=True, deadline=VISIT.start_time - timedelta(hours=3), links=links)
    words = TEXTS.render(asking)
    assert words.text == (
        "Message from Casa Clara Imobiliária: are you coming to your visit, T2 with a balcony, Rua das Flores 12,"
        " Mon 29 Mar, 14:30? Please say so by Mon 29 Mar, 11:30: https://visits.example.com/l/abc"
        " Otherwise somebody else may have your place."
    )
    assert (words.template, words.places["link"]) == (
        "booking_reminder_asking_link",
        "https://visits.example.com/l/abc",
    )
    assert "https" not in TEXTS.render(replace(asking, asks=False)).text


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        (NoticeKind.OFFER_MADE, LinkPurpose.ACCEPT_OFFER),
        (NoticeKind.OFFER_ENDING, LinkPurpose.ACCEPT_OFFER),
        (NoticeKind.RELEASED, LinkPurpose.CONFIRM),
    ],
)
@pytest.mark.parametrize("locale", sorted(catalogs.load()))
def test_an_offer_has_the_link_that_accepts_it_and_a_release_the_one_that_takes_it_back(
    kind: NoticeKind, purpose: LinkPurpose, locale: str
) -> None:
    link = "https://visits.example.com/l/abc"
    links = {LinkPurpose.DECLINE_OFFER: "https://other.example", purpose: link}
    words = TEXTS.render(replace(sample(kind, Recipient.APPLICANT, locale), links=links))
    assert f": {link} " in words.text
    assert "other" not in words.text
    assert (words.template, words.places["link"]) == (f"booking_{kind}_link", link)


def test_an_agency_without_a_name_is_the_persons_own() -> None:
    facts = sample(NoticeKind.CONFIRMED, Recipient.APPLICANT, "pt-BR")
    words = TEXTS.render(replace(facts, agency=replace(AGENCY, name=None)))
    assert words.text.startswith("Mensagem de a sua agência: ")
    assert words.language == "pt_PT"


def test_what_people_wrote_makes_no_line_and_no_place_of_a_template() -> None:
    facts = sample(NoticeKind.CONFIRMED, Recipient.APPLICANT, "en")
    visit = replace(VISIT, label="{{agency}}\n\tgarden", start_time=VISIT.start_time + timedelta(days=400))
    words = TEXTS.render(replace(facts, visit=visit))
    assert "{{agency}} garden, Tue, May 2, 2028" in words.text
    assert not re.search(r"[\n\t]| {4}", "".join(words.places.values()))


def test_a_code_is_told_in_the_first_language_that_there_is() -> None:
    words = TEXTS.code("204917", [None, "xx", "es-MX", "pt"])
    assert words.text.startswith("Su código es 204917.")
    assert (words.template, words.language, words.places, words.code) == (
        "booking_code",
        "es",
        {"code": "204917"},
        "204917",
    )


def test_each_text_is_a_template_that_begins_and_ends_with_words() -> None:
    found = list(templates())
    assert {(one["name"], one["language"]) for one in found} == {
        (f"booking_{kind}", language) for kind in KINDS for language in ("en", "es", "pt_PT")
    }
    for one in found:
        if one["category"] == "UTILITY":
            [body] = one["components"]
            named = [place["param_name"] for place in body["example"]["body_text_named_params"]]
            assert sorted(re.findall(r"\{\{(\w+)\}\}", body["text"])) == sorted(named)
            assert not re.search(r"^\W*\{\{|\}\}\W*$", body["text"])
