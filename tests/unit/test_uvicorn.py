"""uvicorn's own code, where ours stands in its place: what is overridden must not change unseen."""

import hashlib
import inspect
import pkgutil
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pprint import pformat

import booking.entrypoints.http.server as room

SEEN = {
    "HttpToolsProtocol.__init__": "4f08999410347141",
    "HttpToolsProtocol._start_asgi_task": "9c08c2571ae9b038",
    "HttpToolsProtocol.connection_lost": "c91a4c9bf2e29c55",
    "HttpToolsProtocol.connection_made": "6efb565ff3d36b91",
    "HttpToolsProtocol.data_received": "010a7ae59a5d3b1a",
    "HttpToolsProtocol.eof_received": "5652627579a02369",
    "HttpToolsProtocol.on_body": "dba9c32aeba35b6a",
    "HttpToolsProtocol.on_header": "65d62c044f61fdbd",
    "HttpToolsProtocol.on_headers_complete": "1ea8589acfad92d8",
    "HttpToolsProtocol.on_message_begin": "96d377fdc7c2baef",
    "HttpToolsProtocol.on_message_complete": "1fbad42dc31fc01f",
    "HttpToolsProtocol.on_response_complete": "64e254f28e389e76",
    "HttpToolsProtocol.on_url": "37be44e962b04ca8",
    "HttpToolsProtocol.pause_writing": "17a8fd215d96a13c",
    "HttpToolsProtocol.resume_writing": "7844bbaa8cceb1ef",
    "RequestResponseCycle.receive": "8124ae006be71184",
    "RequestResponseCycle.send": "abdd8601b326a8da",
    "RequestResponseCycle.send_500_response": "37c64da40eedaeaf",
    "Server.__init__": "c150b55284f7511e",
    "Server.handle_exit": "553276efa26e09ea",
    "Server.on_tick": "60ea49b06ccf68c1",
    "Server.startup": "2aa1d70a244bfcf2",
}
"""Digests of the methods of uvicorn that the room's classes override, as they were read when ours were written."""

TO_DO = """
uvicorn is {version}, and these methods of it are not as they were when ours were written: {names}.
For each: read what changed there, carry over what matters into the method that overrides it in
src/booking/entrypoints/http/server/, run tests/unit/test_protocol.py and tests/unit/test_answers.py, and then set
SEEN in tests/unit/test_uvicorn.py to
{found}
"""


def overridden() -> Iterator[tuple[str, str]]:
    """Yield each method of uvicorn that a class of the room overrides, and the digest of its source."""
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        for ours in vars(import_module(module.name)).values():
            if not inspect.isclass(ours) or ours.__module__ != module.name:
                continue
            for theirs in ours.__mro__:
                for name in vars(ours).keys() & vars(theirs).keys():
                    method = vars(theirs)[name]
                    if theirs.__module__.startswith("uvicorn.") and inspect.isfunction(method):
                        digest = hashlib.sha256(inspect.getsource(method).encode()).hexdigest()
                        yield f"{theirs.__name__}.{name}", digest[:16]


def test_no_method_that_is_overridden_here_has_changed_in_uvicorn() -> None:
    found = dict(sorted(overridden()))
    changed = sorted(name for name in found.keys() | SEEN.keys() if found.get(name) != SEEN.get(name))
    told = "SEEN = " + pformat(found)
    assert not changed, TO_DO.format(version=version("uvicorn"), names=", ".join(changed), found=told)


def test_uvicorn_is_pinned_exactly() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert f"uvicorn=={version('uvicorn')}" in project["dependencies"]
