"""The embedded stack of one `booking dev`: servers, roles and secrets, and the environment that describes them."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec

from booking.entrypoints.dev.env_file import EnvFile, write_privately
from booking.entrypoints.dev.postgres import EmbeddedPostgres
from booking.entrypoints.dev.sqs import EmbeddedSqs
from booking.faults import Explained

DATABASE = "booking"
ENV_FILE = "env"  # in the data folder
SERVING_ROLE = "booking_app"


class BrokenSecrets(Explained):
    """The file of secrets cannot be read; the message is one line with the remedy."""


class Secrets(msgspec.Struct, kw_only=True):
    """Kept beside the data, so that tokens and URLs given out yesterday work today."""

    jwt_secret: str
    serving_password: str
    organization_id: UUID
    audit_secret: str = ""
    secrets_key: str = ""
    inbound_secret: str = ""

    @classmethod
    def of(cls, data_dir: Path) -> "Secrets":
        file = data_dir / "secrets.json"
        if file.exists():
            try:
                made = msgspec.json.decode(file.read_bytes(), type=cls)
            except msgspec.DecodeError:
                raise BrokenSecrets(
                    f"the data folder {data_dir} is broken ({file.name} cannot be read): "
                    "remove it to start afresh, or pass --data-dir"
                ) from None
        else:
            made = cls(
                jwt_secret=secrets.token_urlsafe(48),
                serving_password=secrets.token_urlsafe(24),
                organization_id=uuid4(),
            )
        if not (made.audit_secret and made.secrets_key and made.inbound_secret):
            made.audit_secret = made.audit_secret or secrets.token_urlsafe(48)
            made.secrets_key = made.secrets_key or secrets.token_urlsafe(48)
            made.inbound_secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
            write_privately(file, msgspec.json.encode(made))
        return made


@dataclass(frozen=True, slots=True)
class Stack:
    postgres: EmbeddedPostgres
    sqs: EmbeddedSqs
    secrets: Secrets
    new: bool
    """Whether the database was made just now."""

    @property
    def owner_url(self) -> str:
        return self.postgres.superuser_url(DATABASE)

    @property
    def serving_url(self) -> str:
        return self.postgres.url(user=SERVING_ROLE, password=self.secrets.serving_password, database=DATABASE)

    @property
    def environment(self) -> Mapping[str, str]:
        """Settings for `booking serve`, the other commands and end-to-end suites."""
        return {
            "DATABASE_URL": self.serving_url,
            "BOOKING_MIGRATION_DATABASE_URL": self.owner_url,
            "SQS_QUEUE_URL": self.sqs.queue_url,
            "SQS_DEAD_LETTER_QUEUE_URL": self.sqs.dead_letter_url,
            "BOOKING_SQS_QUEUE_URL": self.sqs.queue_url,
            "AWS_ENDPOINT_URL_SQS": self.sqs.endpoint_url,
            "AWS_REGION": self.sqs.region,
            "AWS_DEFAULT_REGION": self.sqs.region,
            "AWS_ACCESS_KEY_ID": self.sqs.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.sqs.secret_access_key,
            "JWT_SECRET": self.secrets.jwt_secret,
            "BOOKING_AUTH_HS256_SECRET": self.secrets.jwt_secret,
            "BOOKING_AUDIT_SECRET": self.secrets.audit_secret,
            "BOOKING_SECRETS_KEY": self.secrets.secrets_key,
            "BOOKING_INBOUND_SECRETS": f"dev={self.secrets.inbound_secret}",
            "ORGANIZATION_ID": str(self.secrets.organization_id),
        }

    async def new_database(self) -> None:
        """Make an empty database in the place of the one there is, and empty the queues."""
        connection = await asyncpg.connect(self.postgres.superuser_url("postgres"))
        try:
            await connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()
        await asyncio.to_thread(self.sqs.empty)


@asynccontextmanager
async def embedded(data_dir: Path, *, durable: bool, described: Sequence[EnvFile] = ()) -> AsyncIterator[Stack]:
    """Both servers, until the end of the block. To be entered from the main thread, see EmbeddedPostgres.start.

    Files of a former instance are removed once the folder is locked, so that no running one loses its own.
    """

    def forget() -> None:
        for file in described:
            file.clear()

    with ExitStack() as running:
        postgres = running.enter_context(EmbeddedPostgres.start(data_dir / "postgres", durable=durable, locked=forget))
        sqs = running.enter_context(EmbeddedSqs.start())
        secrets = Secrets.of(data_dir)
        yield Stack(postgres, sqs, secrets, new=await _make_database(postgres, secrets))


async def _make_database(postgres: EmbeddedPostgres, secrets: Secrets) -> bool:
    """Make the role and the database that are not there; return whether the database was not."""
    connection = await asyncpg.connect(postgres.superuser_url("postgres"))
    try:
        if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", SERVING_ROLE):
            await connection.execute(f"CREATE ROLE {SERVING_ROLE} LOGIN PASSWORD '{secrets.serving_password}'")
        new = not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", DATABASE)
        if new:
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    return new
