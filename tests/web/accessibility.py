"""axe-core in a page: WCAG 2.2 AA, and that all is in a landmark, in both themes."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from booking.entrypoints.dev.page_build import REPOSITORY, WORK

AXE = "web/node_modules/axe-core/axe.min.js"
BUILDS = (REPOSITORY / WORK, REPOSITORY)
"""Where npm has installed it: for the build, or by hand."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
THEMES = ("light", "dark")
# Without its look at style sheets: no rule of these needs it, and it makes `<style>`, which the policy forbids.
RUN = """async (rules) => {
  const [runOnly, more] = [rules, { region: { enabled: Boolean(document.querySelector('booking-app')) } }]
  const { violations } = await axe.run(document, { runOnly, rules: more, resultTypes: ['violations'], preload: false })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary, html }) =>
    `${id}: ${target.join(' ')} ${html.slice(0, 200)} ${failureSummary}`))
}"""

OUTSIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const all = (root) =>
    [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  const wide = all(document).filter((one) => one.getBoundingClientRect().right > clientWidth + 1)
  return [`${scrollWidth} of ${clientWidth} px`, ...wide.reverse().slice(0, 5).map((one) => one.cloneNode().outerHTML)]
}"""


def violations(page: Page) -> list[str]:
    """Return what axe finds in light and in dark."""
    found: list[str] = []
    for theme in THEMES:
        _wear(page, theme)
        if not page.evaluate("() => 'axe' in globalThis"):
            page.evaluate(_axe())  # by the debugger, which the page's policy does not concern
        found += [f"{theme}: {one}" for one in page.evaluate(RUN, RULES)]
    _wear(page, "light")
    return found


def outside(page: Page) -> list[str]:
    """Return what makes the page wider than its window, the innermost first."""
    found: list[str] = page.evaluate(OUTSIDE)
    return found


def _wear(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))")


@cache
def _axe() -> str:
    file = next(filter(Path.exists, (folder / AXE for folder in BUILDS)))
    return file.read_text(encoding="utf-8")
