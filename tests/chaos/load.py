"""Clients that book and cancel with keys, and try again with the same key until they are told for good."""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Address = Callable[[], tuple[str, int]]

PATIENCE = 60.0  # seconds for one request, however often it has to be sent


REFUSED = ("slot_taken", "already_booked", "applicant_busy", "booking_cooldown")
"""What a client that books and cancels at random is told by rights."""


@dataclass(frozen=True)
class Acknowledged:
    """What a client was told for good. `booking_id` of a 201."""

    status: int
    code: str | None
    booking_id: str | None


@dataclass
class Client:
    """`stuck` counts requests that were never told for good; `unexpected` other answers than business has.

    `twin` asks another instance: each key is sent there too, once it was answered, and must be answered the same.
    """

    address: Address
    token: str
    bookings: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    told: int = 0
    retried: int = 0
    stuck: int = 0
    unexpected: list[str] = field(default_factory=list)
    refused: Sequence[str] = REFUSED
    twin: "Client | None" = None
    _connection: http.client.HTTPConnection | None = None

    def book(self, slot_id: str) -> Acknowledged | None:
        answer = self._until_told("POST", "/api/v1/bookings", {"slot_id": slot_id})
        if answer is not None and answer.booking_id is not None:
            self.bookings.append(answer.booking_id)
        elif answer is not None and answer.code not in self.refused:
            self.unexpected.append(f"book: {answer.status} {answer.code}")
        return answer

    def cancel(self, booking_id: str) -> None:
        answer = self._until_told("DELETE", f"/api/v1/bookings/{booking_id}", None)
        if answer is not None and answer.status == 204:
            self.cancelled.append(booking_id)
        elif answer is not None:
            self.unexpected.append(f"cancel: {answer.status} {answer.code}")

    def _until_told(self, method: str, path: str, content: object) -> Acknowledged | None:
        key = str(uuid4())
        answer = self._told(method, path, key, content)
        if self.twin is not None and answer is not None:
            again = self.twin._told(method, path, key, content)
            if again != answer:
                self.unexpected.append(f"{method}: {answer}, and by the other instance {again}")
        return answer

    def _told(self, method: str, path: str, key: str, content: object) -> Acknowledged | None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._once(method, path, key, content)
            if answer is not None and answer.status < 500 and answer.code != "idempotency_in_progress":
                self.told += 1
                return answer
            self.retried += 1
            time.sleep(0.01 + random.random() * 0.02)
        self.stuck += 1
        return None

    def _once(self, method: str, path: str, key: str, content: object) -> Acknowledged | None:
        """None where the connection broke."""
        try:
            if self._connection is None:
                host, port = self.address()
                self._connection = http.client.HTTPConnection(host, port, timeout=10)
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
            body = None if content is None else json.dumps(content)
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            told: dict[str, Any] = json.loads(response.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            return None
        if response.getheader("Connection") == "close":
            self.close()
        return Acknowledged(response.status, told.get("code"), told.get("booking", {}).get("id"))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self.twin is not None:
            self.twin.close()


class Load:
    """Each client on a thread of its own, from entering this block to leaving it."""

    def __init__(self, address: Address, tokens: Sequence[str], slots: Sequence[str]) -> None:
        self.clients = [Client(address, token) for token in tokens]
        self._slots = slots
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(client,), daemon=True) for client in self.clients]

    def _work(self, client: Client) -> None:
        while not self._stop.is_set():
            booked = client.book(random.choice(self._slots))
            if booked is not None and booked.booking_id is not None:
                client.cancel(booked.booking_id)
        client.close()

    def pair(self, address: Address) -> None:
        """Have each client send its keys to another instance, too."""
        for client in self.clients:
            client.twin = Client(address, client.token)

    @property
    def told(self) -> int:
        return sum(client.told for client in self.clients)

    def await_told(self, count: int) -> None:
        """Until so many requests were answered for good: the service works, again."""
        deadline = time.monotonic() + PATIENCE
        while self.told < count:
            assert time.monotonic() < deadline, "the service does not answer"
            time.sleep(0.01)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)
