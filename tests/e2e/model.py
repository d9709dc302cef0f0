"""The service in small: who may do what to slots and bookings, what is refused and how, without time or storage."""

from dataclasses import dataclass, field

AGENTS = {"member": "A", "colleague": "A", "admin": "A", "outsider": "B"}
"""Each with the agency; only the admin is one."""

APPLICANTS = {"ana": {"A"}, "ben": {"A", "B"}, "cleo": {"B"}}
"""Each with the agencies that have screened them."""

Outcome = tuple[int, str | None]
"""(status, code of the refusal)."""

FINE: Outcome = (200, None)
CREATED: Outcome = (201, None)
GONE: Outcome = (204, None)
WRONG_ROLE: Outcome = (403, "wrong_role")
NO_SLOT: Outcome = (404, "slot_not_found")
NO_BOOKING: Outcome = (404, "booking_not_found")


@dataclass(eq=False)
class Slot:
    agent: str
    place: int
    first: int
    last: int
    status: str = "available"
    id: str = ""

    @property
    def agency(self) -> str:
        return AGENTS[self.agent]

    def collides(self, other: "Slot") -> bool:
        related = self.agency == other.agency and (self.agent == other.agent or self.place == other.place)
        return related and other.status != "cancelled" and self.first < other.last and other.first < self.last


@dataclass(eq=False)
class Booking:
    slot: Slot
    applicant: str
    notes: str
    status: str = "confirmed"
    id: str = ""


def agencies_of(who: str) -> set[str]:
    return APPLICANTS.get(who) or {AGENTS[who]}


@dataclass
class Model:
    """What would be answered, by `…_answer`; what then is so, by the methods named like what was done."""

    slots: list[Slot] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)

    def offer_answer(self, by: str, slot: Slot) -> Outcome:
        if slot.agent != by and by != "admin":
            return WRONG_ROLE
        if slot.agency != AGENTS[by]:
            return 404, "agent_not_found"
        return (409, "slot_overlap") if any(map(slot.collides, self.slots)) else CREATED

    def book_answer(self, by: str, slot: Slot) -> Outcome:
        if by in AGENTS:
            return WRONG_ROLE
        if slot.agency not in APPLICANTS[by]:
            return NO_SLOT
        refusals: dict[str, Outcome] = {"cancelled": (409, "slot_cancelled"), "booked": (409, "slot_taken")}
        return refusals.get(slot.status) or ((409, "applicant_busy") if self.busy(by, slot) else CREATED)

    def busy(self, who: str, slot: Slot) -> bool:
        """Nobody is in two places at once, as far as one agency can tell."""
        return any(
            booking.slot.agency == slot.agency and booking.slot.first < slot.last and slot.first < booking.slot.last
            for booking in self.bookings
            if (booking.applicant, booking.status) == (who, "confirmed")
        )

    def cancel_booking_answer(self, by: str, booking: Booking) -> Outcome:
        if booking not in self.listed_bookings(by):
            return NO_BOOKING
        return GONE if booking.status == "confirmed" else (409, "booking_not_confirmed")

    def cancel_slot_answer(self, by: str, slot: Slot) -> Outcome:
        if by in APPLICANTS:
            return WRONG_ROLE
        if AGENTS[by] != slot.agency:
            return NO_SLOT
        if by not in (slot.agent, "admin"):
            return 403, "not_your_slot"
        return (409, "slot_cancelled") if slot.status == "cancelled" else GONE

    def booked(self, booking: Booking) -> None:
        booking.slot.status = "booked"
        self.bookings.append(booking)

    def booking_cancelled(self, by: str, booking: Booking) -> None:
        booking.status = "cancelled_by_agent" if by in AGENTS else "cancelled_by_applicant"
        booking.slot.status = "available"

    def slot_cancelled(self, slot: Slot) -> None:
        slot.status = "cancelled"
        for booking in self.bookings_of(slot):
            if booking.status == "confirmed":
                booking.status = "cancelled_by_agent"

    def bookings_of(self, slot: Slot) -> list[Booking]:
        """The newest first."""
        return [booking for booking in reversed(self.bookings) if booking.slot is slot]

    def listed_slots(self, by: str) -> list[Slot]:
        """For agents: a member's own, an admin's whole agency."""
        return [s for s in self.slots if s.agent == by or (by == "admin" and s.agency == AGENTS[by])]

    def bookable(self, by: str, place: int) -> list[Slot]:
        return [s for s in self.slots if (s.place, s.status) == (place, "available") and s.agency in agencies_of(by)]

    def listed_bookings(self, by: str) -> list[Booking]:
        """Also all that they see one by one."""
        if by in APPLICANTS:
            return [booking for booking in self.bookings if booking.applicant == by]
        slots = self.listed_slots(by)
        return [booking for booking in self.bookings if booking.slot in slots]
