"""How the commands that judge tell what they found: to people, to programs, and in files.

A verdict that is known is worth more than where it is written: what can't be is said, and hides no
exit code.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Protocol, TypeVar

import typer

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.terminal import one_line

STDOUT = Path("-")

Markdown = Annotated[
    Path | None,
    typer.Option(
        "--markdown", metavar="FILE", help="for a comment, a chat or a step's summary; - prints it"
    ),
]


class Found(Protocol):
    """What came of it."""

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        ...

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        ...


F = TypeVar("F", bound=Found)


@dataclass(frozen=True)
class File(Generic[F]):
    """A file that was asked for, and what is written into it."""

    path: Path
    text: Callable[[F], str]


Forms = Sequence[tuple[Path | None, Callable[[F], str]]]
"""Each form that there is, and the file that it was asked for, if it was."""


def asked_for(forms: Forms[F], *, as_json: bool, data: str) -> list[File[F]]:
    """Return the files of *forms*, all of which can be written: later the work would be in vain.

    With *as_json* the output has the answer already; *data* says what became of the work.

    Raises:
        ConfigurationError: one can't.

    """
    files = [File(path, text) for path, text in forms if path]
    if sum(one.path == STDOUT for one in files) + as_json > 1:
        raise ConfigurationError(
            "Two forms of the answer would be printed, one behind the other.",
            data=data,
            remedy="Give - or --json once, and a file for each other one.",
        )
    for one in files:
        why = "" if one.path == STDOUT else _obstacle(one.path)
        if why:
            raise ConfigurationError(
                f"{one.path} can't be written: {why}.",
                data=data,
                remedy="Name a file in a folder that is there and yours.",
            )
    return files


def _obstacle(path: Path) -> str:
    if path.is_dir():
        return "it is a folder"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return "you may not write there"
    return ""


def tell(
    found: F, code: ExitCode, lines: Sequence[str], files: Sequence[File[F]], *, as_json: bool
) -> ExitCode:
    """Print *found*, as JSON or as *lines* and its sentence, write *files*, and return the code.

    That is *code*, which it comes to: where all would be well but for a file, it isn't.
    """
    if as_json:
        typer.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    else:
        # Beside what a program reads people are told elsewhere.
        text = "\n".join((*lines, one_line(found.sentence())))
        typer.echo(text, err=any(one.path == STDOUT for one in files))
    failed = [one for one in files if not _written(one, found)]
    return code or (ExitCode.WRONG_USAGE if failed else ExitCode.FINE)


def _written(one: File[F], found: F) -> bool:
    text = one.text(found)
    if one.path == STDOUT:
        typer.echo(text, nl=not text.endswith("\n"))
        return True
    try:
        # A sentence that was typed may have bytes that are no text.
        one.path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        typer.echo(
            f"swarmscope: {one.path} can't be written ({error.strerror}). The answer is known all "
            f"the same: {one_line(found.sentence())}",
            err=True,
        )
        return False
    return True
