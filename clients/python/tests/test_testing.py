"""Test support, against a real instance."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from estate_os_booking import NotRegistered, Policy, Problem, SlotInPast
from estate_os_booking.testing import Instance, Organization, connect_instance, start_instance
from estate_os_booking.testing.container import BookingContainer


def test_screenings_are_taken_in_however_they_are_wrapped(booking_organization: Organization) -> None:
    people = [booking_organization.applicant(envelope) for envelope in ("plain", "sns", "eventbridge")]
    found = booking_organization.agent().client.iter_applicants()
    assert {one.email for one in found} == {one.email for one in people}


def test_a_screening_says_how_a_person_is_reached(booking_organization: Organization) -> None:
    ada = booking_organization.applicant(phone="+4915112345678", locale="de-DE").client
    contact = ada.get_contact().data.contact
    assert (contact.phone, contact.locale) == ("+4915112345678", "de-DE")


def test_organizations_of_tests_do_not_see_each_other(booking_instance: Instance) -> None:
    booking_instance.organization().applicant()
    assert list(booking_instance.organization().admin().client.iter_applicants()) == []


def test_a_token_is_whose_it_is_said_to_be(booking_instance: Instance) -> None:
    admin = booking_instance.organization().admin("amy@example.com", "Amy Elm").client.get_me().data.me
    assert admin.agent is not None
    assert admin.profile is not None
    assert (admin.agent.role, admin.profile.name, admin.profile.email) == ("admin", "Amy Elm", "amy@example.com")
    with pytest.raises(NotRegistered):
        booking_instance.client(booking_instance.token(email="nobody@example.com")).get_me()


def test_of_several_who_change_the_rules_at_once_nobody_is_overwritten(booking_organization: Organization) -> None:
    client = booking_organization.admin().client
    before = client.get_policy().data.policy.hold_seconds
    with ThreadPoolExecutor(5) as pool:
        for changed in [pool.submit(client.update_policy, one_longer) for _ in range(5)]:
            changed.result()
    assert client.get_policy().data.policy.hold_seconds == before + 5


def one_longer(now: Policy) -> dict[str, object]:
    return {"hold_seconds": now.hold_seconds + 1}


def test_what_has_not_changed_is_not_sent_again_and_what_has_is(booking_organization: Organization) -> None:
    agent, ada = booking_organization.agent().client, booking_organization.applicant().client
    start = booking_organization.instance.clock(advance_seconds=0) + timedelta(days=5)
    offered = agent.create_slot(property_id=uuid4(), start_time=start, end_time=start + timedelta(minutes=30))
    slot_id = offered.data.slot.id
    looks = [ada.get_slot(slot_id), ada.get_slot(slot_id)]
    agent.set_capacity(slot_id, capacity=2)
    looks.append(ada.get_slot(slot_id))
    assert [(look.not_modified, look.data.slot.capacity) for look in looks] == [(False, 1), (True, 1), (False, 2)]


def test_availability_is_two_methods_slots_by_cursor_and_days(booking_organization: Organization) -> None:
    agent, ada = booking_organization.agent().client, booking_organization.applicant().client
    start = booking_organization.instance.clock(advance_seconds=0).replace(hour=9, minute=0) + timedelta(days=5)
    homes, hour = [uuid4(), uuid4()], timedelta(hours=1)
    for number, home in enumerate([*homes, homes[0]]):
        at = start + number * hour
        agent.create_slot(property_id=home, start_time=at, end_time=at + hour)
    slots = list(ada.iter_availability(property_id=homes, limit=2))
    assert [slot.property_id for slot in slots] == [*homes, homes[0]]
    assert len(ada.list_availability(property_id=homes[1:]).data.slots) == 1
    days = ada.list_available_days(property_id=homes, time_zone="Asia/Tokyo").data.days
    assert [(day.property_id, day.date, day.free, day.first_free) for day in days] == [
        (homes[0], start.date(), 2, slots[0].start_time),
        (homes[1], start.date(), 1, slots[1].start_time),
    ]


def test_the_clock_goes_on_and_holds_end_with_it(booking_organization: Organization) -> None:
    instance, agent = booking_organization.instance, booking_organization.agent().client
    ada, now = booking_organization.applicant().client, instance.clock(advance_seconds=0)
    start, end = now + timedelta(hours=2), now + timedelta(hours=3)
    slot = agent.create_slot(property_id=uuid4(), start_time=start, end_time=end).data.slot
    ada.create_hold(slot.id)
    instance.clock(advance_seconds=3600)
    assert list(ada.iter_holds()) == []
    assert instance.clock(now=end) >= end
    with pytest.raises(SlotInPast):
        agent.create_slot(property_id=uuid4(), start_time=start, end_time=end)
    with pytest.raises(Problem, match="invalid_request"):
        instance.clock(now=now)


def test_a_mail_is_waited_for_and_read(booking_organization: Organization) -> None:
    instance, agent = booking_organization.instance, booking_organization.agent().client
    ada, start = booking_organization.applicant(), instance.clock(advance_seconds=0) + timedelta(hours=2)
    slot = agent.create_slot(property_id=uuid4(), start_time=start, end_time=start + timedelta(hours=1)).data.slot
    booking = ada.client.create_booking(slot_id=slot.id).data.booking
    agent.cancel_booking(booking.id)
    [mail] = instance.mails(to=ada.email, kind="cancelled", wait=20)
    assert (mail.to, mail.kind, "<html" in mail.html) == (ada.email, "cancelled", True)
    assert mail.at < start
    assert instance.mails(to=ada.email, after=mail.number) == []
    with pytest.raises(Problem, match="invalid_request"):
        instance.mails(wait=21)


def test_a_reset_empties_it_and_tokens_stay(booking_organization: Organization) -> None:
    booking_organization.applicant()
    client = booking_organization.admin().client
    booking_organization.instance.reset()
    assert list(client.iter_applicants()) == []
    agent = booking_organization.instance.admin.get_me().data.me.agent
    assert agent is not None
    assert str(agent.organization_id) == booking_organization.instance.env["ORGANIZATION_ID"]


def test_an_instance_that_others_started_is_found_by_its_file(booking_instance: Instance, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in booking_instance.env.items()))
    with connect_instance(file) as instance:
        assert instance.env == booking_instance.env
        assert instance.admin.get_me().status == 200


def test_an_instance_ends_with_its_context(tmp_path: Path) -> None:
    with start_instance(demo=True, log_file=tmp_path / "log") as instance:
        assert next(instance.admin.iter_slots()).capacity >= 1
    assert (tmp_path / "log").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(instance.base_url)


def test_what_does_not_start_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)it ended with 2:.*--no-such-option"):
        start_instance(args=["--no-such-option"]).__enter__()


def test_a_container_is_asked_for_its_file_and_screens_from_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def answer(command: list[str]) -> tuple[int, bytes]:
        ran.append(command)
        return 0, b"BASE_URL=http://localhost:8000\nADMIN_TOKEN=a=b\n"

    monkeypatch.setattr("testcontainers.core.container.DockerClient", lambda **_: None)
    container = BookingContainer().with_command("--no-demo")
    assert (container.image, [*map(str, container.ports)], container._command) == ("booking:dev", ["8000"], "--no-demo")
    monkeypatch.setattr(container, "get_container_host_ip", lambda: "10.0.0.7", raising=False)
    monkeypatch.setattr(container, "get_exposed_port", lambda port: port + 1, raising=False)
    monkeypatch.setattr(container, "exec", answer, raising=False)
    with container.instance() as instance:
        assert instance.env == {"BASE_URL": "http://10.0.0.7:8001", "ADMIN_TOKEN": "a=b"}
        instance.screen(uuid4(), email="ada@example.com")
    assert ran[0] == ["cat", "/tmp/instance.env"]
    assert ran[1][:2] == ["python", "-c"]
    assert '"email":"ada@example.com"' in ran[1][3]
