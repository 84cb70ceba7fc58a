"""A machine's name, where it reports to, and the configuration that it gets."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fixtures import telegrafs

from swarmscope.errors import ConfigurationError
from swarmscope.stack import certificate, enroll
from swarmscope.stack.enroll import Machine
from swarmscope.stack.vault import Vault

HOST_METRICS = (telegrafs.FOLDER / "host.conf").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["web-1", "db_2.example.com", "7", "a" * 63])
def test_a_name_of_a_machine_is_taken(name: str) -> None:
    assert enroll.check_host(name, "generator") == name


@pytest.mark.parametrize(
    "name", ["", " web", "web 1", "../web", ".web", "-web", 'a"b', "a,b", "ä", "a\nb", "a" * 64]
)
def test_a_name_that_would_break_a_file_a_tag_or_a_path_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="No token was made") as refused:
        enroll.check_host(name)
    assert repr(name) in str(refused.value)


def test_the_stack_s_own_machine_is_refused() -> None:
    """Its points would have the same host tag as those of the stack's own Telegraf."""
    with pytest.raises(ConfigurationError, match="recorded already"):
        enroll.check_host("Build-7", "build-7")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "https://load.example.com:8087"),
        ("https://10.0.0.5:8087/", "https://10.0.0.5:8087"),
        ("https://[fe80::1]:9000", "https://[fe80::1]:9000"),
    ],
)
def test_a_url_that_the_certificate_is_valid_for_is_taken(given: str, url: str) -> None:
    assert enroll.check_url(given, ("load.example.com", "10.0.0.5", "fe80::1")) == url


def test_without_a_url_an_ipv6_address_gets_its_brackets() -> None:
    assert enroll.check_url("", ("fe80::1",)) == "https://[fe80::1]:8087"


@pytest.mark.parametrize(
    "url",
    [
        *("http://a:8087", "a:8087", "https://", "https://a:8087/api", "https://u:p@a:8087"),
        *('https://a:8087"]\ntoken="x', 'https://a:8087"', "https://a:8087\n", "https://a:$X"),
        *("https://a?b", "https://a#b", "https://a:", "https://[a]:8087", "https://a:808787"),
    ],
)
def test_a_url_without_tls_or_with_more_than_a_place_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not where a gateway can be"):
        enroll.check_url(url, ("a",))


def test_a_url_that_the_certificate_is_not_valid_for_says_how_to_add_it() -> None:
    with pytest.raises(ConfigurationError, match="Add it to GATEWAY_NAMES"):
        enroll.check_url("https://b:8087", ("a",))


def test_the_configuration_measures_what_the_stack_s_own_host_does() -> None:
    text = Machine("web-1", "https://a:8087").configuration("acme", "s3cret", HOST_METRICS)
    assert text.endswith(HOST_METRICS)
    for line in ('hostname = "web-1"', 'role = "target"', 'organization = "acme"'):
        assert line in text
    assert text.count("s3cret") == 1


@pytest.mark.skipif(not shutil.which("telegraf"), reason=telegrafs.MISSING)
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not on PATH: there is no CA")
def test_telegraf_finds_no_fault_in_the_configuration(tmp_path: Path) -> None:
    certificate.ensure(Vault(tmp_path), ("a",))
    text = Machine("web-1", "https://a:8087").configuration("acme", "s3cret", HOST_METRICS)
    path = tmp_path / "telegraf.conf"
    path.write_text(text.replace("/etc/telegraf/ca.pem", str(tmp_path / certificate.CA)))
    said = subprocess.run(
        ["telegraf", "config", "check", "--config", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "E! " not in said.stderr
