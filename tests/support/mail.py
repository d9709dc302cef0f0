"""Stand-ins of the words and of the provider of e-mail."""

from collections.abc import Callable, Sequence

from booking.domain.notices.email import Email
from booking.domain.notices.facts import Facts, Message
from booking.domain.notices.handover import Handed


class PlainWords:
    """Words that say kind, recipient and by whom; `facts` are all that came."""

    def __init__(self) -> None:
        self.facts: list[Facts] = []

    def render(self, facts: Facts) -> Message:
        self.facts.append(facts)
        said = " ".join(str(one) for one in (facts.kind, facts.recipient, facts.by))
        return Message(subject=said, text=said, html=f"<p>{said}</p>")


class Post:
    """Provider that accepts all and keeps it, unless `faults` has something else for an e-mail. `delivers`: it tells of
    delivery, too.
    """

    def __init__(self, faults: Callable[[Email], Exception | None] = lambda _: None) -> None:
        self.emails: list[Email] = []
        self.faults = faults
        self.most = 100
        self.delivers = False

    def room(self) -> int:
        return self.most

    async def send(self, email: Email) -> Handed:
        fault = self.faults(email)
        if fault is not None:
            raise fault
        self.emails.append(email)
        return Handed(provider_id=f"accepted-{len(self.emails)}", delivered=self.delivers)

    def taken(self) -> Sequence[tuple[str, str]]:
        """Return recipients and subjects since the last time, in some order that is always the same."""
        found = sorted((email.to, email.subject) for email in self.emails)
        self.emails.clear()
        return found
