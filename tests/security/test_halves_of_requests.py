"""Strangers who begin requests at the gateway and never end them keep no machine out."""

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from tests.fixtures import containers, gateways
from tests.fixtures.containers import HARDENED, docker
from tests.fixtures.gateways import WRITE, Site, takes, until

pytestmark = pytest.mark.long

_STRANGERS = 5
"""Addresses, who together want more than there is."""
_PLACES = 1_000
_HOLD = """
import asyncio, ssl, sys
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
try:
    trust.wrap_bio(incoming, outgoing).do_handshake()
except ssl.SSLWantReadError:
    hello = outgoing.read()
header = b"POST /api/v2/write HTTP/1.1\\r\\nHost: x\\r\\n"
said = {"half a hello": hello[:40], "a hello": hello, "half a header": header}[sys.argv[1]]

async def hold():
    while True:
        try:
            secure = trust if said is header else None
            reader, writer = await asyncio.open_connection("gateway", 8087, ssl=secure)
            writer.write(said)
            while await reader.read(65_536):
                pass
            writer.transport.abort()
        except OSError:
            pass
        await asyncio.sleep(1)

async def main():
    await asyncio.gather(*(hold() for _ in range(220)))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if reason := gateways.missing():
        pytest.skip(reason)
    with gateways.site(tmp_path_factory.mktemp("s"), tmp_path_factory.mktemp("h")) as started:
        yield started


def held(site: Site) -> int:
    """Return how many connections the gateway's door has from outside."""
    lines = docker("exec", site.containers["door"], "cat", "/proc/net/tcp").splitlines()[1:]
    return sum(line.split()[1].endswith(":1F97") and line.split()[3] == "01" for line in lines)


@contextmanager
def strangers(site: Site, what: str) -> Iterator[None]:
    """Have a handful of addresses begin *what*, as often as they can, and leave it at that."""
    names = [
        site.room.start(
            *(f"stranger-{number}-{what.replace(' ', '-')}", "--network", site.networks["outside"]),
            *(*HARDENED, gateways.python(), "python", "-c", _HOLD, what),
        )
        for number in range(_STRANGERS)
    ]
    try:
        yield
    finally:
        docker("kill", *names)


def writes(connection: http.client.HTTPSConnection, site: Site) -> int:
    """Write a point by *connection*; return the status."""
    authorized = {"Authorization": f"Token {site.token()}"}
    connection.request("POST", WRITE, b"m v=1", authorized)
    with connection.getresponse() as answer:
        answer.read()
        return answer.status


@pytest.mark.long_sample(3)
@pytest.mark.parametrize("what", ["half a hello", "a hello", "half a header"])
def test_machines_write_while_a_handful_of_addresses_takes_all_it_can(
    site: Site, what: str
) -> None:
    """All that they began left a machine one write in ten."""
    parts = urlsplit(site.gateway)
    begun = http.client.HTTPSConnection(parts.netloc, timeout=60, context=site.trust())
    with closing(begun) as kept:
        assert writes(kept, site) == 204
        own = kept.sock
        with strangers(site, what):
            until(
                lambda: writes(kept, site) == 204 and held(site) > 0.9 * _PLACES,
                lambda: f"{held(site)} are held",
            )
            both = [(takes(site), writes(kept, site)) for _ in range(10)]
            # Where processors are scarce TLS may take longer than the gateway waits.
            assert sum(taken for taken, _ in both) >= 8
            assert [status for _, status in both] == [204] * 10
            assert kept.sock is own
    door, gateway = (containers.inspect(site.containers[name]) for name in ("door", "gateway"))
    assert not door["State"]["OOMKilled"]
    assert not gateway["State"]["OOMKilled"]
    assert "opens more than 200 connections in 2 s" in containers.logs(site.containers["door"])


def test_the_gateway_is_found_again_where_it_has_another_address(site: Site) -> None:
    """As after a `docker compose up` that made it anew."""
    gateway, network = site.containers["gateway"], site.networks["door"]
    before = gateways.address(gateway, network)
    docker("network", "disconnect", network, gateway)
    site.room.start("instead", "--network", network, gateways.python(), "sleep", "600")
    docker("network", "connect", "--alias", "gateway-behind", network, gateway)
    assert gateways.address(gateway, network) != before
    until(lambda: takes(site), lambda: containers.logs(site.containers["door"]))


def test_the_door_ends_when_it_is_told_to(site: Site) -> None:
    docker("stop", site.containers["door"])
    assert containers.inspect(site.containers["door"])["State"]["ExitCode"] == 0
