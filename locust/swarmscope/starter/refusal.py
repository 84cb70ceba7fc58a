"""How init says that a file can't be used."""

from importlib import import_module
from typing import Any

from swarmscope.errors import ConfigurationError
from swarmscope.terminal import one_line

NOTHING = "Nothing was written."


def refused(file: str, why: str, remedy: str) -> ConfigurationError:
    """Return the error that says of *file* *why* it can't be used, and what to do."""
    return ConfigurationError(f"{one_line(f'{file} {why}')}.", data=NOTHING, remedy=remedy)


def extra(module: str) -> Any:
    """Return *module* of the extra `init`, which few installations have.

    Raises:
        ConfigurationError: this one doesn't.

    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"What reads descriptions of services isn't installed here ({error}).",
            data=NOTHING,
            remedy="Install it from a clone: pip install '/path/to/swarmscope[init]', "
            "or in the clone: make setup",
        ) from error
