"""Short message: to a phone, by SMS or WhatsApp."""

from collections.abc import Mapping

from booking.domain.notices.reference import Reference
from booking.domain.values import Value, field


class ShortWords(Value, kw_only=True):
    """Words of a short message. They are made of a template that Meta has approved, its language and the texts of its
    places.
    """

    text: str
    template: str
    language: str
    places: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    """Where it is a code that proves a phone."""


class ShortMessage(Value, kw_only=True):
    """Message to one phone. `free`: the person wrote within a day, so that WhatsApp takes any text. `kind` is shown to
    developers, and sent to nobody; `reference` is for the provider.
    """

    to: str
    words: ShortWords
    free: bool = False
    kind: str | None = None
    reference: Reference | None = None
