"""Tokens of an issuer that publishes its keys: which keys are used, and how often they are asked for."""

import asyncio
import gzip
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.adapters.tokens import keys
from booking.adapters.tokens.keys import FETCH_TIMEOUT, LARGEST_BODY
from booking.adapters.tokens.verification import JoseTokens, tokens_for
from booking.adapters.tokens.verifying_keys import verifying_keys
from booking.config import AuthSettings
from booking.domain.refusals import Unauthenticated, Unavailable
from tests.support.chance import examples
from tests.support.issuer import GONE, URL, VALID, Clock, EcKey, Issuer, RsaKey, b64, payload, signed

EC, RSA, OTHER = EcKey("e"), RsaKey("r"), EcKey("other")
SUBJECT: str = VALID["sub"]
INVALID = "the token is not valid"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch may follow another after 50 ms: five seconds are for issuers that others run."""
    monkeypatch.setattr(keys, "FETCH_EVERY", 0.05)


def names(*published: object) -> list[str | None]:
    return [key.kid for key in verifying_keys(json.dumps({"keys": published}).encode())]


@asynccontextmanager
async def believing(issuer: Issuer, clock: Clock | None = None) -> AsyncIterator[JoseTokens]:
    tokens = tokens_for(AuthSettings(jwks_url=URL), now=Clock(), monotonic=clock or Clock(), transport=issuer)
    try:
        yield tokens
    finally:
        await tokens.aclose()


async def is_refused(tokens: JoseTokens, text: str) -> bool:
    try:
        await tokens.verify(text)
    except Unauthenticated as refused:
        return refused.detail == INVALID
    return False


async def is_believed(tokens: JoseTokens, text: str) -> bool:
    claims = await tokens.verify(text)
    return claims.subject == SUBJECT


async def is_unknowable(tokens: JoseTokens, text: str) -> bool:
    try:
        await tokens.verify(text)
    except Unavailable:
        return True
    return False


async def test_tokens_of_both_kinds_of_key_are_believed_and_the_keys_fetched_once() -> None:
    issuer = Issuer(EC.jwk, RSA.jwk)
    async with believing(issuer) as tokens:
        for key in (EC, RSA, EC):
            assert await is_believed(tokens, signed(key))
    assert issuer.fetches == 1


async def test_the_name_of_a_key_does_not_make_up_for_its_signature() -> None:
    async with believing(Issuer(EC.jwk, RSA.jwk)) as tokens:
        assert await is_refused(tokens, signed(EcKey("e")))
        assert await is_refused(tokens, signed(OTHER, kid="e"))


@pytest.mark.parametrize("key", [EC, RSA])
@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "RS256", "ES384", "RS512", "PS256"])
async def test_the_algorithm_follows_from_the_key(key: EcKey | RsaKey, alg: str) -> None:
    async with believing(Issuer(EC.jwk, RSA.jwk)) as tokens:
        assert await is_refused(tokens, signed(key, alg=alg)) == (alg != key.alg)


async def test_a_token_brings_no_key_of_its_own() -> None:
    issuer = Issuer(EC.jwk)
    evil = {"jku": "https://evil.test", "jwk": OTHER.jwk, "x5u": "https://evil.test", "x5c": ["x"]}
    async with believing(issuer) as tokens:
        assert await is_believed(tokens, signed(EC, **evil))
        assert await is_refused(tokens, signed(OTHER, kid="e", **evil))
    assert issuer.fetches == 1


async def test_a_token_that_names_no_key_is_believed_by_any_key_of_its_algorithm() -> None:
    issuer = Issuer(EC.jwk, RSA.jwk, EcKey("another").jwk)
    async with believing(issuer) as tokens:
        assert await is_believed(tokens, signed(EC, kid=GONE))
        assert await is_believed(tokens, signed(RSA, kid=None))
        assert await is_refused(tokens, signed(OTHER, kid=GONE))
        assert await is_refused(tokens, signed(RSA, kid=GONE, alg="ES256"))
    async with believing(Issuer(RSA.jwk)) as tokens:
        assert await is_refused(tokens, signed(EC, kid=GONE))


NULLS: dict[str, object] = {"kid": None, "use": None, "alg": None, "key_ops": None, "d": None, "x5c": None}


@pytest.mark.parametrize("key", [EC, RSA])
@pytest.mark.parametrize("change", [{"kid": GONE}, {"kid": None}, {"use": None}, {"alg": None}, NULLS])
async def test_what_a_key_does_not_say_or_says_as_null_is_absent(
    key: EcKey | RsaKey, change: dict[str, object]
) -> None:
    published = {name: value for name, value in (key.jwk | change).items() if value is not GONE}
    async with believing(Issuer(published)) as tokens:
        for kid in (key.kid, GONE, None) if change.get("kid", key.kid) == key.kid else (key.kid, GONE, None, "any"):
            assert await is_believed(tokens, signed(key, kid=kid))
        assert await is_refused(tokens, signed(OTHER if key is EC else RsaKey("x", 2049), kid=key.kid))


async def test_two_keys_by_one_name_are_both_used_whatever_their_kind() -> None:
    first, second = EcKey("k"), EcKey("k")
    rsa = {**RSA.jwk, "kid": "k"}
    async with believing(Issuer(first.jwk, second.jwk, rsa)) as tokens:
        for key in (first, second, RSA, first):
            assert await is_believed(tokens, signed(key, kid="k"))
        assert await is_refused(tokens, signed(OTHER, kid="k"))


@pytest.mark.parametrize("key_set", [(), ({"kty": "oct", "k": b64(b"x" * 32)}, {"kty": "OKP", "kid": "o"}, None)])
async def test_a_set_without_a_usable_key_is_one_warning(
    key_set: tuple[object, ...], caplog: pytest.LogCaptureFixture
) -> None:
    issuer, clock = Issuer(*key_set), Clock()
    async with believing(issuer, clock) as tokens:
        for _ in range(3):
            assert await is_refused(tokens, signed(EC))
            clock.seconds += 1
        assert [record.getMessage().split(":")[0] for record in caplog.records if "booking" in record.name] == [
            "the issuer publishes no key of use here (EC P-256, or RSA of 2048 bits)"
        ]
        issuer.publish(EC.jwk)
        assert await is_believed(tokens, signed(EC))


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"use": "enc"},
            {"key_ops": ["sign"]},
            {"key_ops": "verify"},
            {"alg": "RS512"},
            {"alg": "HS256"},
        ),
        *({"kid": ""}, {"kid": 1}, {"kty": "oct", "k": b64(b"x" * 32)}, {"kty": "OKP"}, {"kty": GONE}),
        *({"d": "AQAB"}, {"x": ""}, {"x": "ä"}, {"x": "AQAB"}, {"crv": "P-384"}, {"crv": "secp256k1"}, {"y": 1}),
    ],
)
async def test_a_key_of_no_use_here_is_passed_over(change: dict[str, object]) -> None:
    spoilt = {name: value for name, value in (EC.jwk | {"use": "sig"} | change).items() if value is not GONE}
    assert names(spoilt, RSA.jwk) == ["r"]
    async with believing(Issuer(spoilt, "no key", None, RSA.jwk)) as tokens:
        assert await is_refused(tokens, signed(EC))
        assert await is_believed(tokens, signed(RSA))


async def test_a_key_as_supabase_publishes_it_is_used() -> None:
    published = EC.jwk | {"use": "sig", "alg": "ES256", "key_ops": ["verify"], "ext": True}
    async with believing(Issuer(published)) as tokens:
        assert await is_believed(tokens, signed(EC))


async def test_keys_too_weak_or_of_another_curve_are_passed_over() -> None:
    weak, wide = RsaKey("weak", 1024), EcKey("wide", ec.SECP384R1())
    async with believing(Issuer(weak.jwk, wide.jwk, EC.jwk)) as tokens:
        assert await is_refused(tokens, signed(weak))
        assert await is_refused(tokens, signed(EC, kid="wide"))
    assert names(weak.jwk, wide.jwk, EC.jwk) == ["e"]


async def test_a_new_key_is_found_when_a_token_names_it() -> None:
    issuer, clock = Issuer(EC.jwk), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC))
        issuer.publish(EC.jwk, RSA.jwk)
        clock.seconds += 30
        assert await is_believed(tokens, signed(RSA))
    assert issuer.fetches == 2


async def test_a_new_key_just_after_a_fetch_waits_for_the_next_one_instead_of_being_refused() -> None:
    issuer = Issuer(EC.jwk)
    async with believing(issuer) as tokens:
        assert await is_believed(tokens, signed(EC))
        issuer.publish(EC.jwk, OTHER.jwk)
        assert await is_believed(tokens, signed(OTHER))
    assert issuer.fetches == 2


async def test_a_key_asked_for_while_a_fetch_is_under_way_that_does_not_bring_it_waits_for_the_next() -> None:
    issuer = Issuer(EC.jwk)
    issuer.gate.clear()
    async with believing(issuer) as tokens:
        first = asyncio.create_task(is_believed(tokens, signed(EC)))
        await issuer.asked.wait()
        second = asyncio.create_task(is_believed(tokens, signed(OTHER)))
        issuer.gate.set()
        assert await first
        issuer.publish(EC.jwk, OTHER.jwk)
        assert await second
    assert issuer.fetches == 2


async def test_several_quick_rotations_are_followed() -> None:
    """No fetch begins before its time, by the clock that really passes."""
    issuer, begun_at = Issuer(EC.jwk), time.monotonic()
    clock: Any = time.monotonic
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC))
        for key in [EcKey(str(number)) for number in range(5)]:
            issuer.publish(key.jwk)
            assert await is_believed(tokens, signed(key))
            assert await is_refused(tokens, signed(EC))
    assert time.monotonic() - begun_at >= (issuer.fetches - 1) * keys.FETCH_EVERY > 0.2


@pytest.mark.parametrize("kid", [GONE, "same"])
async def test_a_new_key_without_a_name_of_its_own_is_followed(kid: object) -> None:
    """One without any at once; one by the name of the last as soon as keys are fetched, which its first use begins."""

    def published(key: EcKey) -> object:
        return {name: value for name, value in (key.jwk | {"kid": kid}).items() if value is not GONE}

    issuer, clock = Issuer(published(EC)), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC, kid=kid))
        issuer.publish(published(OTHER))
        clock.seconds += 1
        if kid == "same":
            issuer.asked.clear()
            assert await is_refused(tokens, signed(OTHER, kid=kid))
            await asyncio.wait_for(issuer.asked.wait(), 2)
            while await is_refused(tokens, signed(EC, kid=kid)) is False:  # noqa: ASYNC110 - nobody else can tell
                await asyncio.sleep(0)
        assert await is_believed(tokens, signed(OTHER, kid=kid))
        assert await is_refused(tokens, signed(EC, kid=kid))


@pytest.mark.parametrize("up", [True, False])
async def test_invented_key_names_share_a_fetch_and_are_refused_at_once_until_the_next(
    up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer, clock = Issuer(EC.jwk), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC))
        issuer.up = up
        invented = [signed(OTHER, kid=str(number)) for number in range(20)]
        for fetches in (2, 3):
            assert await asyncio.gather(*(is_refused(tokens, text) for text in invented)) == [True] * 20
            assert issuer.fetches == fetches
            with monkeypatch.context() as patched:
                patched.setattr(asyncio, "sleep", None)  # nobody waits
                for text in invented:
                    assert await is_refused(tokens, text)
            assert issuer.fetches == fetches
            clock.seconds += 0.05
        assert await is_believed(tokens, signed(EC))


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "RS512"])
async def test_an_algorithm_that_no_key_has_asks_nobody(alg: str) -> None:
    issuer = Issuer(EC.jwk)
    async with believing(issuer) as tokens:
        assert await is_refused(tokens, signed(EC, kid="new", alg=alg))
    assert issuer.fetches == 0


async def test_many_at_once_share_one_fetch_and_survive_whoever_hangs_up() -> None:
    issuer = Issuer(EC.jwk)
    issuer.gate.clear()
    async with believing(issuer) as tokens:
        waiting = [asyncio.create_task(is_believed(tokens, signed(EC))) for _ in range(50)]
        await issuer.asked.wait()
        waiting[0].cancel()
        await asyncio.wait(waiting[:1])
        issuer.gate.set()
        assert await asyncio.gather(*waiting[1:]) == [True] * 49
    assert waiting[0].cancelled()
    assert issuer.fetches == 1


async def test_old_keys_are_renewed_while_those_who_use_them_do_not_wait() -> None:
    issuer, clock = Issuer(EC.jwk), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC))
        issuer.publish(RSA.jwk)
        issuer.asked.clear()
        clock.seconds += 600
        assert await is_believed(tokens, signed(EC))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not issuer.asked.is_set()
        clock.seconds += 1
        issuer.gate.clear()
        assert await is_believed(tokens, signed(EC))
        await asyncio.wait_for(issuer.asked.wait(), 2)
        assert await is_believed(tokens, signed(EC))
        issuer.gate.set()
        assert await is_believed(tokens, signed(RSA))
        assert issuer.fetches == 2
        assert await is_refused(tokens, signed(EC))


async def test_while_the_issuer_is_down_known_keys_go_on_working(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    issuer, clock = Issuer(EC.jwk), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC))
        issuer.up = False
        for minutes in range(1, 4):
            clock.seconds += 601
            for _ in range(3):
                assert await is_believed(tokens, signed(EC))
                assert await is_refused(tokens, signed(OTHER))
            assert issuer.fetches == 1 + minutes
        issuer.up = True
        clock.seconds += 30
        issuer.publish(OTHER.jwk)
        assert await is_believed(tokens, signed(OTHER))
    first, last = (record.getMessage() for record in caplog.records if record.name.startswith("booking"))
    assert "cannot be fetched" in first
    assert "can be fetched again" in last


async def test_with_no_key_and_no_issuer_nobody_can_tell() -> None:
    issuer, clock = Issuer(EC.jwk), Clock()
    issuer.up = False
    async with believing(issuer, clock) as tokens:
        for text in (signed(EC), signed(EC), signed(EC, kid=GONE)):
            assert await is_unknowable(tokens, text)
        assert issuer.fetches == 2
        issuer.up = True
        assert await is_unknowable(tokens, signed(EC, kid=GONE))
        assert issuer.fetches == 2
        clock.seconds += 1
        assert await is_believed(tokens, signed(EC))


async def test_an_issuer_that_publishes_no_key_has_said_so() -> None:
    issuer, clock = Issuer(), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_refused(tokens, signed(EC))
        assert await is_refused(tokens, signed(EC, kid=GONE))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (302, b""),
        (404, b"{}"),
        (500, b""),
        (500, json.dumps({"keys": [OTHER.jwk]}).encode()),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"keys":{}}'),
        (200, b"[" * 5000),
        (200, json.dumps({"keys": [OTHER.jwk]}).encode().ljust(LARGEST_BODY + 1)),
        (200, gzip.compress(json.dumps({"keys": [OTHER.jwk]}).encode())),
    ],
)
async def test_an_answer_that_is_no_key_set_changes_nothing(status: int, body: bytes) -> None:
    issuer, clock = Issuer(EC.jwk), Clock()
    async with believing(issuer, clock) as tokens:
        assert await is_believed(tokens, signed(EC))
        issuer.answer(body, status, location="https://evil.test", **{"content-encoding": "gzip"})
        clock.seconds += 601
        assert await is_refused(tokens, signed(OTHER))
        assert issuer.fetches == 2
        assert await is_believed(tokens, signed(EC))
    issuer.fetches = 0
    async with believing(issuer, clock) as tokens:
        assert await is_unknowable(tokens, signed(EC))
    assert issuer.fetches == 1


async def test_a_key_set_is_read_up_to_its_bound() -> None:
    issuer = Issuer()
    issuer.answer(json.dumps({"keys": [EC.jwk]}).encode().ljust(LARGEST_BODY))
    async with believing(issuer) as tokens:
        assert await is_believed(tokens, signed(EC))


async def test_an_issuer_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is on the whole fetch: httpx's own timeouts begin anew with every byte."""
    monkeypatch.setattr("booking.adapters.tokens.keys.FETCH_TIMEOUT", 0.01)
    assert FETCH_TIMEOUT == 2.0
    issuer = Issuer(EC.jwk)
    issuer.gate.clear()
    async with believing(issuer) as tokens:
        assert await is_unknowable(tokens, signed(EC))


async def test_closing_gives_up_the_fetch_that_is_under_way() -> None:
    issuer = Issuer(EC.jwk)
    issuer.gate.clear()
    async with believing(issuer) as tokens:
        waiting = asyncio.create_task(is_believed(tokens, signed(EC)))
        await issuer.asked.wait()
    await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_closing_what_was_never_used_is_fine() -> None:
    async with believing(Issuer(EC.jwk)):
        pass


JWK_MEMBER = st.none() | st.text(max_size=8) | st.binary(max_size=40).map(b64) | st.integers() | st.lists(st.text())


@settings(max_examples=examples(200))
@given(
    base=st.sampled_from([EC.jwk, RSA.jwk]),
    change=st.dictionaries(st.sampled_from(["kid", "kty", "crv", "x", "y", "n", "e", "use", "alg"]), JWK_MEMBER),
)
def test_no_published_key_brings_us_down(base: dict[str, object], change: dict[str, object]) -> None:
    keys = verifying_keys(json.dumps({"keys": [base | change, OTHER.jwk]}).encode())
    assert (keys[-1].algorithm, keys[-1].kid) == ("ES256", "other")


async def test_the_claims_of_a_published_keys_token_are_judged_as_any_others() -> None:
    async with believing(Issuer(EC.jwk)) as tokens:
        assert await is_refused(tokens, signed(EC, payload(role="service_role")))
