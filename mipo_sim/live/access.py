"""Who may ask for what: this machine leads, those on the local network follow with a code, nobody else."""

import secrets
import socket
import unicodedata
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from time import monotonic
from typing import Literal

from starlette.requests import HTTPConnection

from mipo_sim.report.guards import HOME, host_of

Role = Literal["trainer", "viewer"]
COOKIE = "mipo_live"
DIGITS = 8  # of the code: typed once, and too many to guess at the pace below
MOST_TRIES, PAUSE = 5, 60.0  # wrong codes from one address in so many seconds
MOST_OF_ALL = 200  # from all addresses: a machine can give itself many, and would need a year for all codes
# Asked which of our own addresses faces them, and never sent anything: networks of routers and of telephones.
NEIGHBOURS = (
    "192.0.2.1",
    "10.0.0.2",
    "10.42.0.2",
    "172.20.10.2",
    "192.168.0.2",
    "192.168.43.2",
    "192.168.137.2",
)


class Access:
    """The rules of entry of one server, made anew at each start.

    Parameters
    ----------
    share : bool
        Whether others on the local network may follow.
    clock : callable, optional
        Seconds that go by.

    Attributes
    ----------
    code : str
        What viewers type; "" where nothing is shared.
    """

    def __init__(self, share: bool, clock: Callable[[], float] = monotonic) -> None:
        self.code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" if share else ""
        self._token = secrets.token_urlsafe(32)
        self._clock = clock
        self._wrong: dict[str, list[float]] = {}

    def knows(self, asked: HTTPConnection) -> bool:
        """Whether this server is called by a name of its own, so that no other site can read along."""
        host = _host(asked)
        if host in HOME:
            return _is_here(asked)
        mine = asked.scope.get("server") or ("", 0)
        return bool(self.code) and host in (mine[0], *_names())

    def from_own_page(self, asked: HTTPConnection) -> bool:
        """Whether a page of this server asks, and none of another site."""
        return asked.headers.get("origin") == f"http://{asked.headers.get('host', '')}"

    def role(self, asked: HTTPConnection) -> Role | None:
        """Tell who asks; None who has not given the code yet."""
        if _is_here(asked) and _host(asked) in HOME:
            return "trainer"
        given = asked.cookies.get(COOKIE, "")
        return "viewer" if self.code and _same(given, self._token) else None

    def may_try(self, address: str) -> bool:
        """Whether an address has wrong codes left, and so have all together."""
        now = self._clock()
        self._wrong = {
            place: recent
            for place, times in self._wrong.items()
            if (recent := [time for time in times if now - time < PAUSE])
        }
        of_all = sum(map(len, self._wrong.values()))
        return len(self._wrong.get(address, ())) < MOST_TRIES and of_all < MOST_OF_ALL

    def token_for(self, typed: str, address: str) -> str | None:
        """Give what a browser keeps, for the right code in any script's digits; None for a wrong one."""
        code = "".join(str(unicodedata.digit(sign, "")) for sign in typed)
        if self.code and _same(code, self.code):
            return self._token
        self._wrong.setdefault(address, []).append(self._clock())
        return None


def addresses(port: int) -> list[str]:
    """Where others on the local network find this machine; nothing is sent to find out."""
    found = dict.fromkeys(filter(None, map(_facing, NEIGHBOURS)))
    return [f"http://{address}:{port}/" for address in found if not ip_address(address).is_loopback]


def _facing(neighbour: str) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((neighbour, 9))
        except OSError:
            return None
        address: str = asked.getsockname()[0]
        return address


def _names() -> Iterable[str]:
    name = socket.gethostname().lower()
    return name, f"{name}.local"


def _host(asked: HTTPConnection) -> str:
    return host_of(asked.headers.get("host", ""))


def _is_here(asked: HTTPConnection) -> bool:
    return asked.client is not None and ip_address(asked.client.host).is_loopback


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
