"""A list of URLs, one in a line: the least that somebody knows of a service."""

import re

from swarmscope.starter.hosts import origin_of
from swarmscope.starter.recording import Recording, Sent
from swarmscope.starter.refusal import refused
from swarmscope.starter.source import METHODS, Source

_LINE = re.compile(rf"(?:({'|'.join(METHODS)})\s+)?(\S+)", re.ASCII)


def source(text: str, file: str) -> Source:
    """Return the requests of a list: lines like `/products`, `https://x.example/`, `POST /orders`.

    Raises:
        ConfigurationError: a line is something else, or of another host, or there is none.

    """
    recording, host = Recording(), ""
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[2].startswith("/") or origin_of(found[2])):
            raise refused(
                file,
                f"has {line[:200]!r} in line {number}, which is no URL",
                "Write https://host/path, or /path, one in a line; a method may stand before it.",
            )
        own = "" if found[2].startswith("/") else origin_of(found[2])
        if own and host and own != host:
            raise refused(
                file,
                f"has URLs of {host}, and in line {number} one of {own}",
                "A test has one target: make a list for each.",
            )
        host = host or own
        recording.add(Sent(found[1] or "GET", found[2]))
    calls = recording.calls()
    if not calls:
        raise refused(file, "has no URL", "Write one in a line.")
    return Source(f"The URLs in {file}", file, calls, host, recording.credentials)
