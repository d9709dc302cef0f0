"""Pages on the wire: what is kept of them is what they are."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from booking.entrypoints.http.routes.listed import Text


class Row(msgspec.Struct):
    id: UUID
    at: datetime
    places: int
    name: str | None
    since: datetime = msgspec.field(name="from")


instants = st.datetimes(timezones=st.just(UTC))
names = st.none() | st.sampled_from(["", "100 %b", "%", '"%s"', "é"]) | st.text(max_size=3)
rows = st.builds(Row, st.uuids(), instants, st.integers(1, 12), names, instants)
alike = st.lists(st.builds(Row, st.uuids(), st.just(datetime(2026, 11, 22, tzinfo=UTC)), st.just(2), names, instants))


@given(st.lists(rows, min_size=1, max_size=4) | rows.map(lambda row: [row] * 3) | alike.filter(bool))
def test_what_structs_were_written_to_is_what_they_are_written_to(structs: list[Row]) -> None:
    assert bytes(Text.of(structs)) == msgspec.json.encode(structs)


def test_what_all_have_in_common_is_kept_once() -> None:
    start, name = datetime(2026, 11, 22, tzinfo=UTC), "100 % of it"
    structs = [Row(UUID(int=number), start, 3, name, start) for number in range(20)]
    text = Text.of(structs)
    assert (len(text.differing), text.pattern.count(b"%b"), text.length) == (20 * 38, 1, 20)
    assert bytes(text) == msgspec.json.encode(structs)
