"""How a setting's text is found in the environment, and what it means."""

from collections.abc import Mapping
from dataclasses import Field
from pathlib import Path
from typing import Any

from swarmscope.errors import ConfigurationError
from swarmscope.redaction import redact
from swarmscope.settings import proxies, values
from swarmscope.words import begin_of


class UnusableError(ConfigurationError):
    """The text of the setting *env* means nothing."""

    def __init__(self, env: str, happened: str, *, data: str = "", remedy: str = "") -> None:
        super().__init__(happened, data=data, remedy=remedy)
        self.env = env


def read(environ: Mapping[str, str], f: "Field[Any]") -> str | None:
    """Return what *environ* says of the field *f*, or None where that is nothing.

    Raises:
        ConfigurationError: it stands in a file that can't be read.

    """
    text = _text(environ, f)
    return text if text or (f.name in _MAY_BE_EMPTY and f.metadata["env"] in environ) else None


def _text(environ: Mapping[str, str], f: "Field[Any]") -> str:
    name = f.metadata["env"]
    text = environ.get(name, "").strip()
    if f.name in _IN_EITHER_CASE:
        text = environ.get(name.lower(), "").strip() or text
    if f.name == "token":
        path = environ.get("INFLUXDB_V2_TOKEN_FILE", "").strip()
        return read_token(Path(path)) if path and not text else token(text, name)
    if f.name == "token_file" and environ.get("INFLUXDB_V2_TOKEN", "").strip():
        return ""
    return text


def read_token(path: Path, named_by: str = "INFLUXDB_V2_TOKEN_FILE") -> str:
    """Return the token in the file at *path*.

    Raises:
        ConfigurationError: it can't be read, or holds something else.

    """
    try:
        with path.open(encoding="utf-8") as file:
            # Of /dev/zero there is no end.
            text = file.read(values.MAX_TOKEN + 1).strip()
    except (OSError, ValueError) as error:  # ValueError: of its text, or of its name
        reason = getattr(error, "strerror", None) or "it isn't text"
        raise ConfigurationError(
            f"{named_by} names {path}, which can't be read ({reason}).",
            remedy="Make it readable for this user, or set INFLUXDB_V2_TOKEN.",
        ) from error
    return token(text, f"{named_by} names {path}, which")


def token(text: str, whence: str) -> str:
    """Return *text*, a token or nothing; *whence* it comes begins the message.

    Raises:
        ConfigurationError: no header can carry it.

    """
    try:
        return values.token(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{whence} holds no token: {error}.",
            data="It was sent nowhere, and isn't shown.",
            remedy="Put the token there, and nothing else.",
        ) from None


def shown(address: str) -> str:
    """Return an *address* that somebody gave without a user, a password or a token in it."""
    return redact(proxies.masked(address))


def parse(f: "Field[Any]", text: str) -> Any:
    """Return the value that *text* means for the field *f*.

    Raises:
        UnusableError: it means none; the message names the variable.

    """
    env = f.metadata["env"]
    parser = _PARSERS.get(f.name, str)
    try:
        # A path is the bytes that it is; all else goes into addresses, points and messages.
        return parser(text if parser is Path else values.text(text))
    except (ValueError, ArithmeticError) as error:
        raise UnusableError(
            env,
            f"{env} is {begin_of(shown(text), _SHOWN)!r}, which can't be used: {error}.",
            remedy=f"It means: {f.metadata['meaning']}.",
        ) from error


_SHOWN = 200
"""Signs of a text in a message."""
_MAY_BE_EMPTY = frozenset({"bucket_long"})
"""Fields that can be set to nothing; of all others that means the default."""
_IN_EITHER_CASE = frozenset({"http_proxy", "https_proxy", "no_proxy"})
"""As curl and others read them."""
_PARSERS: dict[str, Any] = {
    "url": values.url,
    "own_proxy": proxies.setting,
    "timeout_ms": values.milliseconds,
    "verify_ssl": values.flag,
    "run_id": values.run_id,
    "tags": values.tags,
    "resolution": values.whole_seconds,
    "latency_resolution": values.whole_seconds,
    "max_names": values.positive,
    "template_names": values.flag,
    "token_file": Path,
    "spool_dir": Path,
    "spool_max_bytes": values.size,
    "thresholds": Path,
    "exit_code": values.flag,
    "flush_timeout": values.patience,
    "raw_requests": values.flag,
    "phases": values.flag,
    "raw_sample": values.share,
    "web_allow": values.names,
    "log_file": Path,
    "log_sink": values.address,
    "log_sink_key": Path,
    "sink_log_file": Path,
    "log_max_bytes": values.size,
    "log_rotate": values.span,
    "log_keep": values.positive,
}
