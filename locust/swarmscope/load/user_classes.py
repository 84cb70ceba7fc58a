"""Which user classes the stages of a load shape start users of: named, and found where they run."""

from collections.abc import Iterable, Sequence

from locust import User

from swarmscope.errors import ConfigurationError


def names_of(told: object) -> tuple[str, ...] | None:
    """Return the names of the user classes in a list, or None where it is no list of such."""
    if not isinstance(told, list | tuple):
        return None
    names = [one.__name__ if isinstance(one, type) else one for one in told]
    if not names or not all(isinstance(name, str) and name for name in names):
        return None
    return tuple(dict.fromkeys(names))


def found(
    named: Sequence[Sequence[str] | None], known: Iterable[type[User]], where: str
) -> list[list[type[User]] | None]:
    """Return of which of the *known* user classes each stage of *where* starts users.

    *named* are the names that each has; without any it starts users of all classes. No list where
    no stage names one.

    Raises:
        ConfigurationError: there is no user class of that name.

    """
    classes = {cls.__name__: cls for cls in known}
    for number, names in enumerate(named, 1):
        missing = [name for name in names or () if name not in classes]
        if missing:
            raise ConfigurationError(
                f"Stage {number} of {where} has the user class {missing[0]!r}, which isn't here.",
                data="Nothing is started.",
                remedy=f"There are: {', '.join(sorted(classes)) or 'none'}.",
            )
    if not any(named):
        return [None] * len(named)
    # All are said where another stage names some: Locust goes on with those that it was told last.
    return [[classes[name] for name in names or classes] for names in named]
