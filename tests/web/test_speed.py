"""How quick the page is: in an agent's full week, and for an applicant with a slow phone."""

from statistics import median

import pytest
from playwright.sync_api import Browser, expect

from tests.web.agencies import Agency
from tests.web.busy import VISITS, fill_month, fill_week
from tests.web.phone import SCREEN, open_slowly
from tests.web.tasks import traced
from tests.web.windows import Windows

pytestmark = pytest.mark.e2e_web

LONG = 50  # milliseconds, from which on a task is felt
STEPS = 40
PAUSE = 30  # milliseconds between two places of the pointer
AT_MOST = 2_000  # milliseconds until the largest paint, which browsers tell
AT_LAST = 3_000  # until the month's free days, which they do not count for they are small
ROUNDS = 5


def test_no_task_is_long_while_one_of_500_visits_is_dragged(browser: Browser, windows: Windows, agency: Agency) -> None:
    fill_week(agency)
    page = windows.of(agency.admin, "/app/week").page
    page.get_by_role("button", name="After").click()
    visits = page.locator(".fc-event")
    expect(visits).to_have_count(VISITS, timeout=30_000)
    visits.nth(100).scroll_into_view_if_needed()
    box = visits.nth(100).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    with traced(browser, page) as tasks:
        page.mouse.down()
        for step in range(STEPS):
            page.mouse.move(x + 12 * step, y + 100 * (step % 7) / 7)
            page.wait_for_timeout(PAUSE)
        page.mouse.move(x, y)
        page.mouse.up()
        page.wait_for_timeout(10 * PAUSE)
    expect(visits).to_have_count(VISITS)
    assert len(tasks.milliseconds) > STEPS
    assert tasks.longest < LONG, tasks.milliseconds[:5]


def test_a_month_of_10_000_times_is_there_within_two_seconds_on_a_slow_phone(windows: Windows, agency: Agency) -> None:
    fill_month(agency)
    (ada,) = agency.applicants("Ada Lovelace")
    painted = []
    for _ in range(ROUNDS):
        window = windows.before(ada, **SCREEN)
        painted.append(open_slowly(window, f"/app/me/find?as={ada.email}", "button.free"))
        window.page.close()
    assert median(one.largest for one in painted) <= AT_MOST, painted
    assert median(one.seen for one in painted) <= AT_LAST, painted
