"""What a host under test lacks, and what is perhaps meant by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from swarmscope.settings.targets import doubt_of, own_loopback


@pytest.mark.parametrize(
    "host",
    ["", "  ", "https://staging.example", "HTTP://x", "ws://x", "http+unix://%2Ftmp%2Fsocket"],
)
def test_nothing_is_said_of_a_host_with_a_scheme_and_of_none(host: str) -> None:
    assert doubt_of(host) == ""


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("staging.example", "https://staging.example"),
        ("staging.example:8443/api", "https://staging.example:8443/api"),
        ("httpbin.org", "https://httpbin.org"),
        ("//staging.example", "https://staging.example"),
        ("http:staging.example", "http://staging.example"),
        ("https:/staging.example", "https://staging.example"),
        ("HTTPS//staging.example", "https://staging.example"),
        # Names and addresses of a network's own rarely have TLS.
        ("localhost:8000", "http://localhost:8000"),
        ("shop", "http://shop"),
        ("10.0.0.5:80", "http://10.0.0.5:80"),
        ("[::1]:80", "http://[::1]:80"),
    ],
)
def test_what_is_perhaps_meant_is_said(host: str, meant: str) -> None:
    assert doubt_of(host).endswith(f", which has no scheme: perhaps {meant}?")


def test_a_password_in_it_is_not_repeated() -> None:
    assert doubt_of("me:secret@staging.example") == (
        "'staging.example', which has no scheme: perhaps https://staging.example?"
    )


@pytest.mark.parametrize("host", ["/", "http:", "https:/", "me@"])
def test_what_names_nobody_is_no_address(host: str) -> None:
    assert "which is no address" in doubt_of(host)


@given(some.text())
def test_a_word_is_found_for_any_text(host: str) -> None:
    assert bool(doubt_of(host)) == bool(host.strip() and "://" not in host)


@pytest.mark.parametrize(
    ("host", "shown", "there"),
    [
        ("http://localhost:8000", "localhost:8000", "http://host.docker.internal:8000,"),
        ("localhost:8000/api", "localhost:8000/api", "http://host.docker.internal:8000,"),
        ("https://127.0.0.1", "127.0.0.1", "http://host.docker.internal,"),
        ("http://me:secret@shop.localhost:1", "shop.localhost:1", "http://host.docker.internal:1,"),
        ("http://[::1]:8080/", "[::1]:8080/", "http://host.docker.internal:8080,"),
        ("http://0.0.0.0:5000", "0.0.0.0:5000", "http://host.docker.internal:5000,"),
    ],
)
def test_a_worker_elsewhere_asks_itself_where_localhost_is_tested(
    host: str, shown: str, there: str
) -> None:
    said = own_loopback(host)
    assert said.startswith(f"'{shown}': to each worker that is its own machine or container.")
    assert there in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "host",
    [
        "",
        "http://shop:8080",
        "https://localhost.example",
        "http://10.0.0.7",
        "http://[::1",
        "x:y:z",
    ],
)
def test_nothing_is_said_of_others(host: str) -> None:
    assert own_loopback(host) == ""
