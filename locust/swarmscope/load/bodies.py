"""What a request sends, sent a second time: a file is read from where it stood."""

from collections.abc import Iterator, Mapping
from typing import Any

_BODIES = ("data", "files", "payload")


class UnrepeatableError(Exception):
    """A body that can be read once."""


class Bodies:
    """The files that the *options* of a request send.

    Raises:
        UnrepeatableError: one is a generator or a pipe, or the answer is a stream.

    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        if options.get("stream"):  # whose end, if it has one, is the user's to read
            raise UnrepeatableError
        self._files = [(file, _place(file)) for file in _read(options)]

    def rewind(self) -> None:
        """Let them be read again."""
        for file, place in self._files:
            file.seek(place)


def _place(file: Any) -> int:
    try:
        place: int = file.tell()
        file.seek(place)
    except (AttributeError, OSError) as error:
        raise UnrepeatableError from error
    return place


def _read(options: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what is read while it is sent."""
    for name in _BODIES:
        body = options.get(name)
        if body is None or isinstance(body, str | bytes):
            continue
        yield from _parts(body)


def _parts(body: Any) -> Iterator[Any]:
    if hasattr(body, "read") or hasattr(body, "__next__"):
        yield body
    elif isinstance(body, Mapping):
        yield from _parts(list(body.values()))
    elif isinstance(body, list | tuple):
        for one in body:
            yield from _parts(one)
