"""Development tokens, shaped like Supabase's: for `booking token` and `booking dev`, never for production."""

import time
from datetime import timedelta

from jose import jwt

from booking.domain.people.caller import Agency


def mint(
    secret: str,
    *,
    subject: str,
    email: str | None = None,
    lifetime: timedelta,
    agency: Agency | None = None,
    email_verified: bool = False,
    audience: str = "authenticated",
    issuer: str | None = None,
    name: str | None = None,
    now: float | None = None,
) -> str:
    """A token that the secret's holder vouches for; it expires `lifetime` after `now` (seconds since 1970)."""
    issued = int(time.time() if now is None else now)
    claims = {
        "aud": audience,
        "role": "authenticated",
        "sub": subject,
        "email": email or "",
        "email_verified": email_verified,
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
        "is_anonymous": False,
        "app_metadata": {"organization_id": str(agency.organization_id), "role": agency.role.value} if agency else {},
        "user_metadata": {"full_name": name} if name else {},
    }
    return jwt.encode(claims | ({"iss": issuer} if issuer else {}), secret, algorithm="HS256")
