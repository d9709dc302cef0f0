"""Absences of agents in PostgreSQL."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.planning.blocks import save_blocks
from booking.adapters.postgres.planning.jobs import add_job
from booking.adapters.postgres.planning.slot_changes import surroundings
from booking.adapters.postgres.visits.agent_times import LOCK_AGENT, lock_times, slots_met
from booking.adapters.postgres.visits.rosters.locks import with_claims
from booking.adapters.postgres.visits.rosters.rows import empty_from
from booking.adapters.postgres.visits.rows import slot_from
from booking.domain.authority import AgentRight, acts
from booking.domain.keys import Key
from booking.domain.planning import events
from booking.domain.planning.block import Block
from booking.domain.planning.change_plan import ChangePlan
from booking.domain.planning.job import Job
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.visits.roster import Roster
from booking.service.planning.absences import Leaving
from booking.service.planning.slot_changes import Span

LEAVING = sql.query("absences", "leaving", ("organization_id", "agent_id", "start_time", "end_time"))
LEFT = sql.query("absences", "left", ("organization_id", "agent_id", "id", "but", "most"))
AGENTS = sql.query("absences", "agents", ("organization_id",))
BLOCK = sql.query("absences", "block", ("organization_id", "agent_id", "id"))
SETTLE = sql.query("absences", "settle", ("organization_id", "agent_id", "id", "start_time", "end_time"))


class PostgresAbsences:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self,
        block: Block,
        by: AgentRight,
        look: Callable[[Sequence[Roster], Surroundings], ChangePlan],
        start: Callable[[ChangePlan], Job] | None,
    ) -> tuple[ChangePlan, Job | None]:
        """Under the agent's lock, which slots are made under, too. The colleagues are locked by the job's steps."""

        async def work(transaction: Transaction) -> tuple[ChangePlan, Job | None]:
            actor = await lock_times(transaction, block.agent, by)
            if start is not None:
                await save_blocks(transaction, [block])
                await record(transaction, events.block_created(*block.agent, actor))
            rows = await transaction.fetch(LEAVING, *block.agent, block.start_time, block.end_time)
            empty = [empty_from(row, actor) for row in rows]
            rosters = list((await with_claims(transaction, {roster.slot.key: roster for roster in empty})).values())
            slots = [roster.slot for roster in rosters]
            agents = await transaction.fetch(AGENTS, block.organization_id)
            within = Span.of(slots) if slots else Span(block.start_time, block.end_time)
            around = await surroundings(transaction, block.organization_id, agents, (), slots, within)
            plan = look(rosters, around)
            if start is None:
                return plan, None
            job = await add_job(transaction, start(plan))
            await keep(transaction, [(by, (plan, job))])
            return plan, job

        return await self._database.unit(work)

    async def leaving(self, agent: Key, block_id: UUID, but: Collection[UUID], most: int) -> Leaving:
        slots = await self._database.fetch(LEFT, *agent, block_id, list(but), most)
        agents = await self._database.fetch(AGENTS, agent[0])
        acting = {row.id for row in agents if acts(row.claimed_role, row.provisioned_role)}
        return Leaving([slot_from(row) for row in slots], acting)

    async def settle(self, agent: Key, block_id: UUID) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.first(LOCK_AGENT, *agent)
            if block := await transaction.first(BLOCK, *agent, block_id):
                await slots_met(transaction, agent, block.start_time, block.end_time, 0)
                await transaction.execute(SETTLE, *agent, block_id, block.start_time, block.end_time)

        await self._database.unit(work)
