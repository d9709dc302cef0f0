"""Refusals that are of people: their roles, their phones, their screening."""

from booking.domain.refusals import Conflict, Forbidden, NotFound, RateLimited


class NotRegistered(Forbidden):
    title = "The token is valid, but nobody is registered here by that name."


class WrongRole(Forbidden):
    title = "Your role does not allow this."


class WrongOrganization(Forbidden):
    title = "This sender speaks for another organization."


class AgentNotFound(NotFound):
    title = "Your organization has no such agent."


class ApplicantNotFound(NotFound):
    title = "There is no such applicant."


class OrganizationNotFound(NotFound):
    title = "There is no such organization, or it is outside your view."


class CannotRemoveOneself(Conflict):
    title = "Nobody removes themselves: another admin has to."


class PhoneMissing(Conflict):
    title = "You have said no phone: set one by `PATCH /me/contact` first."


class PhoneCodeInvalid(Conflict):
    title = "This code proves nothing: it is wrong, too old, tried too often, or was sent to another phone."


class ApplicantIneligible(Conflict):
    title = "The applicant's screening does not allow bookings."


class TooManyPhoneCodes(RateLimited):
    title = "As many codes as may be were sent to you, or to this phone, within a day."
