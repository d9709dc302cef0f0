"""Values: made once, and never changed after.

mypy holds everybody to that, so that it costs nothing when it runs: what Python itself keeps from being changed takes
nearly three times as long to make, and a request makes hundreds.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:
    T = TypeVar("T")

    def dataclass(*, frozen: bool, slots: bool = False, **options: bool) -> Any:
        """As the one of the standard library; `frozen` and `slots` are mypy's to hold."""
        return dataclasses.dataclass(unsafe_hash=True, **options)

    def replace(one: T, **changes: object) -> T:
        """Another like it, but for the changes."""
        state = one.__dict__
        made = object.__new__(type(one))
        made.__dict__.update({name: state[name] for name in one.__dataclass_fields__}, **changes)
        return made


__all__ = ["dataclass", "replace"]
