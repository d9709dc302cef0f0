"""Screenings sent over and over, out of order and with poison among them, while those who take them in are killed."""

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aioboto3

from booking.entrypoints.consumer import RECEIVE_BATCH, WIDEST
from booking.entrypoints.dead_letters import DeadLetters
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE
from tests.chaos.queue.post import POISONS, Letter, State, newest, people, poison, screenings
from tests.chaos.scene import Scene, handed_on, scene, violations
from tests.chaos.service import Instance, instance
from tests.support.database import Server
from tests.support.queues import Faults
from tests.support.sqs import MAX_RECEIVES, Sqs, sqs
from tests.support.worlds import as_owner

POISON = 0.01  # of the messages
EACH = 40  # screenings of one person
WAVES = 3
MESSAGES_A_KILL = 400
UNFINISHED = RECEIVE_BATCH * WIDEST  # the most that one who is killed leaves
VISIBILITY = 31  # seconds, after which all that was received and not deleted is there again
SLOWEST = 50  # messages a second, beside other proofs too
BATCH = 10  # the most that SQS takes in one call

# Visibility timeouts stand still: what was received and not deleted stays away until the proof lets them go by. So
# consumers that rest have done all that does not wait for poison, which is there still: order is judged, not time.
FAULTS = Faults(undeleted=0.1, doubled=0.1, shuffled=True, pace=0)


def shuffled_screenings(rounds: int, folder: Path, server: Server) -> Figures:
    """In the end everybody is as the newest says; poison is dead, with its reason, and was in nobody's way."""
    figures = Figures(fault="screenings x 3, shuffled, deletes failing, 1 % poison, consumers killed", rounds=rounds)
    known = people(2 * math.ceil(rounds / EACH / 2))
    bad = poison(max(round(rounds * POISON), min(len(POISONS), rounds // 2)), known)
    good = screenings(rounds - len(bad), known)
    with (
        scene(server, people=0, slots=0) as made,
        sqs(FAULTS) as stub,
        instance(made.serving_url, folder, **_environment(stub)) as one,
        instance(made.serving_url, folder, **_environment(stub)) as two,
    ):
        sent: dict[str, Letter] = {}
        for wave in range(WAVES):
            kills = max(1, rounds // MESSAGES_A_KILL // WAVES)
            now = asyncio.run(_send(stub, good[wave::WAVES], bad[wave::WAVES]))
            sent |= now
            _strike(stub, [one, two], kills)
            _come_to_rest(stub)
            figures.faults += _in_the_way(stub, now, kills)
            stub.ask("Advance", Seconds=VISIBILITY)
        for _ in range(MAX_RECEIVES + 1):
            _come_to_rest(stub)
            stub.ask("Advance", Seconds=VISIBILITY)
        _come_to_rest(stub)
        return asyncio.run(_judged(figures, made, stub, sent))


def _environment(stub: Sqs) -> dict[str, str]:
    return {"BOOKING_SQS_QUEUE_URL": stub.queue_url, **stub.environment}


def _client(stub: Sqs) -> Any:
    return aioboto3.Session().client(
        "sqs",
        endpoint_url=stub.endpoint_url,
        region_name=stub.environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=stub.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=stub.environment["AWS_SECRET_ACCESS_KEY"],
    )


async def _send(stub: Sqs, good: Sequence[Letter], bad: Sequence[Letter]) -> dict[str, Letter]:
    """By message id. Half of the poison comes before everything else, the other half among it."""
    half = len(bad) // 2
    mixed = _copies([*good, *bad[half:]])
    random.shuffle(mixed)
    letters = [*_copies(bad[:half]), *mixed]
    sent: dict[str, Letter] = {}
    async with _client(stub) as client:
        for start in range(0, len(letters), BATCH):
            batch = letters[start : start + BATCH]
            entries = [{"Id": str(index), "MessageBody": letter.body} for index, letter in enumerate(batch)]
            answer = await client.send_message_batch(QueueUrl=stub.queue_url, Entries=entries)
            sent |= {told["MessageId"]: batch[int(told["Id"])] for told in answer["Successful"]}
    assert len(sent) == len(letters)
    return sent


def _copies(letters: Sequence[Letter]) -> list[Letter]:
    return [letter for letter in letters for _ in range(letter.copies)]


def _strike(stub: Sqs, running: Sequence[Instance], times: int) -> None:
    """Kills one or the other, after as many messages as chance says; all while there are some."""
    left = stub.ask("Look")["visible"][stub.queue_url]
    for instant in sorted((random.randint(0, left) for _ in range(times)), reverse=True):
        _until(stub, lambda look, instant=instant: look["visible"][stub.queue_url] <= instant)
        struck = random.choice(running)
        struck.kill()
        struck.start()


def _come_to_rest(stub: Sqs) -> None:
    """Until nothing is visible, and both consumers wait for more: a batch is deleted before the next is asked for."""
    _until(stub, lambda look: look["visible"][stub.queue_url] == 0 and look["waiting"] == 2)


def _until(stub: Sqs, reached: Any) -> None:
    """As long as so many messages may take, and no longer: a flow that crawls is blocked as well."""
    look = stub.ask("Look")
    deadline = time.monotonic() + PATIENCE + look["visible"][stub.queue_url] / SLOWEST
    while not reached(look):
        assert time.monotonic() < deadline, f"the consumers have stopped, or crawl: {look}"
        time.sleep(0.005)
        look = stub.ask("Look")


def _in_the_way(stub: Sqs, sent: dict[str, Letter], kills: int) -> list[str]:
    """Of a wave at rest: its poison is still to be tried again, yet no good one waits that no fault accounts for."""
    left = stub.ask("Left", QueueUrl=stub.queue_url)
    faults = []
    if gone := sum(letter.person is None and message_id not in left for message_id, letter in sent.items()):
        faults.append(f"{gone} of the poison were given up at once")
    behind = sum(letter.person is not None and left.get(message_id) is False for message_id, letter in sent.items())
    if behind > kills * UNFINISHED:
        faults.append(f"{behind} good messages wait with the poison")
    return faults


async def _judged(figures: Figures, made: Scene, stub: Sqs, sent: dict[str, Letter]) -> Figures:
    """Each person is as their newest screening says; poison, and nothing else, lies among the dead with its reason."""
    left = stub.ask("Left", QueueUrl=stub.queue_url)
    dead = stub.ask("Left", QueueUrl=stub.dead_letter_url)
    rotten = {message_id for message_id, letter in sent.items() if letter.person is None}
    figures.acknowledged = len(sent.keys() - left.keys() - dead.keys())
    if left:
        figures.faults.append(f"{len(left)} messages are still in the queue")
    if good := dead.keys() - rotten:
        figures.faults.append(f"{len(good)} good messages are dead")
    if missing := rotten - dead.keys():
        figures.faults.append(f"{len(missing)} of the poison are not dead")
    async with _client(stub) as client:
        for letter in await DeadLetters(client, stub.queue_url).look():
            if sent[letter.message_id].reason not in letter.reason or letter.receives != MAX_RECEIVES:
                figures.faults.append(f"dead after {letter.receives} receives: {letter.reason}")
            rotten.discard(letter.message_id)
    if rotten:
        figures.faults.append(f"no reason is told of {len(rotten)}")
    await _compare(figures, made, newest(sent, stub.ask("Sent", QueueUrl=stub.queue_url)))
    await _heard(figures, made, sent)
    return figures


async def _compare(figures: Figures, made: Scene, expected: dict[Any, list[State]]) -> None:
    rows = await as_owner(
        made.owner_url, "SELECT organization_id, external_id, name, email, risk_level, screened_at FROM applicants"
    )
    found = {
        (row["organization_id"], row["external_id"]): State(
            row["name"], row["email"], row["risk_level"], row["screened_at"]
        )
        for row in rows
    }
    figures.lost = sum(found.get(person) not in states for person, states in expected.items())
    if unknown := found.keys() - expected.keys():
        figures.faults.append(f"{len(unknown)} people that nobody sent")


async def _heard(figures: Figures, made: Scene, sent: dict[str, Letter]) -> None:
    """One event for each turn of somebody's eligibility, by a message that says so; the last one tells how it is."""
    rows = await as_owner(
        made.owner_url,
        "SELECT applicant_id, from_state, to_state, request_id, risk_level"
        " FROM events JOIN applicants ON applicants.id = applicant_id ORDER BY seq",
    )
    was: dict[Any, str] = {}
    for row in rows:
        letter = sent[row["request_id"]]
        figures.doubled += was.get(row["applicant_id"]) == row["to_state"]
        if row["from_state"] != was.get(row["applicant_id"]) or row["to_state"] != _eligibility(letter.risk):
            figures.faults.append(f"an event from {row['from_state']} to {row['to_state']} of {letter.risk}")
        was[row["applicant_id"]] = row["to_state"]
    figures.doubled += sum(times > 1 for times in Counter(row["request_id"] for row in rows).values())
    figures.lost += sum(was[row["applicant_id"]] != _eligibility(row["risk_level"]) for row in rows)
    if not await handed_on(made):
        figures.faults.append("events were not handed on")
    figures.faults += await violations(made)


def _eligibility(risk: str) -> str:
    return "ineligible" if risk == "HIGH" else "eligible"
