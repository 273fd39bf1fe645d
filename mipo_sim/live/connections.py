"""Connections that would only take the place of others: silent ones, and too many from one address."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_OF_ONE = 128  # connections of an address at a time: a class behind one router has room
SILENCE = 10.0  # seconds in which a connection has to say what it wants


class Connection(H11Protocol):
    """A connection as uvicorn has it, which ends if it says nothing, or if its address has too many.

    A system gives a program some hundred connections. Whoever held them all would keep everybody else out,
    the trainer included, and would need no code for that.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or end at once if it is one too many."""
        super().connection_made(transport)
        address = _address(transport)
        if sum(_address(one.transport) == address for one in self.connections) > MOST_OF_ONE:
            transport.abort()
        else:
            self.loop.call_later(SILENCE, self._end_if_silent)

    def _end_if_silent(self) -> None:
        """End what has asked for no page, and has not turned into a talk."""
        asked: object = self.cycle  # None until it is
        if asked is None and self.transport.get_protocol() is self:
            self.transport.abort()


def _address(transport: asyncio.Transport) -> str:
    who = transport.get_extra_info("peername")  # None if it has gone already
    return str(who[0]) if who else ""
