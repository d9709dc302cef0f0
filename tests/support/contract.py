"""openapi3.yaml as our own tests hold the service to it: answers have what is named there, and nothing else.

The file itself leaves answers open, so that clients tolerate what later releases add.
"""

from typing import Any

import yaml

from booking import files


def closed() -> dict[str, Any]:
    """The contract, each of its objects without room for more."""
    contract: dict[str, Any] = yaml.safe_load(files.path("openapi3.yaml").read_bytes())
    for schema in contract["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema["additionalProperties"] = False
    return contract
