"""Let another machine report its metrics: ``python -m swarmscope.stack enroll --host NAME``.

It gets a token of its own that may write to the bucket of raw points and do nothing else, and a
ready telegraf.conf with it. Enrolling it again replaces both; ``--revoke`` takes the token away and
removes the files.
"""

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.stack import access, bootstrap, certificate, vault
from swarmscope.stack.influxdb import Authorization, Operator
from swarmscope.stack.vault import Vault

HOST_METRICS = Path("/etc/telegraf/host.conf")
"""What is measured of a machine: the same as of the stack's own host."""
_PORT = 8087
_OURS = "swarmscope machine "
"""How the descriptions of enrolled machines' tokens begin; others are never touched."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?/?|https://\[[0-9A-Fa-f:.]+\](:\d{1,5})?/?")
_CONFIGURATION = Template("""\
# Telegraf of $host, a target of load tests. It holds a token: for Telegraf's user only (0600).
# The token may write to the bucket $bucket and read nothing. Beside this file belongs ca.pem.

[agent]
  hostname = "$host"
  interval = "1s"
  flush_interval = "1s"
  metric_batch_size = 2000
  # While the stack can't be reached, some 3 hours wait in memory; then the oldest are dropped.
  metric_buffer_limit = 100000
  # Nothing here aggregates; said because Telegraf asks for it.
  skip_processors_after_aggregators = true

[global_tags]
  role = "target"

[[outputs.influxdb_v2]]
  urls = ["$url"]
  organization = "$org"
  bucket = "$bucket"
  token = "$token"
  tls_ca = "/etc/telegraf/ca.pem"
  timeout = "10s"
  # The gateway takes next to nothing that is packed: InfluxDB would unpack it, whatever it becomes.
  content_encoding = "identity"

""")
_NEXT = Template("""\
$host may now write what it measures to the bucket $bucket, and do nothing else.$replaced
Made in the folder of secrets, for you alone:
  enrolled/$host/telegraf.conf   (holds the token)
  enrolled/$host/ca.pem

On $host, where Telegraf is installed:
  1. copy both to /etc/telegraf/, readable by Telegraf's user only:
       chown telegraf: /etc/telegraf/telegraf.conf /etc/telegraf/ca.pem
       chmod 600 /etc/telegraf/telegraf.conf
  2. systemctl restart telegraf

It reports to $url: $reach
docs/other-machines.md tells the rest.""")


@dataclass(frozen=True)
class Machine:
    """A machine that reports, and where it reports to."""

    host: str
    url: str

    def configuration(self, org: str, token: str, host_metrics: str) -> str:
        """Return its telegraf.conf."""
        own = _CONFIGURATION.substitute(
            host=self.host, url=self.url, org=org, bucket=schema.BUCKET, token=token
        )
        return own + host_metrics


def check_host(name: str, own: str = "") -> str:
    """Return *name* if a machine can be called so; *own* is the stack's host.

    Raises:
        ConfigurationError: it can't.

    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} can't be the name of a machine.",
            data="No token was made.",
            remedy="Use letters, digits, dots, dashes and underscores, at most 63, and begin with "
            "a letter or digit: HOST=db-1.",
        )
    if own and name.lower() == own.lower():
        raise ConfigurationError(
            f"{name} is the machine that the stack runs on, whose metrics are recorded already.",
            data="No token was made.",
            remedy="Give the other machine a name of its own: it is the tag `host` of its points.",
        )
    return name


def check_url(url: str, names: Sequence[str]) -> str:
    """Return *url*, by default that of the first of *names*, if the certificate is valid for it.

    Raises:
        ConfigurationError: a machine could not write there.

    """
    if not url:
        url = f"https://{f'[{names[0]}]' if ':' in names[0] else names[0]}:{_port()}"
    # It becomes a line of a configuration: nothing that would end a text there.
    if not _URL.fullmatch(url) or not (host := _host(url)):
        raise ConfigurationError(
            f"{url!r} is not where a gateway can be.",
            data="No token was made.",
            remedy="It is https://, a name or address, and a port: https://load.example.com:8087.",
        )
    if not certificate.covers(names, host):
        raise ConfigurationError(
            f"The gateway's certificate is not valid for {host}: it is for {', '.join(names)}.",
            data="No token was made.",
            remedy="Add it to GATEWAY_NAMES in .env, and `make up` again.",
        )
    return url.rstrip("/")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # brackets around what is no address
        return None


def _port() -> str:
    return os.environ.get("INFLUXDB_PORT") or str(_PORT)


def _folder(host: str) -> str:
    return f"enrolled/{host}"


def _tokens(influx: Operator, host: str) -> list[Authorization]:
    return [a for a in influx.authorizations() if a.description == _OURS + host]


def enroll(influx: Operator, bucket_id: str, machine: Machine, secrets: Vault) -> bool:
    """Give *machine* a token and its files; return whether it had been enrolled before.

    The token that it had is revoked when the new files are there, and not before.
    """
    metrics = _host_metrics()
    replaced = _tokens(influx, machine.host)
    _, token = influx.authorize(_OURS + machine.host, write=[bucket_id])
    folder = _folder(machine.host)
    secrets.put(f"{folder}/telegraf.conf", machine.configuration(influx.org, token, metrics))
    secrets.put(f"{folder}/ca.pem", secrets.find(certificate.CA))
    for authorization in replaced:
        influx.revoke(authorization)
    return bool(replaced)


def _host_metrics() -> str:
    try:
        return HOST_METRICS.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"What is measured of a machine can't be read: {error}.",
            data="No token was made.",
            remedy=f"Mount the project's folder telegraf/ at {HOST_METRICS.parent}.",
        ) from error


def _revoke(influx: Operator, host: str, secrets: Vault) -> int:
    tokens = _tokens(influx, host)
    for authorization in tokens:
        influx.revoke(authorization)
    # After the token: until it works no more, its file is the only thing to find it by.
    had_files = secrets.remove(_folder(host))
    if tokens:
        print(f"{host} may write no more. What it wrote stays.")  # noqa: T201
    else:
        enrolled = ", ".join(_enrolled(influx)) or "none"
        print(f"{host} had no token. Machines that have: {enrolled}.")  # noqa: T201
    if had_files:
        print(f"Its files are removed from the folder of secrets: {_folder(host)}/.")  # noqa: T201
    return 0


def _enrolled(influx: Operator) -> list[str]:
    listed = (a.description for a in influx.authorizations())
    return sorted({text.removeprefix(_OURS) for text in listed if text.startswith(_OURS)})


def _say(machine: Machine, *, replaced: bool) -> None:
    bound = os.environ.get("INFLUXDB_BIND", "")
    reach = (
        f"the gateway listens on {bound}:{_port()}."
        if bound
        else "NOTHING LISTENS THERE YET. Set INFLUXDB_BIND in .env to\nthe address of this machine "
        "that others reach, and `make up` again."
    )
    again = " The token that it had\nbefore works no more." if replaced else ""
    text = _NEXT.substitute(
        host=machine.host, bucket=schema.BUCKET, url=machine.url, replaced=again, reach=reach
    )
    print(text)  # noqa: T201


def main(arguments: Sequence[str]) -> int:
    """Run the command; errors are the caller's to tell."""
    parser = argparse.ArgumentParser(prog="swarmscope.stack enroll", description=__doc__)
    parser.add_argument("--host", required=True, help="the machine's name: the tag `host`")
    parser.add_argument("--url", default="", help="where it reaches the gateway: https://…:8087")
    parser.add_argument(
        "--revoke", action="store_true", help="take its token away, remove its files"
    )
    options = parser.parse_args(arguments)
    # Of a machine that is here now, as after a restore on it, the token is taken back all the same.
    own = "" if options.revoke else os.environ.get("SWARMSCOPE_HOST", "")
    host = check_host(options.host, own)
    secrets = Vault(bootstrap.SECRETS)
    influx = bootstrap.operator(secrets, os.environ)
    buckets = access.load(bootstrap.ACCESS, os.environ).buckets
    if not options.revoke:
        names = certificate.parse_names(os.environ.get("GATEWAY_NAMES", ""))
        machine = Machine(host, check_url(options.url, names))
    influx.set_up(bootstrap.USER, secrets.get(vault.INFLUXDB_PASSWORD), schema.BUCKET)
    if options.revoke:
        return _revoke(influx, host, secrets)
    certificate.ensure(secrets, names)
    bucket_id = influx.ensure_bucket(schema.BUCKET, buckets[schema.BUCKET])
    _say(machine, replaced=enroll(influx, bucket_id, machine, secrets))
    return 0
