"""Words of a closed list as rows have them: known ones are its members, and no other ends the reading of a page."""

from enum import StrEnum
from typing import Generic, TypeVar

E = TypeVar("E", bound=StrEnum)


class Members(dict[str, E], Generic[E]):
    """The members of a list by their words.

    A word that only a newer release knows, as after a roll-back, is itself: it equals no member, so no rule takes it
    for one, and it is shown as it is.
    """

    def __init__(self, kind: type[E]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, word: str) -> E:
        other = str.__new__(self._kind, word)
        other._name_ = other._value_ = word
        return other
