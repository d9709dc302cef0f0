"""Gate before the embedded SQS: requests have to be signed by this instance's access key (Signature Version 4).

Why: the server listens on the loopback, where every local user and every page in a browser can reach it.
"""

import hmac
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest

LARGEST_BODY = 2 * 1024 * 1024  # bytes; twice what SQS takes in one call
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]+)/(?P<day>\d{8})/(?P<region>[\w-]+)/sqs/aws4_request,\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
WITHOUT_PREFIX = ("content-type", "content-length")  # of WSGI's names of headers


@dataclass(frozen=True, slots=True)
class AccessKey:
    id: str
    secret: str


class Gate:
    """WSGI middleware: hands signed requests on, answers the rest with 403 as AWS does."""

    def __init__(self, app: WSGIApplication, key: AccessKey) -> None:
        self._app = app
        self._key = key

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = SIGNED.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        if found is None or not _same(found["key"], self._key.id):
            return _refuse(environ, start_response, "InvalidClientTokenId", "The access key is not this instance's.")
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(int(length)) if length.isdigit() and int(length) <= LARGEST_BODY else None
        if body is None or not _same(found["signature"], self._signature(environ, body, found)):
            return _refuse(environ, start_response, "SignatureDoesNotMatch", "The signature is not by that key.")
        environ["wsgi.input"] = io.BytesIO(body)
        return self._app(environ, start_response)

    def _signature(self, environ: WSGIEnvironment, body: bytes, found: re.Match[str]) -> str:
        """Return the signature that the holder of the key would have made."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.compat import HTTPHeaders
        from botocore.credentials import Credentials

        headers = {name: _header(environ, name) for name in found["headers"].split(";")}

        class Signer(SigV4Auth):
            def headers_to_sign(self, _: "AWSRequest") -> Any:
                """The client says which; the library's own choice leaves some of them out."""
                named = HTTPHeaders()
                for name, value in headers.items():
                    named[name] = value
                return named

        request = AWSRequest(
            method=environ["REQUEST_METHOD"],
            url=f"http://localhost{environ['REQUEST_URI']}",
            data=body,
            headers={"X-Amz-Content-SHA256": sha256(body).hexdigest()},
        )
        request.context["timestamp"] = _header(environ, "x-amz-date")
        signer = Signer(Credentials(self._key.id, self._key.secret), "sqs", found["region"])
        canonical = signer.canonical_request(request)
        return str(signer.signature(signer.string_to_sign(request, canonical), request))


def _header(environ: WSGIEnvironment, name: str) -> str:
    variable = name.upper().replace("-", "_")
    return str(environ.get(variable if name in WITHOUT_PREFIX else f"HTTP_{variable}", ""))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _refuse(environ: WSGIEnvironment, start_response: StartResponse, code: str, message: str) -> Iterable[bytes]:
    """In the form of the protocol that was spoken: JSON, or XML of old."""
    if "HTTP_X_AMZ_TARGET" in environ:
        media, body = "application/x-amz-json-1.0", f'{{"__type": "com.amazonaws.sqs#{code}", "message": "{message}"}}'
    else:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        media, body = "text/xml", f"<ErrorResponse>{error}<RequestId>none</RequestId></ErrorResponse>"
    headers = [("Content-Type", media), ("Content-Length", str(len(body))), ("Connection", "close")]
    start_response("403 Forbidden", headers)
    return [body.encode()]
