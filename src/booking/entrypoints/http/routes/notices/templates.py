"""Notice templates over HTTP: texts of an agency's own, and previews of the messages."""

from functools import partial
from typing import Annotated

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from booking.domain.notices import template as domain
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.template import LARGEST_BODY, Language, OwnText, Placeholder
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidHeader, NotFound, PreconditionFailed
from booking.entrypoints.http.guards import admins_only, agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query
from booking.entrypoints.http.preconditions import AnyRequest, expected, tag
from booking.entrypoints.http.wire import NAME, Input, Instant, Locale, Name, Output
from booking.service.notices.templates import TemplateService

Words = Annotated[str, Meta(min_length=1, max_length=LARGEST_BODY, pattern=NAME)]


class TemplateQuery(Input):
    """`recipient`: by default the first one that is told of the kind; `locale`: by default all without a text."""

    recipient: Recipient | None = None
    locale: Language | None = None


class PreviewQuery(Input):
    recipient: Recipient | None = None
    locale: Locale | None = None


class PutNoticeTemplate(Input):
    """New text. A subject or a heading that is left out, or null, is as usual."""

    body: Words
    subject: Name | None = None
    heading: Name | None = None


class NoticeTemplate(Output):
    kind: NoticeKind
    recipient: Recipient
    locale: Language | None
    subject: str | None
    heading: str | None
    body: str | None
    placeholders: list[Placeholder]
    updated_at: Instant | None


class NoticeTemplateResponse(Output):
    notice_template: NoticeTemplate


class NoticePreview(Output):
    kind: NoticeKind
    recipient: Recipient
    subject: str
    text: str
    html: str


class NoticePreviewResponse(Output):
    preview: NoticePreview


@get(
    "/notice-templates/{kind:str}",
    operation_id="getNoticeTemplate",
    guards=[agents_only],
    dependencies={"parameters": Query(TemplateQuery)},
    opt={"etag": True, "refuses": (WrongRole, NotFound)},
)
async def get_notice_template(
    kind: FromPath[str],
    parameters: NamedDependency[TemplateQuery],
    caller: NamedDependency[Caller],
    notice_templates: NamedDependency[TemplateService],
) -> Response[NoticeTemplateResponse]:
    return _answer(await notice_templates.get(caller, _kind(kind), parameters.recipient, parameters.locale))


@put(
    "/notice-templates/{kind:str}",
    operation_id="putNoticeTemplate",
    guards=[admins_only],
    dependencies={"parameters": Query(TemplateQuery), "content": Body(PutNoticeTemplate)},
    opt={"refuses": (WrongRole, NotFound, InvalidHeader, PreconditionFailed)},
)
async def put_notice_template(
    request: AnyRequest,
    kind: FromPath[str],
    parameters: NamedDependency[TemplateQuery],
    content: NamedDependency[PutNoticeTemplate],
    caller: NamedDependency[Caller],
    notice_templates: NamedDependency[TemplateService],
) -> Response[NoticeTemplateResponse]:
    of = _kind(kind)
    version = await expected(request, partial(_version, caller, notice_templates, of, parameters))
    text = OwnText(language=parameters.locale, subject=content.subject, heading=content.heading, body=content.body)
    put = notice_templates.put(caller.showing(_answer), of, parameters.recipient, text, expected=version)
    return _answer(await put)


@delete(
    "/notice-templates/{kind:str}",
    operation_id="deleteNoticeTemplate",
    guards=[admins_only],
    dependencies={"parameters": Query(TemplateQuery)},
    opt={"refuses": (WrongRole, NotFound)},
)
async def delete_notice_template(
    kind: FromPath[str],
    parameters: NamedDependency[TemplateQuery],
    caller: NamedDependency[Caller],
    notice_templates: NamedDependency[TemplateService],
) -> None:
    await notice_templates.reset(caller, _kind(kind), parameters.recipient, parameters.locale)


@get(
    "/notice-templates/{kind:str}/preview",
    operation_id="previewNoticeTemplate",
    guards=[agents_only],
    dependencies={"parameters": Query(PreviewQuery)},
    opt={"refuses": (WrongRole, NotFound)},
)
async def preview_notice_template(
    kind: FromPath[str],
    parameters: NamedDependency[PreviewQuery],
    caller: NamedDependency[Caller],
    notice_templates: NamedDependency[TemplateService],
) -> NoticePreviewResponse:
    key, message = await notice_templates.preview(caller, _kind(kind), parameters.recipient, parameters.locale)
    preview = NoticePreview(
        kind=key.kind, recipient=key.recipient, subject=message.subject, text=message.text, html=message.html
    )
    return NoticePreviewResponse(preview=preview)


routes = (get_notice_template, put_notice_template, delete_notice_template, preview_notice_template)


def _kind(text: str) -> NoticeKind:
    """Return the kind of that name; NotFound."""
    try:
        return NoticeKind(text)
    except ValueError:
        raise NotFound from None


def _answer(template: domain.NoticeTemplate) -> Response[NoticeTemplateResponse]:
    key, text = template.key, template.text
    shown = NoticeTemplate(
        kind=key.kind,
        recipient=key.recipient,
        locale=key.language,
        subject=text.subject,
        heading=text.heading,
        body=text.body,
        placeholders=list(template.placeholders),
        updated_at=template.updated_at,
    )
    return Response(NoticeTemplateResponse(notice_template=shown), headers={"ETag": tag(template.version)})


async def _version(
    caller: Caller, notice_templates: TemplateService, kind: NoticeKind, parameters: TemplateQuery
) -> int:
    return (await notice_templates.get(caller, kind, parameters.recipient, parameters.locale)).version
