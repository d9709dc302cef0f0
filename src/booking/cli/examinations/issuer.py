"""The issuer of tokens: whether its keys can be had, and its clock is ours."""

import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import msgspec

from booking.adapters.tokens.verifying_keys import verifying_keys
from booking.cli.examinations.diagnosis import Diagnosis
from booking.config import AuthSettings

ABOUT = "issuer"
PATIENCE = 5.0  # seconds
DRIFT = 30.0  # seconds between the clocks; tokens have some leeway


async def issuer(settings: AuthSettings) -> AsyncIterator[Diagnosis]:
    if settings.jwks_url is None:
        yield Diagnosis(ABOUT, "its secret is configured", "" if settings.issuer else "set BOOKING_AUTH_ISSUER as well")
        return
    import httpx  # 40 ms and 3 MB

    try:
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False) as http:
            answer = await http.get(settings.jwks_url)
        keys = verifying_keys(answer.raise_for_status().content)
    except (httpx.HTTPError, msgspec.MsgspecError) as error:
        says = f"its keys cannot be had ({type(error).__name__})"
        yield Diagnosis(ABOUT, says, "see BOOKING_AUTH_JWKS_URL: nobody new is let in", fault=True)
        return
    if not keys:
        yield Diagnosis(ABOUT, "it publishes no key of use", "use EC P-256, or RSA of 2048 bits", fault=True)
    else:
        yield Diagnosis(ABOUT, f"it publishes {len(keys)} key{'' if len(keys) == 1 else 's'}")
    if (date := answer.headers.get("Date")) is not None:
        apart = parsedate_to_datetime(date).timestamp() - time.time()
        if abs(apart) > DRIFT:
            yield Diagnosis("clock", f"the issuer's is {apart:+.0f} s off this host's", "let it follow NTP", fault=True)
