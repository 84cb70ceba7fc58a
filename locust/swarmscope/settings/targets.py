"""The host under test as Locust is given it: without a scheme nothing can be requested of it."""

import ipaddress
import re

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


def _is_near(rest: str) -> bool:
    """Whether the name that *rest* begins with is one of a network's own, which rarely has TLS."""
    name = rest.partition("/")[0]
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name
    return True
