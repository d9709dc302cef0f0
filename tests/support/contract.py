"""The contracts as our own tests hold the service to them: answers and events have what is named, and nothing else.

The files themselves leave both open, so that clients and receivers tolerate what later releases add.
"""

from typing import Any

import yaml

from booking import files

OF_EVENTS = ("Event", "Actor", "Appointment", "CloudEvent", "HeardEvent", "PlacesLeft")
"""The objects that an event consists of."""


def closed() -> dict[str, Any]:
    """openapi3.yaml, each of its objects without room for more."""
    contract: dict[str, Any] = yaml.safe_load(files.path("openapi3.yaml").read_bytes())
    for schema in contract["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema["additionalProperties"] = False
    return contract


def closed_events() -> dict[str, Any]:
    """asyncapi.yaml, its events without room for more; screenings keep theirs."""
    contract: dict[str, Any] = yaml.safe_load(files.path("asyncapi.yaml").read_bytes())
    for name in OF_EVENTS:
        contract["components"]["schemas"][name]["additionalProperties"] = False
    return contract
