"""The files that stand at the top of the repository, where people look for them: the contracts and the migrations."""

from pathlib import Path

SHIPPED = Path(__file__).parent / "shipped"  # the wheel's copies; see [tool.hatch.build.targets.wheel.force-include]
REPOSITORY = Path(__file__).parents[2]


def path(name: str) -> Path:
    """Return the path of a shipped file or folder, such as "openapi3.yaml"; FileNotFoundError without it."""
    for root in (SHIPPED, REPOSITORY):
        found = root / name
        if found.exists():
            return found
    raise FileNotFoundError(f"{name} is neither in {SHIPPED} nor in {REPOSITORY}: this installation is incomplete")
