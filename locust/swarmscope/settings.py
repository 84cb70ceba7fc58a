"""Settings, read once from the environment into one frozen object.

Names of the connection are InfluxDB's own, as influxdb-client reads them; ours begin with
``SWARMSCOPE_``. Each secret can also come from a file named by ``…_FILE``.
"""

import os
import re
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.redaction import redact

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = re.compile(r"(\d+)\s*([KMG]i?B?)?", re.IGNORECASE)
_ADDRESS = re.compile(r"tcp://(\[[0-9a-fA-F:.%]+\]|[^\s/:\[\]]+):\d{1,5}")
_FACTOR = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


def _setting(env: str, meaning: str, *, default: Any = MISSING, factory: Any = MISSING) -> Any:
    metadata = {"env": env, "meaning": meaning}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """Everything that the environment can say to swarmscope."""

    url: str = _setting(
        "INFLUXDB_V2_URL",
        "the store: an InfluxDB 2 or `swarmscope serve`",
        default="http://127.0.0.1:8086",
    )
    token: str = _setting(
        "INFLUXDB_V2_TOKEN", "its API token; also `INFLUXDB_V2_TOKEN_FILE`", default=""
    )
    token_file: Path | None = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "INFLUXDB_V2_TOKEN_FILE",
        "a file with the token, where `INFLUXDB_V2_TOKEN` isn't set; read again whenever the store "
        "refuses a write, so that a new token needs no restart",
        default=None,
    )
    org: str = _setting("INFLUXDB_V2_ORG", "its organization", default="swarmscope")
    bucket: str = _setting("INFLUXDB_V2_BUCKET", "bucket of the raw points", default=schema.BUCKET)
    timeout_ms: int = _setting(
        "INFLUXDB_V2_TIMEOUT", "how long one write may take, ms", default=10_000
    )
    verify_ssl: bool = _setting(
        "INFLUXDB_V2_VERIFY_SSL", "whether the store's certificate is checked", default=True
    )
    ssl_ca_cert: str = _setting(
        "INFLUXDB_V2_SSL_CA_CERT", "file with the CA that signed it", default=""
    )
    bucket_long: str = _setting(
        "SWARMSCOPE_BUCKET_LONG",
        "bucket of the one-minute points; empty: none are written",
        default=schema.BUCKET_LONG,
    )
    test: str = _setting(
        "SWARMSCOPE_TEST",
        "the name under which runs are compared; by default the locustfile's",
        default="",
    )
    run_id: str = _setting(
        "SWARMSCOPE_RUN_ID",
        "the run's id; by default made of the start time. A second run of one process gets `-2`",
        default="",
    )
    host: str = _setting(
        "SWARMSCOPE_HOST",
        "this machine's name, as Telegraf reports it",
        factory=socket.gethostname,
    )
    tags: Mapping[str, str] = _setting(
        "SWARMSCOPE_TAGS", "tags for every point: `env=staging,team=web`", factory=dict
    )
    resolution: int = _setting(
        "SWARMSCOPE_RESOLUTION", "length of a window, whole seconds: `1s`", default=1
    )
    max_names: int = _setting(
        "SWARMSCOPE_MAX_NAMES",
        f"endpoints of a worker; further ones are counted as `{schema.FOLDED}`",
        default=500,
    )
    template_names: bool = _setting(
        "SWARMSCOPE_TEMPLATE_NAMES",
        "whether URLs without a `name=` get one for all of a kind: `/item/8731` is counted as "
        "`/item/[id]`; off or on",
        default=False,
    )
    spool_dir: Path = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "SWARMSCOPE_SPOOL_DIR",
        "where windows wait on disk until the store took them",
        default=Path(tempfile.gettempdir()) / "swarmscope-spool",
    )
    spool_max_bytes: int = _setting(
        "SWARMSCOPE_SPOOL_MAX_BYTES",
        "how much may wait for each worker; the oldest is dropped first, and counted: `256MiB`",
        default=256 * 2**20,
    )
    flush_timeout: float = _setting(
        "SWARMSCOPE_FLUSH_TIMEOUT",
        "how long a process waits for its last flush before it exits: `10s`",
        default=10.0,
    )
    live_url: str = _setting(
        "SWARMSCOPE_LIVE_URL",
        "the page that Locust's web UI links to; by default the store's own",
        default="",
    )

    raw_requests: bool = _setting(
        "SWARMSCOPE_RAW_REQUESTS",
        "whether each request is also written by itself: as a point, and as a line where "
        "`LOCUST_LOG_FILE` or `SWARMSCOPE_LOG_SINK` say",
        default=False,
    )
    raw_sample: float = _setting(
        "SWARMSCOPE_RAW_SAMPLE",
        "the share of the requests that is then written, drawn by lot: `0.1`; each says so",
        default=1.0,
    )
    log_file: Path | None = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "LOCUST_LOG_FILE",
        "a file for this process's log records and requests as JSON lines; the machine's name and "
        "the process id are put into its name",
        default=None,
    )
    log_sink: str = _setting(
        "SWARMSCOPE_LOG_SINK",
        "where `swarmscope collect` listens for them: `tcp://collector:5558`",
        default="",
    )
    log_sink_key: Path | None = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "SWARMSCOPE_LOG_SINK_KEY_FILE",
        "a file with the collector's public key, where it has one",
        default=None,
    )
    sink_log_file: Path = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "ZMQ_SINK_LOG_FILE",
        "the file into which `swarmscope collect` writes the lines of all processes",
        default=Path(".swarmscope/logs/collected.jsonl"),
    )
    log_max_bytes: int = _setting(
        "SWARMSCOPE_LOG_MAX_BYTES",
        "size at which either of these files begins anew: `64MiB`",
        default=64 * 2**20,
    )
    log_rotate: float = _setting(
        "SWARMSCOPE_LOG_ROTATE",
        "age at which it does so, counted from midnight UTC: `24h`",
        default=86_400.0,
    )
    log_keep: int = _setting(
        "SWARMSCOPE_LOG_KEEP", "how many old files stay beside the new one", default=7
    )

    def token_now(self) -> str:
        """Return the token, as its file has it now.

        Raises:
            ConfigurationError: it comes from a file, which can't be read.

        """
        return _read_token(self.token_file) if self.token_file else self.token

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from *environ* (by default the process's).

        Raises:
            ConfigurationError: a value can't be used; the message names the variable.

        """
        settings, errors = cls.tolerant(environ)
        if errors:
            raise errors[0]
        return settings

    @classmethod
    def tolerant(
        cls, environ: Mapping[str, str] | None = None
    ) -> tuple["Settings", list[ConfigurationError]]:
        """Read the settings, with the default for what can't be used, and say what that was.

        For the load generator: a typing error must neither stop a test nor leave it unmeasured.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        errors: list[ConfigurationError] = []
        for f in fields(cls):
            try:
                text = _read(environ, f)
                if text:
                    values[f.name] = _parse(f, text)
            except ConfigurationError as error:
                errors.append(error)
        return cls(**values), errors


def _read(environ: Mapping[str, str], f: "Field[Any]") -> str:
    text = environ.get(f.metadata["env"], "").strip()
    if f.name == "token" and not text:
        path = environ.get("INFLUXDB_V2_TOKEN_FILE", "").strip()
        return _read_token(Path(path)) if path else ""
    if f.name == "token_file" and environ.get("INFLUXDB_V2_TOKEN", "").strip():
        return ""
    return text


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't text"
        raise ConfigurationError(
            f"INFLUXDB_V2_TOKEN_FILE names {path}, which can't be read ({reason}).",
            remedy="Make it readable for this user, or set INFLUXDB_V2_TOKEN.",
        ) from error


def _parse(f: "Field[Any]", text: str) -> Any:
    env = f.metadata["env"]
    parser = _PARSERS.get(f.name, str)
    try:
        return parser(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{env} is {redact(text)!r}, which can't be used: {error}.",
            remedy=f"It means: {f.metadata['meaning']}.",
        ) from error


def _url(text: str) -> str:
    parts = urlsplit(text)
    if "@" in parts.netloc:
        # It would be in messages and logs wherever the address is.
        raise ValueError("an address holds no user and password: INFLUXDB_V2_TOKEN lets us in")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it isn't of the form http://host:8086 or https://host:8086")
    return text.rstrip("/")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("it must be 1 or more")
    return number


def _flag(text: str) -> bool:
    choices = {"true": True, "on": True, "1": True, "yes": True}
    choices |= {"false": False, "off": False, "0": False, "no": False}
    if text.lower() not in choices:
        raise ValueError("it isn't one of on, off, true, false")
    return choices[text.lower()]


def parse_duration(text: str) -> float:
    """Return seconds for ``500ms``, ``1s``, ``2m``, ``1h`` or plain seconds.

    Raises:
        ValueError: *text* is none of these.

    """
    match = _DURATION.fullmatch(text)
    if match:
        return float(match[1]) * _SECONDS[match[2]]
    try:
        return float(text)
    except ValueError:
        raise ValueError("it isn't a duration like 500ms, 1s, 2m or 1h") from None


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ValueError("it must be above 0 and at most 1")
    return share


def _span(text: str) -> float:
    seconds = parse_duration(text)
    if not seconds >= 1:
        raise ValueError("it must be a second or more")
    return seconds


def parse_address(text: str) -> str:
    """Return *text* if it is an address of ZeroMQ over TCP.

    Raises:
        ValueError: it isn't.

    """
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it isn't of the form tcp://host:5558")
    return text


def _whole_seconds(text: str) -> int:
    seconds = parse_duration(text)
    if seconds != int(seconds) or seconds < 1:
        raise ValueError("windows are whole seconds long, at least one")
    return int(seconds)


def _milliseconds(text: str) -> int:
    return _positive(text) if text.isdigit() else int(parse_duration(text) * 1000)


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError("it isn't a size like 1048576, 64MiB or 1GiB")
    return int(match[1]) * _FACTOR[(match[2] or "")[:1].upper()]


def _tags(text: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for pair in text.split(","):
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not (sign and key and value):
            raise ValueError(f"{pair!r} isn't of the form key=value")
        if key in RESERVED_TAGS:
            raise ValueError(f"the tag {key!r} is written by swarmscope itself, or the store")
        if len(key) > schema.MAX_TAG_LENGTH or len(value) > schema.MAX_TAG_LENGTH:
            raise ValueError(
                f"{key[:40]!r} or its value has over {schema.MAX_TAG_LENGTH} characters"
            )
        tags[key] = value
    if len(tags) > schema.MAX_TAGS:
        raise ValueError(f"{len(tags)} tags on every point are more than {schema.MAX_TAGS}")
    return tags


_STORES_OWN = ("time", "_time", "_measurement", "_field", "_value", "_start", "_stop")
"""Names that InfluxDB keeps for itself: a line with one of them is refused, or can't be asked."""
RESERVED_TAGS = frozenset(
    {"run", "worker", *_STORES_OWN} | {tag for m in schema.OWN for tag in m.tags}
)
"""Tags that the user's own tags must not replace."""

_PARSERS: dict[str, Any] = {
    "url": _url,
    "timeout_ms": _milliseconds,
    "verify_ssl": _flag,
    "tags": _tags,
    "resolution": _whole_seconds,
    "max_names": _positive,
    "template_names": _flag,
    "token_file": Path,
    "spool_dir": Path,
    "spool_max_bytes": _size,
    "flush_timeout": parse_duration,
    "raw_requests": _flag,
    "raw_sample": _share,
    "log_file": Path,
    "log_sink": parse_address,
    "log_sink_key": Path,
    "sink_log_file": Path,
    "log_max_bytes": _size,
    "log_rotate": _span,
    "log_keep": _positive,
}
