"""Random codes that prove a phone."""

import secrets

from booking.domain.people.phone_code import LENGTH


def new_phone_code() -> str:
    return f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
