"""Statements that stand in files: inputs, fragments, optional lines, and what is refused."""

from pathlib import Path

import pytest

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.sql_files import BadStatement, SqlFiles

FRAGMENTS = """
-- fragment: live
-- as it is written
b.cancelled_at IS NULL
    AND {young}
-- fragment: page
  AND b.id > :after  -- if after
LIMIT :most
-- fragment: round
{about}
-- fragment: about
{round}
"""
BOOKINGS = """-- Bookings.
-- name: of_slot
-- All that are live, by :slot_id.
SELECT b.id::text FROM bookings b  -- {not_read}
WHERE b.slot_id = :slot_id AND {live} AND b.organization_id = :organization_id AND b.slot_id <> :slot_id

-- name: paged
SELECT FROM bookings b
WHERE true
{page}

-- name: listed
SELECT FROM bookings
WHERE true
  AND agent_id = :agent_id  -- if agent_id
  AND status = 'held' AND {live b=bookings}  -- if held
  AND organization_id = :organization_id
LIMIT :most
"""


@pytest.fixture
def files(tmp_path: Path) -> SqlFiles:
    (tmp_path / "fragments").mkdir()
    (tmp_path / "fragments" / "visits.sql").write_text(FRAGMENTS)
    (tmp_path / "bookings.sql").write_text(BOOKINGS)
    (tmp_path / "twice.sql").write_text("-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n")
    (tmp_path / "bare.sql").write_text("SELECT 1\n-- name: one\nSELECT 1\n")
    (tmp_path / "unknown.sql").write_text("-- name: one\nSELECT {nothing}\n-- name: endless\nSELECT {round}\n")
    return SqlFiles(tmp_path, constants={"young": "b.age < interval '1 hour'"})


def test_inputs_are_numbered_as_they_are_given_and_fragments_put_in(files: SqlFiles) -> None:
    query = files.query("bookings", "of_slot", ("organization_id", "slot_id"))
    assert query.sql == (
        "SELECT b.id::text FROM bookings b"
        " WHERE b.slot_id = $2 AND b.cancelled_at IS NULL AND b.age < interval '1 hour'"
        " AND b.organization_id = $1 AND b.slot_id <> $2"
    )


def test_an_optional_line_at_the_beginning_of_a_fragment_takes_nothing_with_it(files: SqlFiles) -> None:
    without, *_ = files.composed("bookings", "paged").given(after=None, most=3)
    assert without.sql.split() == ["SELECT", "FROM", "bookings", "b", "WHERE", "true", "LIMIT", "$1"]


def test_optional_lines_are_there_for_what_is_given(files: SqlFiles) -> None:
    listed = files.composed("bookings", "listed")
    query, *inputs = listed.given(agent_id=None, held=True, organization_id="ours", most=3)
    assert (query.sql.split("\n"), inputs) == (
        [
            "SELECT FROM bookings",
            "WHERE true",
            "",
            "AND status = 'held' AND bookings.cancelled_at IS NULL AND bookings.age < interval '1 hour'",
            "AND organization_id = $1",
            "LIMIT $2",
        ],
        ["ours", 3],
    )
    assert listed.given(agent_id=None, held=True, organization_id="theirs", most=4)[0] is query
    query, *inputs = listed.given(agent_id="me", held=None, organization_id="ours", most=3)
    assert ("agent_id = $1" in query.sql, "held" in query.sql, inputs) == (True, False, ["me", "ours", 3])
    with pytest.raises(TypeError, match=r"\['colour', 'held'\]"):
        listed.given(agent_id=None, colour="red", organization_id="ours", most=3)


@pytest.mark.parametrize(
    ("noun", "name", "inputs"),
    [
        ("bookings", "of_slot", ("organization_id",)),
        ("bookings", "of_slot", ("organization_id", "slot_id", "colour")),
        ("bookings", "listed", ("agent_id", "organization_id", "most")),
        ("bookings", "of_nobody", ()),
        ("twice", "one", ()),
        ("bare", "one", ()),
        ("unknown", "one", ()),
        ("unknown", "endless", ()),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_read(
    files: SqlFiles, noun: str, name: str, inputs: tuple[str, ...]
) -> None:
    with pytest.raises(BadStatement):
        files.query(noun, name, inputs)


def test_the_files_of_the_service_lie_beside_its_package() -> None:
    """So the wheel carries them."""
    folder = Path(sql.__file__).parent
    assert (folder / "fragments").is_dir()
    assert {file.suffix for file in folder.iterdir() if file.is_file()} == {".py", ".sql"}
