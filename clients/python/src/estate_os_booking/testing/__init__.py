"""Test support: start and drive an instance."""

from estate_os_booking.testing.instance import Applicant, Instance, Mail, Organization, Person
from estate_os_booking.testing.screenings import Envelope
from estate_os_booking.testing.start import connect_instance, start_instance

__all__ = ["Applicant", "Envelope", "Instance", "Mail", "Organization", "Person", "connect_instance", "start_instance"]
