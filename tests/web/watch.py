"""What no page may do, whatever a test is about: errors, breaches of its policy, requests elsewhere, things kept."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# Of Trusted Types, too. Said aloud at once, for a page that is left takes its list along.
TELL_BREACHES = """addEventListener('securitypolicyviolation', (one) =>
  console.error(`policy: ${one.effectiveDirective} ${one.blockedURI} ${one.sourceFile} ${one.sample}`))
"""

KEPT = """async () => ({
  'local storage': Object.keys(localStorage),
  'session storage': Object.keys(sessionStorage),
  'databases': (await indexedDB.databases()).map(({ name }) => name),
  'caches': 'caches' in globalThis ? await caches.keys() : [],
  'service workers': (await navigator.serviceWorker?.getRegistrations() ?? []).map(({ scope }) => scope),
})"""


class Watch:
    """Faults of all pages of one window. A test says beforehand which refusals it provokes."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        self._context = context
        self._ours = (*(f"{one}/" for one in origins), "data:", "blob:")
        self._awaited: list[str] = []
        self.faults: list[str] = []
        context.add_init_script(TELL_BREACHES)
        context.on("console", self._hear)
        context.on("request", self._see)
        context.on("weberror", lambda one: self.faults.append(f"error: {one.error}"))

    @contextmanager
    def awaiting(self, *texts: str) -> Iterator[None]:
        """Errors of the network that have one of these texts are no faults in the block, such as `409`."""
        self._awaited.extend(texts)
        try:
            yield
        finally:
            for text in texts:
                self._awaited.remove(text)

    def end(self) -> None:
        """Raise AssertionError for all that was wrong, and for all that is kept by now."""
        for page in self._context.pages:
            if page.url.startswith(self._ours):
                self.faults += _kept(page)
        self.faults += [f"kept: cookie {one.get('name')}" for one in self._context.cookies()]
        assert not self.faults, "\n".join(self.faults)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        text = message.text
        if text.startswith("Failed to load resource:") and any(awaited in text for awaited in self._awaited):
            return
        self.faults.append(f"console: {text} ({message.location.get('url')})")

    def _see(self, request: Request) -> None:
        if not request.url.startswith(self._ours):
            self.faults.append(f"request elsewhere: {request.url}")


def _kept(page: Page) -> list[str]:
    return [f"kept: {kind} {names}" for kind, names in page.evaluate(KEPT).items() if names]
