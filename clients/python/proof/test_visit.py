"""The fixtures that the package brings."""

from estate_os_booking.testing import Organization


def test_an_applicant_is_let_in(booking_organization: Organization) -> None:
    ada = booking_organization.applicant(name="Ada")
    (found,) = booking_organization.agent().client.iter_applicants()
    assert (found.id, found.name) == (ada.id, "Ada")
