"""A signature that held is not computed again; all else about a token is judged as if it were new."""

import pytest
from jose import jws

from booking.adapters.tokens import verification as module
from booking.adapters.tokens.keys import STALE_AFTER
from booking.adapters.tokens.verification import tokens_for
from booking.config import AuthSettings
from booking.domain.refusals import Unauthenticated
from tests.support.issuer import SECRET, URL, VALID, Clock, EcKey, Issuer, hs256, payload, signed

AUTH = AuthSettings(hs256_secret=SECRET)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signatures were computed."""
    computed: list[str] = []
    verify = jws.verify

    def counting(token: str, *rest: object) -> bytes:
        computed.append(token)
        return verify(token, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(jws, "verify", counting)
    return computed


async def test_a_signature_is_computed_once(computed: list[str]) -> None:
    tokens, text = tokens_for(AUTH, now=Clock()), hs256(payload())
    assert [(await tokens.verify(text)).subject for _ in range(3)] == [VALID["sub"]] * 3
    assert computed == [text]


async def test_a_token_that_was_believed_expires_all_the_same() -> None:
    clock = Clock()
    tokens, text = tokens_for(AUTH, now=clock), hs256(payload())
    await tokens.verify(text)
    clock.seconds = VALID["exp"] + 30
    with pytest.raises(Unauthenticated, match="expired"):
        await tokens.verify(text)


@pytest.mark.parametrize("published", [[], [EcKey("e")]], ids=["withdrawn", "another by the same name"])
async def test_a_token_that_was_believed_is_not_once_its_key_is_gone(published: list[EcKey]) -> None:
    clock, key = Clock(), EcKey("e")
    issuer = Issuer(key.jwk)
    auth = AuthSettings(jwks_url=URL)
    tokens = tokens_for(auth, now=Clock(), monotonic=clock, transport=issuer)
    text = signed(key)
    assert (await tokens.verify(text)).subject == VALID["sub"]
    issuer.publish(*(other.jwk for other in published))
    clock.seconds += STALE_AFTER + 1
    with pytest.raises(Unauthenticated):
        await tokens.verify(signed(key, kid="unheard of"))  # which waits for the newest keys
    with pytest.raises(Unauthenticated):
        await tokens.verify(text)
    await tokens.aclose()


async def test_however_many_come_so_many_are_remembered(computed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    tokens = tokens_for(AUTH, now=Clock())
    first, second, third = (hs256(payload(sub=name)) for name in ("a", "b", "c"))
    for text in (first, second, third, third, second, first):
        await tokens.verify(text)
    assert computed == [first, second, third, first]


async def test_what_was_not_believed_is_not_remembered(computed: list[str]) -> None:
    tokens, forged = tokens_for(AUTH, now=Clock()), hs256(payload())[:-4] + "AAAA"
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await tokens.verify(forged)
    assert computed == [forged] * 2
