"""The host under test as Locust is given it: what is doubtful of it, as nobody could be there."""

import ipaddress
import re
from urllib.parse import urlsplit

MACHINE = "host.docker.internal"
"""What the machine that runs the stack is called by its workers: docker-compose.yml says so."""
_BROKEN_SCHEME = re.compile(r"(?:(?P<scheme>https?)[:/]+|/+)?(?P<rest>.*)", re.IGNORECASE)
_SHOWN = 200


def doubt_of(host: str) -> str:
    """Say what *host* lacks to be requested by HTTP, and what is perhaps meant; often nothing."""
    host = host.strip()
    if not host or "://" in host:
        return ""
    # Without a name and a password that it may begin with.
    shown = host.rpartition("@")[2][:_SHOWN]
    match = _BROKEN_SCHEME.fullmatch(shown)
    if not match or not match["rest"]:
        return f"{shown!r}, which is no address."
    scheme = (match["scheme"] or ("http" if _is_near(match["rest"]) else "https")).lower()
    return f"{shown!r}, which has no scheme: perhaps {scheme}://{match['rest']}?"


def own_loopback(host: str) -> str:
    """Say whom each worker would ask, if *host* is localhost or another name of itself.

    That is for a worker elsewhere, in a container above all; for one beside its user it is right.
    """
    _, _, rest = host.strip().rpartition("://")
    rest = rest.rpartition("@")[2][:_SHOWN]
    try:
        name, port = urlsplit(f"//{rest}").hostname or "", urlsplit(f"//{rest}").port
    except ValueError:
        return ""
    if not is_loopback(name):
        return ""
    there = f"http://{MACHINE}" + (f":{port}" if port else "")
    return (
        f"{rest!r}: to each worker that is its own machine or container. Workers of the stack "
        f"reach this machine at {there}, if what is tested listens on more than 127.0.0.1."
    )


def is_loopback(name: str) -> bool:
    """Whether *name*, without a port, is the machine itself that asks."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_near(rest: str) -> bool:
    """Whether the name that *rest* begins with is one of a network's own, which rarely has TLS."""
    name = rest.partition("/")[0]
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name
    return True
