"""What tokens may wrongly say, member by member."""

import math
from typing import Any

from tests.chaos.forged.families import ISSUER
from tests.support.issuer import GONE

ALGORITHMS: tuple[Any, ...] = (
    *("none", "None", "NONE", "nOnE", "none ", "", None, GONE, "hs256", "HS256", "HS384", "HS512", "RS256", "RS384"),
    *("RS512", "PS256", "PS512", "ES256", "ES384", "ES512", "ES256K", "EdDSA", "dir", "A128KW", 0, True),
    *(["HS256"], ["none"], {"alg": "none"}, "HS256\0", " HS256", "RS256 ", "es256"),
)
DATES: tuple[Any, ...] = (
    *(None, "", "1900000000", True, False, [], [1_900_000_000], {}, -1, -1e300, 1e300, 10**400, 253_402_300_800),
    *(math.nan, math.inf, -math.inf),
)
CLAIMS: dict[str, tuple[Any, ...]] = {
    "aud": (
        *(GONE, None, "", "other", "Authenticated", "authenticated ", " authenticated", "authenticated\0", 1, True, []),
        *(["other"], [["authenticated"]], {"authenticated": True}, ["authenticated", 1], ["authenticated", None]),
    ),
    "role": (
        *(GONE, None, "", "anon", "service_role", "supabase_admin", "Authenticated", "authenticated ", 1, True),
        *(["authenticated"], {"authenticated": True}),
    ),
    "sub": (GONE, None, "", "x" * 256, "a\0b", "a\n", "\x7f", "a\x85", 1, True, ["a"], {}),
    "iss": (GONE, None, "", f"{ISSUER}/", ISSUER.upper(), "http://issuer.test", "https://evil.test", [ISSUER], 1, {}),
    "is_anonymous": (True, None, 0, 1, "false", "", [], {}),
    "email": (1, True, ["ada@example.com"], {}, "x" * 321, "a\0@b.c", "a@b.c\n"),
    "exp": (GONE, *DATES),
    "nbf": DATES,
    "iat": DATES,
}
KEY_IDS: tuple[Any, ...] = (
    *("nobody", "", " ", "stranger", "../../../../dev/null", "/dev/null", "' OR 1=1 --", "key\0", "x" * 2000, "0"),
    *("https://evil.test/key", "ключ", "%00"),
)
ILL_TYPED_IDS: tuple[Any, ...] = (1, True, [], {}, ["key"], 1.5)
BODIES = (
    *(b"", b"null", b"[]", b'"x"', b"1", b"{", b"{}", b"\xff", b"{}x", b'{"sub":"\\ud800x"}', b"[" * 5000),
    b'{"a":' * 1500 + b"1" + b"}" * 1500,
)
