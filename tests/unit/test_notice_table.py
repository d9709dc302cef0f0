"""The page on notices says what the rules decide."""

from booking.domain.notices.notice import RECIPIENTS, NoticeState
from booking.domain.notices.rules import RULES, WANTED
from tools.notice_table import BETWEEN, PAGE, table


def test_the_table_is_made_of_the_rules() -> None:
    """`python -m tools.notice_table` writes it anew."""
    assert BETWEEN.findall(PAGE.read_text(encoding="utf-8")) == [table()]


def test_there_are_words_for_all_that_is_told() -> None:
    assert {(rule.kind, one) for rule in RULES for one in rule.recipients} <= {
        (kind, one) for kind, recipients in RECIPIENTS.items() for one in recipients
    }
    assert WANTED.keys() <= RECIPIENTS.keys()


def test_every_state_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [state for state in NoticeState if f"`{state}`" not in page] == []
