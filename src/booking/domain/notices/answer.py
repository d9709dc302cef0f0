"""Answers of people to messages on their phones."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from booking.domain.people.contact import Channel
from booking.domain.values import Value


class Meaning(StrEnum):
    STOP = "stop"
    """No more messages by this channel."""
    START = "start"
    """Messages again, after a STOP."""
    YES = "yes"
    """The person is coming, if they were asked."""
    OTHER = "other"


WORDS = {
    Meaning.STOP: {
        "stop",
        "stop all",
        "stopall",
        "unsubscribe",
        "end",
        "quit",
        "parar",
        "pare",
        "sair",
        "baja",
        "alto",
    },
    Meaning.YES: {"yes", "sim", "si"},
    Meaning.START: {"start", "unstop", "subscribe", "iniciar", "comecar", "alta", "reanudar"},
}
"""Whole answers, without accents and signs, in the languages of our texts."""


class Answer(Value, kw_only=True):
    """Message of a person from a phone, in E.164. `about`: the provider's name of the message that it is to, if any."""

    phone: str
    channel: Channel
    text: str
    at: datetime
    about: str | None = None

    @property
    def meaning(self) -> Meaning:
        said = _plain(self.text)
        return next((meaning for meaning, words in WORDS.items() if said in words), Meaning.OTHER)


def _plain(text: str) -> str:
    """Return the words alone, in small letters."""
    letters = unicodedata.normalize("NFKD", text[:200]).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", kept))
