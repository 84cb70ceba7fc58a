"""The gateway's certificate: ``python -m swarmscope.stack certificate``.

Signed by a CA of the stack's own, which is made at first use and kept in the folder secrets/.
Machines that are enrolled trust this CA, so that a renewed certificate is theirs at once.
"""

import argparse
import ipaddress
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope.errors import ConfigurationError, SwarmscopeError
from swarmscope.stack.bootstrap import HANDOVER, SECRETS
from swarmscope.stack.vault import Handover, Vault

GATEWAY_UID = 65524
"""The user of its container: none that a machine has."""
CA = "gateway/ca.pem"
_CA_KEY = "gateway/ca-key.pem"
_CERTIFICATE = "gateway/cert.pem"
_KEY = "gateway/key.pem"
_CA_DAYS = 3650
_DAYS = 825
_RENEW_S = 30 * 86_400
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DNS_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
# Complete, so that nothing hangs on the openssl.cnf of the image.
_REQUEST = """
[req]
distinguished_name = subject
prompt = no
[subject]
CN = {subject}
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names and addresses in *text*, which are separated by commas or blanks.

    Raises:
        ConfigurationError: there is none, or one that no machine can be reached by.

    """
    names = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if not names:
        raise ConfigurationError(
            "GATEWAY_NAMES is empty: the gateway's certificate would be valid for no name.",
            remedy="Set it to the names and addresses by which other machines reach this one, as "
            "in GATEWAY_NAMES=load.example.com,10.0.0.5, and INFLUXDB_BIND to the address on which "
            "the gateway is to be opened (docs/other-machines.md).",
        )
    for name in names:
        if _kind(name) == "DNS" and not _DNS_NAME.fullmatch(name):
            raise ConfigurationError(
                f"GATEWAY_NAMES has {name!r}, which is neither a DNS name nor an IP address.",
                remedy="Write only the name: no https://, no port, no wildcard.",
            )
        if _kind(name) == "IP" and ipaddress.ip_address(name).is_unspecified:
            raise ConfigurationError(
                f"{name} means all addresses of this machine: no other machine reaches it by that.",
                remedy="Set GATEWAY_NAMES to the names and addresses by which they do.",
            )
    return names


def covers(names: Sequence[str], host: str) -> bool:
    """Say whether *host* is one of *names*, however an address is written."""
    return _normal(host) in map(_normal, names)


def _kind(name: str) -> str:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "DNS"
    return "IP"


def _normal(name: str) -> str:
    return str(ipaddress.ip_address(name)) if _kind(name) == "IP" else name.lower()


def ensure(secrets: Vault, names: Sequence[str]) -> bool:
    """Have a CA and a certificate for *names* in *secrets*; return whether one was made.

    What is there is kept while it is valid for these names and for a month to come.
    """
    with TemporaryDirectory() as folder:
        files = _Files(Path(folder), names)
        if not secrets.find(CA):
            files.make_ca(f"swarmscope gateway of {names[0]}"[:64])
            files.keep(secrets, _CA_KEY, CA)
        files.fetch(secrets, _CA_KEY, CA, _CERTIFICATE)
        if secrets.find(_KEY) and files.is_fit():
            return False
        files.make_certificate()
        files.keep(secrets, _KEY, _CERTIFICATE)
        return True


class _Files:
    """openssl's files, in a folder of their own."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder = folder
        self._names = sorted(f"{_kind(name)}:{_normal(name)}" for name in names)

    def _path(self, name: str) -> str:
        return str(self._folder / Path(name).name)

    def keep(self, secrets: Vault, *names: str) -> None:
        for name in names:
            secrets.put(name, Path(self._path(name)).read_text(encoding="ascii").strip())

    def fetch(self, secrets: Vault, *names: str) -> None:
        for name in names:
            Path(self._path(name)).write_text(secrets.find(name), encoding="ascii")

    def _configure(self, subject: str) -> str:
        path = self._folder / "request.cnf"
        text = _REQUEST.format(subject=subject, names=", ".join(self._names))
        path.write_text(text, encoding="ascii")
        return str(path)

    def make_ca(self, subject: str) -> None:
        config = ("-config", self._configure(subject), "-extensions", "ca")
        out = ("-keyout", self._path(_CA_KEY), "-out", self._path(CA))
        _openssl("req", "-x509", *_NEW_KEY, "-days", str(_CA_DAYS), *config, *out)

    def make_certificate(self) -> None:
        config = self._configure("swarmscope gateway")
        request = str(self._folder / "request.pem")
        out = ("-keyout", self._path(_KEY), "-out", request)
        _openssl("req", "-new", *_NEW_KEY, "-config", config, *out)
        signer = ("-CA", self._path(CA), "-CAkey", self._path(_CA_KEY))
        extensions = ("-extfile", config, "-extensions", "server")
        out = ("-days", str(_DAYS), "-out", self._path(_CERTIFICATE))
        _openssl("x509", "-req", "-in", request, *signer, *extensions, *out)

    def is_fit(self) -> bool:
        """Say whether the certificate is of our CA, lasts, and has these names and no others."""
        path = self._path(_CERTIFICATE)
        try:
            _openssl("verify", "-CAfile", self._path(CA), path)
            _openssl("x509", "-in", path, "-noout", "-checkend", str(_RENEW_S))
            said = _openssl("x509", "-in", path, "-noout", "-ext", "subjectAltName")
        except _OpensslError:
            return False
        found = re.findall(r"(DNS|IP) ?(?:Address)?:([^,\s]+)", said)
        return sorted(f"{kind}:{_normal(name)}" for kind, name in found) == self._names


class _OpensslError(SwarmscopeError):
    """openssl said no."""


def _openssl(*arguments: str) -> str:
    command = ["openssl", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise SwarmscopeError(
            "There is no openssl here, which makes the gateway's certificate.",
            data="No certificate was made.",
            remedy="Use an image that has it, as python:3.13-slim does.",
        ) from error
    if done.returncode:
        raise _OpensslError(
            f"openssl {arguments[0]} failed: {done.stderr.strip()}.",
            data="The certificate is as it was.",
        )
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    """Run the command; errors are the caller's to tell."""
    argparse.ArgumentParser(prog="swarmscope.stack certificate", description=__doc__).parse_args(
        arguments
    )
    names = parse_names(os.environ.get("GATEWAY_NAMES", ""))
    secrets = Vault(SECRETS)
    made = ensure(secrets, names)
    folder = Handover(HANDOVER / "gateway", GATEWAY_UID)
    folder.put("key.pem", secrets.find(_KEY))
    folder.put("cert.pem", secrets.find(_CERTIFICATE))
    print(f"The gateway's certificate for {', '.join(names)} {'is new' if made else 'is kept'}.")  # noqa: T201
    return 0
