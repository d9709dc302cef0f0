"""Ids, made by several processes at one time."""

import multiprocessing
import sys
from uuid import UUID

import pytest

from booking.adapters.ids import new_id


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_workers_that_are_forked_never_make_the_same_id() -> None:
    """Whatever makes them is somewhere in the middle when it is forked."""
    new_id()
    pool = multiprocessing.get_context("fork").Pool(2)
    try:
        made = [one for ids in pool.map(ids, [500] * 4, chunksize=1) for one in ids]
    finally:  # by themselves: a SIGTERM that comes while coverage's handler is not yet up, or not any more, may be lost
        pool.close()
        pool.join()
    assert len({*made, new_id()}) == 2001


def ids(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]
