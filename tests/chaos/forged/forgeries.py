"""Tokens that nobody issued, by tables of what can be wrong with one; each with a name."""

import base64
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import product
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.chaos.forged.families import Family, Secret, known_texts, stranger
from tests.chaos.forged.untruths import ALGORITHMS, BODIES, CLAIMS, ILL_TYPED_IDS, KEY_IDS
from tests.support.issuer import GONE, EcKey, RsaKey, b64

Case = tuple[str, str]  # name, token


def forgeries(family: Family) -> Iterator[Case]:
    for kind in (_algorithms, _claims, _times, _keys, _embedded, _signatures, _shapes, _contents):
        for name, text in kind(family):
            yield f"{family.name}, {name}", text


def _algorithms(family: Family) -> Iterator[Case]:
    own = family.token().split(".")[2]
    for algorithm in ALGORITHMS:
        if algorithm == family.key.alg:
            continue
        header = family.header(alg=algorithm)
        what = f"alg {'missing' if algorithm is GONE else repr(algorithm)}"
        unsigned = family.token(header).rpartition(".")[0]
        yield f"{what}, signed as before", family.token(header)
        yield f"{what}, the signature of another header", f"{unsigned}.{own}"
        yield f"{what}, no signature", f"{unsigned}."
        yield f"{what}, a signature of one byte", f"{unsigned}.AA"
        yield f"{what}, signed by a stranger", family.token(header, stranger(str(algorithm)))
    for algorithm, (what, text) in product(("HS256", "HS384", "HS512"), known_texts(family.key).items()):
        header = family.header(alg=algorithm)
        yield f"alg {algorithm}, signed with the {what}", family.token(header, Secret("", text))


def _claims(family: Family) -> Iterator[Case]:
    for claim, values in CLAIMS.items():
        for value in values:
            told = "missing" if value is GONE else repr(value)[:40]
            yield f"{claim} {told}", family.token(**{claim: value})


def _times(family: Family) -> Iterator[Case]:
    now, slack = family.now, family.slack
    for ago in (30, 30 + slack, 31 + slack, 3601 + slack, 86_400 * 365, now):
        yield f"expired {ago:.3f} s ago", family.token(exp=now - ago)
    for claim, ahead in product(("nbf", "iat"), (30 + slack, 31 + slack, 3600, 86_400 * 365)):
        yield f"{claim} in {ahead:.3f} s", family.token(**{claim: now + ahead})
    yield "expired before it begins", family.token(exp=now - 31, nbf=now + 31 + slack)
    yield "in milliseconds", family.token(exp=now * 1000, iat=now * 1000)


def _keys(family: Family) -> Iterator[Case]:
    """Names of keys; `kid` chooses among what is published, and never makes up for a signature."""
    foreign = stranger(family.key.alg)
    for kid in (family.key.kid, GONE, None, *KEY_IDS, *(other.kid for other in family.others)):
        told = "missing" if kid is GONE else repr(kid)[:40]
        yield f"kid {told}, signed by a stranger", family.token(family.header(kid=kid), foreign)
        if family.published and kid not in (family.key.kid, GONE, None):  # who names none means any of its algorithm
            yield f"kid {told}, signed as before", family.token(family.header(kid=kid))
    for kid in ILL_TYPED_IDS:
        yield f"kid {kid!r}", family.token(family.header(kid=kid))
    for other in family.others:
        yield f"signed by the {other.alg} key", family.token(None, other)
        yield f"the {other.alg} key's token by another name", family.token(family.header(alg=other.alg), other)


def _embedded(family: Family) -> Iterator[Case]:
    """Headers that bring their own key, or say where to get it; and extensions that must be understood."""
    foreign = stranger(family.key.alg)
    jwk = foreign.jwk if isinstance(foreign, EcKey | RsaKey) else {"kty": "oct", "kid": "stranger", "k": b64(b"x" * 32)}
    address = family.elsewhere
    brought: dict[str, Any] = {"jku": address, "jwk": jwk, "x5u": address, "x5c": [b64(b"x")], "jwks": {"keys": [jwk]}}
    for (member, value), kid in product(brought.items(), (family.key.kid, foreign.kid, GONE, address)):
        told = "missing" if kid is GONE else kid
        yield f"{member}, kid {told}", family.token(family.header(**{member: value}, kid=kid), foreign)
    yield "all of them", family.token(family.header(**brought), foreign)
    extensions: tuple[Any, ...] = ([], ["b64"], ["exp"], ["jku"], None, False, "exp", {})
    for crit in extensions:
        yield f"crit {crit!r}", family.token(family.header(crit=crit, b64=True))


def _signatures(family: Family) -> Iterator[Case]:
    text = family.token()
    unsigned, _, encoded = text.rpartition(".")
    own = base64.urlsafe_b64decode(encoded + "==")
    changed: dict[str, bytes] = {
        "no": b"",
        "a zero": b"\0" * len(own),
        "a full": b"\xff" * len(own),
        "a reversed": own[::-1],
        "a shorter": own[:-1],
        "a longer": own + b"\0",
        "a longer (in front)": b"\0" + own,
        "a doubled": own * 2,
        "a halved": own[: len(own) // 2],
        "a hexadecimal": own.hex().encode(),
        "a hash for a": sha256(unsigned.encode()).digest(),
        "another token's": family.key.sign(b"something else"),
        "the header's": family.key.sign(unsigned.split(".")[0].encode()),
    }
    if isinstance(family.key, RsaKey):
        modulus = family.key.private.public_key().public_numbers().n
        changed["a congruent"] = (int.from_bytes(own, "big") + modulus).to_bytes(257, "big")
        changed["the root of one for a"] = (1).to_bytes(256, "big")
    if isinstance(family.key, EcKey):
        r, s = int.from_bytes(own[:32], "big"), int.from_bytes(own[32:], "big")
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        n = order.to_bytes(32, "big")
        changed |= {
            "a DER": encode_dss_signature(r, s),
            "a swapped": own[32:] + own[:32],
            "the order for a": n + n,
            "half the order for a": own[:32] + n,
            "a wide": b"\0" + own[:32] + b"\0" + own[32:],
        }
    for what, signature in changed.items():
        yield f"{what} signature", f"{unsigned}.{b64(signature)}"


def _shapes(family: Family) -> Iterator[Case]:
    text, second = family.token(), family.token(sub="somebody-else")
    head, body, signature = text.split(".")
    other_body = second.split(".")[1]
    spelt: dict[str, Callable[[str], str]] = {
        "padded": lambda part: part + "=",
        "with a stray sign": lambda part: part[:4] + "!" + part[4:],
        "with a blank": lambda part: part[:4] + " " + part[4:],
        "in another alphabet": lambda part: part[:4] + "+/" + part[4:],
        "in upper case": str.upper,
        "backwards": lambda part: part[::-1],
        "in hexadecimal": lambda part: part.encode().hex(),
        "encoded twice": lambda part: b64(part.encode()),
        "escaped": lambda part: "%" + part.encode()[:1].hex() + part[1:],
        "cut by one": lambda part: part[:-1],
        "cut in half": lambda part: part[: len(part) // 2],
        "emptied": lambda _: "",
        "doubled": lambda part: part * 2,
    }
    for index, (what, respell) in product(range(3), spelt.items()):
        parts = [head, body, signature]
        parts[index] = respell(parts[index])
        yield f"segment {index} {what}", ".".join(parts)
    orders = {"0": head, "1": body, "2": signature, "-": "", "o": other_body}
    for order in ("0", "01", "01-", "0-2", "-12", "10", "102", "021", "210", "0122", "0112", "0012", "-012", "012-"):
        yield f"segments {order}", ".".join(orders[digit] for digit in order)
    yield "another's claims", ".".join([head, other_body, signature])
    yield "two tokens", f"{text}.{second}"
    yield "two tokens in a list", f"{text},{second}"
    yield "in quotes", f'"{text}"'
    yield "as JSON", json.dumps({"protected": head, "payload": body, "signature": signature})
    yield "nine kilobytes", family.token(padding="x" * 9000)


def _contents(family: Family) -> Iterator[Case]:
    """Signed as they should be, but not what a token says."""
    head, body = json.dumps(family.header()).encode(), json.dumps(family.claims()).encode()
    ill_formed: dict[str, Callable[[bytes], bytes]] = {
        "in UTF-16": lambda text: text.decode().encode("utf-16"),
        "with a trailing comma": lambda text: text[:-1] + b",}",
        "with a comment": lambda text: text[:-1] + b"/**/}",
        "in single quotes": lambda text: text.replace(b'"', b"'"),
        "followed by more": lambda text: text + b"{}",
        "followed by a NUL": lambda text: text + b"\0",
        "in a list": lambda text: b"[" + text + b"]",
        "with a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    }
    for what, spoil in ill_formed.items():
        yield f"claims {what}", family.raw(head, spoil(body))
        yield f"header {what}", family.raw(spoil(head), body)
    for content in BODIES:
        yield f"claims {content[:20]!r}", family.raw(head, content)
        yield f"header {content[:20]!r}", family.raw(content, body)
    for claim in ("aud", "role", "sub", "exp", "iss"):
        yield f"{claim} said twice", family.raw(head, body[:-1] + f',"{claim}":null}}'.encode())
    yield "alg said twice", family.raw(head[:-1] + b',"alg":"none"}', body)
