"""Webhooks on the page: an endpoint is made, what it does not accept is seen, and sent again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.web.agencies import Agency
from tests.web.windows import Windows


class App(ThreadingHTTPServer):
    """Receiver that answers with `status`."""

    status = 500


class Answer(BaseHTTPRequestHandler):
    server: App

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def listening() -> Iterator[App]:
    with App(("127.0.0.1", 0), Answer) as app:
        thread = Thread(target=app.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield app
        finally:
            app.shutdown()
            thread.join()


@pytest.mark.e2e_web
def test_an_endpoint_is_made_and_gets_again_what_it_has_not_accepted(windows: Windows, agency: Agency) -> None:
    with listening() as app:
        window = windows.of(agency.admin, "/app/webhooks")
        window.shows("Nothing is sent anywhere.")
        window.press("button", "New endpoint")
        window.fill("textbox", "URL", f"http://127.0.0.1:{app.server_port}/hook")
        window.fill("textbox", "Name (optional; for people)", "The CRM")
        window.press("button", "Make this endpoint")
        window.shows("It is shown this one time. Copy it now.")
        window.is_sound()
        window.press("button", "Done")
        window.shows("It was not copied, and nobody can show it again; you would have to make a new one.")
        window.press("button", "Close without it")
        window.press("link", "The CRM")

        agency.offer(1)
        window.shows("Not arrived yet: is tried again")
        window.shows("It did not accept it: only an answer from 200 to 299 does.")
        window.is_sound()
        window.picture("webhook")

        window.press("button", "Resend what failed")
        window.shows(re.compile("Slot offered: 1"))
        app.status = 204
        window.press("button", "Resend", exact=True)
        window.shows("Arrived: 204")

        window.press("link", "Audit")
        expect(window.by_role("listitem").filter(has_text="Webhook endpoint made")).to_be_visible()
