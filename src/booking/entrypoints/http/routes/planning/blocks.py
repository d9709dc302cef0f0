"""Blocks of an agent over HTTP, for the agent and for admins."""

from typing import Literal
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import field

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning import block as domain
from booking.domain.planning.refusals import (
    BlockEndsBeforeStart,
    BlockInPast,
    BlockNotFound,
    BlockOfCalendar,
    BlockOverlapsSlots,
)
from booking.domain.refusals import InvalidCursor
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.wire import Input, Instant, Output, PageQuery, Reason
from booking.service.planning.blocks import BlockService


class CreateBlock(Input):
    start_time: Instant = field(name="from")
    end_time: Instant = field(name="to")
    reason: Reason | None = None


class BlockQuery(PageQuery):
    pass


class Block(Output):
    id: UUID
    organization_id: UUID
    agent_id: UUID
    start_time: Instant = field(name="from")
    end_time: Instant = field(name="to")
    reason: str | None
    source: Literal["agent", "calendar", "absence"]
    conflict: bool
    created_at: Instant


class BlockResponse(Output):
    block: Block


class BlockPage(Output):
    blocks: list[Block]
    next_cursor: str | None


@post(
    "/agents/{agent_id:str}/blocks",
    operation_id="createBlock",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(CreateBlock)},
    opt={"refuses": (WrongRole, AgentNotFound, BlockOverlapsSlots, BlockEndsBeforeStart, BlockInPast)},
)
async def create_block(
    agent_id: FromPath[str],
    content: NamedDependency[CreateBlock],
    caller: NamedDependency[Caller],
    blocks: NamedDependency[BlockService],
) -> BlockResponse:
    id = read_id(agent_id, AgentNotFound)  # noqa: A001 - the agent's own
    return _made(await blocks.create(caller.showing(_made), id, content.start_time, content.end_time, content.reason))


@get(
    "/agents/{agent_id:str}/blocks",
    operation_id="listBlocks",
    guards=[agents_only],
    dependencies={"parameters": Query(BlockQuery)},
    opt={"refuses": (WrongRole, AgentNotFound, InvalidCursor)},
)
async def list_blocks(
    agent_id: FromPath[str],
    parameters: NamedDependency[BlockQuery],
    caller: NamedDependency[Caller],
    blocks: NamedDependency[BlockService],
) -> BlockPage:
    id = read_id(agent_id, AgentNotFound)  # noqa: A001 - the agent's own
    page = await blocks.list(caller, id, window=window_of(parameters), paging=paging_of(parameters, caller, id))
    return BlockPage(
        blocks=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next, parameters, caller, id)
    )


@delete(
    "/agents/{agent_id:str}/blocks/{block_id:str}",
    operation_id="deleteBlock",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, AgentNotFound, BlockNotFound, BlockOfCalendar)},
)
async def delete_block(
    agent_id: FromPath[str],
    block_id: FromPath[str],
    caller: NamedDependency[Caller],
    blocks: NamedDependency[BlockService],
) -> None:
    await blocks.remove(caller, read_id(agent_id, AgentNotFound), read_id(block_id, BlockNotFound))


routes = (create_block, list_blocks, delete_block)


def _made(block: domain.Block) -> BlockResponse:
    return BlockResponse(block=_shown(block))


def _shown(block: domain.Block) -> Block:
    return Block(
        id=block.id,
        organization_id=block.organization_id,
        agent_id=block.agent_id,
        start_time=block.start_time,
        end_time=block.end_time,
        reason=block.reason,
        source="calendar" if block.of_calendar else "absence" if block.of_absence else "agent",
        conflict=block.conflict,
        created_at=block.created_at,
    )
