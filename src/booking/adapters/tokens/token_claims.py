"""Strict reader of a genuine token: its required claims, and the claims of the bearer (ADR 5)."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from booking.config import AuthSettings
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import clean_name
from booking.domain.people.caller import Agency, Claims
from booking.domain.refusals import Unauthenticated

LEEWAY = 30.0  # seconds that the issuer's clock and ours may differ

_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NO_CONTROLS = r"\A[^\x00-\x1f\x7f-\x9f]*\Z"  # PostgreSQL refuses some of them, and people read the logs

LAST = 253_402_300_799.0
# Years 1970 to 9999: whoever counts in milliseconds would otherwise issue tokens that never expire.
NumericDate = Annotated[float, Meta(ge=0, le=LAST)]


class _Payload(msgspec.Struct):
    """The claims that count; required ones have no default. Of `user_metadata`, its owner's to edit, a name is read."""

    sub: Annotated[str, Meta(min_length=1, max_length=255, pattern=_NO_CONTROLS)]
    aud: str | list[str]
    exp: NumericDate
    role: Literal["authenticated"]
    nbf: NumericDate = 0
    iat: NumericDate = 0
    iss: object = None
    is_anonymous: bool = False
    email: Annotated[str, Meta(max_length=320, pattern=_NO_CONTROLS)] | None = None
    email_verified: object = False
    app_metadata: object = None
    user_metadata: object = None


_read = msgspec.json.Decoder(_Payload).decode


class Said(NamedTuple):
    """Claims of a token, with the time for which it holds."""

    claims: Claims
    since: float
    until: float

    def at(self, now: float) -> Claims:
        """Unauthenticated where it holds no more, or not yet."""
        if self.since > now + LEEWAY:
            raise invalid()
        if self.until <= now:
            raise Unauthenticated("the token has expired")
        return self.claims


def said(payload: bytes, settings: AuthSettings) -> Said:
    """Return the claims of a token with a valid signature; Unauthenticated if they break a rule. Only age is named."""
    try:
        found = _read(payload)
    except (ValueError, RecursionError):
        raise invalid() from None
    audiences = [found.aud] if isinstance(found.aud, str) else found.aud
    if settings.audience not in audiences or (settings.issuer is not None and found.iss != settings.issuer):
        raise invalid()
    if found.is_anonymous:
        raise invalid()
    until = found.exp + LEEWAY
    claims = Claims(
        subject=found.sub,
        email=found.email or None,
        email_vouched=bool(found.email) and (found.email_verified is True or settings.trust_email),
        agency=_agency(found.app_metadata),
        issued_at=datetime.fromtimestamp(found.iat, UTC) if found.iat else None,
        name=_name(found.user_metadata),
        expires_at=datetime.fromtimestamp(min(until, LAST), UTC),
    )
    return Said(claims, since=max(found.nbf, found.iat), until=until)


def invalid() -> Unauthenticated:
    """Return the same answer for every other fault. Why: forgers learn nothing from it."""
    return Unauthenticated("the token is not valid")


def _agency(metadata: object) -> Agency | None:
    """Only the two roles there are, spelt exactly so, of an organization named exactly: otherwise nobody."""
    match metadata:
        case {"organization_id": str(text), "role": "member" | "admin" as role} if _CANONICAL_UUID.fullmatch(text):
            return Agency(organization_id=UUID(text), role=AgentRole(role))
    return None


def _name(profile: object) -> str | None:
    """Return the name in the bearer's own profile, as Supabase and its providers write it."""
    match profile:
        case {"full_name": str(text)} | {"name": str(text)}:
            return clean_name(text)
    return None
