"""What counts as a number in a body, and how many faults and objects it may have."""

from uuid import UUID

import pytest

from booking.domain.refusals import InvalidRequest, Malformed
from booking.entrypoints.http.inputs.reader import read_body
from booking.entrypoints.http.routes.planning.schedules import PreviewSchedule
from booking.entrypoints.http.routes.properties.policies import PutPolicy
from booking.entrypoints.http.routes.visits.bookings import CreateBooking
from booking.entrypoints.http.routes.visits.slots import SetCapacity


@pytest.mark.parametrize("text", ["2", "2.0", "2e0", "0.2e1"])
def test_a_whole_number_is_one_however_it_is_spelt(text: str) -> None:
    """JSON Schema 2020-12, section 6.1.1 of its validation: 2.0 is an integer."""
    assert read_body(f'{{"capacity": {text}}}'.encode(), SetCapacity).capacity == 2
    assert read_body(f'{{"max_live_bookings": {text}}}'.encode(), PutPolicy).max_live_bookings == 2


@pytest.mark.parametrize("text", ["2.5", "1e300", "-0.0", "201.0", '"2"', "true", "1e999"])
def test_what_is_none_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_body(f'{{"capacity": {text}}}'.encode(), SetCapacity)


def test_a_number_is_no_text() -> None:
    with pytest.raises(InvalidRequest):
        read_body(b'{"slot_id": 2.0, "notes": 2.0}', CreateBooking)


def test_of_more_faults_than_anybody_reads_the_first_are_told() -> None:
    content = ",".join(f'"x{number}": 1' for number in range(5000))
    with pytest.raises(InvalidRequest) as told:
        read_body(f"{{{content}}}".encode(), CreateBooking)
    assert len(told.value.faults) == 100
    assert [(one.pointer, one.code) for one in told.value.faults[:2]] == [
        ("#/slot_id", "required"),
        ("#/x0", "unknown"),
    ]


def test_a_list_of_objects_has_at_most_as_many_as_the_contract_says() -> None:
    rule = '{"start": "2027-03-01T09:00:00", "recurrence": ["RRULE:FREQ=DAILY"]}'
    terms = f'"property_id": "{UUID(int=1)}", "time_zone": "UTC", "slot_minutes": 30, "horizon_days": 9'
    with pytest.raises(InvalidRequest) as told:
        read_body(f'{{{terms}, "rules": [{",".join([rule] * 11)}]}}'.encode(), PreviewSchedule)
    assert [(one.pointer, one.code) for one in told.value.faults] == [("#/rules", "wrong_length")]
