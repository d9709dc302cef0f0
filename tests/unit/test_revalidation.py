"""Entity tags, and answers that the viewer has already."""

import re

import pytest

from booking.entrypoints.http.revalidation import revalidated

JSON = (b"content-type", b"application/json")
ETAG = (b"etag", b'"3"')
BODY = b'{"slot":{}}'


def asked(*tags: str) -> list[tuple[bytes, bytes]]:
    return [(b"accept", b"*/*"), *((b"if-none-match", tag.encode()) for tag in tags)]


def test_an_answer_is_tagged_with_a_digest_of_its_body() -> None:
    status, headers, body = revalidated(asked(), 200, [JSON], BODY)
    tag = dict(headers)[b"etag"]
    assert (status, list(headers), body) == (200, [JSON, (b"etag", tag)], BODY)
    assert re.fullmatch(rb'"[0-9a-f]{32}"', tag)
    assert revalidated(asked(), 200, [JSON], BODY)[1] == headers
    assert revalidated(asked(), 200, [JSON], BODY + b" ")[1] != headers
    assert revalidated(asked(tag.decode()), 200, [JSON], BODY) == (304, [(b"etag", tag)], b"")


@pytest.mark.parametrize(
    "tags", [['"3"'], ['W/"3"'], ["*"], [" * "], ['"2", "3"'], ['"2",,W/"3" ,'], ['"2"', '"3"'], ['"a,b", "3"']]
)
def test_who_has_the_answer_is_told_so(tags: list[str]) -> None:
    assert revalidated(asked(*tags), 200, [JSON, ETAG], BODY) == (304, [ETAG], b"")


@pytest.mark.parametrize(
    "tags", [[], ['"2"'], ["3"], [""], ['"3'], ['"3" x'], ['"3", x'], ['"3", *'], ['"3""2"'], ['w/"3"'], ['"33"']]
)
def test_another_tag_and_an_ill_formed_one_match_nothing(tags: list[str]) -> None:
    assert revalidated(asked(*tags), 200, [JSON, ETAG], BODY) == (200, [JSON, ETAG], BODY)


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_refusal_has_no_tag(status: int) -> None:
    assert revalidated(asked("*"), status, [JSON], BODY) == (status, [JSON], BODY)
