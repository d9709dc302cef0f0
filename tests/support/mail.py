"""Stand-ins of the words, and of the providers of e-mail and of messages to phones."""

from collections.abc import Callable, Sequence

from booking.domain.notices.email import Email
from booking.domain.notices.facts import Facts, Message
from booking.domain.notices.handover import Handed
from booking.domain.notices.short_message import ShortMessage, ShortWords


class PlainWords:
    """Words that say kind, recipient and by whom; `facts` are all that came."""

    def __init__(self) -> None:
        self.facts: list[Facts] = []

    def render(self, facts: Facts) -> Message:
        self.facts.append(facts)
        said = " ".join(str(one) for one in (facts.kind, facts.recipient, facts.by))
        return Message(subject=said, text=said, html=f"<p>{said}</p>")


class PlainPhoneWords:
    """Words that say kind and recipient, or a code."""

    def render(self, facts: Facts) -> ShortWords:
        return ShortWords(text=f"{facts.kind} {facts.recipient}", template=facts.kind, language="en")

    def code(self, code: str, locales: Sequence[str | None]) -> ShortWords:
        language = next((one for one in locales if one), "en")
        return ShortWords(text=code, template="code", language=language, places={"code": code}, code=code)


class Phones:
    """Provider to phones that accepts all and keeps it, unless `fault` is set."""

    def __init__(self) -> None:
        self.messages: list[ShortMessage] = []
        self.fault: Exception | None = None

    def room(self) -> int:
        return 100

    async def send(self, message: ShortMessage) -> Handed:
        if self.fault is not None:
            raise self.fault
        self.messages.append(message)
        return Handed(provider_id=f"accepted-{len(self.messages)}")

    def taken(self) -> Sequence[tuple[str, str]]:
        """Return phones and texts since the last time, in the order in which they came."""
        found = [(one.to, one.words.text) for one in self.messages]
        self.messages.clear()
        return found


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
