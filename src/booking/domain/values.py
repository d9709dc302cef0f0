"""Base class of values: Structs, which are never changed after they were made (ADR 49)."""

from functools import cached_property as derived
from typing import TYPE_CHECKING, dataclass_transform

from msgspec import UNSET, Struct, UnsetType, field

if TYPE_CHECKING:
    from dataclasses import replace  # the same, with names and types checked by mypy
else:
    from msgspec.structs import replace


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Value(Struct, frozen=True):
    """A value. Subclasses are frozen, and name `kw_only=True`, which a Struct does not hand on.

    One with `derived` properties takes `dict=True`; equality, hash and `replace` go by the fields alone.
    """


__all__ = ["UNSET", "UnsetType", "Value", "derived", "field", "replace"]
