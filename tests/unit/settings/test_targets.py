"""What a host under test lacks, and what is perhaps meant by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from swarmscope.settings.targets import doubt_of


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
