"""Addresses of services: what shells, workflows and Locust all take for one."""

import pytest

from swarmscope.starter.hosts import is_host, origin_of


@pytest.mark.parametrize(
    "text",
    [
        "http://h",
        "https://a-b.example:8443/v1/x.y",
        "http://[::1]:8000",
        "HTTP://10.0.0.1",
        "http://h/",
    ],
)
def test_addresses_are_taken(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "h", "ftp://h", "http://", "http://u:p@h", "http://h?x=1", "http://h#x", "http://h\n",
        "http://h $(id)", "http://h'", "http://h:0", "http://h:99999", "http://ü", "${host}/x",
    ],
)  # fmt: skip
def test_what_is_none_or_would_be_read_as_more_is_not(text: str) -> None:
    assert not is_host(text)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://H.example/a?b#c", "https://h.example"),
        ("http://u:p@h:81/", "http://h:81"),
        ("http://[::1]:8000/x", "http://[::1]:8000"),
        ("wss://h/x", ""),
        ("data:text/html,x", ""),
        ("/path", ""),
        ("http://[broken", ""),
        ("http://h:port/", ""),
    ],
)
def test_the_origin_is_without_what_lets_somebody_in(url: str, origin: str) -> None:
    assert origin_of(url) == origin
