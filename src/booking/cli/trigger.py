"""`booking trigger`: lets something happen in a development instance, by the API, as its people would."""

import random
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from booking.cli import planning_recipes
from booking.cli.instance import AGENT, APPLICANT, OTHER_APPLICANT, dev_instance
from booking.cli.scene import Scene
from booking.domain.events import EventType
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.faults import Explained

TEST = "webhook.test"

NOT_HERE: Mapping[str, str] = {
    EventType.BOOKING_OUTCOME_RECORDED: "a visit has to begin: `booking trigger booking.confirmed`, then"
    " POST /dev/clock and POST /api/v1/bookings/{booking_id}/outcome",
    EventType.BOOKING_FEEDBACK_GIVEN: "a visit has to be attended: POST /api/v1/bookings/{booking_id}/outcome, then"
    " POST /api/v1/bookings/{booking_id}/feedback",
    EventType.BOOKING_ACCESS_NOTE_SHOWN: "an applicant has to read an access note shortly before the visit: PUT"
    " /api/v1/properties/{property_id} with one, book, POST /dev/clock, then GET /api/v1/bookings/{booking_id}",
    EventType.APPLICANT_UNLINKED: "an operator does it: `booking applicant unlink`",
    EventType.APPLICANT_ERASED: "an operator does it: `booking applicant erase`",
    EventType.AGENT_ERASED: "an operator does it: `booking agent erase`",
    EventType.WEBHOOK_ENDPOINT_FAILING: "an endpoint has to fail for three days: POST /dev/clock, in steps",
    EventType.WEBHOOK_ENDPOINT_DISABLED: "an endpoint has to fail for five days: POST /dev/clock, in steps",
    **planning_recipes.NOT_HERE,
}
"""Types that a few requests cannot cause, with the step that does."""


class NotHere(Explained):
    """The type is caused by other steps than requests; says which."""


Recipe = Callable[[Scene], Awaitable[object]]


async def _capacity(scene: Scene) -> None:
    slot_id = await scene.slot()
    await scene.instance.ask("PUT", f"/slots/{slot_id}/capacity", {"capacity": 3}, as_=AGENT)
    scene.said("it has three places")


async def _slot_cancelled(scene: Scene) -> None:
    await scene.instance.ask("DELETE", f"/slots/{await scene.slot()}", as_=AGENT)
    scene.said("it is cancelled")


async def _hold(scene: Scene, property_id: str | None = None, as_: str = APPLICANT) -> str:
    slot_id = await scene.slot(property_id)
    hold = (await scene.instance.post(f"/slots/{slot_id}/holds", as_=as_))["hold"]
    scene.said(f"hold {hold['id']} of it lasts until {hold['expires_at']}")
    return str(hold["id"])


async def _hold_released(scene: Scene) -> None:
    await scene.instance.ask("DELETE", f"/holds/{await _hold(scene)}", as_=APPLICANT)
    scene.said("it is released")


async def _hold_lapsed(scene: Scene) -> None:
    property_id = str(uuid4())
    await scene.patch(f"/properties/{property_id}/policy", {"hold_seconds": 1})
    await _hold(scene, property_id, as_=OTHER_APPLICANT)


async def _offered(scene: Scene) -> None:
    _, booking_id, _ = await scene.waiting()
    await scene.instance.ask("DELETE", f"/bookings/{booking_id}", as_=OTHER_APPLICANT)
    scene.said("the booking is cancelled, and the place offered")


async def _left(scene: Scene) -> None:
    _, _, entry_id = await scene.waiting()
    await scene.instance.ask("DELETE", f"/waitlist/{entry_id}", as_=APPLICANT)
    scene.said("it is left")


async def _skipped(scene: Scene) -> None:
    slot_id, _, _ = await scene.waiting()
    await scene.instance.ask("DELETE", f"/slots/{slot_id}", as_=AGENT)
    scene.said("the slot is cancelled")


async def _booked(scene: Scene) -> str:
    return await scene.booking(await scene.slot())


async def _declined(scene: Scene) -> None:
    await scene.instance.post(f"/bookings/{await scene.requested()}/decline", {}, as_=AGENT)
    scene.said("it is declined")


async def _expired(scene: Scene) -> None:
    await scene.requested(approval_seconds=1)
    scene.said("it expires in a second")


async def _rescheduled(scene: Scene) -> None:
    booking_id, slot_id = await _booked(scene), await scene.slot()
    await scene.instance.post(f"/bookings/{booking_id}/reschedule", {"slot_id": slot_id}, as_=APPLICANT)
    scene.said("the booking is moved there")


async def _booking_cancelled(scene: Scene) -> None:
    await scene.instance.ask("DELETE", f"/bookings/{await _booked(scene)}", as_=APPLICANT)
    scene.said("it is cancelled")


async def _notes(scene: Scene) -> None:
    booking_id = await _booked(scene)
    await scene.instance.ask("PATCH", f"/bookings/{booking_id}", {"notes": "We are two."}, as_=APPLICANT)
    scene.said("it has other notes")


async def _coming(scene: Scene) -> None:
    booking_id = await _booked(scene)
    await scene.instance.ask("POST", f"/bookings/{booking_id}/confirm-attendance", as_=APPLICANT)
    scene.said("the applicant is coming")


async def _may_release(scene: Scene) -> None:
    booking_id = await _booked(scene)
    await scene.instance.ask("PATCH", f"/bookings/{booking_id}", {"may_release": False}, as_=AGENT)
    scene.said("it may not be released any more")


async def _registered(scene: Scene) -> str:
    email = f"triggered-{uuid4().hex[:8]}@example.com"
    await scene.screened(email)
    return email


async def _ineligible(scene: Scene) -> None:
    await scene.screened(await _registered(scene), RiskLevel.HIGH)


async def _linked(scene: Scene) -> None:
    await scene.signed_in(email=await _registered(scene))


async def _policy(scene: Scene) -> None:
    property_id = uuid4()
    await scene.patch(f"/properties/{property_id}/policy", {"notice_seconds": 3600})
    scene.said(f"property {property_id} has a policy of its own")


async def _notice_plan(scene: Scene) -> None:
    property_id, plan = uuid4(), {"reminder_offsets_seconds": [3 * 60 * 60]}
    await scene.instance.ask("PUT", f"/properties/{property_id}/notice-plan", plan)
    scene.said(f"property {property_id} has a notice plan of its own")


async def _organization(scene: Scene) -> None:
    found = await scene.instance.ask("GET", "/organization")
    known = {name: value for name, value in found.json()["organization"].items() if name in _OF_AN_ORGANIZATION}
    phone = f"+35121000{random.randrange(10_000):04}"  # noqa: S311 - any other than now
    await scene.instance.ask(
        "PUT", "/organization", {**known, "phone": phone}, headers={"If-Match": found.headers["ETag"]}
    )
    scene.said(f"the organization's phone is {phone}")


_OF_AN_ORGANIZATION = ("name", "time_zone", "locale", "email", "phone", "website", "colour", "logo_url", "reply_to")


async def _template(scene: Scene) -> None:
    await scene.instance.ask("PUT", "/notice-templates/confirmed", {"body": "We look forward to seeing you."})
    scene.said("a confirmation says: We look forward to seeing you.")


async def _property(scene: Scene) -> None:
    property_id = uuid4()
    await scene.instance.ask("PUT", f"/properties/{property_id}", {"label": "Triggered"})
    scene.said(f"property {property_id} is made")


async def _promoted(scene: Scene) -> None:
    colleague = await scene.colleague()
    await scene.signed_in(email=colleague["email"], name="Kim Trigger", role=AgentRole.ADMIN)
    scene.said("now as an admin")


async def _removed(scene: Scene) -> None:
    colleague = await scene.colleague()
    await scene.instance.ask("DELETE", f"/agents/{colleague['agent']['id']}")
    scene.said("and is removed")


async def _profile(scene: Scene) -> None:
    colleague = await scene.colleague()
    await scene.instance.ask("PATCH", "/me/profile", {"phone": "+351210000199"}, token=colleague["token"])
    scene.said("and has a phone")


async def _endpoint_changed(scene: Scene) -> None:
    endpoint_id = await scene.endpoint()
    await scene.patch(f"/webhook-endpoints/{endpoint_id}", {"description": "Triggered, and changed"})
    scene.said("it is changed")
    await scene.without(endpoint_id)


async def _rotated(scene: Scene) -> None:
    endpoint_id = await scene.endpoint()
    await scene.instance.post(f"/webhook-endpoints/{endpoint_id}/rotate-secret")
    scene.said("it has another secret")
    await scene.without(endpoint_id)


async def _created_and_deleted(scene: Scene) -> None:
    await scene.without(await scene.endpoint())


async def _tested(scene: Scene) -> None:
    endpoints = (await scene.instance.get("/webhook-endpoints"))["webhook_endpoints"]
    if not endpoints:
        raise NotHere(f"{TEST} is sent to webhook endpoints, and there is none: `booking listen` makes one")
    for endpoint in endpoints:
        await scene.instance.post(f"/webhook-endpoints/{endpoint['id']}/test")
        scene.said(f"webhook endpoint {endpoint['id']} is tested")


RECIPES: Mapping[str, Recipe] = {
    EventType.SLOT_CREATED: Scene.slot,
    EventType.SLOT_CAPACITY_CHANGED: _capacity,
    EventType.SLOT_CANCELLED: _slot_cancelled,
    EventType.HOLD_CREATED: _hold,
    EventType.HOLD_RELEASED: _hold_released,
    EventType.HOLD_LAPSED: _hold_lapsed,
    EventType.WAITLIST_JOINED: Scene.waiting,
    EventType.WAITLIST_OFFERED: _offered,
    EventType.WAITLIST_LEFT: _left,
    EventType.WAITLIST_SKIPPED: _skipped,
    EventType.BOOKING_REQUESTED: Scene.requested,
    EventType.BOOKING_CONFIRMED: _booked,
    EventType.BOOKING_DECLINED: _declined,
    EventType.BOOKING_EXPIRED: _expired,
    EventType.BOOKING_RESCHEDULED: _rescheduled,
    EventType.BOOKING_CANCELLED: _booking_cancelled,
    EventType.BOOKING_NOTES_CHANGED: _notes,
    EventType.BOOKING_ATTENDANCE_CONFIRMED: _coming,
    EventType.BOOKING_MAY_RELEASE_CHANGED: _may_release,
    EventType.APPLICANT_REGISTERED: _registered,
    EventType.APPLICANT_INELIGIBLE: _ineligible,
    EventType.APPLICANT_LINKED: _linked,
    EventType.POLICY_CHANGED: _policy,
    EventType.NOTICE_PLAN_CHANGED: _notice_plan,
    EventType.ORGANIZATION_CHANGED: _organization,
    EventType.PROPERTY_CHANGED: _property,
    EventType.NOTICE_TEMPLATE_CHANGED: _template,
    EventType.AGENT_ADDED: Scene.colleague,
    EventType.AGENT_ROLE_CHANGED: _promoted,
    EventType.AGENT_REMOVED: _removed,
    EventType.AGENT_PROFILE_CHANGED: _profile,
    EventType.WEBHOOK_ENDPOINT_CREATED: _created_and_deleted,
    EventType.WEBHOOK_ENDPOINT_CHANGED: _endpoint_changed,
    EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED: _rotated,
    EventType.WEBHOOK_ENDPOINT_DELETED: _created_and_deleted,
    TEST: _tested,
    **planning_recipes.RECIPES,
}


async def trigger(type: str) -> None:
    """Cause an event of this type; NotHere where requests alone cannot."""
    if type in NOT_HERE:
        raise NotHere(f"{type} takes more than requests: {NOT_HERE[type]}")
    async with dev_instance() as instance:
        await RECIPES[type](Scene(instance))
