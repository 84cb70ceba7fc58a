"""The gateway's certificate: kept while it serves, made anew when it doesn't."""

import shutil
import subprocess
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError, SwarmscopeError
from swarmscope.stack import certificate
from swarmscope.stack.vault import Vault

needs_openssl = pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl is not on PATH: no certificate is made"
)


@pytest.fixture
def secrets(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("load.example.com", ("load.example.com",)),
        ("a.example, 10.0.0.5 ,fe80::1", ("a.example", "10.0.0.5", "fe80::1")),
        ("a a,a", ("a",)),
        ("build-7", ("build-7",)),
    ],
)
def test_names_are_separated_by_commas_or_blanks(text: str, names: tuple[str, ...]) -> None:
    assert certificate.parse_names(text) == names


@pytest.mark.parametrize(
    "text", ["https://a", "a:8087", "*.example.com", "a..b", "-a", "10.0.0.5/24", "a;b", "é.fr"]
)
def test_what_no_machine_can_be_reached_by_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        certificate.parse_names(f"good.example {text}")
    assert repr(text) in str(refused.value)


def test_without_names_the_error_shows_how_to_set_them() -> None:
    with pytest.raises(ConfigurationError, match="Set it to the names and addresses"):
        certificate.parse_names(" , ")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "0::0"])
def test_the_address_that_means_all_is_refused(address: str) -> None:
    """INFLUXDB_BIND=0.0.0.0 alone would make a certificate that fits no machine's request."""
    with pytest.raises(ConfigurationError, match="Set GATEWAY_NAMES"):
        certificate.parse_names(address)


@pytest.mark.parametrize("host", ["10.0.0.5", "LOAD.example.com", "FE80:0::1"])
def test_a_host_is_covered_however_it_is_written(host: str) -> None:
    assert certificate.covers(("load.example.com", "10.0.0.5", "fe80::1"), host)


@pytest.mark.parametrize("host", ["example.com", "x.load.example.com", "10.0.0.50"])
def test_a_host_that_is_only_similar_is_not_covered(host: str) -> None:
    assert not certificate.covers(("load.example.com", "10.0.0.5"), host)


@needs_openssl
def test_the_certificate_is_valid_for_its_names_and_signed_by_the_ca(
    secrets: Vault, tmp_path: Path
) -> None:
    assert certificate.ensure(secrets, ("load.example.com", "10.0.0.5"))
    ca, path = (str(tmp_path / "gateway" / name) for name in ("ca.pem", "cert.pem"))
    name = ("-verify_hostname", "load.example.com", "-purpose", "sslserver")
    openssl("verify", "-x509_strict", "-CAfile", ca, *name, path)
    openssl("verify", "-x509_strict", "-CAfile", ca, "-verify_ip", "10.0.0.5", path)
    with pytest.raises(subprocess.CalledProcessError):
        openssl("verify", "-CAfile", ca, "-verify_hostname", "other.example.com", path)
    key = str(tmp_path / "gateway/key.pem")
    assert openssl("pkey", "-in", key, "-pubout") == openssl(
        "x509", "-in", path, "-noout", "-pubkey"
    )


@needs_openssl
def test_keys_are_for_the_owner_of_the_folder_only(secrets: Vault, tmp_path: Path) -> None:
    certificate.ensure(secrets, ("a.example",))
    assert {f.stat().st_mode & 0o777 for f in (tmp_path / "gateway").iterdir()} == {0o600}


@needs_openssl
def test_what_is_valid_is_kept(secrets: Vault) -> None:
    certificate.ensure(secrets, ("a.example", "fe80::1"))
    before = secrets.find("gateway/cert.pem")
    assert not certificate.ensure(secrets, ("FE80:0::1", "A.example"))
    assert secrets.find("gateway/cert.pem") == before


@needs_openssl
@pytest.mark.parametrize("names", [("a.example", "b.example"), ("b.example",), ("1.2.3.4",)])
def test_other_names_get_a_new_certificate_of_the_same_ca(
    secrets: Vault, names: tuple[str, ...]
) -> None:
    certificate.ensure(secrets, ("a.example",))
    ca, before = secrets.find("gateway/ca.pem"), secrets.find("gateway/cert.pem")
    assert certificate.ensure(secrets, names)
    assert secrets.find("gateway/cert.pem") != before
    assert secrets.find("gateway/ca.pem") == ca
    assert not certificate.ensure(secrets, names)


@needs_openssl
def test_a_certificate_that_ends_within_a_month_is_renewed(
    secrets: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "_DAYS", 29)
    certificate.ensure(secrets, ("a.example",))
    monkeypatch.undo()
    assert certificate.ensure(secrets, ("a.example",))
    assert not certificate.ensure(secrets, ("a.example",))


@needs_openssl
@pytest.mark.parametrize("lost", ["key.pem", "cert.pem"])
def test_half_a_pair_is_made_anew(secrets: Vault, tmp_path: Path, lost: str) -> None:
    certificate.ensure(secrets, ("a.example",))
    (tmp_path / "gateway" / lost).unlink()
    assert certificate.ensure(secrets, ("a.example",))
    assert secrets.find(f"gateway/{lost}")


@needs_openssl
def test_a_broken_ca_is_told_and_the_certificate_is_left_as_it_is(
    secrets: Vault, tmp_path: Path
) -> None:
    certificate.ensure(secrets, ("a.example",))
    before = secrets.find("gateway/cert.pem")
    (tmp_path / "gateway/ca-key.pem").write_text("not a key")
    with pytest.raises(SwarmscopeError, match="The certificate is as it was"):
        certificate.ensure(secrets, ("b.example",))
    assert secrets.find("gateway/cert.pem") == before
