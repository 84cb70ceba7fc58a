"""Addresses of services, and what of them a URL asks for."""

from urllib.parse import urlsplit, urlunsplit


def address_of(host: str) -> str:
    """Return *host* as clients put it in front of a path: without credentials or a last slash."""
    parts = urlsplit(host)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def below(url: str, address: str) -> str | None:
    """Return what stands in *url* behind an *address* of `address_of`; None: it is elsewhere."""
    parts, place = urlsplit(url), urlsplit(address)
    if (parts.scheme, parts.netloc.lower()) != (place.scheme, place.netloc.lower()):
        return None
    rest = parts.path.removeprefix(place.path)
    if not parts.path.startswith(place.path) or (rest and not rest.startswith("/")):
        return None
    return urlunsplit(("", "", rest, parts.query, parts.fragment))


def moved(url: str, start: str, end: str) -> str | None:
    """Return what *url*, which is below the address *start*, is below *end*; None: it isn't."""
    rest = below(url, start)
    return None if rest is None else f"{end}{rest}"
