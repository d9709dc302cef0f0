"""Which tokens are believed, and what is read from them."""

import base64
import dataclasses
import json
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.adapters.tokens.minting import mint
from booking.adapters.tokens.verification import LONGEST_TOKEN, tokens_for
from booking.config import AuthSettings
from booking.config.variables import ConfigurationError
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency, Claims
from booking.domain.refusals import Unauthenticated
from booking.domain.values import replace
from booking.service.ports import Tokens
from tests.support.chance import examples
from tests.support.issuer import (
    GONE,
    NOW,
    ORGANIZATION,
    SECRET,
    URL,
    VALID,
    Clock,
    EcKey,
    Issuer,
    RsaKey,
    b64,
    hmac_by,
    hs256,
    jws,
    payload,
    signed,
    token,
)

AUTH = AuthSettings(hs256_secret=SECRET)
MEMBER = Agency(organization_id=UUID(ORGANIZATION), role=AgentRole.MEMBER)
ADA = Claims(subject=VALID["sub"], email="ada@example.com", email_vouched=True, agency=MEMBER)
EXPIRED, INVALID = "the token has expired", "the token is not valid"
HEADER = b'{"alg":"HS256"}'
SIGN = hmac_by(SECRET.encode())


def at_once(work: Coroutine[Any, Any, Claims]) -> Claims:
    """Runs it without a loop, and so proves that it waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waited")


def read(text: str, auth: AuthSettings = AUTH) -> Claims:
    tokens: Tokens = tokens_for(auth, now=Clock())
    return at_once(tokens.verify(text))


def refusal(text: str, auth: AuthSettings = AUTH) -> str:
    with pytest.raises(Unauthenticated) as refused:
        read(text, auth)
    return refused.value.detail


def outcome(text: str, auth: AuthSettings = AUTH) -> Claims | str:
    """The claims, or why they were refused."""
    try:
        return read(text, auth)
    except Unauthenticated as refused:
        return refused.detail


def test_a_valid_token_says_who_its_bearer_is() -> None:
    assert read(hs256(payload())) == ADA


def test_a_minted_token_is_believed_and_shaped_like_one_of_supabase() -> None:
    text = mint(
        SECRET, subject="s", email="a@b.c", lifetime=timedelta(hours=1), agency=MEMBER, email_verified=True, now=NOW
    )
    assert read(text) == Claims(subject="s", email="a@b.c", email_vouched=True, agency=MEMBER)
    body = text.split(".")[1]
    assert json.loads(_unb64(body)) == VALID | {"sub": "s", "email": "a@b.c"}


def test_a_token_minted_with_the_least_makes_its_bearer_nobody_in_particular() -> None:
    text = mint(SECRET, subject="s", lifetime=timedelta(hours=1), audience="us", issuer="me")
    auth = dataclasses.replace(AUTH, audience="us", issuer="me", trust_email=True)
    nobody = Claims(subject="s", email=None, email_vouched=False, agency=None)
    assert at_once(tokens_for(auth).verify(text)) == nobody


async def test_closing_the_one_with_a_secret_is_a_formality() -> None:
    await tokens_for(AUTH).aclose()


@pytest.mark.parametrize("claim", ["aud", "exp", "sub", "role"])
def test_a_required_claim_may_not_be_missing(claim: str) -> None:
    assert refusal(hs256(payload(**{claim: GONE}))) == INVALID


@pytest.mark.parametrize("claim", ["iat", "nbf", "iss", "email", "email_verified", "is_anonymous", "app_metadata"])
def test_any_other_claim_may_be_missing(claim: str) -> None:
    assert read(hs256(payload(**{claim: GONE}))).subject == ADA.subject


@pytest.mark.parametrize(
    "role", ["service_role", "anon", "Authenticated", "authenticated ", "", None, 1, ["authenticated"]]
)
def test_the_role_must_be_exactly_authenticated(role: object) -> None:
    assert refusal(hs256(payload(role=role))) == INVALID


@pytest.mark.parametrize("anonymous", [True, None, 0, 1, "false", "", [], {}])
def test_anonymous_users_are_refused_and_whoever_might_be_one(anonymous: object) -> None:
    assert refusal(hs256(payload(is_anonymous=anonymous))) == INVALID


@pytest.mark.parametrize(
    "audience", ["other", "", "authenticated2", None, 1, True, [], ["other"], ["authenticated", 1], {}]
)
def test_a_token_for_another_audience_is_refused(audience: object) -> None:
    assert refusal(hs256(payload(aud=audience))) == INVALID


@pytest.mark.parametrize("audience", ["authenticated", ["authenticated"], ["other", "authenticated"]])
def test_the_audience_stands_alone_or_in_a_list(audience: object) -> None:
    assert read(hs256(payload(aud=audience))) == ADA


@pytest.mark.parametrize(
    "issuer", [GONE, "https://other.test", "https://issuer.test/", None, 1, ["https://issuer.test"], {}]
)
def test_a_token_of_another_issuer_is_refused_where_one_is_configured(issuer: object) -> None:
    auth = dataclasses.replace(AUTH, issuer="https://issuer.test")
    assert refusal(hs256(payload(iss=issuer)), auth) == INVALID
    assert read(hs256(payload(iss=issuer))) == ADA
    assert read(hs256(payload(iss="https://issuer.test")), auth) == ADA


def test_a_token_is_believed_until_thirty_seconds_after_it_expired() -> None:
    late = read(hs256(payload(exp=NOW - 29)))
    assert late == ADA
    assert late.expires_at == datetime.fromtimestamp(NOW + 1, UTC)
    assert read(hs256(payload(exp=NOW - 29.999))) == ADA
    assert refusal(hs256(payload(exp=NOW - 30))) == EXPIRED
    assert refusal(hs256(payload(exp=0))) == EXPIRED


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_from_the_future_is_believed_from_thirty_seconds_before(claim: str) -> None:
    assert read(hs256(payload(**{claim: NOW + 30}))) == ADA
    assert refusal(hs256(payload(**{claim: NOW + 30.5}))) == INVALID


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "date",
    [
        *(None, True, False, "1900000000", "", [1900000000], {}, -1, -1e300, 1e300, 10**400, NOW * 1000),
        *(float("nan"), float("inf"), float("-inf")),
    ],
)
def test_a_date_must_be_a_number_of_seconds_in_our_era(claim: str, date: object) -> None:
    """The library takes "17", true and what is in milliseconds, and stumbles over lists and infinity."""
    assert refusal(hs256(payload(**{claim: date}))) == INVALID


@pytest.mark.parametrize("subject", ["", "x" * 256, "a\x00b", "a\n", "\x7f", "a\x85", None, 1, True, ["a"], {}])
def test_the_subject_must_be_a_short_printable_string(subject: object) -> None:
    assert refusal(hs256(payload(sub=subject))) == INVALID


def test_the_subject_may_be_any_word_of_any_language() -> None:
    for subject in ("x" * 255, "ä" * 255, "auth0|李 🦊"):
        assert read(hs256(payload(sub=subject))).subject == subject


@pytest.mark.parametrize("email", ["x" * 321, "a@b.c\n", "a\x00@b.c", 1, True, ["a@b.c"], {}])
def test_an_ill_typed_email_spoils_the_token(email: object) -> None:
    assert refusal(hs256(payload(email=email))) == INVALID


@pytest.mark.parametrize("email", ["", None, GONE])
def test_no_email_is_never_vouched_for(email: object) -> None:
    assert read(hs256(payload(email=email)), dataclasses.replace(AUTH, trust_email=True)) == replace(
        ADA, email=None, email_vouched=False
    )


@pytest.mark.parametrize("verified", [GONE, False, None, 1, "true", ["true"], {}])
def test_an_email_counts_only_if_it_is_verified_or_the_operator_says_so(verified: object) -> None:
    text = hs256(payload(email_verified=verified, user_metadata={"email_verified": True}))
    assert read(text) == replace(ADA, email_vouched=False)
    assert read(text, dataclasses.replace(AUTH, trust_email=True)) == ADA


def test_an_admin_is_one() -> None:
    text = hs256(payload(app_metadata={"organization_id": ORGANIZATION.upper(), "role": "admin", "provider": "email"}))
    assert read(text) == replace(ADA, agency=replace(MEMBER, role=AgentRole.ADMIN))


@pytest.mark.parametrize(
    "role", [GONE, "", "Member", "ADMIN", "agent", "owner", "authenticated", None, True, 0, ["admin"]]
)
def test_whoever_has_another_role_or_none_is_in_no_agency(role: object) -> None:
    metadata = {"organization_id": ORGANIZATION} | ({} if role is GONE else {"role": role})
    assert read(hs256(payload(app_metadata=metadata))) == replace(ADA, agency=None)


@pytest.mark.parametrize(
    "organization",
    [
        *(
            "",
            "1",
            ORGANIZATION.replace("-", ""),
            f"{{{ORGANIZATION}}}",
            f"urn:uuid:{ORGANIZATION}",
            f"{ORGANIZATION}\n",
        ),
        *(None, 1, True, [ORGANIZATION], {}),
    ],
)
def test_an_organization_must_be_named_exactly(organization: object) -> None:
    metadata = {"organization_id": organization, "role": "admin"}
    assert read(hs256(payload(app_metadata=metadata))) == replace(ADA, agency=None)


@pytest.mark.parametrize("metadata", [GONE, None, [], "admin", 1, {}, {"role": "admin"}, [{"role": "admin"}]])
def test_without_both_signed_claims_there_is_no_agency(metadata: object) -> None:
    """Nothing else names an organization, in the token or out of it."""
    text = hs256(payload(app_metadata=metadata, organization_id=ORGANIZATION))
    assert read(text) == replace(ADA, agency=None)


def test_what_users_write_about_themselves_is_not_read() -> None:
    boast = {"organization_id": ORGANIZATION, "role": "admin", "email": "x@y.z", "email_verified": True, "sub": "x"}
    text = hs256(payload(app_metadata={}, email_verified=False, user_metadata=boast))
    assert read(text) == replace(ADA, email_vouched=False, agency=None)


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"full_name": " Ada \u200b Lovelace", "name": "A"}, "Ada Lovelace"),
        ({"full_name": None, "name": "Ada"}, "Ada"),
        ({"full_name": "\u3164"}, None),
        ({"full_name": 7}, None),
        ([], None),
        (None, None),
    ],
)
def test_a_name_is_read_from_the_bearer_s_own_profile_and_makes_no_other_claims(profile: object, name: object) -> None:
    said = read(hs256(payload(user_metadata=profile)))
    assert (said.name, said) == (name, ADA)


@pytest.mark.parametrize(
    "alg", [GONE, None, "", "none", "None", "hs256", "HS384", "HS512", "RS256", "ES256", 1, ["HS256"]]
)
def test_only_the_algorithm_of_the_key_is_taken(alg: object) -> None:
    header = {} if alg is GONE else {"alg": alg}
    digest = {"HS384": "sha384", "HS512": "sha512"}.get(str(alg), "sha256")
    assert refusal(token(header, payload(), hmac_by(SECRET.encode(), digest))) == INVALID
    assert refusal(token(header, payload(), lambda _: b"")) == INVALID


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
async def test_a_public_key_is_no_shared_secret(encoding: Encoding) -> None:
    """The classic confusion, HS256 by the text of the RSA key that everybody knows."""
    key = RsaKey("r")
    published = key.private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    tokens = tokens_for(AuthSettings(jwks_url=URL), now=Clock(), transport=Issuer(key.jwk))
    with pytest.raises(Unauthenticated, match=INVALID):
        await tokens.verify(token({"alg": "HS256", "kid": "r"}, payload(), hmac_by(published)))
    await tokens.aclose()


def by(secret: str, **header: object) -> str:
    return token({"alg": "HS256", "typ": "JWT"} | header, payload(), hmac_by(secret.encode()))


FORMER, OLDEST, FOREIGN = "f" * 32, "o" * 32, "x" * 32
ROTATED = AuthSettings(hs256_secret=SECRET, hs256_secrets_before=(FORMER, OLDEST))


def test_a_former_secret_counts_for_as_long_as_it_is_configured() -> None:
    for secret in (SECRET, FORMER, OLDEST):
        assert read(by(secret), ROTATED) == read(by(secret, kid="any"), ROTATED) == ADA
    assert refusal(by(FOREIGN), ROTATED) == refusal(by(FORMER)) == INVALID
    assert refusal(by(f"{FORMER} {OLDEST}"), ROTATED) == INVALID


async def test_secrets_and_published_keys_count_side_by_side_each_for_its_own_algorithm() -> None:
    key, other = EcKey("e"), EcKey("e")
    public = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (SECRET, None):
        auth = AuthSettings(hs256_secret=secret, hs256_secrets_before=(FORMER,), jwks_url=URL)
        tokens = tokens_for(auth, now=Clock(), transport=Issuer(key.jwk))
        genuine = [signed(key), by(FORMER), by(FORMER, kid="e"), *([by(SECRET)] if secret else [])]
        assert [await tokens.verify(text) for text in genuine] == [ADA] * len(genuine)
        by_public_key = token({"alg": "HS256", "kid": "e"}, payload(), hmac_by(public))
        for text in (
            signed(other),
            by(FOREIGN),
            by_public_key,
            by(FORMER, alg="ES256", kid="e"),
            signed(key, alg="HS256"),
        ):
            with pytest.raises(Unauthenticated, match=INVALID):
                await tokens.verify(text)
        await tokens.aclose()


def test_nobody_starts_with_a_public_key_for_a_secret_or_without_an_issuer() -> None:
    pem = RsaKey("r").private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for auth in (
        AuthSettings(hs256_secret=pem),
        AuthSettings(hs256_secret=SECRET, hs256_secrets_before=(pem,)),
        AuthSettings(),
        AuthSettings(hs256_secrets_before=(SECRET,)),
    ):
        with pytest.raises(ConfigurationError):
            tokens_for(auth)


@pytest.mark.parametrize("crit", [[], ["b64"], ["exp"], None, False])
def test_critical_extensions_are_refused(crit: object) -> None:
    assert refusal(hs256(payload(), crit=crit, b64=True)) == INVALID


def test_a_token_signed_by_another_secret_is_refused() -> None:
    assert refusal(token({"alg": "HS256"}, payload(), hmac_by(b"x" * 32))) == INVALID


def test_age_is_told_only_of_tokens_whose_signature_holds() -> None:
    assert refusal(token({"alg": "HS256"}, payload(exp=1), hmac_by(b"x" * 32))) == INVALID


def test_a_key_id_does_not_matter_where_there_is_one_secret() -> None:
    assert read(hs256(payload(), kid="whatever")) == ADA
    assert refusal(hs256(payload(), kid=1)) == INVALID


def test_a_token_of_more_than_eight_kibibytes_is_not_even_parsed() -> None:
    def of(length: int) -> str:
        return hs256(payload(padding="x" * length))

    size = next(size for size in range(5000, 7000) if len(of(size)) == LONGEST_TOKEN)
    assert read(of(size)) == ADA
    assert len(of(size + 2)) > LONGEST_TOKEN
    assert refusal(of(size + 2)) == INVALID


@pytest.mark.parametrize(
    "text", ["", ".", "..", "...", "a.b", "a.b.c.d", "Bearer x.y.z", " ", "ä.ö.ü", "\ud800.a.b", "\x00"]
)
def test_what_is_no_compact_jws_is_refused(text: str) -> None:
    assert refusal(text) == INVALID


def test_a_signature_has_one_spelling() -> None:
    """The library skips foreign characters and loose bits, so that one token would have many spellings."""
    text = hs256(payload())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for spelling in (
        text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1],
        text + "=",
        text + "\n",
        text + "!",
        f" {text}",
    ):
        assert refusal(spelling) == INVALID


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff", b"{}x", b'{"sub":"\xff"}', b'{"sub":"\\ud800x"}']
)
def test_what_is_signed_must_be_a_json_object(body: bytes) -> None:
    assert refusal(jws(HEADER, body, SIGN)) == INVALID
    assert refusal(jws(body, json.dumps(payload()).encode(), SIGN)) == INVALID


@pytest.mark.parametrize("stray", ["ä", "ää", "!", "!!!!", "=", "\n", "+"])
def test_a_stray_character_is_refused_even_if_it_was_signed(stray: str) -> None:
    """The library skips it, in whichever part; another reader of the same token might not."""
    head, body, _ = hs256(payload()).split(".")
    for both in (f"{head}{stray}.{body}", f"{head}.{body}{stray}"):
        assert refusal(f"{both}.{b64(SIGN(both.encode()))}") == INVALID


def test_of_a_claim_said_twice_the_last_counts_as_the_standard_has_it() -> None:
    """RFC 7519, section 4: refused or the last one; never one thing here and another there."""
    body = json.dumps(payload())[:-1]
    assert read(jws(HEADER, f'{body},"sub":"last"}}'.encode(), SIGN)).subject == "last"
    assert refusal(jws(HEADER, f'{body},"aud":"other"}}'.encode(), SIGN)) == INVALID
    assert refusal(jws(b'{"alg":"HS256","alg":"none"}', body.encode(), SIGN)) == INVALID


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_depth_is_no_way_to_bring_us_down(bracket: bytes) -> None:
    body = json.dumps(payload())[:-1].encode()
    closing = {b"[": b"]"}.get(bracket, b"}")
    for depth in (*range(880, 1000), 1100):
        deep = b'"x":' + bracket * depth + b"1" + closing * depth
        for text in (
            jws(HEADER, body + b"," + deep + b"}", SIGN),
            jws(HEADER[:-1] + b"," + deep + b"}", body + b"}", SIGN),
        ):
            assert outcome(text) in (ADA, INVALID)
    assert refusal(jws(HEADER, body + b"," + deep + b"}", SIGN)) == INVALID


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([10**400, 10**4000, -0.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TOKEN = hs256(payload())


@settings(max_examples=examples(300))
@given(start=st.integers(0, len(TOKEN)), length=st.integers(0, 3), new=st.text(max_size=3) | st.sampled_from(TOKEN))
def test_no_mutation_of_a_valid_token_is_believed(start: int, length: int, new: str) -> None:
    mutant = TOKEN[:start] + new + TOKEN[start + length :]
    if mutant != TOKEN:
        assert refusal(mutant) == INVALID


@settings(max_examples=examples(300))
@given(claims=st.dictionaries(st.sampled_from([*VALID, "nbf", "iss"]), JSON, min_size=1, max_size=3))
def test_no_signed_claim_of_whatever_type_raises_anything_but_unauthenticated(claims: dict[str, object]) -> None:
    said = outcome(hs256(payload(**claims)), dataclasses.replace(AUTH, issuer="me") if "iss" in claims else AUTH)
    if isinstance(said, str):
        assert said in {EXPIRED, INVALID}
    else:
        assert 0 < len(said.subject) <= 255
        assert said.agency in {None, MEMBER}
        assert said.email_vouched == (bool(said.email) and claims.get("email_verified", True) is True)


@settings(max_examples=examples(150))
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jku", "jwk"]), JSON) | JSON)
def test_no_signed_header_raises_anything_but_unauthenticated(header: object) -> None:
    extra = header if isinstance(header, dict) else {"x": header}
    for head in (header, {"alg": "HS256"} | extra):
        assert outcome(token(head, payload(), SIGN)) in (ADA, INVALID)


@settings(max_examples=examples(150))
@given(parts=st.lists(st.binary(max_size=40), min_size=3, max_size=3), text=st.text())
def test_no_garbage_raises_anything_but_unauthenticated(parts: list[bytes], text: str) -> None:
    head, body, signature = parts
    for garbage in (
        text,
        f"{text}.{text}.{text}",
        f"{b64(head)}.{b64(body)}.{b64(signature)}",
        jws(HEADER, body, SIGN),
    ):
        assert refusal(garbage) == INVALID


def _unb64(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "==")
