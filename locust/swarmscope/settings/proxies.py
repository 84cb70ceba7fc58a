"""Which proxy stands on the way to a server, if any, from what settings and environment say."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import quote, unquote, urlsplit

OFF = "off"


@dataclass(frozen=True)
class Proxy:
    """A proxy of HTTP; its password, if it wants one, is in no address that is shown."""

    address: str
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.address

    @property
    def with_password(self) -> str:
        """The address as urllib wants it."""
        if not self.user:
            return self.address
        secret = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return self.address.replace("://", f"://{secret}@", 1)

    @property
    def for_influxdb_client(self) -> dict[str, Any]:
        """The proxy as influxdb-client wants to be told of it."""
        if not self.user:
            return {"proxy": self.address}
        secret = b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"proxy-authorization": f"Basic {secret}"}
        return {"proxy": self.address, "proxy_headers": headers}


def proxy(text: str) -> Proxy:
    """Return the proxy of ``http://proxy:3128``, with or without a user, or of ``proxy:3128``.

    Raises:
        ValueError: it isn't one.

    """
    parts = urlsplit(text if "://" in text else f"http://{text}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if parts.scheme != "http" or not host:
        raise ValueError("it isn't of the form http://proxy:3128")
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port or 80}"
    return Proxy(address, unquote(parts.username or ""), unquote(parts.password or ""))


def setting(text: str) -> str:
    """Return *text*, which is `OFF` or a proxy's address.

    Raises:
        ValueError: it is neither.

    """
    if text.lower() == OFF:
        return OFF
    proxy(text)
    return text


def masked(text: str) -> str:
    """Return the address of a proxy without its user and password."""
    head, sign, rest = text.rpartition("@")
    scheme = f"{head.partition('://')[0]}://" if "://" in head else ""
    return f"{scheme}***@{rest}" if sign else text


def on_the_way(url: str, own: str, by_scheme: Mapping[str, str], exceptions: str) -> str:
    """Return the proxy on the way to *url*, or nothing.

    *own* is a setting for this server alone, and *by_scheme* are those for all. Programs of this
    machine, and hosts among the *exceptions*, are reached without one.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if own == OFF or is_here(host) or _is_excepted(host, parts.port, exceptions):
        return ""
    return own or by_scheme.get(parts.scheme, "")


def is_here(host: str) -> bool:
    """Return whether *host* is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_excepted(host: str, port: int | None, exceptions: str) -> bool:
    return any(
        _is_meant(host, port, entry)
        for entry in (part.strip().lower() for part in exceptions.split(","))
        if entry
    )


def _is_meant(host: str, port: int | None, entry: str) -> bool:
    """Whether *entry* means the host: as a name, the end of one, an address, or a network."""
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        pass  # one of them is a name
    name, sign, number = entry.rpartition(":")
    if sign and number.isdecimal() and ":" not in name:
        if port is not None and int(number) != port:
            return False
        entry = name
    entry = entry.removeprefix("*").lstrip(".")
    return host == entry or host.endswith(f".{entry}")
