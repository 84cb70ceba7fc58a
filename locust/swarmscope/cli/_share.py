"""Shares of something in options: 5 %."""

from swarmscope.errors import ConfigurationError
from swarmscope.settings import values


def share(option: str, text: str) -> float:
    """Return the share that *text* means, given as the *option*: of 5%, 0.05.

    Raises:
        ConfigurationError: it means none.

    """
    try:
        return values.share(f"{float(text.removesuffix('%')) / 100}" if "%" in text else text)
    except ValueError as error:
        raise ConfigurationError(
            f"{option} is {text!r}, which can't be used: {error}.", remedy="Give it as 5%."
        ) from error
