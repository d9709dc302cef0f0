"""Letters: a notice that is being sent, in words, and in the form that its channel's provider takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking.domain.notices.attempt import Attempt
from booking.domain.notices.email import Email
from booking.domain.notices.short_message import ShortMessage
from booking.domain.people.contact import Channel
from booking.service.notices.calendars import Calendars
from booking.service.notices.words import PhoneWords, Words


@dataclass(frozen=True, slots=True)
class Letters:
    """`calendars`: None where no invitations go with e-mails."""

    words: Words
    phone_words: PhoneWords
    calendars: Calendars | None = None

    def of(self, attempt: Attempt) -> Email | ShortMessage:
        """Write the letter, which is the same message however often it is sent."""
        return self._email(attempt) if attempt.channel is Channel.EMAIL else self._short_message(attempt)

    def _email(self, attempt: Attempt) -> Email:
        facts = attempt.facts
        message = self.words.render(facts)
        invitation = self.calendars.invitation(facts, attempt.address) if self.calendars else None
        return Email(
            message_id=str(attempt.id),
            to=attempt.address,
            to_name=facts.to_name,
            from_name=facts.agency.name,
            reply_to=facts.agency.reply_to,
            subject=message.subject,
            text=message.text,
            html=message.html,
            headers=_headers(facts.unsubscribe_url),
            attachments=() if invitation is None else (invitation,),
            kind=attempt.kind,
            reference=attempt.reference,
        )

    def _short_message(self, attempt: Attempt) -> ShortMessage:
        return ShortMessage(
            to=attempt.address,
            words=self.phone_words.render(attempt.facts),
            free=attempt.free,
            kind=attempt.kind,
            reference=attempt.reference,
        )


def _headers(unsubscribe_url: str | None) -> Mapping[str, str]:
    """Return the headers by which a mail program unsubscribes with one click (RFC 8058)."""
    if unsubscribe_url is None:
        return {}
    return {"List-Unsubscribe": f"<{unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
