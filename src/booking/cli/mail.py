"""Trial of the configured server of e-mail, for operators."""

from uuid import uuid4

from booking.bootstrap import mailer_of
from booking.config import mail_settings
from booking.config.variables import ConfigurationError
from booking.domain.notices.email import Email
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused

CAUSES = {
    HandoverFault.ADDRESS_REFUSED: "it refuses the recipient's address",
    HandoverFault.MESSAGE_REFUSED: "it refuses the message, by a policy of its own",
    HandoverFault.OPTED_OUT: "the recipient wants nothing from this sender",
    HandoverFault.DEFERRED: "it asks to come again later: a limit, greylisting, or a full mailbox",
    HandoverFault.LIMITED: "the limit of BOOKING_MAIL_LIMIT is used up",
    HandoverFault.LOGIN_REFUSED: "it refuses the user and the password of BOOKING_SMTP_URL, or the access key of AWS",
    HandoverFault.SENDER_REFUSED: "it refuses BOOKING_MAIL_FROM as the sender: has the address been verified there?",
    HandoverFault.TLS_FAILED: "no encrypted connection: no STARTTLS, or a certificate that is not trusted for its name",
    HandoverFault.NOT_CONNECTED: "no connection: is the host right, the port, and the firewall open?",
    HandoverFault.TIMED_OUT: "it did not answer in time: is the port right? smtps is for 465, smtp for 587",
    HandoverFault.CLOSED: "it ended the connection",
}
TEXT = "This is the trial of an operator. E-mail from this booking service reaches you.\n"


async def mail_test(to: str) -> int:
    """Send one message by the configured server; return 1 if it was not accepted."""
    settings = mail_settings()
    mailer = mailer_of(settings)
    if settings is None or mailer is None:
        raise ConfigurationError(["BOOKING_MAIL_FROM and one of BOOKING_SMTP_URL and BOOKING_SES_REGION are required"])
    server = settings.server.about
    email = Email(message_id=f"trial-{uuid4()}", to=to, subject="Trial of the booking service", text=TEXT, html="")
    try:
        handed = await mailer.send(email)
    except (HandoverRefused, HandoverFailed) as error:
        print(f"{server} did not take it ({error}): {CAUSES[error.fault]}")
        return 1
    finally:
        await mailer.aclose()
    named = "" if handed.provider_id is None else f" as {handed.provider_id}"
    print(f"{server} took it{named}: now look into the mailbox, and among its spam")
    return 0
