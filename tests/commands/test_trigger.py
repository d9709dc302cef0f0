"""`booking trigger`: each type of event happens, or it is said which step causes it. One instance serves all."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from unittest import mock

import httpx
import pytest

from booking.cli.instance import NoInstance, Refused
from booking.cli.trigger import NOT_HERE, RECIPES, TEST, NotHere, trigger
from booking.domain.events import EventType
from tests.commands.processes import PATIENCE, booking, read_env, until


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    file = tmp_path_factory.mktemp("trigger") / "env"
    with booking("dev", "--ephemeral", "--port", 0, "--env-file", file) as process:
        until(file.exists, process)
        yield read_env(file)


def head(env: dict[str, str]) -> str:
    """The newest position of the organization's events."""
    position: Any = ""
    while True:
        page = read(env, position)
        position = page["position"]
        if not page["events"]:
            return str(position)


def read(env: dict[str, str], after: str, wait: int = 0) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {env['ADMIN_TOKEN']}"}
    params = {"limit": 100, "wait": wait} | ({"after": after} if after else {})
    page = httpx.get(f"{env['BASE_URL']}/api/v1/events", params=params, headers=headers, timeout=PATIENCE)
    return cast("dict[str, Any]", page.json())


def test_every_type_has_a_recipe_or_the_step_that_causes_it() -> None:
    assert {*RECIPES, *NOT_HERE} == {*EventType, TEST}
    assert not RECIPES.keys() & NOT_HERE.keys()


async def test_each_type_happens(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    position, missing = head(env), {*RECIPES} - {TEST}
    with mock.patch.dict(os.environ, env):
        for one in sorted(missing):
            await trigger(one)
            assert capsys.readouterr().out.strip(), one
    while missing:
        page = read(env, position, wait=20)
        assert page["events"], missing
        missing, position = missing - {event["type"] for event in page["events"]}, page["position"]


async def test_without_an_endpoint_a_test_says_where_to_get_one(env: dict[str, str]) -> None:
    with (
        mock.patch.dict(os.environ, env),
        pytest.raises(NotHere, match="there is none: `booking listen` makes one"),
    ):
        await trigger(TEST)


@pytest.mark.parametrize("type", sorted(NOT_HERE))
async def test_what_takes_more_than_requests_says_so(type: str) -> None:
    with pytest.raises(NotHere, match=f"{type} takes more than requests: "):
        await trigger(type)


async def test_what_the_instance_refuses_is_said(env: dict[str, str]) -> None:
    """A fourth hold, where the demo's rules allow two."""

    async def hold_many() -> None:
        for _ in range(4):
            await trigger("hold.created")

    refused = r"^POST /api/v1/slots/[0-9a-f-]+/holds: hold_limit: "
    with mock.patch.dict(os.environ, env), pytest.raises(Refused, match=refused):
        await hold_many()


async def test_without_a_development_instance_there_is_nothing_to_trigger(env: dict[str, str]) -> None:
    for missing in ("BASE_URL", "ADMIN_TOKEN"):
        with mock.patch.dict(os.environ, env):
            del os.environ[missing]
            with pytest.raises(NoInstance, match="`booking dev` alone"):
                await trigger("slot.created")
    with mock.patch.dict(os.environ, {**env, "BASE_URL": "http://127.0.0.1:1"}), pytest.raises(NoInstance):
        await trigger("slot.created")


def test_a_type_that_is_none_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with booking("trigger", "booking.confrimed") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "booking.confrimed" in err
