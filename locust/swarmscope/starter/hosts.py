"""Addresses of services, which go into files that shells and workflows read."""

import re
from urllib.parse import urlsplit

# Neither of those sees more in it than an address.
_HOST = re.compile(
    r"https?://(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:/[\w./%-]*)?", re.ASCII | re.IGNORECASE
)


def is_host(text: str) -> bool:
    """Whether *text* is an address that Locust takes for a host, and everything else as well."""
    return _HOST.fullmatch(text) is not None and _is_port_right(text)


def _is_port_right(text: str) -> bool:
    """Whether there is no port in the address *text*, or one that exists."""
    try:
        return urlsplit(text).port != 0
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Return the scheme, the name and the port of *url*; nothing if it isn't one of the web.

    Without what stands before an @: that lets somebody in.
    """
    try:
        split = urlsplit(url)
        port = f":{split.port}" if split.port else ""
    except ValueError:
        return ""
    name = f"[{split.hostname}]" if ":" in (split.hostname or "") else split.hostname
    found = f"{split.scheme}://{name}{port}"
    return found if is_host(found) else ""
