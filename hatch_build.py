"""Build hook of the wheel: it brings the built page. An editable installation serves the checkout's own."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable" or not (root / "web" / "package.json").exists():
            return
        sys.path.insert(0, str(root / "src"))
        from booking.entrypoints.dev.page_build import build

        build_data["force_include"][str(build(root))] = "booking/shipped/web/dist"
