"""What speaks as Supabase's auth does to `@supabase/auth-js`: password, code, refresh, sign-out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.web.windows import Person

PASSWORD, CODE = "correct horse", "123456"
KEY = "sb_publishable_of_a_test"
PATH = "/auth/v1"

Answer = tuple[HTTPStatus, dict[str, Any] | None]

REFUSED: Answer = HTTPStatus.BAD_REQUEST, {"error_code": "invalid_credentials", "msg": "Invalid login credentials"}
SPENT: Answer = HTTPStatus.BAD_REQUEST, {"error_code": "refresh_token_not_found", "msg": "Invalid Refresh Token"}


class StandIn:
    """Knows people by their addresses. `lasts` is for how long a token of it does; `asked` has what it was asked."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.lasts = timedelta(hours=1)
        self.asked: list[str] = []
        self.url = ""
        self._refreshing: dict[str, Person] = {}

    def answer(self, target: str, form: dict[str, Any]) -> Answer:
        self.asked.append(target.removeprefix(PATH))
        person = self.people.get(str(form.get("email")))
        match self.asked[-1]:
            case "/token?grant_type=password" if person and form["password"] == PASSWORD:
                return self._session(person)
            case "/token?grant_type=refresh_token":
                known = self._refreshing.pop(form["refresh_token"], None)
                return self._session(known) if known else SPENT
            case "/verify" if person and form["token"] == CODE:
                return self._session(person)
            case "/otp" if person and not form["create_user"]:
                return HTTPStatus.OK, {}
            case "/logout?scope=local":
                return HTTPStatus.NO_CONTENT, None
            case _:
                return REFUSED

    def _session(self, person: Person) -> Answer:
        refresh = str(uuid4())
        self._refreshing[refresh] = person
        return HTTPStatus.OK, {
            "access_token": person.token(self.lasts),
            "token_type": "bearer",
            "expires_in": int(self.lasts.total_seconds()),
            "refresh_token": refresh,
            "user": {"id": str(uuid4()), "aud": "authenticated", "email": person.email, "app_metadata": {}},
        }


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """One that listens until the end of the block."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self._send(HTTPStatus.NO_CONTENT, None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            wanted = "&".join(one for one in parts.query.split("&") if not one.startswith("redirect_to"))
            target = f"{parts.path}?{wanted}" if wanted else parts.path
            self._send(*stand_in.answer(target, json.loads(body or b"{}")))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _send(self, status: HTTPStatus, content: dict[str, Any] | None) -> None:
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", self.headers.get("Access-Control-Request-Headers", "*"))
            body = b"" if content is None else json.dumps(content).encode()
            self.send_header("Content-Type", "application/json")
            if status is not HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
