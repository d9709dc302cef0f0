"""Parts of HTTP that no client should send."""

METHODS = (
    *(b"get", b"GETT", b"", b"G\0ET", b"CONNECT", b"TRACE", b"PATCH", b"PRI", b"M-SEARCH", b"PURGE", b"LOCK", b"BREW"),
    *(b"X" * 3000, b"\xff\xfe", b"POST POST", b"GET\t", b"HEAD", b"OPTIONS"),
)
TARGETS = (
    *(
        b"",
        b"*",
        b"/",
        b"//",
        b"/.",
        b"/..",
        b"/%",
        b"/%zz",
        b"/%00",
        b"/%2e%2e/%2e%2e/etc/passwd",
        b"/%c0%ae",
        b"/%ff",
    ),
    *(b"http://x/api/v1/me", b"https://x:0/", b"x:443", b"/api/v1/me#x", b"/api/v1/me?", b"/api/v1/me?%", b"?", b"#"),
    *(b"/\xc3\xa9", b"/\xff", b"/a b", b"/\t", b"/api\\v1\\me", b"/api/v1//me", b"/api/v1/me/", b"/API/v1/me"),
    *(
        b"/docs/assets/..%2f..%2f..%2fetc%2fpasswd",
        b"/docs/assets/%00",
        b"/docs/assets/%2e%2e",
        b"/docs/assets/" + b"x" * 300,
    ),
    *(
        b"/" + b"x" * 8000,
        b"/" + b"x" * 17_000,
        b"/?" + b"a=b&" * 3000,
        b"/%e2%80%a8",
        b"/;",
        b"/api/v1/slots/%ed%a0%80",
    ),
)
VERSIONS = (
    *(
        b"HTTP/1.0",
        b"HTTP/0.9",
        b"HTTP/2.0",
        b"HTTP/1.2",
        b"HTTP/9.9",
        b"HTTP/1.1 ",
        b"http/1.1",
        b"HTTP/11",
        b"HTTP/1.",
    ),
    *(b"", b"HTTP/1.1\0", b"HTTPS/1.1", b"RTSP/1.0", b"ICE/1.0"),
)
FIELDS = (
    *(
        b"Content-Length: -1",
        b"Content-Length: +2",
        b"Content-Length: 0x2",
        b"Content-Length: ",
        b"Content-Length: 2, 2",
    ),
    *(
        b"Content-Length: 99999999999999999999",
        b"Content-Length: 65537",
        b"Content-Length: 9 9",
        b"Content-Length: 1e3",
    ),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked, gzip", b"Transfer-Encoding: gzip, chunked"),
    *(
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding:\tchunked",
        b"Transfer-Encoding: ",
    ),
    *(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Connection: Upgrade\r\nUpgrade: websocket"),
    *(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ", b"Connection: close"),
    *(b"Connection: keep-alive, close, \xff", b"Expect: 100-continue", b"Expect: 200-ok", b"Content-Encoding: gzip"),
    *(b"Content-Type: text/html; charset=\xff", b"Content-Type: multipart/form-data; boundary=x", b"Content-Type: "),
    *(b"Content-Type: application/json; charset=utf-16", b"Content-Type: application/x-www-form-urlencoded"),
    *(
        b"Accept: text/html",
        b"Accept: \xff",
        b"Range: bytes=0-",
        b"Cookie: " + b"a=b; " * 500,
        b"Origin: null",
        b"Origin: \xff",
    ),
    *(
        b"Access-Control-Request-Method: \xff\r\nOrigin: x",
        b"Host: a\r\nHost: b",
        b"Host: \xff",
        b"Host: ",
        b"Host: a b",
    ),
    *(
        b"X-Request-Id: a b",
        b"X-Request-Id: \r\n\tfolded",
        b": nameless",
        b"no colon",
        b"Space : x",
        b"N\0UL: x",
        b"X: \0",
    ),
    *(b"X: \x7f\x01", b"X-\xff: x", b"X: " + b"x" * 15_000, b"X: " + b"x" * 17_000, b"\r\n".join([b"X: x"] * 300)),
    *(
        b"Authorization: Bearer",
        b"Authorization: Basic eA==",
        b"Authorization: Bearer \xff",
        b"Authorization: Bearer a\tb",
    ),
    *(b"Authorization: Bearer " + b"x" * 9000, b"Idempotency-Key: " + b"k" * 256, b"If-Match: " + b'"1",' * 1500),
    *(
        b"X-Forwarded-For: 1",
        b"X-HTTP-Method-Override: DELETE",
        b"Forwarded: \xff",
        b"Range: bytes=9-1",
        b"If-None-Match: *",
    ),
)
CHUNKS = (
    *(
        b"zz\r\nx\r\n0\r\n\r\n",
        b"-1\r\n\r\n",
        b"ffffffffffffffffff\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b"2;ext=\xff\r\n{}\r\n0\r\n\r\n",
    ),
    *(
        b"2\r\n{}0\r\n\r\n",
        b"2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
        b"2\r\n{}\r\n0\r\n\0\r\n\r\n",
        b"2\n{}\n0\n\n",
        b"0\r\n\r\n",
        b"5\r\n{}",
    ),
    *(b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"10000000\r\n" + b"x" * 70_000, b"\r\n", b"2 \r\n{}\r\n0\r\n\r\n"),
)
GREETINGS = (
    *(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64, b"\0" * 40),
    *(
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x05\x01\x00\r\n\r\n",
        b"{}\r\n\r\n",
        b"<xml/>\r\n\r\n",
        b"EHLO x\r\n\r\n",
        b"\xff" * 40,
    ),
)
