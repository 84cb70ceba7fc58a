"""Settings, read once from the environment into one frozen object.

Names of the connection are InfluxDB's own, as influxdb-client reads them; ours begin with
``SWARMSCOPE_``. Each secret can also come from a file named by ``…_FILE``.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from math import ceil
from pathlib import Path
from typing import Any

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.settings import environment, places, proxies
from swarmscope.settings.environment import UnusableError
from swarmscope.settings.proxies import Proxy

EXIT_CODE = "SWARMSCOPE_EXIT_CODE"


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
    own_proxy: str = _setting(
        "SWARMSCOPE_PROXY",
        "the proxy on the way to the store: `http://proxy:3128`, with `user:password@` where it "
        "wants them; `off`: none, whatever the next two say. By default what they say",
        default="",
    )
    http_proxy: str = _setting(
        "HTTP_PROXY",
        "the proxy for a store whose address begins with `http:`; also `http_proxy`",
        default="",
    )
    https_proxy: str = _setting("HTTPS_PROXY", "and with `https:`; also `https_proxy`", default="")
    no_proxy: str = _setting(
        "NO_PROXY",
        "where no proxy is used, beside this machine: `influxdb,.example.com,10.0.0.0/8`; also "
        "`no_proxy`",
        default="",
    )
    bucket_long: str = _setting(
        "SWARMSCOPE_BUCKET_LONG",
        "bucket of the one-minute points, which boards read where a range is long; set to nothing: "
        "none are written, and boards read those of each second. It can't be the same bucket",
        default=schema.BUCKET_LONG,
    )
    test: str = _setting(
        "SWARMSCOPE_TEST",
        "the name under which runs are compared; by default the locustfile's",
        default="",
    )
    label: str = _setting(
        "SWARMSCOPE_LABEL",
        "a short name for the run, shown beside it in lists, boards and reports; what Locust's web "
        "UI or `--swarmscope-label` say for a run comes first",
        default="",
    )
    description: str = _setting(
        "SWARMSCOPE_DESCRIPTION",
        "what is tested and why, in a sentence or two; also in the web UI, and "
        "`--swarmscope-description`",
        default="",
    )
    duet: str = _setting(
        "SWARMSCOPE_DUET",
        "a second version of the service, `http://host:8001`: both are asked the same, and can be "
        "compared; also in the web UI, and `--swarmscope-duet`",
        default="",
    )
    duet_mode: str = _setting(
        "SWARMSCOPE_DUET_MODE",
        "who asks it: each request is made twice (`requests`), or every other user asks it "
        "(`users`); also in the web UI, and `--swarmscope-duet-mode`",
        default="requests",
    )
    environment: str = _setting(
        "SWARMSCOPE_ENVIRONMENT",
        "where it is tested, in a word: `staging`. Runs are compared within one environment; "
        "without a name, between generators with the same processors",
        default="",
    )
    run_id: str = _setting(
        "SWARMSCOPE_RUN_ID",
        "the run's id, which `swarmscope run` asks its master for; by default made of the start "
        "time. A second run of one process gets `-2`; one of another process is the same run to a "
        "store, and no verdict can be had of the two",
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
    latency_resolution: int = _setting(
        "SWARMSCOPE_LATENCY_RESOLUTION",
        "how often endpoints' histograms are written, a whole multiple of "
        "`SWARMSCOPE_RESOLUTION`; that itself: each window. Those of all endpoints together are "
        "written each window in any case. The same for master and workers. By default `10s`, or "
        "the next multiple",
        default=10,
    )
    max_names: int = _setting(
        "SWARMSCOPE_MAX_NAMES",
        "endpoints (name and method together) that a worker tells apart in a run, the first ones; "
        f"further ones are counted as `{schema.FOLDED}` in all points alike, those of single "
        "requests and of failures too. A master merges up to twice as many of all its workers "
        "together; past that it merges no more of the run, and says so",
        default=schema.MAX_NAMES,
    )
    template_names: bool = _setting(
        "SWARMSCOPE_TEMPLATE_NAMES",
        "whether URLs without a `name=` get one for all of a kind: `/item/8731` is counted as "
        "`/item/[id]`; off or on",
        default=False,
    )
    spool_dir: Path = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "SWARMSCOPE_SPOOL_DIR",
        "where windows wait on disk until the store took them; a folder in which others may write "
        "gets one of the user's own in it",
        factory=places.spool_dir,
    )
    spool_max_bytes: int = _setting(
        "SWARMSCOPE_SPOOL_MAX_BYTES",
        "how much may wait for each worker; the oldest is dropped first, and counted: `256MiB`",
        default=256 * 2**20,
    )
    thresholds: Path | None = _setting(  # noqa: RUF009 - it returns dataclasses.field
        "SWARMSCOPE_THRESHOLDS",
        "a YAML file with what must hold of each run: the master judges it while it goes on. "
        "Workers need none",
        default=None,
    )
    exit_code: bool = _setting(
        EXIT_CODE,
        "whether the verdict is the exit code of Locust's master: 0 passed, 1 failed, 5 "
        "inconclusive; off or on",
        default=False,
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
    web_allow: frozenset[str] = _setting(
        "SWARMSCOPE_WEB_ALLOW",
        "further names by which Locust's web UI is asked for, and sites whose pages may use it: "
        "`load.example.com,https://dash.example.com`; `*`: all of them, as without swarmscope. By "
        "default addresses, this machine's name, and names that no site can have",
        default=frozenset(),
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
    phases: bool = _setting(
        "SWARMSCOPE_PHASES",
        "whether workers tell how long the phases of requests took, of `HttpUser` and "
        "`FastHttpUser`: connecting, TLS, waiting for the answer, receiving it; off or on",
        default=False,
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

    @property
    def optional_buckets(self) -> frozenset[str]:
        """Buckets without which nothing of a run is missing: what they hold is told in others."""
        return frozenset({self.bucket_long} - {self.bucket, ""})

    @property
    def proxy(self) -> Proxy | None:
        """The proxy on the way to the store, if there is one.

        Raises:
            ConfigurationError: there is one, of a kind that can't be used.

        """
        by_scheme = {"http": self.http_proxy, "https": self.https_proxy}
        text = proxies.on_the_way(self.url, self.own_proxy, by_scheme, self.no_proxy)
        try:
            return proxies.proxy(text) if text else None
        except ValueError as error:
            name = "HTTPS_PROXY" if self.url.startswith("https:") else "HTTP_PROXY"
            raise ConfigurationError(
                f"{name} is {proxies.masked(text)!r}, which can't be used: {error}.",
                data="The store is reached without a proxy.",
                remedy="Set SWARMSCOPE_PROXY to one that speaks HTTP, or to off.",
            ) from error

    @property
    def where(self) -> str:
        """Where the store is, and what is on the way to it: for messages."""
        return f"{self.url} through the proxy {self.proxy}" if self.proxy else self.url

    def token_now(self) -> str:
        """Return the token, as its file has it now.

        Raises:
            ConfigurationError: it comes from a file, which can't be read.

        """
        return environment.read_token(self.token_file) if self.token_file else self.token

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
        One in SWARMSCOPE_EXIT_CODE is taken for on: off would end well though nobody looked.
        """
        environ = os.environ if environ is None else environ
        read: dict[str, Any] = {}
        errors: list[ConfigurationError] = []
        for f in fields(cls):
            try:
                text = environment.read(environ, f)
                if text is not None:
                    read[f.name] = environment.parse(f, text)
            except ConfigurationError as error:
                on = f.name == "exit_code"
                if on:
                    read[f.name] = True
                errors.append(_taken_for_on(error) if on else error)
        settings, odd = _of_whole_windows(cls(**read), given="latency_resolution" in read)
        errors += odd
        if settings.bucket_long == settings.bucket:
            errors.append(_one_bucket_for_both(settings.bucket))
            settings = replace(settings, bucket_long="")
        try:
            _ = settings.proxy
        except ConfigurationError as error:
            errors.append(error)
            settings = replace(settings, own_proxy=proxies.OFF)
        return settings, errors


def _taken_for_on(error: ConfigurationError) -> ConfigurationError:
    return UnusableError(
        EXIT_CODE,
        error.happened,
        data="It is taken for on: the exit code is the verdict's.",
        remedy=error.remedy,
    )


def _of_whole_windows(
    settings: Settings, *, given: bool
) -> tuple[Settings, list[ConfigurationError]]:
    """Return *settings* with spans of whole windows, and what is wrong with those *given*."""
    span, window = settings.latency_resolution, settings.resolution
    if span % window == 0:
        return settings, []
    usable = ceil(span / window) * window
    error = ConfigurationError(
        f"SWARMSCOPE_LATENCY_RESOLUTION is {span} s, which can't be used: it isn't a whole "
        f"multiple of SWARMSCOPE_RESOLUTION, {window} s.",
        data=f"Endpoints' histograms are written each {usable} s.",
        remedy=f"Set it to {usable}s, or to another multiple.",
    )
    return replace(settings, latency_resolution=usable), [error] if given else []


def _one_bucket_for_both(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"INFLUXDB_V2_BUCKET and SWARMSCOPE_BUCKET_LONG both name the bucket {name}: whoever adds "
        "up requests would count each of them twice.",
        data="No one-minute points are written.",
        remedy="Name another bucket in SWARMSCOPE_BUCKET_LONG, or set it to nothing.",
    )
