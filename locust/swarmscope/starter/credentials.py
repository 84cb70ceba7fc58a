"""Credentials of a source: named, so that the test takes them from the environment; never kept."""

import re
from dataclasses import dataclass
from typing import Any

from swarmscope.redaction import redact

PREFIX = "TARGET_"
"""Of the environment variables that a locustfile of ours takes credentials from."""
GONE = "***"
_NAMES = re.compile(
    r"auth(?!or(?!i[sz]))|cookie|token(?!s)|secret|passw|pwd|credential|session|sess-?id|jwt|csrf"
    r"|xsrf|signature|api[-_]?key|access[-_]?key|(?:^|[-_])(?:key|sid|sig|pass)$",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_.=+~-]{20,}")
"""What nobody types: in a header it may let somebody in, whatever that is called."""


@dataclass(frozen=True, order=True)
class Credential:
    """What a service wants to see before it answers, and where: "header", "query" or "cookie"."""

    place: str
    name: str

    @property
    def variable(self) -> str:
        """Return the environment variable that has its value."""
        return PREFIX + (re.sub(r"[^A-Z0-9]+", "_", self.name.upper()).strip("_") or "OTHER")


def is_header_of_one(name: str, value: str) -> bool:
    """Whether *value*, of a header called *name*, may let its reader in."""
    return is_credential(name, value) or _OPAQUE.fullmatch(value) is not None


def is_credential(name: str, value: str) -> bool:
    """Whether *value*, of a parameter called *name*, may let its reader in.

    In parameters there are ids as long as any key: what looks like one alone isn't taken for it.
    """
    told = f"{name}={value}"
    return is_name_of_one(name) or redact(told) != told or redact(value) != value


def is_name_of_one(name: str) -> bool:
    """Whether what is called *name* is a credential, whatever its value."""
    return _NAMES.search(name) is not None


def without_credentials(value: Any) -> Any:
    """Return *value*, of JSON, with `GONE` where there is a credential by its name or its form."""
    if isinstance(value, dict):
        return {
            key: GONE
            if is_name_of_one(str(key)) and isinstance(inner, str | int) and inner
            else without_credentials(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [without_credentials(one) for one in value]
    return redact(value) if isinstance(value, str) else value
