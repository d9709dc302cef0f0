"""Values: made once, and never changed after.

mypy holds everybody to that, so that it costs nothing when it runs: what Python itself keeps from being changed takes
nearly three times as long to make, and a request makes hundreds.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
    from functools import cached_property as derived
else:
    T = TypeVar("T")

    class derived:  # noqa: N801 - a decorator
        """As `cached_property`, without its lock: whatever two threads derive of a value is the same."""

        def __init__(self, derive: Any) -> None:
            self.derive = derive
            self.__doc__ = derive.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, one: Any, owner: type) -> Any:
            found = one.__dict__[self.name] = self.derive(one)
            return found

    def dataclass(*, frozen: bool, slots: bool = False, **options: bool) -> Any:
        """As the one of the standard library; `frozen` and `slots` are mypy's to hold."""

        def made(cls: type) -> type:
            cls._derived = [name for name, value in vars(cls).items() if isinstance(value, derived)]
            return dataclasses.dataclass(unsafe_hash=True, **options)(cls)

        return made

    def replace(one: T, **changes: object) -> T:
        """Another like it, but for the changes, and what had been derived."""
        made = object.__new__(type(one))
        made.__dict__.update(one.__dict__, **changes)
        for name in one._derived:
            made.__dict__.pop(name, None)
        return made


__all__ = ["dataclass", "derived", "replace"]
