"""Letters: a notice that is being sent, in words, and in the form that its channel's provider takes."""

from dataclasses import dataclass

from booking.domain.notices.attempt import Attempt
from booking.domain.notices.email import Email
from booking.service.notices.calendars import Calendars
from booking.service.notices.words import Words


@dataclass(frozen=True, slots=True)
class Letters:
    """`calendars`: None where no invitations go with e-mails."""

    words: Words
    calendars: Calendars | None = None

    def of(self, attempt: Attempt) -> Email:
        """Write the letter, which is the same message however often it is sent."""
        return self._email(attempt)

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
            attachments=() if invitation is None else (invitation,),
            kind=attempt.kind,
            reference=attempt.reference,
        )
