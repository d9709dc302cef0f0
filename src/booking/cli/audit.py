"""`booking audit verify`: whether the audit is still as it was sealed."""

from booking.adapters.postgres.audit import PostgresTrail
from booking.cli.targets import database
from booking.config import audit_secrets
from booking.service.audit import SealingService


async def verify(head: tuple[int, str] | None) -> int:
    """Check every seal; return 1 where an event was edited, removed, reordered or left out, or `head` is not there."""
    secret, *before = [secret.encode() for secret in audit_secrets()]
    broken = False
    async with database() as opened:
        trail = PostgresTrail(opened)
        sealing = SealingService(trail, opened.now, secret, before)
        async for breach in sealing.breaches():
            print(breach.says if breach.seal is None else f"seal {breach.seal}: {breach.says}")
            broken = True
        last = await trail.last_seal()
        if head is not None:
            number, digest = head
            found = await trail.seals(number, 1)
            if not found or (found[0].number, found[0].digest.hex()) != (number, digest.lower()):
                print(f"seal {number}: it is not the one that was logged")
                broken = True
    if broken:
        return 1
    if last is None:
        print("nothing is sealed yet")
    else:
        seals = "1 seal" if last.number == 1 else f"{last.number} seals"
        print(f"all is as it was sealed: {seals}, to position {last.last}, head {last.digest.hex()}")
    return 0
