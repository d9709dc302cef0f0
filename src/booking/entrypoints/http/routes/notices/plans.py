"""Notice plans over HTTP, with an entity tag so that two admins do not overwrite each other."""

from datetime import time, timedelta
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType, field

from booking.domain.fault import Fault, FaultCode
from booking.domain.notices import plan as domain
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidHeader, InvalidRequest, NotFound, PreconditionFailed
from booking.entrypoints.http.guards import admins_only, agents_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.preconditions import AnyRequest, expected, tag
from booking.entrypoints.http.wire import Input, LocalTime, Output
from booking.service.notices.plans import NoticePlanService, PlanView

Month = Annotated[int, Meta(ge=1, le=2_592_000)]
"""Seconds, at most 30 days of them."""
Offsets = Annotated[tuple[Month, ...], Meta(max_length=10, extra_json_schema={"uniqueItems": True})]
Channels = Annotated[tuple[Channel, ...], Meta(max_length=len(Channel), extra_json_schema={"uniqueItems": True})]
"""Each at most once, as `inputs/` has it for every list."""


class PutQuietHours(Input):
    since: LocalTime = field(name="from")
    until: LocalTime


class PutRelease(Input):
    before_seconds: Month
    trust_sent: bool = False


class PutNoticePlan(Input):
    """New settings. A field that is left out is as by default: for a property, as the organization has it."""

    reminder_offsets_seconds: Offsets | UnsetType = UNSET
    channels: Channels | UnsetType = UNSET
    quiet_hours: PutQuietHours | UnsetType | None = UNSET
    release: PutRelease | UnsetType | None = UNSET
    may_release: bool | UnsetType = UNSET


class QuietHours(Output):
    since: str = field(name="from")
    until: str


class Release(Output):
    before_seconds: int
    trust_sent: bool


class NoticePlan(Output):
    reminder_offsets_seconds: list[int]
    channels: list[Channel]
    quiet_hours: QuietHours | None
    release: Release | None
    may_release: bool


class NoticePlanOverrides(Output):
    """Fields that the property overrides. The others are left out: of these null says that there is none."""

    reminder_offsets_seconds: list[int] | UnsetType = UNSET
    channels: list[Channel] | UnsetType = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    release: Release | UnsetType | None = UNSET
    may_release: bool | UnsetType = UNSET


class NoticePlanResponse(Output):
    notice_plan: NoticePlan
    configured_channels: list[Channel]


class PropertyNoticePlanResponse(Output):
    notice_plan: NoticePlan
    overrides: NoticePlanOverrides
    configured_channels: list[Channel]


R = TypeVar("R", NoticePlanResponse, PropertyNoticePlanResponse)


@get(
    "/notice-plan",
    operation_id="getNoticePlan",
    guards=[agents_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole,)},
)
async def get_notice_plan(
    caller: NamedDependency[Caller], notice_plans: NamedDependency[NoticePlanService]
) -> Response[NoticePlanResponse]:
    return _of_organization(await notice_plans.get(caller))


@put(
    "/notice-plan",
    operation_id="putNoticePlan",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PutNoticePlan)},
    opt={"refuses": (WrongRole, InvalidHeader, PreconditionFailed)},
)
async def put_notice_plan(
    request: AnyRequest,
    content: NamedDependency[PutNoticePlan],
    caller: NamedDependency[Caller],
    notice_plans: NamedDependency[NoticePlanService],
) -> Response[NoticePlanResponse]:
    settings = _settings(content)
    version = await expected(request, partial(_version, caller, notice_plans))
    return _of_organization(await notice_plans.put(caller.showing(_of_organization), settings, expected=version))


@get(
    "/properties/{property_id:str}/notice-plan",
    operation_id="getPropertyNoticePlan",
    guards=[agents_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole, NotFound)},
)
async def get_property_notice_plan(
    property_id: FromPath[str], caller: NamedDependency[Caller], notice_plans: NamedDependency[NoticePlanService]
) -> Response[PropertyNoticePlanResponse]:
    return _of_property(await notice_plans.get(caller, read_id(property_id, NotFound)))


@put(
    "/properties/{property_id:str}/notice-plan",
    operation_id="putPropertyNoticePlan",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PutNoticePlan)},
    opt={"refuses": (WrongRole, NotFound, InvalidHeader, PreconditionFailed)},
)
async def put_property_notice_plan(
    request: AnyRequest,
    property_id: FromPath[str],
    content: NamedDependency[PutNoticePlan],
    caller: NamedDependency[Caller],
    notice_plans: NamedDependency[NoticePlanService],
) -> Response[PropertyNoticePlanResponse]:
    id, settings = read_id(property_id, NotFound), _settings(content)  # noqa: A001 - the property's own
    version = await expected(request, partial(_version, caller, notice_plans, id))
    by = caller.showing(_of_property)
    return _of_property(await notice_plans.put(by, settings, expected=version, property_id=id))


routes = (get_notice_plan, put_notice_plan, get_property_notice_plan, put_property_notice_plan)


def _settings(content: PutNoticePlan) -> domain.PlanSettings:
    offsets, quiet, release = content.reminder_offsets_seconds, content.quiet_hours, content.release
    if isinstance(quiet, PutQuietHours) and quiet.since == quiet.until:
        detail = "is the same as from: for no quiet hours, quiet_hours is null"
        raise InvalidRequest([Fault(pointer="#/quiet_hours/until", code=FaultCode.NOT_ALLOWED, detail=detail)])
    return domain.PlanSettings(
        offsets=UNSET if offsets is UNSET else tuple(timedelta(seconds=one) for one in offsets),
        channels=content.channels,
        quiet_hours=domain.QuietHours(since=time.fromisoformat(quiet.since), until=time.fromisoformat(quiet.until))
        if isinstance(quiet, PutQuietHours)
        else quiet,
        release=domain.Release(before=timedelta(seconds=release.before_seconds), trust_sent=release.trust_sent)
        if isinstance(release, PutRelease)
        else release,
        may_release=content.may_release,
    )


def _of_organization(view: PlanView) -> Response[NoticePlanResponse]:
    shown = NoticePlanResponse(
        notice_plan=NoticePlan(**_fields(view.effective)), configured_channels=[*view.configured]
    )
    return _tagged(shown, view)


def _of_property(view: PlanView) -> Response[PropertyNoticePlanResponse]:
    shown = PropertyNoticePlanResponse(
        notice_plan=NoticePlan(**_fields(view.effective)),
        overrides=NoticePlanOverrides(**_fields(view.settings)),
        configured_channels=[*view.configured],
    )
    return _tagged(shown, view)


def _tagged(shown: R, view: PlanView) -> Response[R]:
    return Response(shown, headers={"ETag": tag(view.settings.version, view.beside)})


def _fields(of: domain.NoticePlan | domain.PlanSettings) -> dict[str, Any]:
    offsets, channels, quiet, release = of.offsets, of.channels, of.quiet_hours, of.release
    return {
        "reminder_offsets_seconds": UNSET if offsets is UNSET else [_seconds(one) for one in offsets],
        "channels": UNSET if channels is UNSET else [*channels],
        "quiet_hours": QuietHours(since=f"{quiet.since:%H:%M}", until=f"{quiet.until:%H:%M}")
        if isinstance(quiet, domain.QuietHours)
        else quiet,
        "release": Release(before_seconds=_seconds(release.before), trust_sent=release.trust_sent)
        if isinstance(release, domain.Release)
        else release,
        "may_release": of.may_release,
    }


def _seconds(one: timedelta) -> int:
    return one // timedelta(seconds=1)


async def _version(caller: Caller, notice_plans: NoticePlanService, property_id: UUID | None = None) -> int:
    return (await notice_plans.get(caller, property_id)).settings.version
