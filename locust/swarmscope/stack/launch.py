"""Start Locust on the mounted locustfile, with the listener beside it.

``python -m swarmscope.stack launch --master …``: everything after ``launch`` is Locust's own.
"""

import os
import shlex
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from swarmscope.errors import ConfigurationError

FOLDER = Path("/mnt/locust")
"""Where the folder of the user's locustfile is mounted."""
BESIDE = Path("/mnt/thresholds")
"""Where that of the file of thresholds is, if one is named: in the master alone."""
LISTENER = Path(__file__).parents[1] / "listener.py"
# Named, not imported: an import would load all of Locust a second time.
_BIND = "--master-bind-host"


def command(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> list[str]:
    """Return Locust's command line.

    Raises:
        ConfigurationError: *folder* doesn't hold the locustfile that *environ* names, or it can't
            be read.

    """
    named = environ.get("LOCUSTFILE", "")
    locustfile = folder / PurePath(named).name
    refuse_unreadable("LOCUSTFILE", named, locustfile)
    if not named or not locustfile.is_file():
        there = ", ".join(sorted(path.name for path in folder.glob("*.py"))) or "no Python file"
        raise ConfigurationError(
            f"LOCUSTFILE is {named!r}, which isn't in its folder; there: {there}.",
            data="No load was started.",
            remedy="Name a locustfile of the host: make up LOCUSTFILE=path/to/mine.py",
        )
    return ["locust", "-f", f"{locustfile},{LISTENER}", *by_address(arguments)]


def refuse_unreadable(setting: str, named: str, path: Path) -> None:
    """See that this user may read *path*, which the host has as *named*, if it is there.

    Raises:
        ConfigurationError: he may not.

    """
    if not os.access(path.parent, os.R_OK | os.X_OK) or (
        path.is_file() and not os.access(path, os.R_OK)
    ):
        place = PurePath(named).parent
        raise ConfigurationError(
            f"{setting} is {named!r}, which the containers' user may not read: it is number "
            f"{os.getuid()}, and nobody on the host.",
            data="No load was started.",
            remedy=f"Let everybody read it and its folder: chmod -R o+rX {shlex.quote(str(place))}",
        )


def by_address(arguments: Sequence[str]) -> list[str]:
    """Return *arguments* with the address that the master listens on in the place of its name.

    ZeroMQ listens on addresses only; a name tells which of a container's networks is meant.

    Raises:
        ConfigurationError: nobody has this name.

    """
    given = list(arguments)
    if _BIND in given:
        place = given.index(_BIND) + 1
        try:
            given[place] = socket.gethostbyname(given[place])
        except OSError as error:
            raise ConfigurationError(
                f"The master can't listen on {given[place]}, which is no name of it ({error}).",
                data="No load was started.",
                remedy="In docker-compose.yml the name is an alias of a network of the service.",
            ) from error
    return given


def thresholds_in(environ: Mapping[str, str], folder: Path) -> Path | None:
    """Return where in *folder* the file of thresholds lies that *environ* names, if it does."""
    named = environ.get("THRESHOLDS", "")
    return folder / PurePath(named).name if named else None


def without_empty(environ: Mapping[str, str]) -> dict[str, str]:
    """Return *environ* without Locust's settings that are set to nothing.

    That is how somebody takes one back; Locust would refuse it, and never start.
    """
    return {k: v for k, v in environ.items() if v or not k.startswith("LOCUST_")}


def main(arguments: Sequence[str]) -> int:
    """Become Locust; returns only by an error."""
    line = command(arguments, os.environ, FOLDER)
    environ = without_empty(os.environ)
    if thresholds := thresholds_in(environ, BESIDE):
        environ["SWARMSCOPE_THRESHOLDS"] = str(thresholds)
    # Signals must reach Locust itself.
    os.execvpe(line[0], line, environ)  # noqa: S606
