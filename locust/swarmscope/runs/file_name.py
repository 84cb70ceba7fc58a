"""Files that are called after a run."""

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def safe_name(text: str) -> str:
    """Return *text* as the name of a file: no separators, no way up, and no two texts the same."""
    name = _UNSAFE.sub("_", text).strip(".")[:100]
    if name and name == text:
        return name
    return f"{name or 'run'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
