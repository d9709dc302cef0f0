"""Every refusal of every room."""

from importlib import import_module
from pkgutil import iter_modules

from booking import domain
from booking.domain.refusals import Refusal


def kinds(of: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [kind for child in of.__subclasses__() for kind in (child, *kinds(child))]


for room in iter_modules(domain.__path__):
    if room.ispkg and any(module.name == "refusals" for module in iter_modules([f"{domain.__path__[0]}/{room.name}"])):
        import_module(f"booking.domain.{room.name}.refusals")
