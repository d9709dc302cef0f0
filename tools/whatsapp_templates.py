"""Print the templates that Meta has to approve, one JSON object a line, as its API takes them: whatsapp_templates.py"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from booking.adapters.words import catalogs
from booking.adapters.words.short_texts import CODE, KINDS, META_LANGUAGES, PREFIX, ShortTexts

EXAMPLES = {
    "agency": "Casa Clara",
    "visit": "Rua das Flores 12, 29/03, 14:30",
    "deadline": "28/03, 16:30",
    "link": "https://visits.example.com/l/Wm9yYQ",
}
"""Texts of the places, which Meta asks for."""


def templates() -> Iterable[Mapping[str, Any]]:
    texts = ShortTexts()
    for name in KINDS:
        for language in catalogs.load():
            named = {"name": PREFIX + name, "language": META_LANGUAGES.get(language, language)}
            yield {**named, **(_code() if name == CODE else _notice(texts, name, language))}


def _notice(texts: ShortTexts, name: str, language: str) -> Mapping[str, Any]:
    text = texts.approved(name, language)
    used = [{"param_name": place, "example": one} for place, one in EXAMPLES.items() if f"{{{{{place}}}}}" in text]
    body = {"type": "BODY", "text": text, "example": {"body_text_named_params": used}}
    return {"category": "UTILITY", "parameter_format": "NAMED", "components": [body]}


def _code() -> Mapping[str, Any]:
    """Return the template of a code, whose text is Meta's own."""
    button = {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}
    body = {"type": "BODY", "add_security_recommendation": True}
    return {
        "category": "AUTHENTICATION",
        "components": [body, {"type": "FOOTER", "code_expiration_minutes": 10}, button],
    }


if __name__ == "__main__":
    for one in templates():
        print(json.dumps(one, ensure_ascii=False))
