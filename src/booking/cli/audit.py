"""`booking audit verify`: whether the audit is still as it was sealed."""

from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.restores import PostgresRestores
from booking.cli.targets import database
from booking.config import audit_secrets
from booking.domain.audit import Seal
from booking.domain.restore import Restore, is_genuine
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
        restores = await PostgresRestores(opened).marks()
        for one in restores:
            genuine = is_genuine(one, [secret, *before], await _seal(trail, one.seal))
            print(
                f"restore {one.number}: {_told(one)}" if genuine else f"restore {one.number}: the mark is not genuine"
            )
            broken = broken or not genuine
        if head is not None:
            number, digest = head
            found = await _seal(trail, number)
            if found is None or found.digest.hex() != digest.lower():
                lost = not broken and any(one.took_back(number) for one in restores)
                print(
                    f"seal {number}: it is not the one that was logged"
                    + (", which a restore took back" if lost else "")
                )
                broken = broken or not lost
    if broken:
        return 1
    if last is None:
        print("nothing is sealed yet")
    else:
        seals = "1 seal" if last.number == 1 else f"{last.number} seals"
        print(f"all is as it was sealed: {seals}, to position {last.last}, head {last.digest.hex()}")
    return 0


async def _seal(trail: PostgresTrail, number: int) -> Seal | None:
    found = await trail.seals(number, 1) if number else ()
    return found[0] if found and found[0].number == number else None


def _told(one: Restore) -> str:
    gone = f"seals {one.seal + 1} to {one.lost} of the log are gone" if one.lost > one.seal else "no seal is gone"
    return f"marked at {one.marked_at:%Y-%m-%dT%H:%M:%SZ}, after seal {one.seal}; {gone}"
