"""Addresses that may be connected to: all of a name are checked, and one of these, not the name, is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from booking.adapters.outgoing.answers import Failed, Failure
from booking.domain.delivery.public_addresses import Address
from booking.domain.delivery.receiver_url import OWN_ADDRESSES, ReceiverUrl

Resolve = Callable[[str], Awaitable[Sequence[str]]]
Connect = Callable[[Sequence[Address], int], Awaitable[socket.socket]]


async def checked(url: ReceiverUrl, resolve: Resolve) -> Sequence[Address]:
    """Return the addresses of a host; Failed where there is none, or one of them may not be reached."""
    if url.address is not None:
        found: Sequence[Address] = [url.address]
    elif url.loopback:
        found = OWN_ADDRESSES
    else:
        found = [ip_address(text) for text in await resolve(url.host)]
    if not found or not all(url.may_reach(address) for address in found):
        raise Failed(Failure.NO_ADDRESS)
    return found


async def connected(addresses: Sequence[Address], port: int) -> socket.socket:
    """Return a connection to the first address that takes one; Failed."""
    for address in addresses:
        opened = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        try:
            opened.setblocking(False)
            await asyncio.get_running_loop().sock_connect(opened, (str(address), port))
        except OSError:
            opened.close()
        except BaseException:
            opened.close()
            raise
        else:
            return opened
    raise Failed(Failure.NOT_CONNECTED)
