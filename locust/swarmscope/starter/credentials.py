"""Credentials of a source: named, so that the test takes them from the environment; never kept."""

import re
from dataclasses import dataclass

from swarmscope.redaction import redact

PREFIX = "TARGET_"
"""Of the environment variables that a locustfile of ours takes credentials from."""
_NAMES = re.compile(
    r"auth|cookie|token|secret|passw|pwd|credential|session|sess-?id|jwt|csrf|xsrf|signature"
    r"|api[-_]?key|access[-_]?key|(?:^|[-_])(?:key|sid|sig|pass)$",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_.=+/~-]{20,}")
"""What nobody types: in a header of a name that says nothing it may still let somebody in."""


@dataclass(frozen=True, order=True)
class Credential:
    """What a service wants to see before it answers, and where: "header", "query" or "cookie"."""

    place: str
    name: str

    @property
    def variable(self) -> str:
        """Return the environment variable that has its value."""
        return PREFIX + (re.sub(r"[^A-Z0-9]+", "_", self.name.upper()).strip("_") or "OTHER")


def is_credential(name: str, value: str) -> bool:
    """Whether *value*, of a header or a parameter called *name*, may let its reader in."""
    if _NAMES.search(name) or redact(f"{name}: {value}") != f"{name}: {value}":
        return True
    return redact(value) != value or _OPAQUE.fullmatch(value) is not None
