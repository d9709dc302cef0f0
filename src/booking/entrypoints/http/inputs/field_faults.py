"""Faults of fields and parameters, in words for people, with codes for programs: made of msgspec's messages."""

import re

from booking.domain.fault import FaultCode
from booking.entrypoints.http.wire import COLOUR, EMAIL, LINK, LOCAL_TIME, LOCALE, NAME, PHONE

_ITEM = re.compile(r" - at `\$\[(?P<place>\d+|\.\.\.)\]`\Z")
"""The place of a list's item, at the end of a message."""

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "a time with its offset, such as 2026-12-08T10:00:00Z",
    "uuid": "a UUID, such as 5f0c6d1e-8a4b-4c57-9e0d-2b7a1c3d4e5f",
    "null": "null",
}

_FORMS = {
    NAME: "text with a character to be seen, and without NUL",
    EMAIL: "an email address, such as ada@example.org",
    PHONE: "a phone number with its country, such as +4915112345678",
    LOCALE: "a language, such as de-DE",
    LINK: "an address that starts with https://",
    LOCAL_TIME: "a time of day, such as 21:00",
    COLOUR: "a colour, such as #1f4b99",
}

_TOLD = tuple(
    (re.compile(message), code, words)
    for message, code, words in (
        (r"Expected `(?:int|float)` >= (.+)", FaultCode.OUT_OF_RANGE, "must be at least {0}"),
        (r"Expected `(?:int|float)` <= (.+)", FaultCode.OUT_OF_RANGE, "must be at most {0}"),
        (r"Expected `(?:str|array)` of length >= 1", FaultCode.WRONG_LENGTH, "must not be empty"),
        (r"Expected `str` of length >= (\d+)", FaultCode.WRONG_LENGTH, "must have at least {0} characters"),
        (r"Expected `str` of length <= (\d+)", FaultCode.WRONG_LENGTH, "must have at most {0} characters"),
        (r"Expected `array` of length >= (\d+)", FaultCode.WRONG_LENGTH, "must have at least {0} items"),
        (r"Expected `array` of length <= (\d+)", FaultCode.WRONG_LENGTH, "must have at most {0} items"),
        *(
            (re.escape(f"Expected `str` matching regex {form!r}"), FaultCode.WRONG_FORMAT, f"must be {what}")
            for form, what in _FORMS.items()
        ),
        (r"Expected `str` matching regex .*", FaultCode.WRONG_FORMAT, "has characters that are not allowed"),
        (r"Invalid RFC3339 .*", FaultCode.WRONG_FORMAT, f"must be {_KINDS['datetime']}"),
        (r"Invalid UUID", FaultCode.WRONG_FORMAT, f"must be {_KINDS['uuid']}"),
        (r"Invalid enum value .*", FaultCode.NOT_ONE_OF, "is none of the values that are allowed"),
        (r"Names something twice", FaultCode.REPEATED, "names something twice"),
    )
)
_OTHER_TYPE = re.compile(r"Expected `(.+?)`, got .*")


def told(message: str) -> tuple[str, FaultCode, str]:
    """Return the rest of the pointer, the code and the words of a message by msgspec."""
    place = ""
    if (item := _ITEM.search(message)) is not None:
        place, message = f"/{item['place']}" if item["place"].isdigit() else "", message[: item.start()]
    for form, code, words in _TOLD:
        if (found := form.fullmatch(message)) is not None:
            return place, code, words.format(*found.groups())
    if (found := _OTHER_TYPE.fullmatch(message)) is not None:
        kinds = [_KINDS.get(kind, kind) for kind in found[1].split(" | ")]
        return place, FaultCode.WRONG_TYPE, f"must be {' or '.join(kinds)}"
    return place, FaultCode.WRONG_FORMAT, "is not as it has to be"
