"""A right is granted by what its row says, and by nothing that is merely like it."""

from uuid import UUID

import pytest

from booking.domain.authority import AgentRight, ApplicantRight
from booking.domain.events import Actor, Via
from booking.domain.people.refusals import NotRegistered
from booking.domain.refusals import NotYourSlot, Refusal

KEY = UUID(int=1), UUID(int=2)


def right(*, admin: bool) -> AgentRight:
    return AgentRight(
        subject="sub",
        request_id="request",
        key=KEY,
        claimed=True,
        admin=admin,
        gone=NotRegistered,
        demoted=NotYourSlot,
    )


@pytest.mark.parametrize(
    ("claimed", "admin", "refusal"),
    [
        (None, False, NotRegistered),
        ("owner", False, NotRegistered),
        ("owner", True, NotRegistered),
        ("member", True, NotYourSlot),
    ],
)
def test_a_role_that_is_none_or_not_enough_grants_nothing(
    claimed: str | None, admin: bool, refusal: type[Refusal]
) -> None:
    """A role of a newer release's is nobody's here."""
    with pytest.raises(refusal):
        right(admin=admin).granted(claimed, "admin")


@pytest.mark.parametrize(("claimed", "admin"), [("member", False), ("admin", False), ("admin", True)])
def test_an_actor_has_the_role_of_the_row(claimed: str, admin: bool) -> None:
    assert right(admin=admin).granted(claimed, None) == Actor(subject="sub", role=claimed, request_id="request")


def test_a_links_bearer_acts_as_the_applicant_whatever_the_login() -> None:
    by = ApplicantRight(subject="", request_id="request", key=KEY, gone=NotRegistered, via=Via.LINK)
    for login in (None, "ada"):
        assert by.granted(login) == Actor(subject=login, role="applicant", request_id="request", via=Via.LINK)
    assert by.granted("ada").by_the_clock().via is None
