"""What is watched in every window is seen there: each breach, on purpose."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.driver import Instance
from tests.web.windows import Windows

BREACHES = {
    "console: oh": "() => console.error('oh')",
    "error: ": "() => { setTimeout(() => { throw new Error('oh') }) }",
    "policy: require-trusted-types-for": "() => { try { document.body.innerHTML = '<b>oh</b>' } catch {} }",
    "policy: style-src": "() => document.body.setAttribute('style', 'color: red')",
    "policy: connect-src": "() => fetch('http://127.0.0.1:9/').catch(() => {})",
    "request elsewhere: ": "() => { open('http://127.0.0.1:9/') }",
    "kept: local storage": "() => { localStorage.oh = 1 }",
    "kept: session storage": "() => { sessionStorage.oh = 1 }",
    "kept: databases": "() => new Promise((kept) => { indexedDB.open('oh').onsuccess = kept })",
    "kept: cookie oh": "() => { document.cookie = 'oh=1' }",
    "kept: caches": "() => caches.open('oh').then(() => {})",
}


@pytest.mark.parametrize("told", BREACHES)
def test_a_window_fails_its_test_by_what_a_page_must_not_do(browser: Browser, instance: Instance, told: str) -> None:
    windows = Windows(browser, instance.env["BASE_URL"])
    window = windows.blank()
    window.page.goto("/app")
    window.heading("Who are you?")
    window.page.evaluate(BREACHES[told])
    window.page.evaluate("() => new Promise((done) => setTimeout(done))")
    with pytest.raises(AssertionError, match=told):
        windows.close()
