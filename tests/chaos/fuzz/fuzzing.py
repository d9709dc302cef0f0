"""Inputs of every kind that nobody should send: each is answered as the contract has it, and nothing breaks."""

import asyncio
import json
import random
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from tests.chaos.figures import Figures
from tests.chaos.fuzz.documented import OPERATIONS, Answer, Operation, fault_of, fault_of_problem, operations_at
from tests.chaos.fuzz.garbling import Garbler
from tests.chaos.fuzz.generated import generated
from tests.chaos.fuzz.gibberish import HEADERS
from tests.chaos.fuzz.messages import garbled_messages
from tests.chaos.fuzz.stage import Stage, request, staged
from tests.chaos.fuzz.wire import IllFormed, Silence, Wire
from tests.chaos.scene import scene, violations
from tests.chaos.service import Instance, instance
from tests.support.chance import chance
from tests.support.database import Server

SHARES = {"http": 25, "cursors": 10, "headers": 13, "parameters": 12, "bodies": 20}
MESSAGES, GENERATED = 15, 5  # the other shares; all of them make a hundred
CLIENTS = 8
QUIET = 0.2  # seconds without a word, after which the service may be waiting for more
MOST_TOLD = 5
ENDING = [one for one in OPERATIONS if not one.template.endswith("/stream")]
SUITABLE = {
    "bodies": [one for one in OPERATIONS if one.body is not None],
    "cursors": [one for one in OPERATIONS if one.takes("cursor") and not one.template.endswith("availability")],
}
UNLIMITED = {"BOOKING_LIMIT_PERSON": "0", "BOOKING_LIMIT_ORGANIZATION": "0"}
LAST = b"GET /health/live HTTP/1.1\r\nHost: booking\r\nX-Request-Id: the-last\r\nConnection: close\r\n\r\n"
MORE = b"\r\n\r\n" + b"x" * 70_000 + b"\r\n0\r\n\r\n" + LAST
"""Ends whatever the service may be waiting for: headers are over, or too large; a body is whole, or too large."""


def fuzz(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="bytes, cursors, keys, parameters, bodies, events, generated requests", rounds=rounds)
    seed, _ = chance()
    with scene(server) as made, instance(made.serving_url, folder, **UNLIMITED) as running:
        pid = running.process and running.process.pid
        fuzzing = Fuzz(running, staged(made, running.address), seed)
        inputs = [(kind, n) for kind, share in SHARES.items() for n in range(max(1, rounds * share // 100))]
        random.Random(seed).shuffle(inputs)
        with ThreadPoolExecutor(CLIENTS) as pool:
            for client in [pool.submit(fuzzing.work, inputs[start::CLIENTS]) for start in range(CLIENTS)]:
                client.result()
        generated(fuzzing, rounds * GENERATED // 100)
        asyncio.run(garbled_messages(fuzzing, made, rounds - len(inputs) - rounds * GENERATED // 100))
        figures.acknowledged = fuzzing.answered
        figures.faults = [f"SEED={seed} {fault}" for fault in fuzzing.faults[:MOST_TOLD]]
        if len(fuzzing.faults) > MOST_TOLD:
            figures.faults.append(f"and {len(fuzzing.faults) - MOST_TOLD} more")
        figures.faults += asyncio.run(violations(made))
        if running.process is None or not running.process.is_alive() or running.process.pid != pid:
            figures.faults.append("the service did not survive it")
    return figures


class Fuzz:
    """Each input is by a chance of its own: the seed, its kind and its number make it again."""

    def __init__(self, running: Instance, stage: Stage, seed: str) -> None:
        self.running = running
        self.stage = stage
        self.seed = seed
        self.answered = 0
        self.faults: list[str] = []
        self._lock = threading.Lock()

    def work(self, inputs: Sequence[tuple[str, int]]) -> None:
        for kind, number in inputs:
            rng = random.Random(f"{self.seed} {kind} {number}")
            ask: Callable[[random.Random, str], str | None] = self._spoiled if kind == "http" else self._asked
            self.judge(f"{kind} {number}", ask(rng, kind))

    def judge(self, name: str, fault: str | None) -> None:
        with self._lock:
            if fault is None:
                self.answered += 1
            else:
                self.faults.append(f"{name}: {fault}")

    def _asked(self, rng: random.Random, kind: str) -> str | None:
        """A well-formed request with something in it garbled."""
        lines, body = self._request(rng, kind)
        wire = Wire(self.running.address)
        try:
            wire.send(b"\r\n".join([*lines, b"", body]))
            answer = wire.answer()
        except (IllFormed, Silence) as error:
            return f"{lines[0][:200]!r}: {error!r}"
        finally:
            wire.close()
        if answer is None:
            return f"{lines[0][:200]!r}: no answer"
        verb, target, _ = lines[0].split(b" ")
        fault = fault_of(answer, verb.decode(), operations_at(target))
        return fault and f"{lines[0][:200]!r}: {fault}"

    def _spoiled(self, rng: random.Random, _kind: str) -> str | None:
        """A request that is spoiled as HTTP, perhaps after one that is not."""
        lines, body = self._request(rng, "plain")
        spoiled = Garbler(rng).message(lines, body)
        before, _ = self._request(rng, "plain")
        pipelined = rng.random() < 0.2 and before[0].startswith(b"GET") and not spoiled.startswith(b"HEAD ")
        sent = (b"\r\n".join([*before, b"", b""]) if pipelined else b"") + spoiled
        wire = Wire(self.running.address)
        try:
            wire.send(sent + LAST)
            answers = _answers(wire, bodiless=sent.startswith(b"HEAD "))
        except (IllFormed, Silence) as error:
            return f"{_told(sent)}: {error!r}"
        finally:
            wire.close()
        verb, target, _ = lines[0].split(b" ")
        operations = operations_at(target) if sent.startswith(lines[0] + b"\r\n") else None
        if not answers:
            return f"{_told(sent)}: no answer"
        for index, answer in enumerate(answers):
            exact = operations is not None and index == 0
            fault = fault_of(answer, verb.decode(), operations or []) if exact else _fault_of_any(answer, sent)
            if fault is not None:
                return f"{_told(sent)}: {fault}"
        return None

    def _request(self, rng: random.Random, kind: str) -> tuple[list[bytes], bytes]:
        """The request line with the headers, and the body; of the kind that says what of it is garbled."""
        garbler, stage = Garbler(rng), self.stage
        operation = rng.choice(SUITABLE.get(kind, ENDING))
        path = operation.template
        for name, ids in stage.ids.items():
            chosen = rng.choice(ids)
            if kind == "parameters" and rng.random() < 0.3:
                chosen = garbler.parameter(chosen)
            path = path.replace(f"{{{name}}}", _escaped(chosen))
        query = []
        if kind == "cursors":
            query = [("cursor", garbler.cursor(stage.cursors)), *([("limit", "1")] if rng.random() < 0.5 else [])]
        elif kind == "parameters":
            names = [*operation.parameters("query"), "unknown", "cursor", "limit", ""]
            query = [(rng.choice(names), garbler.parameter("1")) for _ in range(rng.randrange(1, 4))]
        if query:
            path += "?" + "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in query)
        more = []
        if kind == "headers":
            named = HEADERS[:2] if rng.random() < 0.5 else HEADERS
            more = [rng.choice(named).encode() + b": " + garbler.text() for _ in range(rng.choice((1, 1, 2)))]
        who = stage.callers[
            rng.choice(list(stage.callers) if rng.random() < 0.3 else ["admin", "member", "applicant 0"])
        ]
        body = self._body(rng, operation, garbler if kind == "bodies" else None)
        return request(operation.method, path, who, body, *more), body

    def _body(self, rng: random.Random, operation: Operation, garbler: Garbler | None) -> bytes:
        if operation.body is None:
            return b""
        content = dict(rng.choice(list(operation.body.values()))["value"])
        for name in content.keys() & self.stage.ids.keys():
            content[name] = rng.choice(self.stage.ids[name])
        return json.dumps(content).encode() if garbler is None else garbler.content(content)


def _answers(wire: Wire, *, bodiless: bool) -> list[Answer]:
    """Until the last one, or the end of the connection, or until all that can be told is told."""
    found: list[Answer] = []
    urged = False
    while True:
        try:
            answer = wire.answer(bodiless=bodiless and not found, within=15 if urged and not found else QUIET)
        except Silence:
            if found or urged:
                return found
            urged = True
            wire.send(MORE)
            continue
        if answer is not None:
            found.append(answer)
        if answer is None or answer.headers.get("x-request-id") == "the-last":
            return found


def _fault_of_any(answer: Answer, sent: bytes) -> str | None:
    """Of an answer to nobody knows what exactly."""
    if answer.status >= 500:
        return f"status {answer.status}: {answer.body[:200]!r}"
    return fault_of_problem(answer) if answer.status >= 400 and not sent.startswith(b"HEAD ") else None


def _told(sent: bytes) -> str:
    """Its beginning, without the token."""
    return repr(re.sub(rb"Bearer [\w-]+\.[\w.-]+", b"Bearer ...", sent)[:300])


def _escaped(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")
