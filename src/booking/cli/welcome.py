"""Welcome of `booking dev`: one screen of 80 columns, with the most wanted lines at its end."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from booking.config import AuthSettings
from booking.entrypoints.dev import demo


def welcome(described: Mapping[str, str], file: Path, auth: AuthSettings) -> str:
    """Return the lines to paste and the addresses; tokens by the names that they have in the file."""
    return "\n".join(
        (
            "",
            f"  The page       {described['BASE_URL']}/app",
            "  Booking is up; Ctrl-C stops all of it. To paste in another terminal:",
            f"set -a; . {_sourced(file)}; set +a",
            "",
            *(_tour(described) if "PROPERTY_ID" in described else _control()),
            "",
            f"  Tokens         $ADMIN_TOKEN, an agent: {demo.ADMIN_EMAIL}",
            *(_tokens() if "PROPERTY_ID" in described else ()),
            *_issuer(auth),
            f"  Organization   {described['ORGANIZATION_ID']}",
            "  Webhooks       booking listen (docs/webhooks.md)",
            f"  Outbox         {described['OUTBOX_URL']}",
            f"  Queue          {described['SQS_QUEUE_URL']}",
            f"  Documentation  {described['BASE_URL']}/docs",
            f"  API            {described['BASE_URL']}/api/v1",
        )
    )


def _tour(described: Mapping[str, str]) -> tuple[str, ...]:
    return (
        "  What can be booked at a property, one booking, and who comes:",
        'curl -s "$BASE_URL/api/v1/properties/$PROPERTY_ID/slots?limit=3" \\',
        '  -H "Authorization: Bearer $APPLICANT_TOKEN"',
        *_booking(described),
        'curl -s $BASE_URL/api/v1/bookings -H "Authorization: Bearer $ADMIN_TOKEN"',
    )


def _tokens() -> tuple[str, ...]:
    return (
        f"                 $AGENT_TOKEN, another: {demo.MEMBER_EMAIL}",
        f"                 $APPLICANT_TOKEN, an applicant: {demo.APPLICANTS[0][1]}",
        f"                 $APPLICANT2_TOKEN, another: {demo.APPLICANTS[1][1]}",
    )


def _control() -> tuple[str, ...]:
    return (
        "  A token for anybody, an hour later, and a new database (docs/testing.md):",
        'curl -s $BASE_URL/dev/token -H "Authorization: Bearer $ADMIN_TOKEN" \\',
        """  -d '{"email": "ida@example.com"}'""",
        'curl -s $BASE_URL/dev/clock -H "Authorization: Bearer $ADMIN_TOKEN" \\',
        """  -d '{"advance_seconds": 3600}'""",
        'curl -s -X POST $BASE_URL/dev/reset -H "Authorization: Bearer $ADMIN_TOKEN"',
    )


def _booking(described: Mapping[str, str]) -> tuple[str, ...]:
    if "SLOT_ID" not in described:
        return ("  (Nothing of the demo can be booked: the organization's rules let no slot be.)",)
    return (
        'curl -s $BASE_URL/api/v1/bookings -H "Authorization: Bearer $APPLICANT_TOKEN" \\',
        """  -d '{"slot_id": "'$SLOT_ID'"}'""",
    )


def _issuer(auth: AuthSettings) -> tuple[str, ...]:
    if auth.jwks_url is None:
        return ()
    return (f"                 and those of the issuer: {auth.jwks_url}",)


def _sourced(file: Path) -> str:
    """As a shell takes it: a name without a slash would be looked for elsewhere."""
    text = str(file)
    return shlex.quote(text if "/" in text else f"./{text}")
