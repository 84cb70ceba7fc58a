"""Bring the stack's InfluxDB to its state: ``python -m swarmscope.stack bootstrap``.

Each `make up` runs it between InfluxDB's start and everybody else's. What is there already is
kept: passwords, buckets with their points, tokens that still work.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from swarmscope.settings import environment
from swarmscope.stack import access, vault
from swarmscope.stack.access import AccessPolicy, Service
from swarmscope.stack.influxdb import Operator
from swarmscope.stack.vault import Handover, Vault

USER = "admin"
"""InfluxDB's first user."""
SECRETS = Path("/secrets")
HANDOVER = Path("/handover")
ACCESS = Path("/etc/swarmscope/access.toml")
_OWN = "swarmscope service "
"""How the descriptions of our services' tokens begin; others are never touched."""


def operator(secrets: Vault, environ: Mapping[str, str]) -> Operator:
    """Return the operator of the stack's InfluxDB.

    Raises:
        ConfigurationError: the secret is no token.

    """
    name = vault.OPERATOR_TOKEN
    return Operator(
        environ.get("INFLUXDB_V2_URL", "http://influxdb:8086"),
        environment.token(secrets.get(name), f"The secret {name}"),
        environ.get("INFLUXDB_V2_ORG", "swarmscope"),
    )


def hand_over(
    influx: Operator, service: Service, buckets: Mapping[str, str], folder: Handover, *, new: bool
) -> bool:
    """Give *service* its token, a *new* one or the first; return whether one was made.

    *buckets* are name to id. The old token works until `revoke_replaced`.
    """
    known = {authorization.id for authorization in influx.authorizations()}
    if not new and folder.get("token") and folder.get("token-id") in known:
        return False
    authorization, token = influx.authorize(
        _OWN + service.name,
        read=[buckets[name] for name in service.read],
        write=[buckets[name] for name in service.write],
    )
    folder.put("token", token)
    folder.put("token-id", authorization.id)
    return True


def revoke_replaced(influx: Operator, services: Mapping[str, Handover]) -> int:
    """Delete our services' tokens that no file holds any more; return how many."""
    held = {folder.get("token-id") for folder in services.values()}
    ours = {_OWN + name for name in services}
    stale = [a for a in influx.authorizations() if a.description in ours and a.id not in held]
    for authorization in stale:
        influx.revoke(authorization)
    return len(stale)


def bring_up(
    state: AccessPolicy, influx: Operator, secrets: Vault, *, rotate: bool, revoke: bool
) -> None:
    """Bring InfluxDB to *state*, and hand each service what it needs."""
    new = influx.set_up(USER, secrets.get(vault.INFLUXDB_PASSWORD), next(iter(state.buckets)))
    print("InfluxDB was set up." if new else "InfluxDB was set up before; its data is kept.")  # noqa: T201
    ids = {name: influx.ensure_bucket(name, kept) for name, kept in state.buckets.items()}
    folders = {s.name: Handover(HANDOVER / s.name, s.uid) for s in state.services}
    for service in state.services:
        made = hand_over(influx, service, ids, folders[service.name], new=rotate)
        print(f"{service.name}: {'a new token' if made else 'its token is kept'}.")  # noqa: T201
        for name in service.secrets:
            folders[service.name].put(name, secrets.get(name))
        # A token that is kept may have been made for another user, or by an older version.
        folders[service.name].own()
    if revoke:
        print(f"{revoke_replaced(influx, folders)} replaced tokens were revoked.")  # noqa: T201


def main(arguments: Sequence[str]) -> int:
    """Run the command; errors are the caller's to tell."""
    parser = argparse.ArgumentParser(prog="swarmscope.stack bootstrap", description=__doc__)
    parser.add_argument("--rotate", action="store_true", help="a new token for each service")
    parser.add_argument(
        "--keep-old", action="store_true", help="let replaced tokens work until the next call"
    )
    options = parser.parse_args(arguments)
    secrets = Vault(SECRETS)
    bring_up(
        access.load(ACCESS, os.environ),
        operator(secrets, os.environ),
        secrets,
        rotate=options.rotate,
        revoke=not options.keep_old,
    )
    return 0
